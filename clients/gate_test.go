package clients_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fate is what becomes of a request at the gate.
type fate struct {
	pass   bool // it reaches Daybook
	cut    bool // and the connection ends without an answer
	hang   bool // nothing is answered until the client gives up
	status int  // this is answered

	endless bool // and then more, for as long as somebody reads
	header  map[string]string
	body    string
}

var pass = fate{pass: true}

// seen is a request that came to the gate.
type seen struct {
	at     time.Time
	events []string // the ids
	bytes  int
	body   []byte
	header http.Header
}

// gate stands before Daybook as networks and proxies do, and does to requests what the scenario says.
type gate struct {
	*httptest.Server
	t      testing.TB
	target string
	mu     sync.Mutex
	plan   func(n int, r seen) fate
	seen   []seen
	poured atomic.Int64 // bytes of endless answers
}

func newGate(t testing.TB, target string) *gate {
	g := &gate{t: t, target: target, plan: func(int, seen) fate { return pass }}
	g.Server = httptest.NewServer(g)
	t.Cleanup(func() {
		g.CloseClientConnections()
		g.Server.Close()
	})
	return g
}

// open does from now on what the plan says, which is asked with the number of the request, from 0.
func (g *gate) open(plan func(n int, r seen) fate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.plan, g.seen = plan, nil
}

// always does the same to all.
func (g *gate) always(f fate) { g.open(func(int, seen) fate { return f }) }

// first does something to so many requests, and lets the others pass.
func (g *gate) first(n int, f fate) {
	g.open(func(i int, _ seen) fate {
		if i < n {
			return f
		}
		return pass
	})
}

// requests are those that came since it was opened last.
func (g *gate) requests() []seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client gave up
	}
	f := g.note(r, body)
	var answer *http.Response
	if f.pass {
		if answer = g.forward(r, body); answer == nil {
			panic(http.ErrAbortHandler)
		}
		defer answer.Body.Close()
	}
	switch {
	case f.hang:
		<-r.Context().Done()
	case f.cut:
		panic(http.ErrAbortHandler)
	case f.status != 0:
		for name, value := range f.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.status)
		_, _ = io.WriteString(w, f.body)
		if f.endless {
			g.pour(w)
		}
	case f.pass:
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	}
}

func (g *gate) pour(w io.Writer) {
	some := bytes.Repeat([]byte("x"), 64<<10)
	for g.poured.Load() < 1<<30 {
		n, err := w.Write(some)
		if g.poured.Add(int64(n)); err != nil {
			return
		}
	}
}

func (g *gate) note(r *http.Request, body []byte) fate {
	s := seen{at: time.Now(), bytes: len(body), body: body, header: r.Header}
	var events []struct{ ID string }
	if err := json.Unmarshal(body, &events); err != nil {
		g.t.Errorf("a body is no list of events: %v", err)
	}
	for _, e := range events {
		s.events = append(s.events, e.ID)
	}
	if want := "/api/v1/workspaces/acme/activity"; r.Method != http.MethodPost || r.URL.Path != want {
		g.t.Errorf("%s %s was asked for", r.Method, r.URL)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, s)
	return g.plan(len(g.seen)-1, s)
}

// forward asks Daybook, whoever waits for the answer.
func (g *gate) forward(r *http.Request, body []byte) *http.Response {
	forwarded, err := http.NewRequest(r.Method, "http://"+g.target+r.URL.Path, readerOf(body))
	if err != nil {
		g.t.Error(err)
		return nil
	}
	forwarded.Header = r.Header.Clone()
	answer, err := http.DefaultClient.Do(forwarded)
	if err != nil {
		g.t.Error(err)
		return nil
	}
	return answer
}

// asked gives how the requests looked, for messages.
func asked(requests []seen) (text string) {
	for _, r := range requests {
		text += fmt.Sprintf("%d events in %d bytes; ", len(r.events), r.bytes)
	}
	return text
}
