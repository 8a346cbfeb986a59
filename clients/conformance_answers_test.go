package clients_test

import (
	"fmt"
	"regexp"
	"strings"

	"daybook/handlers/handlerstest"
)

// Answers to 64 events that are JSON, and nothing that Daybook says.
var oddAnswers = map[int][]string{
	201: {
		`{"accepted": 32.5, "duplicates": 31.5}`, `{"accepted": 65, "duplicates": -1}`, `{"accepted": true, "duplicates": 63}`, `{"accepted": "64", "duplicates": "0"}`,
		`{"accepted": [64], "duplicates": {}}`, `{"accepted": 1e400, "duplicates": 0}`, `{"accepted": 64}`, `null`, `true`, `64`, `"text"`, `[[[]]]`, `[null]`, `{}`, strings.Repeat("[", 200_000),
	},
	422: {
		`null`, `0.5`, `"text"`, `[]`, `[[null]]`, strings.Repeat(`{"detail":`, 100_000), `{"status": 422, "detail": "x", "errors": ` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
		problemOf(`422, "detail": {"toString": 1, "valueOf": 1}`, `[]`), problemOf(`422, "detail": 5`, `[]`), problemOf(`422, "detail": ["x"]`, `[]`), problemOf(`422, "detail": ""`, `[]`),
		problemOf(`"422", "detail": "x"`, `[]`), problemOf(`true, "detail": "x"`, `[]`), problemOf(`422.5, "detail": "x"`, `[]`), problemOf(`[422], "detail": "x"`, `[]`),
		errorsOf(`{}`), errorsOf(`"x"`), errorsOf(`null`), errorsOf(`5`), errorsOf(`[5]`), errorsOf(`["x"]`), errorsOf(`[true]`), errorsOf(`[[0]]`), errorsOf(`[null]`),
		errorOf(`true`, `"f"`, `"m"`), errorOf(`false`, `"f"`, `"m"`), errorOf(`0.5`, `"f"`, `"m"`), errorOf(`"0"`, `"f"`, `"m"`), errorOf(`[0]`, `"f"`, `"m"`), errorOf(`{"valueOf": 1}`, `"f"`, `"m"`),
		errorOf(`1e400`, `"f"`, `"m"`), errorOf(`0`, `{"toString": 1, "valueOf": 1}`, `"m"`), errorOf(`0`, `"f"`, `{"toString": 1, "valueOf": 1}`), errorOf(`0`, `5`, `"m"`), errorOf(`0`, `"f"`, `[["m"]]`),
		errorOf(`-1`, `"f"`, `"m"`), errorOf(`99999`, `"f"`, `"m"`), errorOf(`99999999999999999999`, `"f"`, `"m"`),
	},
}

func problemOf(statusAndDetail, errors string) string {
	return fmt.Sprintf(`{"status": %s, "errors": %s}`, statusAndDetail, errors)
}

func errorsOf(errors string) string { return problemOf(`422, "detail": "x"`, errors) }

func errorOf(index, field, message string) string {
	return errorsOf(fmt.Sprintf(`[{"index": %s, "field": %s, "message": %s}]`, index, field, message))
}

// Nothing that a server answers ends the sender, or is taken for what it is not.
func oddAnswer(s *stage) {
	s.client(object{"pause_ms": 1, "longest_pause_ms": 2})
	var answers []fate
	for _, status := range []int{201, 422} {
		for _, body := range oddAnswers[status] {
			answers = append(answers, fate{status: status, body: body})
		}
	}
	s.gate.open(func(n int, _ seen) fate {
		if n < len(answers) {
			return answers[n]
		}
		return pass
	})
	ids := s.many(64)
	s.flush()
	s.arrived(ids)
	s.counted(64, 0, 0, nil)
}

