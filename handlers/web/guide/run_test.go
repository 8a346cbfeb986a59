package guide_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/models"
	"daybook/services/auth"
	"daybook/views"
)

// shown is a program as the page has it: what to do before, what to save it as, how to run it.
type shown struct{ get, file, run, code string }

// reader is somebody who does what the page says, word for word, on a machine where there was nothing before.
type reader struct {
	*World
	t        *testing.T
	page     *goquery.Document
	programs map[string]shown
	folder   string
	setup    string // what they have typed into their shell
	began    bool   // got what the program needs beside it
}

// newReader opens the page, and does its first step with a token.
func newReader(t *testing.T) *reader {
	t.Helper()
	for _, needed := range []string{"curl", "python3", "node", "sha256sum"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Fatalf("The programs of the guide need %s: apt-get install curl python3 nodejs coreutils", needed)
		}
	}
	w := New(t)
	r := &reader{World: w, t: t, folder: t.TempDir()}
	var err error
	r.page, err = goquery.NewDocumentFromReader(strings.NewReader(w.Do(Request{As: "ada", Path: "/docs"}).Expect(t, 200).Body))
	if err != nil {
		t.Fatal(err)
	}
	r.programs = programsOf(t, r.page)
	token, err := w.Auth.MakeToken(t.Context(), auth.NewToken{Name: "guide", Workspace: &w.Acme.ID, By: models.CommandLine, Scopes: []string{models.ScopeWrite, models.ScopeRead, models.ScopeAccess}})
	if err != nil {
		t.Fatal(err)
	}
	r.setup = r.filled("setup-shell", "http://daybook.test", "http://"+w.Address, views.TokenHere, token)
	return r
}

// codeOfProgram is the program itself, beside what is to be done before.
const codeOfProgram = "pre:not(.program-get)"

func programsOf(t *testing.T, page *goquery.Document) map[string]shown {
	t.Helper()
	programs := map[string]shown{}
	page.Find(".program").Each(func(_ int, p *goquery.Selection) {
		id := p.Find(codeOfProgram).AttrOr("id", "")
		if _, twice := programs[id]; twice || id == "" {
			t.Errorf("there are two programs %q", id)
		}
		programs[id] = shown{get: p.Find(".program-get").Text(), file: p.Find(".program-file").Text(), run: p.Find(".program-run").Text(), code: p.Find(codeOfProgram).Text()}
	})
	return programs
}

// filled is a program with its placeholders replaced, each of which has to be there.
func (r *reader) filled(id string, pairs ...string) string {
	r.t.Helper()
	code := r.programs[id].code
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(code, pairs[i]) != 1 {
			r.t.Fatalf("%s has not one %s: %s", id, pairs[i], code)
		}
		code = strings.ReplaceAll(code, pairs[i], pairs[i+1])
	}
	return code
}

// script is what the reader types to run a program.
func (r *reader) script(id string) string {
	r.t.Helper()
	p, ok := r.programs[id]
	if !ok {
		r.t.Fatalf("%s is not on the page", id)
	}
	lines := []string{r.setup}
	if p.get != "" && !r.began {
		lines, r.began = append(lines, "{ "+p.get+"\n} || exit"), true
	}
	if p.file == "" {
		return strings.Join(append(lines, p.code), "\n")
	}
	if err := os.WriteFile(filepath.Join(r.folder, p.file), []byte(p.code), 0o600); err != nil {
		r.t.Fatal(err)
	}
	run := "exec " + p.run
	if p.run == "go run ." { // which does not end what it runs when it is ended
		run = "go build -o app . && exec ./app"
	}
	return strings.Join(append(lines, run), "\n")
}

func (r *reader) command(id string) *exec.Cmd {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 3*time.Minute)
	r.t.Cleanup(cancel)
	c := exec.CommandContext(ctx, "sh", "-c", r.script(id))
	c.Dir, c.WaitDelay = r.folder, time.Second
	c.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "PYTHONDONTWRITEBYTECODE=1", "no_proxy=*")
	return c
}

// does runs a program to its end, and gives what it wrote.
func (r *reader) does(id string) string {
	r.t.Helper()
	c := r.command(id)
	var out, errors bytes.Buffer
	c.Stdout, c.Stderr = &out, &errors
	if err := c.Run(); err != nil {
		r.t.Fatalf("%s ended with %v: %s%s", id, err, out.String(), errors.String())
	}
	r.Drain()
	return out.String()
}

// wrote is Expect for what a program wrote.
func (r *reader) wrote(id string, has ...string) string {
	r.t.Helper()
	out := r.does(id)
	for _, part := range has {
		if !strings.Contains(out, part) {
			r.t.Errorf("%s wrote no %q: %s", id, part, out)
		}
	}
	return out
}

// counts wants a number of activities.
func (r *reader) counts(n int, where string) {
	r.t.Helper()
	if got := Ask[int](r.World, `SELECT count(*) FROM activities a WHERE `+where); got != n {
		r.t.Errorf("there are %d activities where %s", got, where)
	}
}

// answers holds what a program wrote against the answer that the page shows: the same JSON, but for ids that differ each time.
func (r *reader) answers(example, out string) {
	r.t.Helper()
	said, given := alike(r.t, r.page.Find("#"+example+"-answer").Text()), alike(r.t, out)
	if said != given {
		r.t.Errorf("the answer to %s is\n%s\nand the page shows\n%s", example, given, said)
	}
}

var changing = regexp.MustCompile(`"(request_id)": "[^"]*"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func alike(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	written, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return changing.ReplaceAllString(string(written), "$1…")
}

// running is a program that goes on until it is ended.
type running struct {
	t      *testing.T
	lines  chan string
	errors bytes.Buffer
	end    func()
}

// starts runs a program in the background.
func (r *reader) starts(id string) *running {
	r.t.Helper()
	c := r.command(id)
	p := &running{t: r.t, lines: make(chan string, 1000)}
	out, err := c.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	c.Stderr = &p.errors
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			p.lines <- scan.Text()
		}
	}()
	p.end = func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	r.t.Cleanup(p.end)
	return p
}

// next waits for the next line that speaks of something.
func (p *running) next(of string) string {
	p.t.Helper()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.end()
				p.t.Fatalf("it ended: %s", p.errors.String())
			}
			if strings.Contains(line, of) {
				return line
			}
		case <-time.After(2 * time.Minute): // Go compiles first
			p.t.Fatalf("nothing comes of %q", of)
		}
	}
}

// keeps waits until a file of the reader's says something.
func (r *reader) keeps(file, text string) {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if content, err := os.ReadFile(filepath.Join(r.folder, file)); err == nil && string(content) == text {
			return
		}
	}
	r.t.Fatalf("%s does not say %s", file, text)
}
