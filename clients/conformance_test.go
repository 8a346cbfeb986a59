package clients_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/handlers/handlerstest"
)

// scenarios hold for the three clients alike; README.md says what they promise.
var scenarios = map[string]func(s *stage){
	"what is sent arrives":                     arrives,
	"an event is kept as it was":               kept,
	"few events wait for others":               waits,
	"a lost answer is asked for again":         lostAnswers,
	"outages are waited out":                   outages,
	"the server says when to come back":        comeBack,
	"what is no receipt acknowledges nothing":  noReceipt,
	"redirects are not followed":               redirects,
	"a bad event goes alone":                   badEvents,
	"only bad events":                          onlyBadEvents,
	"something between takes less":             smallProxy,
	"a bad token loses nothing":                badToken,
	"a token that is none":                     noToken,
	"the queue is bounded in events":           queueFull,
	"the queue is bounded in bytes":            queueBytes,
	"mistakes of the programmer":               mistakes,
	"a closed client":                          closed,
	"closing does not wait for ever":           closingInTime,
	"a server that hangs":                      hangs,
	"an on_error with a mistake":               brokenOnError,
	"requests are bounded":                     bounded,
	"an event takes no more room than allowed": tooLarge,
	"a foreign 400":                            foreign400,
	"an answer without end":                    endlessAnswer,
	"an on_error that calls back":              callsBack,
	"a password in the address":                password,
	"options that are none":                    noOptions,
	"what is told is one sentence":             retrySentence,
	"an odd answer":                            oddAnswer,
	"what is acknowledged makes room":          roomAgain,
	"flushing in vain":                         flushesInVain,
	"an address that is none":                  noAddress,
	"halves of characters":                     halves,
	"markup":                                   markup,
}

func arrives(s *stage) {
	s.client(nil)
	ids := s.many(1200)
	s.flush()
	s.arrived(ids)
	s.counted(1200, 0, 0, nil)
	for _, r := range s.gate.requests() {
		if len(r.events) > 500 {
			s.Errorf("%d events are in one request", len(r.events))
		}
	}
	if p := s.problems(); len(p) > 0 {
		s.Errorf("problems: %+v", p)
	}
	for _, id := range ids {
		if parsed, err := uuid.Parse(id); err != nil || parsed.Version() != 7 || parsed.Variant() != uuid.RFC4122 {
			s.Fatalf("an id is %s", id)
		}
	}
	var order []string
	for _, r := range s.gate.requests() {
		order = append(order, r.events...)
	}
	if !slices.Equal(order, ids) {
		s.Error("they were sent in another order")
	}
}

// An event is as it was when it was sent, at that time, with the id that the application gave it.
func kept(s *stage) {
	s.client(nil)
	s.gate.first(1, fate{status: 503})
	began := time.Now()
	id := s.call(object{"do": "changed", "event": event(nil)}).IDs[0]
	taken := time.Now()
	own := uuid.NewString()
	if got := s.send(event(object{"id": own, "occurred_at": "2026-01-31T10:00:00.25+01:00"})); got != own {
		s.Errorf("the id is %s", got)
	}
	s.flush()
	s.arrived([]string{id, own})
	row := func(of, what string) string {
		return handlerstest.Ask[string](s.world, `SELECT (`+what+`)::text FROM activities WHERE uuid = $1`, of)
	}
	if row(id, "action") != "created" || row(id, "metadata->>'when'") != "sent" || row(id, "actor_name") != "Zoë “Z” <&>" {
		s.Errorf("it is %s, %s, by %s", row(id, "action"), row(id, "metadata"), row(id, "actor_name"))
	}
	at := handlerstest.Ask[time.Time](s.world, `SELECT occurred_at FROM activities WHERE uuid = $1`, id)
	if at.Before(began.Add(-2*time.Millisecond)) || at.After(taken.Add(2*time.Millisecond)) {
		s.Errorf("it occurred at %s, between %s and %s", at, began, taken)
	}
	if got := handlerstest.Ask[time.Time](s.world, `SELECT occurred_at FROM activities WHERE uuid = $1`, own); !got.Equal(time.Date(2026, 1, 31, 9, 0, 0, 25e7, time.UTC)) {
		s.Errorf("the other one at %s", got)
	}
}

