package guide_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// expectations say what each program of the guide does. One that is on the page and not here fails, and the other way round.
var expectations = map[string]func(r *reader){
	"setup-shell":        setUp,
	"first-shell":        func(r *reader) { r.answers("first", first(r, "first-shell")) },
	"first-python":       func(r *reader) { first(r, "first-python", "'sent': 1") },
	"first-javascript":   func(r *reader) { first(r, "first-javascript", "sent: 1") },
	"first-go":           func(r *reader) { first(r, "first-go", "Sent:1") },
	"batch-shell":        batch,
	"lines-shell":        lines,
	"retry-shell":        retry,
	"retry-python":       retryByID,
	"refused-shell":      refused,
	"follow-shell":       followOnce,
	"follow-python":      func(r *reader) { follow(r, "follow-python") },
	"follow-javascript":  func(r *reader) { follow(r, "follow-javascript") },
	"follow-go":          func(r *reader) { follow(r, "follow-go") },
	"access-shell":       grantAccess,
	"embed-shell":        embed,
	"embed-javascript":   embedAsHTML,
	"export-shell":       exportStraight,
	"export-file-python": exportAsFile,
	"person-shell":       func(r *reader) { person(r); r.wrote("person-shell") },
	"platform-shell":     platformClient,
	"widget-shell":       widgetClient,
	"service-shell":      serviceClient,
}

// Whatever the guide shows is done as it says, against a Daybook that serves.
func TestPrograms(t *testing.T) {
	page := newReader(t)
	if on, expected := slices.Sorted(maps.Keys(page.programs)), slices.Sorted(maps.Keys(expectations)); !slices.Equal(on, expected) {
		t.Errorf("on the page are %v, and what is expected is of %v", on, expected)
	}
	for id, expect := range expectations {
		t.Run(id, func(t *testing.T) { expect(newReader(t)) })
	}
}

// A choice of language is one of its own each, and begins with one that is shown.
func TestChoices(t *testing.T) {
	page, names := newReader(t).page, map[string]bool{}
	page.Find(".programs").Each(func(_ int, s *goquery.Selection) {
		inputs := s.Find("input[type=radio]")
		name := inputs.AttrOr("name", "")
		if names[name] || s.Find("input[checked]").Length() != 1 || inputs.Length() != s.Find(".program").Length() || inputs.Length() > 4 {
			t.Errorf("the choice %q has %d inputs", name, inputs.Length())
		}
		names[name] = true
	})
	ids := map[string]bool{}
	page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			t.Errorf("two things are called %s", id)
		}
		ids[id] = true
	})
	page.Find("a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if to := strings.TrimPrefix(s.AttrOr("href", ""), "#"); !ids[to] {
			t.Errorf("nothing is called %s", to)
		}
	})
}

// Every file is on the page, as it is.
func TestEveryFileIsShown(t *testing.T) {
	page := newReader(t)
	files, err := filepath.Glob("snippets/*")
	if err != nil || len(files) != len(page.programs)+page.page.Find("[id$='-answer']").Length() {
		t.Errorf("%d files, %v", len(files), err)
	}
	text := page.page.Find("pre").Text()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimSuffix(string(content), "\n"); !strings.Contains(text, want) && filepath.Base(file) != "setup.sh" {
			t.Errorf("%s is not on the page", file)
		}
	}
}

func setUp(r *reader) {
	r.programs["setup-shell"] = shown{code: `echo "$DAYBOOK_URL $DAYBOOK_WORKSPACE"`}
	r.wrote("setup-shell", "http://"+r.Address+" acme\n")
}

func first(r *reader, id string, has ...string) string {
	out := r.wrote(id, has...)
	r.counts(1, `actor_name = 'Amara Okafor' AND action = 'created' AND entity_type = 'page' AND entity_id = '7' AND entity_name = 'Start page'
		AND (SELECT external_id || name FROM projects p WHERE p.id = a.project_id) = '42New Website'`)
	return out
}

func batch(r *reader) {
	r.answers("batch", r.does("batch-shell"))
	r.counts(1, `action = 'updated' AND entity_name = 'Write the guide' AND changes @> '[{"field": "status", "before": "open", "after": "done"}]'`)
	r.counts(1, `action = 'deployed' AND entity_id = 'www' AND outcome = 'failure' AND metadata->>'version' = '1.4.2'`)
}

