package clients_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"daybook/clients/daybook"
	"daybook/handlers/handlerstest"
)

// ended runs a program to its end, and gives what it printed.
func ended(t *testing.T, g *gate, w *handlerstest.World, command ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	token := strings.TrimPrefix(w.Credentials("service").Get("Authorization"), "Bearer ")
	c := exec.CommandContext(ctx, command[0], append(command[1:], g.URL, token)...)
	c.Stderr = os.Stderr
	var out bytes.Buffer
	c.Stdout = &out
	if err := c.Run(); err != nil {
		t.Fatalf("%q ended with %v", command, err)
	}
	return strings.Fields(out.String())
}

// once checks that no event came to the gate twice.
func (g *gate) once(t *testing.T) {
	t.Helper()
	came, twice := map[string]bool{}, 0
	for _, r := range g.requests() {
		for _, id := range r.events {
			if came[id] {
				twice++
			}
			came[id] = true
		}
	}
	if twice > 0 {
		t.Errorf("%d of %d events were sent twice", twice, len(came))
	}
}

// A Python program that ends, forks or is interrupted loses nothing, and sends nothing twice.
func TestPythonPrograms(t *testing.T) {
	w := handlerstest.New(t)
	for how, events := range map[string]int{
		"returns": 5, "raises": 5, "SIGTERM": 5, "with": 5, "at exit": 5, "at exit, earlier": 5, "threads": 1600, "forks": 8, "forks while sending": 40, "no threads": 5, "multiprocessing": 7, "signals": 3000,
	} {
		t.Run(how, func(t *testing.T) {
			w := w.In(t)
			g := newGate(t, w.Address)
			ids := ended(t, g, w, "python3", "-B", "testdata/ends.py", how)
			if len(ids) != events {
				t.Errorf("it printed %d ids", len(ids))
			}
			(&stage{subject: &subject{TB: t}, world: w}).arrived(ids)
			g.once(t)
		})
	}
	for name, f := range away {
		for _, how := range []string{"away", "away, no threads"} {
			t.Run(how+", "+name, func(t *testing.T) {
				g := newGate(t, w.Address)
				g.always(f)
				began := time.Now()
				ended(t, g, w.In(t), "python3", "-B", "testdata/ends.py", how)
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("it ended after %s", took)
				}
			})
		}
	}
}

// away are the ways in which a server is away when a program ends.
var away = map[string]fate{"failing": {status: 503}, "hanging": {hang: true}}

// The oldest Python that README.md names reads the file.
func TestPythonIsOldEnough(t *testing.T) {
	const read = `import ast; ast.parse(open("daybook.py").read(), feature_version=(3, 8))`
	if out, err := exec.Command("python3", "-B", "-c", read).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNodePrograms(t *testing.T) {
	w := handlerstest.New(t)
	for how, events := range map[string]int{"returns": 5, "works on": 10, "twice": 10, "SIGTERM": 5, "closes, then process.exit": 5} {
		t.Run(how, func(t *testing.T) {
			w := w.In(t)
			g := newGate(t, w.Address)
			ids := ended(t, g, w, "node", "testdata/ends.mjs", how)
			if len(ids) != events {
				t.Errorf("it printed %d ids", len(ids))
			}
			(&stage{subject: &subject{TB: t}, world: w}).arrived(ids)
			g.once(t)
		})
	}
	for run, f := range map[string]fate{"away, failing": away["failing"], "away, hanging": away["hanging"], "away meanwhile, hanging": away["hanging"], "process.exit": away["failing"]} {
		t.Run(run, func(t *testing.T) {
			g := newGate(t, w.Address)
			g.always(f)
			how, _, _ := strings.Cut(run, ",")
			began := time.Now()
			said := ended(t, g, w.In(t), "node", "testdata/ends.mjs", how)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it ended after %s", took)
			}
			var stats daybook.Stats
			if err := json.Unmarshal([]byte(said[len(said)-1]), &stats); err != nil || len(said) != 6 {
				t.Fatalf("it said %q, %v", said, err)
			}
			if left := stats.Queued + stats.Dropped[daybook.Unsent]; left != 5 {
				t.Errorf("%+v", stats)
			}
		})
	}
}