// What is acknowledged makes room, in events and in bytes.
func roomAgain(s *stage) {
	for _, bound := range []object{{"queue_size": 4}, {"queue_bytes": 100_000}} {
		bound["batch_size"] = 1
		s.client(bound)
		room := func(want int) (ids []string) {
			for range 6 {
				if id := s.send(event(object{"metadata": object{"text": strings.Repeat("x", 23_000)}})); id != "" {
					ids = append(ids, id)
				}
			}
			if len(ids) != want {
				s.Errorf("%v: there was room for %d events, not for %d", bound, len(ids), want)
			}
			return ids
		}
		s.gate.always(fate{status: 503})
		ids := room(4)
		s.gate.open(func(n int, _ seen) fate {
			if n < 2 {
				return pass
			}
			return fate{status: 503}
		})
		s.eventually("some are sent", func() bool { return s.stats().Sent == 2 })
		ids = append(ids, room(2)...)
		s.gate.always(pass)
		s.flush()
		s.gate.always(fate{status: 503})
		ids = append(ids, room(4)...)
		s.gate.always(pass)
		s.flush()
		s.arrived(ids)
		s.counted(10, 0, 0, map[string]int{"queue_full": 8})
	}
}

// What is flushed in vain is told once for each text, with the time after which the next attempt really is.
func flushesInVain(s *stage) {
	s.client(object{"pause_ms": 100, "longest_pause_ms": 60_000})
	denied := func(detail string) fate {
		return fate{status: 401, body: fmt.Sprintf(`{"status": 401, "detail": %q, "errors": []}`, detail)}
	}
	told := func(n int, text string, least, most float64) {
		s.Helper()
		s.eventually(text, func() bool { return len(s.problems()) >= n })
		p := s.problems()
		before, after, _ := strings.Cut(p[len(p)-1].Message, "; the next attempt is in ")
		var seconds float64
		if _, err := fmt.Sscanf(after, "%f s", &seconds); err != nil || len(p) != n || before != text || seconds < least || seconds > most {
			s.Errorf("it told %d problems: %+v", len(p), p)
		}
	}
	s.gate.always(denied("No."))
	ids := s.many(3)
	told(1, "No", 30, 60)
	if s.call(object{"do": "flush", "ms": 1000}).Done {
		s.Error("it says that everything was sent")
	}
	told(2, "No", 0.1, 0.1)
	if n := len(s.gate.requests()); n < 4 {
		s.Errorf("there were %d requests", n)
	}
	s.gate.always(denied("Not now."))
	told(3, "Not now", 0.1, 0.1)
	s.eventually("further requests", func() bool { return len(s.gate.requests()) > 3 })
	told(3, "Not now", 0.1, 0.1)
	ids = append(ids, s.many(1)...)
	s.call(object{"do": "flush", "ms": 500})
	told(4, "Not now", 0.1, 0.1)
	s.gate.always(pass)
	s.flush()
	s.arrived(ids)
}

// A forgotten https:// is told as such.
func noAddress(s *stage) {
	for _, address := range []string{"daybook.example.com", ""} {
		s.call(object{"do": "new", "url": address, "workspace": "acme", "token": "dbk_any", "options": quick(nil)})
		before := len(s.problems())
		s.many(1)
		s.eventually("a problem", func() bool { return len(s.problems()) > before })
		for _, p := range s.problems() {
			if p.Reason == "retrying" && !strings.HasPrefix(p.Message, "no answer: the address of Daybook is none;") {
				s.Errorf("%q is told as %q", address, p.Message)
			}
		}
		s.call(object{"do": "close", "ms": 0})
	}
}

var half = regexp.MustCompile(`[^\\]\\u[dD][89a-fA-F]`)

// What is no text becomes one before it is sent, and what looks like an escape stays.
func halves(s *stage) {
	s.client(nil)
	id := s.call(object{"do": "halves", "event": event(nil)}).IDs[0]
	s.flush()
	s.arrived([]string{id})
	if text := handlerstest.Ask[string](s.world, `SELECT metadata->>'text' FROM activities WHERE uuid = $1`, id); text != "a\ufffd|\\ud83d|😀" {
		s.Errorf("it is %q", text)
	}
	for _, r := range s.gate.requests() {
		if half.Match(r.body) {
			s.Errorf("it sent %s", r.body)
		}
	}
}

// Markup is sent as it stands, not six times as long.
func markup(s *stage) {
	s.client(nil)
	id := s.send(event(object{"metadata": object{"text": strings.Repeat("<&>", 15_000)}}))
	s.flush()
	s.arrived([]string{id})
	if n := s.tooLong(50_000); n > 0 {
		s.Error("it is longer")
	}
}

// tooLong counts the requests with more bytes than something between takes.
func (s *stage) tooLong(bytes int) (n int) {
	for _, r := range s.gate.requests() {
		if r.bytes > bytes {
			n++
		}
	}
	return n
}