// Events go together, a second later by default; a full batch goes at once.
func waits(s *stage) {
	s.client(object{"interval_ms": 300, "batch_size": 10})
	began := time.Now()
	ids := []string{s.send(event(nil)), s.send(event(nil)), s.send(event(nil))}
	s.eventually("a request", func() bool { return len(s.gate.requests()) > 0 })
	r := s.gate.requests()[0]
	if len(r.events) != 3 || r.at.Sub(began) < 280*time.Millisecond {
		s.Errorf("%d events came after %s", len(r.events), r.at.Sub(began))
	}
	s.flush()
	began = time.Now()
	ids = append(ids, s.many(20)...)
	s.flush()
	if took := time.Since(began); took > 250*time.Millisecond {
		s.Errorf("full batches took %s", took)
	}
	s.arrived(ids)
}

func lostAnswers(s *stage) {
	s.client(nil)
	s.gate.first(2, fate{pass: true, cut: true})
	ids := s.many(300)
	s.flush()
	s.arrived(ids)
	s.counted(0, 300, 0, nil)
	requests := s.gate.requests()
	if len(requests) != 3 || !slices.Equal(requests[0].events, requests[1].events[:len(requests[0].events)]) {
		s.Error(asked(requests))
	}
	s.eventually("somebody is told", func() bool { return s.told("retrying") })
}

// Pauses grow, and end.
func outages(s *stage) {
	s.client(object{"pause_ms": 40, "longest_pause_ms": 200})
	s.gate.open(func(n int, _ seen) fate {
		return []fate{{status: 500, body: "<html>"}, {cut: true}, {status: 502}, {status: 503}, {cut: true}, {status: 408}, pass, pass, pass, pass}[n]
	})
	ids := s.many(100)
	s.eventually("everything is sent", func() bool { return s.stats().Sent == 100 })
	s.arrived(ids)
	s.counted(100, 0, 0, nil)
	r := s.gate.requests()
	for i, least := range []time.Duration{20, 40, 80, 100, 100, 100} {
		if pause := r[i+1].at.Sub(r[i].at); pause < least*time.Millisecond {
			s.Errorf("pause %d was %s", i, pause)
		}
	}
}

func comeBack(s *stage) {
	s.client(nil)
	answers := []fate{{status: 503, header: map[string]string{"Retry-After": "1"}}, {status: 429, header: map[string]string{"Retry-After": time.Now().Add(2500 * time.Millisecond).UTC().Format(http.TimeFormat)}}}
	s.gate.open(func(n int, _ seen) fate {
		if n < len(answers) {
			return answers[n]
		}
		return pass
	})
	ids := s.many(3)
	s.flush() // does not come earlier
	s.arrived(ids)
	r := s.gate.requests()
	if len(r) != 3 || r[1].at.Sub(r[0].at) < 990*time.Millisecond || r[2].at.Before(r[0].at.Add(1400*time.Millisecond)) {
		s.Errorf("requests came at %v", []time.Time{r[0].at, r[1].at, r[len(r)-1].at})
	}
}

func noReceipt(s *stage) {
	s.client(nil)
	bodies := []string{"<html>Welcome to the hotel</html>", "", "[]", "null", `{"accepted": 1, "duplicates": 0}`, `{"accepted": "3", "duplicates": 0}`, `{"ok": true}`}
	statuses := []int{202, 206, 503, 404, 422} // with a receipt of whomever
	s.gate.open(func(n int, _ seen) fate {
		switch {
		case n < len(bodies):
			return fate{status: 200, body: bodies[n]}
		case n < len(bodies)+len(statuses):
			return fate{status: statuses[n-len(bodies)], body: `{"accepted": 3, "duplicates": 0}`}
		}
		return pass
	})
	ids := s.many(3)
	s.flush()
	s.arrived(ids)
	s.counted(3, 0, 0, nil)
}

// A POST must not become a GET, and the token must not go elsewhere.
func redirects(s *stage) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { s.Errorf("%s came elsewhere", r.Method) }))
	s.Cleanup(elsewhere.Close)
	s.client(nil)
	statuses := []int{301, 302, 303, 307, 308}
	s.gate.open(func(n int, _ seen) fate {
		if n < len(statuses) {
			return fate{status: statuses[n], header: map[string]string{"Location": elsewhere.URL + "/api/v1/workspaces/acme/activity"}}
		}
		return pass
	})
	ids := s.many(3)
	s.flush()
	s.arrived(ids)
	s.counted(3, 0, 0, nil)
}

