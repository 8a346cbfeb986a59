package handlerstest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Scenario is a request, what is answered, and what happens besides.
type Scenario struct {
	Name string
	Request
	Status  int
	Fields  []string          // of the problem's errors, in any order
	Has     []string          // stands in the body
	Lacks   []string          // does not
	Headers map[string]string // the answer has them; an empty value: has not
	Records []string          // exactly these activities, as Recorded gives them
	Before  func(w *World)
	After   func(t *testing.T, w *World, a Answer)
}

// Run plays scenarios in turn. Each leaves behind what it says and nothing else.
func (w *World) Run(t *testing.T, scenarios []Scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name(), func(t *testing.T) {
			w := w.in(t)
			if s.Before != nil {
				s.Before(w)
				w.Recorded()
			}
			a := w.Do(s.Request)
			a.Expect(t, s.Status, s.Has...)
			a.Lacks(t, s.Lacks...)
			if s.Fields != nil {
				a.ExpectFields(t, s.Fields...)
			}
			for name, value := range s.Headers {
				if got := a.Header.Get(name); got != value {
					t.Errorf("header %s is %q, not %q", name, got, value)
				}
			}
			if got := w.Recorded(); !slices.Equal(got, append([]string{}, s.Records...)) {
				t.Errorf("recorded %q, not %q", got, s.Records)
			}
			if s.After != nil {
				s.After(t, w, a)
			}
		})
	}
}

func (s Scenario) name() string {
	if s.Name != "" {
		return s.Name
	}
	return s.As + " " + s.Method + " " + s.Path
}

// in gives the same world, speaking to a subtest.
func (w *World) in(t testing.TB) *World {
	outer := w.T
	w.T = t
	t.Cleanup(func() { w.T = outer })
	return w
}

// In gives the same world, speaking to a subtest, until that ends.
func (w *World) In(t testing.TB) *World { return w.in(t) }

// Expect checks the status and what stands in the body.
func (a Answer) Expect(t testing.TB, status int, has ...string) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, not %d: %.600s", a.Status, status, a.Body)
	}
	for _, part := range has {
		if !strings.Contains(a.Body, part) {
			t.Errorf("%q is not in %.1500s", part, a.Body)
		}
	}
	return a
}

// Lacks checks what does not stand in the body.
func (a Answer) Lacks(t testing.TB, parts ...string) Answer {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(a.Body, part) {
			t.Errorf("%q is in %.1500s", part, a.Body)
		}
	}
	return a
}

// ExpectFields checks which fields a problem names.
func (a Answer) ExpectFields(t testing.TB, fields ...string) {
	t.Helper()
	var p struct {
		Errors []struct{ Field, Message string }
	}
	a.Read(t, &p)
	var got []string
	for _, e := range p.Errors {
		got = append(got, e.Field)
		if e.Message == "" {
			t.Errorf("the error about %s says nothing", e.Field)
		}
	}
	slices.Sort(got)
	fields = slices.Sorted(slices.Values(fields))
	if !slices.Equal(got, fields) {
		t.Errorf("the problem names %q, not %q: %s", got, fields, a.Body)
	}
}

// Read reads the body as JSON.
func (a Answer) Read(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		t.Fatalf("%v: %.600s", err, a.Body)
	}
}
