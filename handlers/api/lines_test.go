package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func lines(as string, body io.Reader) Request {
	return Request{As: as, Method: http.MethodPost, Path: activity, Stream: body, Type: "application/x-ndjson"}
}

func line(i int) string {
	return fmt.Sprintf(`{"id": "019a0000-0000-7000-8000-%012d", "actor": {"id": "carol"}, "action": "created"}`, i) + "\n"
}

func someLines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
	}
	return b.String()
}

type progress struct {
	Detail   string
	Errors   []struct{ Field string }
	Progress struct{ Accepted, Duplicates, Lines int }
}

func TestSendLines(t *testing.T) {
	w := New(t)
	zipped := lines("service", strings.NewReader(Gzip(someLines(3))))
	zipped.Header = map[string]string{"Content-Encoding": "gzip"}
	known := Request{As: "service", Method: "POST", Path: activity, Body: "\n" + someLines(4) + "\n", Type: "application/jsonl"}
	keyed := lines("service", strings.NewReader(someLines(1)))
	keyed.Header = map[string]string{"Idempotency-Key": "x"}
	three := []string{"acme carol created", "acme carol created", "acme carol created"}
	w.Run(t, []Scenario{
		{Name: "gzip, in chunks", Request: zipped, Status: 201, Has: []string{`"accepted":3`, `"duplicates":0`, `"lines":3`}, Lacks: []string{"ids"}, Records: three},
		{Name: "again, with one more and blank lines", Request: known, Status: 201, Has: []string{`"accepted":1`, `"duplicates":3`}, Records: three[:1]},
		{Name: "nothing", Request: lines("service", strings.NewReader("")), Status: 201, Has: []string{`"accepted":0`, `"lines":0`}},
		{Name: "with a key", Request: keyed, Status: 422, Fields: []string{"Idempotency-Key"}},
		{Name: "nobody", Request: lines("nobody", strings.NewReader(someLines(5000))), Status: 401},
	})
}

// The answer says how far it came, and what was committed stays.
func TestSendLinesUpToABadOne(t *testing.T) {
	w := New(t)
	for _, c := range []struct {
		name, bad string
		field     string
		status    int
	}{
		{"not JSON", "{", "body", 400},
		{"a rule", `{"actor": {"id": "carol"}}`, "action", 422},
		{"too long", `{"a": "` + strings.Repeat("x", 300<<10) + `"}`, "body", 413},
		{"another's id", `{"id": "019a0000-0000-7000-8000-000000000000", "actor": {"id": "dave"}, "action": "deleted"}`, "id", 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.In(t)
			a := w.Do(lines("service", strings.NewReader(someLines(1200)+c.bad+"\n"+strings.Repeat(line(5000), 10))))
			a.Expect(t, c.status)
			var p progress
			a.Read(t, &p)
			if p.Progress.Lines != 1200 || p.Progress.Accepted+p.Progress.Duplicates != 1200 || !strings.Contains(p.Detail, "line 1201") {
				t.Errorf("%s", a.Body)
			}
			if len(p.Errors) == 0 || p.Errors[0].Field != c.field {
				t.Errorf("it does not name %s: %s", c.field, a.Body)
			}
			w.Drain()
			if n := Ask[int](w, `SELECT count(*) FROM activities WHERE action = 'created' AND actor_name = 'carol'`); n != 1200 {
				t.Errorf("%d are there", n)
			}
		})
	}
}

// Somebody who sends a lot hears of a bad line all the same: neither a reset nor silence.
func TestSendLinesHearsOfABadLineWhileSending(t *testing.T) {
	w := New(t)
	long := io.MultiReader(strings.NewReader("{\n"), io.LimitReader(repeat(line(1)), 100<<20))
	a, err := w.Try(lines("service", long))
	if err != nil {
		t.Fatal(err)
	}
	a.Expect(t, 400, "line 1", `"lines":0`)
}

func TestSendLinesBrokenOff(t *testing.T) {
	w := New(t)
	request := lines("service", strings.NewReader(half(Gzip(randomLines(3000)))))
	request.Header = map[string]string{"Content-Encoding": "gzip"}
	var p progress
	w.Do(request).Expect(t, 400).Read(t, &p)
	if p.Progress.Accepted == 0 || p.Progress.Accepted != p.Progress.Lines || p.Errors[0].Field != "body" {
		t.Errorf("%+v", p)
	}
	w.Drain()
	if n := Ask[int](w, `SELECT count(*) FROM activities WHERE actor_name = 'carol'`); n != p.Progress.Accepted {
		t.Errorf("%d are there, %d were acknowledged", n, p.Progress.Accepted)
	}
}

// A failure of ours tells how far it came too.
func TestSendLinesWhenTheDatabaseFails(t *testing.T) {
	w := New(t)
	pipe, writer := io.Pipe()
	go func() {
		_, _ = io.WriteString(writer, someLines(1000))
		for Ask[int](w, `SELECT count(*) FROM activities WHERE actor_name = 'carol'`) < 1000 {
			time.Sleep(5 * time.Millisecond) //nolint:forbidigo // waits for a condition
		}
		w.Exec(`ALTER TABLE event_ids RENAME TO event_ids_away`)
		_, _ = io.WriteString(writer, strings.ReplaceAll(someLines(600), "019a", "019b"))
		_ = writer.Close()
	}()
	a := w.Do(lines("service", pipe)).Expect(t, 500, `"lines":1000`, `"accepted":1000`)
	if !strings.Contains(w.Log.String(), a.Header.Get("X-Request-Id")) || !strings.Contains(w.Log.String(), "event_ids") {
		t.Error("the log does not tell what went wrong")
	}
	w.Exec(`ALTER TABLE event_ids_away RENAME TO event_ids`)
}

type repeater struct {
	text string
	rest string
}

func repeat(text string) io.Reader { return &repeater{text: strings.Repeat(text, 100)} }

func (r *repeater) Read(p []byte) (int, error) {
	if r.rest == "" {
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// randomLines compress badly, so that half of them are some chunks.
func randomLines(n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, `{"id": %q, "actor": {"id": "carol"}, "action": "created"}`+"\n", uuid.NewString())
	}
	return b.String()
}

func half(text string) string { return text[:len(text)/2] }
