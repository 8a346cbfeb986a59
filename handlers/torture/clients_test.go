package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/clients/daybook"
	"daybook/services/database/dbtest"
)

// The senders that applications copy go on while the server is killed, PostgreSQL is killed, and the server is ended and started again. What
// they took arrives, each event once, and they say so.
func TestTortureClients(t *testing.T) {
	t.Parallel()
	data := dbtest.Folder(t)
	i := newInstall(t, "DAYBOOK_DATA="+data)
	s := i.server()
	t.Cleanup(func() { quit(s, data) })
	s.start()
	s.ready()
	url := i.builtIn(data)
	to := i.workspace("clients")
	results := make(chan steady, 3)
	go func() { results <- goClient(s, to) }()
	go func() {
		results <- s.script(to, "apt-get install python3", "python3", "-B", "../../clients/testdata/steady.py")
	}()
	go func() { results <- s.script(to, "apt-get install nodejs", "node", "../../clients/testdata/steady.mjs") }()
	for k := range kills {
		<-time.After(700 * time.Millisecond)
		switch k % 3 {
		case 0:
			s.stop(syscall.SIGKILL)
			<-time.After(500 * time.Millisecond)
			s.start()
		case 1:
			if p := postmaster(data); p != nil {
				_ = p.Kill()
			}
		case 2:
			s.stop(syscall.SIGTERM)
			s.start()
		}
		s.ready()
	}
	for range cap(results) {
		r := <-results
		if r.err != nil {
			t.Fatalf("%s: %v", r.name, r.err)
		}
		if got := r.stats; len(r.ids) != steadyEvents || got.Sent+got.Duplicates != steadyEvents || got.Queued != 0 {
			t.Errorf("%s took %d events, and says %+v", r.name, len(r.ids), got)
		}
		t.Logf("%s: %+v; %d attempts failed", r.name, r.stats, r.failed)
		if r.name == "go" && r.failed == 0 {
			t.Error("the server was never away")
		}
		to.ledger.acknowledge(r.ids)
	}
	i.check(url, to)
	s.stop(syscall.SIGTERM)
}

// steadyEvents are how many each client sends; kills come earlier than they end.
const steadyEvents = 600 * kills

// steady is what became of the events of one client.
type steady struct {
	name   string
	ids    []uuid.UUID
	stats  daybook.Stats
	failed int64 // attempts, of the Go client
	err    error
}

func goClient(at *server, to *workspace) steady {
	r := steady{name: "go"}
	var failed atomic.Int64
	c := daybook.New("http://"+at.address, to.slug, to.token, daybook.Options{
		Interval: 50 * time.Millisecond, Pause: 50 * time.Millisecond, LongestPause: 500 * time.Millisecond, Timeout: 5 * time.Second, OnError: func(daybook.Problem) { failed.Add(1) },
	})
	for n := range steadyEvents {
		id := c.Send(daybook.Event{Actor: &daybook.Actor{ID: "go-" + strconv.Itoa(n%7)}, Action: "created", Metadata: map[string]any{"n": n}})
		r.ids = append(r.ids, uuid.MustParse(id))
		<-time.After(2 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	r.err = c.Close(ctx)
	r.stats, r.failed = c.Stats(), failed.Load()
	return r
}

// script runs a program that sends as goClient does.
func (s *server) script(to *workspace, needed, name string, args ...string) steady {
	r := steady{name: name}
	if _, err := exec.LookPath(name); err != nil {
		r.err = fmt.Errorf("it is needed for this test: %s", needed)
		return r
	}
	var out bytes.Buffer
	c := exec.CommandContext(s.Context(), name, append(args, "http://"+s.address, to.slug, to.token, strconv.Itoa(steadyEvents))...)
	c.Stdout, c.Stderr = &out, os.Stderr
	if r.err = c.Run(); r.err != nil {
		return r
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last := len(lines) - 1
	for _, line := range lines[:last] {
		id, err := uuid.Parse(line)
		if err != nil {
			r.err = err
			return r
		}
		r.ids = append(r.ids, id)
	}
	r.err = json.Unmarshal([]byte(lines[last]), &r.stats)
	return r
}