func lines(r *reader) {
	r.wrote("lines-shell", `"accepted":2`)
	r.counts(2, `entity_type = 'task' AND entity_id = '2' AND action IN ('created', 'deleted')`)
}

// The first answer is lost on its way, and the event is there once all the same.
func retry(r *reader) {
	var asked atomic.Int32
	lossy := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		onward, err := http.NewRequestWithContext(in.Context(), in.Method, "http://"+r.Address+in.URL.Path, in.Body)
		if err != nil {
			r.t.Error(err)
			return
		}
		onward.Header = in.Header.Clone()
		answer, err := http.DefaultClient.Do(onward)
		if err != nil {
			r.t.Error(err)
			return
		}
		defer answer.Body.Close()
		if asked.Add(1) == 1 {
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		out.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(out, answer.Body)
	}))
	defer lossy.Close()
	r.setup = strings.Replace(r.setup, "http://"+r.Address, lossy.URL, 1)
	r.answers("retry", r.does("retry-shell"))
	r.does("retry-shell")
	r.counts(1, `action = 'paid' AND entity_type = 'order' AND entity_id = '1001'`)
	if n := asked.Load(); n != 3 {
		r.t.Errorf("%d requests", n)
	}
}

func retryByID(r *reader) {
	r.wrote("retry-python", "'sent': 1", "'duplicates': 0")
	r.wrote("retry-python", "'sent': 0", "'duplicates': 1")
	r.counts(1, `action = 'paid' AND entity_id = '1002' AND occurred_at = '2026-01-31 09:00:00Z'`)
}

func refused(r *reader) {
	r.answers("refused", r.does("refused-shell"))
	r.counts(0, `actor_name = 'user-123'`)
}

func followOnce(r *reader) {
	for _, name := range []string{"first", "second"} {
		r.Send(`{"actor": {"id": "a"}, "action": "created", "resource": {"type": "task", "name": %q}}`, name)
	}
	var rows []struct {
		Seq        int64
		EntityName string `json:"entity_name"`
	}
	if err := json.Unmarshal([]byte(r.does("follow-shell")), &rows); err != nil {
		r.t.Fatal(err)
	}
	n := len(rows)
	if n < 2 || rows[n-2].EntityName != "first" || rows[n-1].EntityName != "second" || rows[n-2].Seq >= rows[n-1].Seq {
		r.t.Errorf("%+v", rows)
	}
}

// What is followed comes once and in order, also when answers break off, when the program is killed, and when what it stands at is purged meanwhile.
func follow(r *reader, id string) {
	r.getsBrokenAnswers()
	happens := func(kind, name string) {
		r.t.Helper()
		r.Send(`{"actor": {"id": "u", "name": "Amara"}, "action": "created", "resource": {"type": %q, "name": %q}}`, kind, name)
	}
	comes := func(p *running, names ...string) {
		r.t.Helper()
		for _, name := range names {
			if line := p.next("Amara"); !strings.Contains(line, name) {
				r.t.Fatalf("in place of %s comes %s", name, line)
			}
		}
		r.keeps("position.txt", Ask[string](r.World, `SELECT uuid::text FROM activities ORDER BY id DESC LIMIT 1`))
	}
	happens("task", "alpha")
	happens("task", "beta")
	p := r.starts(id)
	comes(p, "alpha", "beta")
	happens("task", "gamma") // while it waits
	comes(p, "gamma")
	p.end()
	happens("task", "delta") // while it does not run
	p = r.starts(id)
	comes(p, "delta")
	happens("file", "epsilon")
	comes(p, "epsilon")
	p.end()
	purgeFiles(r)
	happens("task", "zeta")
	p = r.starts(id)
	p.next("some activities were purged")
	comes(p, "zeta")
	happens("task", "eta")
	comes(p, "eta")
}

func grantAccess(r *reader) {
	first(r, "first-shell")
	r.answers("access", r.does("access-shell"))
	if got := Ask[string](r.World, `SELECT string_agg(a.external_id, ' ' ORDER BY a.external_id) FROM project_members m JOIN actors a ON a.id = m.actor_id JOIN projects p ON p.id = m.project_id
		WHERE p.external_id = '42'`); got != "user-123 user-124" {
		r.t.Errorf("access have %s", got)
	}
}

