package handlerstest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite-exchanges", false, "write what is answered into the files of exchanges, in place of comparing")

// Exchanges plays every file of exchanges in a folder, each in the world that it is given, and compares what is answered with what stands in the
// file. A file has requests, each behind a line "### what it is", and behind it, after a line of dashes, the answer:
//
//	### somebody signs in
//	POST /api/v1/auth/login
//	As: alice
//	Content-Type: application/json
//
//	{"email": "alice@example.com"}
//	----
//	401 Unauthorized
//	Content-Type: application/problem+json
//
//	{ … }
//
// As names one of the cast. What is another at each run is named, in the order in which it comes: «id 1», «time 1», «token 1»; a request that has
// such a name in it is made with what it stood for. With -rewrite-exchanges the files are written anew; read what has changed before you keep it.
func Exchanges(t *testing.T, folder string, world func(t testing.TB) *World) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.http"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no exchanges in %s, %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) { exchange(t, file, world(t)) })
	}
}

// exchange plays one file.
func exchange(t testing.TB, file string, world *World) {
	t.Helper()
	given, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	is := world.play(t, string(given))
	switch {
	case *rewrite:
		if err := os.WriteFile(file, []byte(is), 0o644); err != nil { //nolint:gosec // a file of the source
			t.Fatal(err)
		}
	case is != string(given):
		t.Errorf("%s: %s", file, firstDifference(string(given), is))
	}
}

// play makes the requests of a file and gives the file with the answers that came.
func (w *World) play(t testing.TB, given string) string {
	t.Helper()
	intro, rest, _ := strings.Cut(given, "### ")
	var out strings.Builder
	out.WriteString(intro)
	n := newNames()
	for part := range strings.SplitSeq(rest, "\n### ") {
		request, _, _ := strings.Cut(part, "\n----")
		request = strings.TrimRight(request, "\n")
		a := w.Do(n.request(t, request))
		if out.Len() > len(intro) {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "### %s\n----\n%s", request, n.answer(a))
	}
	return out.String()
}

// request reads a request of a file.
func (n *names) request(t testing.TB, text string) Request {
	t.Helper()
	head, body, _ := strings.Cut(n.filled(text), "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 {
		t.Fatalf("no request: %q", text)
	}
	r := Request{Body: body, Header: map[string]string{}}
	r.Method, r.Path, _ = strings.Cut(lines[1], " ")
	for _, line := range lines[2:] {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "As":
			r.As = value
		case "Content-Type":
			r.Type = value
		default:
			r.Header[name] = value
		}
	}
	return r
}

// told are the headers that exchanges show.
var told = []string{"Allow", "Content-Type", "Link", "Retry-After", "Set-Cookie", "Vary", "Www-Authenticate", "X-Total-Count", "Cache-Control"}

// answer writes an answer as files have it.
func (n *names) answer(a Answer) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d\n", a.Status)
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		for _, value := range a.Header[name] {
			if slices.Contains(told, name) {
				fmt.Fprintf(&out, "%s: %s\n", name, value)
			}
		}
	}
	if a.Body != "" {
		out.WriteString("\n" + pretty(a.Body) + "\n")
	}
	return n.named(out.String())
}

func pretty(body string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(body), "", "  ") != nil {
		return body
	}
	return out.String()
}

// names are what stands for what is another at each run.
type names struct {
	of    map[string]string // kind and what → its name
	what  map[string]string // name → what
	count map[string]int
}

func newNames() *names { return &names{map[string]string{}, map[string]string{}, map[string]int{}} }

var changing = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"token", regexp.MustCompile(`db[ks]_[A-Za-z0-9_.-]+`)},
	{"id", regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)},
	{"time", regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`)},
	{"cursor", regexp.MustCompile(`\b[AQ][A-Za-z0-9_-]{43}\b`)},
	{"number", regexp.MustCompile(`"(?:id|user_id|sub|seq)": "?(\d+)["\s,]`)},
}

// named puts names in the place of what changes. An id or time that a file itself chose stays: the year 2025 is no test's.
func (n *names) named(text string) string {
	for _, c := range changing {
		text = c.pattern.ReplaceAllStringFunc(text, func(found string) string {
			at := c.pattern.FindStringSubmatchIndex(found)
			from, to := at[len(at)-2], at[len(at)-1] // the group, else the whole
			return found[:from] + n.name(c.kind, found[from:to]) + found[to:]
		})
	}
	return text
}

func (n *names) name(kind, what string) string {
	if strings.HasPrefix(what, "2025-") || strings.HasPrefix(what, "00000000-") {
		return what
	}
	key := kind + " " + what
	if n.of[key] == "" {
		n.count[kind]++
		n.of[key] = fmt.Sprintf("«%s %d»", kind, n.count[kind])
		n.what[n.of[key]] = what
	}
	return n.of[key]
}

var name = regexp.MustCompile(`«[a-z]+ \d+»`)

// filled is the other way round.
func (n *names) filled(text string) string {
	return name.ReplaceAllStringFunc(text, func(name string) string {
		if what, ok := n.what[name]; ok {
			return what
		}
		return name
	})
}

// firstDifference shows where two texts part.
func firstDifference(want, got string) string {
	a, b := bufio.NewScanner(strings.NewReader(want)), bufio.NewScanner(strings.NewReader(got))
	for line := 1; ; line++ {
		more, also := a.Scan(), b.Scan()
		if !more && !also {
			return "they differ in how they end"
		}
		if a.Text() != b.Text() || more != also {
			return fmt.Sprintf("line %d is\n  %s\nand not\n  %s", line, b.Text(), a.Text())
		}
	}
}
