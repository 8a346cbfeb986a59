package clients_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/clients/daybook"
	"daybook/handlers/handlerstest"
)

func readerOf(body []byte) io.Reader { return bytes.NewReader(body) }

// stage is where a client meets a Daybook, with the gate between.
type stage struct {
	*subject
	world *handlerstest.World
	gate  *gate
}

// quick are options with which nothing is waited for longer than a test can.
func quick(more object) object {
	o := object{"interval_ms": 20, "pause_ms": 20, "longest_pause_ms": 60, "timeout_ms": 5000}
	for name, value := range more {
		o[name] = value
	}
	return o
}

// client makes the client that the scenario is about, as the application with the token "service".
func (s *stage) client(more object) {
	s.Helper()
	token := strings.TrimPrefix(s.world.Credentials("service").Get("Authorization"), "Bearer ")
	s.call(object{"do": "new", "url": s.gate.URL + "/", "workspace": "acme", "token": token, "options": quick(more)})
}

// event is one that is in order; more is put over it.
func event(more object) object {
	e := object{"actor": object{"id": "user-1", "name": "Zoë “Z” <&>"}, "action": "created", "resource": object{"type": "project", "id": "42"}}
	for name, value := range more {
		e[name] = value
	}
	return e
}

func (s *stage) send(e object) string {
	s.Helper()
	return s.call(object{"do": "send", "event": e}).IDs[0]
}

func (s *stage) many(n int) []string {
	s.Helper()
	return s.call(object{"do": "many", "n": n, "event": event(nil)}).IDs
}

func (s *stage) stats() daybook.Stats {
	s.Helper()
	return s.call(object{"do": "stats"}).Stats
}

func (s *stage) problems() []problem {
	s.Helper()
	return s.call(object{"do": "problems"}).Problems
}

// told tells whether on_error was told of such a thing.
func (s *stage) told(reason string) bool {
	s.Helper()
	return slices.ContainsFunc(s.problems(), func(p problem) bool { return p.Reason == reason && p.Message != "" })
}

// flush sends everything, which must succeed.
func (s *stage) flush() {
	s.Helper()
	if !s.call(object{"do": "flush", "ms": 20_000}).Done {
		s.Fatalf("flushing ran out of time: %+v, %+v", s.stats(), s.problems())
	}
}

// eventually waits for a condition.
func (s *stage) eventually(what string, holds func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			s.Fatalf("still not: %s; %+v, %+v", what, s.stats(), s.problems())
		case <-look.C:
		}
	}
}

// arrived checks that exactly these events are there, each once; the others not at all.
func (s *stage) arrived(ids []string, others ...string) {
	s.Helper()
	if i := slices.Index(ids, ""); i >= 0 {
		s.Fatalf("event %d was dropped: %+v", i, s.problems())
	}
	s.world.Drain()
	const count = `SELECT count(*) FROM activities WHERE uuid = ANY ($1::uuid[])`
	if n := handlerstest.Ask[int](s.world, count, ids); n != len(ids) {
		s.Errorf("of %d events %d are there", len(ids), n)
	}
	if n := handlerstest.Ask[int](s.world, count, slices.DeleteFunc(others, func(id string) bool { return id == "" })); n != 0 {
		s.Errorf("%d events are there that should not be", n)
	}
}

// counted checks the statistics: sent, duplicates, what is still queued, and of dropped events the reasons that are named.
func (s *stage) counted(sent, duplicates, queued int, dropped map[string]int) {
	s.Helper()
	got := s.stats()
	if got.Sent != sent || got.Duplicates != duplicates || got.Queued != queued {
		s.Errorf("%+v in place of %d sent, %d duplicates, %d queued", got, sent, duplicates, queued)
	}
	if len(got.Dropped) != 6 {
		s.Errorf("reasons are missing: %v", got.Dropped)
	}
	for reason, n := range got.Dropped {
		if n != dropped[reason] {
			s.Errorf("%d were dropped as %s, not %d: %+v", n, reason, dropped[reason], s.problems())
		}
	}
}

// TestClients plays every scenario with every client.
func TestClients(t *testing.T) {
	w := handlerstest.New(t)
	for language, start := range languages {
		t.Run(language, func(t *testing.T) {
			for name, play := range scenarios {
				t.Run(name, func(t *testing.T) {
					w := w.In(t)
					s := &stage{subject: start(t), world: w, gate: newGate(t, w.Address)}
					play(s)
				})
			}
		})
	}
}
