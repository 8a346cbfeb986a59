package clients_test

import (
	"strings"
	"time"
)

// What stands between, as a gateway or a company's filter, answers 400 and 422 as well: that says nothing of the events.
func foreign400(s *stage) {
	s.client(object{"pause_ms": 1, "longest_pause_ms": 200})
	answers := []fate{
		{status: 400, body: "<html>400 Bad Request</html>"},
		{status: 400},
		{status: 422, body: `{"message": "no"}`},
		{status: 422, body: `{"detail": [{"loc": ["body", 0], "msg": "field required"}]}`},
		{status: 400, body: `{"detail": "The TLS version is too old."}`},
		{status: 422, body: `{"detail": "no", "errors": [{"index": 0, "field": "action", "message": "no"}]}`},
		{status: 400, body: `{"status": 422, "detail": "no", "errors": []}`},
	}
	s.gate.open(func(n int, _ seen) fate {
		if n < len(answers) {
			return answers[n]
		}
		return pass
	})
	ids := s.many(20)
	s.eventually("everything is sent", func() bool { return s.stats().Sent == 20 })
	s.arrived(ids)
	s.counted(20, 0, 0, nil)
	r := s.gate.requests()
	if len(r) != len(answers)+1 {
		s.Fatal(asked(r))
	}
	for i := range answers {
		if pause := r[i+1].at.Sub(r[i].at); pause < 100*time.Millisecond {
			s.Errorf("it tried again after %s", pause)
		}
	}
	if s.told("refused") {
		s.Errorf("%+v", s.problems())
	}
}

// An answer is not read for as long as somebody likes to write.
func endlessAnswer(s *stage) {
	s.client(nil)
	s.gate.open(func(n int, _ seen) fate {
		if n < 2 {
			return fate{status: []int{500, 201}[n], endless: true}
		}
		return pass
	})
	ids := s.many(3)
	s.flush()
	s.arrived(ids)
	if n := s.gate.poured.Load(); n > 32<<20 {
		s.Errorf("it read about %d bytes", n)
	}
}

// The log of an application may lead back to the client, and what is told may end it.
func callsBack(s *stage) {
	s.client(nil)
	s.call(object{"do": "nest"})
	s.gate.first(1, fate{status: 503})
	ids := s.many(3)
	s.flush()
	s.arrived(ids)
	s.call(object{"do": "odd"})
	if !s.call(object{"do": "close", "ms": 5000}).Done {
		s.Error("it does not end")
	}
	for range 3 {
		s.send(event(nil))
	}
	s.eventually("it is told that the client is closed", func() bool { return s.told("closed") })
	s.call(object{"do": "close", "ms": 5000})
	n := 0
	for _, p := range s.problems() {
		if p.Reason == "closed" {
			n++
		}
	}
	if n != 1 {
		s.Errorf("it was told %d times that the client is closed", n)
	}
	if dropped := s.stats().Dropped; dropped["closed"] < 3 || dropped["invalid"] < 5 {
		s.Errorf("%v", dropped)
	}
}

// Addresses come from the environment, and have passwords at times; what is told goes to logs.
func password(s *stage) {
	for _, address := range []string{"http://user:hunter2@127.0.0.1", "http://user:hun ter2@127.0.0.1:1", "user:hunter2@127.0.0.1"} {
		s.call(object{"do": "new", "url": address, "workspace": "acme", "token": "dbk_any", "options": quick(nil)})
		before := len(s.problems())
		s.many(1)
		s.eventually("a problem with "+address, func() bool { return len(s.problems()) > before })
		for _, p := range s.problems() {
			if strings.Contains(p.Message, "hun") {
				s.Errorf("the password is in %q", p.Message)
			}
		}
		s.call(object{"do": "close", "ms": 0})
	}
}

// An option that is read from where there is none lifts no bound.
func noOptions(s *stage) {
	s.client(object{"queue_size": nil, "queue_bytes": "nan", "timeout_ms": "nan", "batch_size": "nan", "batch_bytes": nil, "interval_ms": nil, "longest_pause_ms": "nan"})
	s.gate.always(fate{status: 503})
	s.call(object{"do": "many", "n": 10_050, "event": event(nil)})
	s.counted(0, 0, 10_000, map[string]int{"queue_full": 50})
	s.eventually("a request", func() bool { return len(s.gate.requests()) > 0 })
	if n := len(s.gate.requests()[0].events); n != 500 {
		s.Errorf("a request has %d events", n)
	}
	s.call(object{"do": "close", "ms": 0})
}