func badEvents(s *stage) {
	s.client(nil)
	known := s.send(event(nil))
	s.flush()
	bad := []object{event(object{"action": "No such word"}), event(object{"id": known}), event(object{"outcome": "perhaps"}), event(object{"metadata": object{"n": 12345678901234567890.0, "deep": nested(20)}})}
	good := []string{known}
	var refused []string
	for i := range 40 {
		if i%10 == 5 {
			refused = append(refused, s.send(bad[i/10]))
		} else {
			good = append(good, s.send(event(nil)))
		}
	}
	s.flush()
	s.arrived(good)
	s.counted(37, 0, 0, map[string]int{"refused": 4})
	s.eventually("all problems are told", func() bool { return len(s.problems()) >= 4 })
	var told []string
	for _, p := range s.problems() {
		if p.Reason != "refused" || p.Count != 1 || p.Status != 422 && p.Status != 409 || !strings.Contains(p.Message, ": ") {
			s.Errorf("%+v", p)
		}
		told = append(told, p.Event)
	}
	slices.Sort(told) // which is found first depends on how they were put together
	if slices.Sort(refused); !slices.Equal(told, refused) {
		s.Errorf("told of %v, not of %v", told, refused)
	}
}

func nested(depth int) any {
	if depth == 0 {
		return 1
	}
	return object{"a": nested(depth - 1)}
}

// An application with a mistake must not burden the network with it.
func onlyBadEvents(s *stage) {
	s.client(object{"batch_size": 200})
	bad := s.call(object{"do": "many", "n": 400, "event": event(object{"outcome": "perhaps"})}).IDs
	good := s.many(400)
	s.flush()
	s.arrived(good, bad...)
	s.counted(400, 0, 0, map[string]int{"refused": 400})
	requests, events := s.gate.requests(), 0
	for _, r := range requests {
		events += len(r.events)
	}
	if len(requests) > 430 || events > 4*800 {
		s.Errorf("it took %d requests with %d events", len(requests), events)
	}
}

// nginx takes a megabyte, and does not say which event is too many.
func smallProxy(s *stage) {
	s.client(nil)
	s.gate.open(func(_ int, r seen) fate {
		if r.bytes > 20_000 {
			return fate{status: 413, body: "<html>413 Request Entity Too Large</html>"}
		}
		return pass
	})
	var ids []string
	for range 30 {
		ids = append(ids, s.send(event(object{"description": strings.Repeat("x", 2000)})))
	}
	large := s.send(event(object{"metadata": object{"text": strings.Repeat("x", 30_000)}}))
	ids = append(ids, s.many(100)...)
	s.flush()
	s.arrived(ids, large)
	s.counted(130, 0, 0, map[string]int{"refused": 1})
	if n := len(s.gate.requests()); n > 40 {
		s.Errorf("it took %d requests", n)
	}
	if n := s.tooLong(20_000); n > 6 {
		s.Errorf("%d requests were too large: %s", n, asked(s.gate.requests()))
	}
}

func badToken(s *stage) {
	s.client(object{"pause_ms": 1, "longest_pause_ms": 200})
	denied := fate{status: 401, body: `{"status": 401, "detail": "This token is not valid.", "errors": []}`}
	s.gate.open(func(n int, _ seen) fate {
		if n < 4 {
			denied.status = []int{401, 403, 404, 409}[n]
			return denied
		}
		return pass
	})
	ids := s.many(20)
	s.eventually("everything is sent", func() bool { return s.stats().Sent == 20 })
	s.arrived(ids)
	r := s.gate.requests()
	for i := range 4 {
		if pause := r[i+1].at.Sub(r[i].at); pause < 100*time.Millisecond {
			s.Errorf("it tried again after %s", pause)
		}
	}
	s.eventually("all problems are told", func() bool { return len(s.problems()) >= 4 })
	if p := s.problems()[0]; p.Reason != "retrying" || p.Status != 401 || !strings.Contains(p.Message, "This token is not valid") || p.Count != 20 {
		s.Errorf("%+v", p)
	}
}