// hostile is an event of the project that the examples show, whose names would be markup.
const hostile = `{"actor": {"id": "m", "name": "Mallory <img src=x onerror=\"alert('x')\">"}, "action": "created", "resource": {"type": "page", "name": "<script>&"}, "project": {"id": "42"}}`

func embed(r *reader) {
	first(r, "first-shell")
	r.Send(`{"actor": {"id": "b"}, "action": "created", "resource": {"type": "page", "name": "elsewhere"}, "project": {"id": "43"}}`)
	d := json.NewDecoder(strings.NewReader(r.does("embed-shell")))
	var list struct {
		Activities []map[string]any
		Total      int
	}
	var stats map[string]any
	if err := d.Decode(&list); err != nil || len(list.Activities) != 1 || list.Total != 1 || list.Activities[0]["entity_name"] != "Start page" {
		r.t.Errorf("%v %+v", err, list)
	}
	if err := d.Decode(&stats); err != nil || stats["total_activities"] != 1.0 || stats["period_days"] != 7.0 {
		r.t.Errorf("%v %v", err, stats)
	}
}

func embedAsHTML(r *reader) {
	r.Send(hostile)
	out := r.wrote("embed-javascript", "<ul>\n  <li><b>Mallory &#60;img src=x onerror=&#34;alert(&#39;x&#39;)&#34;&#62;</b>", "&#60;script&#62;&#38;", `<time datetime="20`, "</ul>")
	if strings.Contains(out, "<img") || strings.Contains(out, "<script") {
		r.t.Error(out)
	}
}

func exportStraight(r *reader) {
	first(r, "first-shell")
	r.wrote("export-shell", "activities.csv: OK")
	file, err := os.Open(filepath.Join(r.folder, "activities.csv"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Contains(rows[1], "Start page") {
		r.t.Errorf("%v %v", err, rows)
	}
	if err := os.WriteFile(file.Name(), []byte("something else"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	check := `echo "$(sed -n 's/.*"sha256": *"\([0-9a-f]*\)".*/\1/p' manifest.json)  activities.csv" | sha256sum -c || echo "it is noticed"`
	r.programs["export-shell"] = shown{code: check}
	r.wrote("export-shell", "activities.csv: FAILED", "it is noticed")
}

func exportAsFile(r *reader) {
	first(r, "first-shell")
	r.Send(`{"actor": {"id": "b"}, "action": "created", "project": {"id": "43"}}`)
	p := r.starts("export-file-python")
	for done := false; !done; { // as jobs do
		r.MakeFiles()
		select {
		case line, ok := <-p.lines:
			if done = true; !ok || line != "1 rows, whole and unchanged" {
				p.end()
				r.t.Fatalf("it wrote %q: %s", line, p.errors.String())
			}
		default:
		}
	}
	file, err := os.Open(filepath.Join(r.folder, "activities.ndjson.gz"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		r.t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || strings.Count(string(text), "\n") != 1 || !strings.Contains(string(text), `"Start page"`) {
		r.t.Errorf("%v %s", err, text)
	}
}

func person(r *reader) {
	r.setup += "\n" + r.filled("person-shell", "YOUR_EMAIL", r.Bob.Email, "YOUR_PASSWORD", Password)
}

func platformClient(r *reader) {
	person(r)
	r.Send(`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "issue", "name": "Bob's own"}}`)
	r.Send(`{"actor": {"id": "b"}, "action": "created", "resource": {"type": "issue", "name": "another's"}}`)
	if out := r.wrote("platform-shell", `"slug":"acme"`, `Bob's own`); strings.Contains(out, "another's") {
		r.t.Error(out)
	}
}

func widgetClient(r *reader) {
	r.Send(`{"actor": {"id": "b"}, "action": "created", "resource": {"type": "page", "name": "Contact"}}`)
	r.wrote("widget-shell", `"current_page":1`, `"entity_name":"Contact"`)
}

func serviceClient(r *reader) {
	person(r)
	r.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "model", "id": "m-1"}}`)
	r.wrote("service-shell", `"module":"model"`, `"user_id":"bob"`)
}
