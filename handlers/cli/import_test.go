package cli_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// withAcme is a machine with a workspace.
func withAcme(t testing.TB) *machine {
	m := withURL(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme")
	return m
}

func TestBadLinesAreExplainedAndTheRestIsIn(t *testing.T) {
	m := withAcme(t)
	good := lines(0, 4)
	text := strings.Join([]string{good[0], "not JSON", good[1], "", `{"actor_id": "u1", "action": "Created"}`, good[2], `{"action": "created", "colour": "red", "actor_id": "u1"}`,
		strings.Replace(good[0], "created", "deleted", 1), strings.Repeat("x", 70000), good[3]}, "\n")
	for i, summary := range []string{"accepted 4, duplicates 0, rejected 5\n", "accepted 0, duplicates 4, rejected 5\n"} {
		a := m.feed(text, "import", "--workspace", "acme", "-")
		a.refused(t, 1, "line 2: ", "line 5: ", "action", "line 7: ", "colour", "line 8: ", "other content", "line 9: ", "at most 65536", "5 of 10 lines were rejected; the rest is in.")
		if a.out != summary {
			t.Errorf("%d: %q", i, a.out)
		}
	}
	d := m.open()
	if waiting(t, d) != 0 || ask[int](t, d, `SELECT count(*) FROM activities WHERE entity_type = 'file'`) != 4 {
		t.Error("not all of the rest is in")
	}
}

func TestManyBadLinesAreNotAllShown(t *testing.T) {
	m := withAcme(t)
	a := m.feed(strings.Repeat("{}\n", 500), "import", "--workspace", "acme", "-")
	a.refused(t, 1, "line 1: ", "line 20: ", "more lines are rejected", "500 of 500 lines were rejected")
	if strings.Contains(a.err, "line 21: ") || a.out != "accepted 0, duplicates 0, rejected 500\n" {
		t.Errorf("%q, %q", a.out, a.err)
	}
}

func TestFilesThatEndTooEarly(t *testing.T) {
	m := withAcme(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for i := range 3000 { // random enough that half of the file holds lines
		fmt.Fprintf(w, "%s\n", lines(i*7919%100000, 1)[0])
	}
	_ = w.Close()
	cut := file(t, "cut.gz", packed.String()[:packed.Len()/2])
	a := m.run("import", "--workspace", "acme", cut)
	a.refused(t, 1, "Stopped after ", "unexpected EOF", "Importing again")
	if !strings.HasPrefix(a.out, "accepted ") || strings.HasPrefix(a.out, "accepted 0,") {
		t.Errorf("%q", a.out)
	}
	if n := waiting(t, m.open()); n != 0 {
		t.Errorf("%d accepted events were left", n)
	}
	m.run("import", "--workspace", "acme", file(t, "bad.gz", "\x1f\x8b no")).refused(t, 1, "file: begins like gzip and is not")
	for _, text := range []string{"", "\n\n"} {
		if out := m.must("import", "--workspace", "acme", file(t, "empty", text)); out != "accepted 0, duplicates 0, rejected 0\n" {
			t.Errorf("%q", out)
		}
	}
}

// Ctrl-C while the file comes through a pipe that goes on: the import ends, what was accepted is posted, and doing it again completes it.
func TestAnImportThatIsInterrupted(t *testing.T) {
	m := withAcme(t)
	d := m.open()
	all := lines(0, 2000)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p := m.start(r, "import", "--workspace", "acme", "-")
	_ = r.Close()
	go func() { _, _ = io.WriteString(w, strings.Join(all[:1234], "\n")+"\n") }()
	for ask[int](t, d, `SELECT count(*) FROM event_ids`) < 1000 {
		select {
		case <-p.ended:
			t.Fatal("it ended before")
		default:
		}
	}
	if code := p.stop(os.Interrupt); code != 1 {
		t.Errorf("exit %d", code)
	}
	out, said := p.said()
	answer{out, said, 1}.refused(t, 1, "Interrupted after 1000 lines", "Importing again")
	if !strings.HasPrefix(out, "accepted 1000, duplicates 0, rejected 0") {
		t.Errorf("%q", out)
	}
	if n := waiting(t, d); n != 0 {
		t.Errorf("%d accepted events were left", n)
	}
	if out := m.mustFeed(strings.Join(all, "\n"), "import", "--workspace", "acme", "-"); out != "accepted 1000, duplicates 1000, rejected 0\n" {
		t.Errorf("%q", out)
	}
	if n := ask[int](t, d, `SELECT count(*) FROM activities WHERE entity_type = 'file'`); n != 2000 {
		t.Errorf("%d activities", n)
	}
}

// Somebody who waits at a prompt that is none can leave.
func TestAPasswordThatNeverComes(t *testing.T) {
	m := withURL(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p := m.start(r, "user", "create", "--email", "a@example.com", "--name", "A", "--password-stdin")
	_ = r.Close()
	if _, err := io.WriteString(w, "half a pass"); err != nil {
		t.Fatal(err)
	}
	p.untilRead(w)
	if code := p.stop(os.Interrupt); code != 1 {
		t.Errorf("exit %d", code)
	}
	if out, said := p.said(); out != "" || !strings.Contains(said, "daybook: Interrupted.") {
		t.Errorf("%q, %q", out, said)
	}
}
