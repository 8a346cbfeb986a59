package clients_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What is read from a file has a line's end; what has one within is no token, and is told to nobody.
func noToken(s *stage) {
	token := strings.TrimPrefix(s.world.Credentials("service").Get("Authorization"), "Bearer ")
	s.call(object{"do": "new", "url": s.gate.URL, "workspace": "acme", "token": " " + token + "\n", "options": quick(nil)})
	ids := s.many(2)
	s.flush()
	s.arrived(ids)
	s.call(object{"do": "new", "url": s.gate.URL, "workspace": "acme", "token": "secret-half\r\nX-Other: secret-half", "options": quick(nil)})
	s.many(1)
	s.eventually("a problem", func() bool { return s.told("retrying") })
	for _, p := range s.problems() {
		if strings.Contains(p.Message, "secret") {
			s.Errorf("the token is in %q", p.Message)
		}
	}
	for _, r := range s.gate.requests() {
		if r.header.Get("X-Other") != "" {
			s.Error("a header was smuggled in")
		}
	}
	s.call(object{"do": "close", "ms": 0})
}

func queueFull(s *stage) {
	s.client(object{"queue_size": 50})
	s.gate.always(fate{status: 503})
	ids := s.many(120)
	if !slices.Equal(ids[50:], make([]string, 70)) {
		s.Fatalf("the ids are %v", ids)
	}
	s.counted(0, 0, 50, map[string]int{"queue_full": 70})
	full := func() (n int) {
		for _, p := range s.problems() {
			if p.Reason == "queue_full" {
				n++
			}
		}
		return n
	}
	s.eventually("it is told", func() bool { return full() > 0 })
	if n := full(); n != 1 {
		s.Errorf("it was told %d times", n)
	}
	s.gate.always(pass)
	s.flush()
	s.arrived(ids[:50])
	s.gate.always(fate{status: 503})
	s.many(60)
	s.counted(50, 0, 50, map[string]int{"queue_full": 80})
	s.call(object{"do": "close", "ms": 0}) // which waits until everything is told
	if n := full(); n != 2 {
		s.Errorf("after an acknowledgement it was told %d times", n)
	}
}

func queueBytes(s *stage) {
	s.client(object{"queue_bytes": 100_000})
	s.gate.always(fate{status: 503})
	long := event(object{"metadata": object{"text": strings.Repeat("é", 15_000)}})
	var ids []string
	for range 5 {
		ids = append(ids, s.send(long))
	}
	small := s.send(event(nil))
	if fmt.Sprint(slices.Index(ids, ""), small != "") != "3 true" {
		s.Errorf("the ids are %v, %v", ids, small)
	}
	s.gate.always(pass)
	s.flush()
	s.arrived(append(ids[:3:3], small))
	s.counted(4, 0, 0, map[string]int{"queue_full": 2})
}

func mistakes(s *stage) {
	s.client(nil)
	ids := s.call(object{"do": "odd"}).IDs
	for i, id := range ids {
		if id != "" {
			s.Errorf("odd thing %d was taken", i)
		}
	}
	s.counted(0, 0, 0, map[string]int{"invalid": len(ids)})
	s.eventually("somebody is told", func() bool { return s.told("invalid") })
	good := s.many(2)
	s.flush()
	s.arrived(good)
}

func tooLarge(s *stage) {
	s.client(nil)
	text := func(n int) object { return event(object{"metadata": object{"text": strings.Repeat("x", n)}}) }
	fits, toBig := s.send(text(64<<10-400)), s.send(text(64<<10))
	if fits == "" || toBig != "" {
		s.Errorf("%q, %q", fits, toBig)
	}
	s.flush()
	s.arrived([]string{fits})
	s.counted(1, 0, 0, map[string]int{"too_large": 1})
}

func closed(s *stage) {
	s.client(object{"interval_ms": 60_000})
	ids := s.many(30)
	if !s.call(object{"do": "close", "ms": 20_000}).Done {
		s.Error("not everything was sent")
	}
	if id := s.send(event(nil)); id != "" {
		s.Errorf("%s was taken", id)
	}
	if !s.call(object{"do": "close", "ms": 1000}).Done || !s.call(object{"do": "flush", "ms": 1000}).Done {
		s.Error("it does not close twice")
	}
	s.arrived(ids)
	s.counted(30, 0, 0, map[string]int{"closed": 1})
}

func closingInTime(s *stage) {
	s.client(nil)
	s.gate.always(fate{status: 503})
	s.many(30)
	began := time.Now()
	if s.call(object{"do": "flush", "ms": 100}).Done || s.call(object{"do": "close", "ms": 200}).Done {
		s.Error("it says that everything was sent")
	}
	if took := time.Since(began); took > 2*time.Second {
		s.Errorf("it took %s", took)
	}
	s.counted(0, 0, 0, map[string]int{"unsent": 30})
	n := len(s.gate.requests())
	s.call(object{"do": "flush", "ms": 300})
	if now := len(s.gate.requests()); now > n+1 || !s.told("unsent") {
		s.Errorf("%d requests came after the end", now-n)
	}
}

// The application does not notice.
func hangs(s *stage) {
	s.client(object{"timeout_ms": 1500, "queue_size": 100_000})
	s.gate.first(2, fate{hang: true})
	r := s.call(object{"do": "many", "n": 5000, "event": event(nil)})
	if r.Took > 3000 {
		s.Errorf("taking 5,000 events took %v ms", r.Took)
	}
	s.flush()
	s.arrived(r.IDs)
	s.gate.always(fate{hang: true})
	s.many(1)
	began := time.Now()
	s.call(object{"do": "close", "ms": 100})
	if took := time.Since(began); took > 2*time.Second {
		s.Errorf("closing took %s", took)
	}
}

func brokenOnError(s *stage) {
	s.client(object{"queue_size": 10})
	s.call(object{"do": "throw"})
	s.gate.open(func(n int, _ seen) fate {
		if n < 2 {
			return fate{status: 500}
		}
		return pass
	})
	s.call(object{"do": "odd"})
	ids := s.many(20)[:10]
	bad := s.send(event(object{"outcome": "perhaps"}))
	s.flush()
	s.arrived(ids)
	if bad != "" {
		s.Error("there was room")
	}
}

// A request has no more bytes than a small proxy takes.
func bounded(s *stage) {
	s.client(object{"batch_bytes": 50_000})
	var ids []string
	for range 40 {
		ids = append(ids, s.send(event(object{"metadata": object{"text": strings.Repeat("é", 5_000)}})))
	}
	s.flush()
	s.arrived(ids)
	for _, r := range s.gate.requests() {
		if r.bytes > 50_000 {
			s.Errorf("a request has %d bytes", r.bytes)
		}
	}
}
