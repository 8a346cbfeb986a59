package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const activity = "/api/v1/workspaces/acme/activity"

const (
	knownID = "019a0000-0000-7000-8000-000000000001"
	otherID = "019a0000-0000-7000-8000-000000000002"
)

func post(as, body string) Request {
	return Request{As: as, Method: http.MethodPost, Path: activity, Body: body}
}

func TestSendOne(t *testing.T) {
	w := New(t)
	event := `{"id": "` + knownID + `", "actor": {"id": "carol"}, "action": "created", "resource": {"type": "issue", "id": "7"}}`
	keyed := post("service", `{"actor": {"id": "carol"}, "action": "updated"}`)
	keyed.Header = map[string]string{"Idempotency-Key": "one"}
	again := keyed
	again.Body = `{"actor": {"id": "carol"}, "action": "deleted"}`
	both := post("service", event)
	both.Header = keyed.Header
	empty := again
	empty.Header = map[string]string{"Idempotency-Key": ""}
	w.Run(t, []Scenario{
		{Name: "new", Request: post("service", event), Status: 201, Has: []string{`"accepted":1`, `"duplicates":0`, `"ids":["` + knownID + `"]`, `"id":"` + knownID + `"`}, Records: []string{"acme carol created"}},
		{Name: "again", Request: post("service", event), Status: 200, Has: []string{`"accepted":0`, `"duplicates":1`, `"id":"` + knownID + `"`}},
		{Name: "the id with other content", Request: post("service", strings.Replace(event, "created", "updated", 1)), Status: 409, Fields: []string{"id"}},
		{Name: "key, new", Request: keyed, Status: 201, Has: []string{`"accepted":1`}, Records: []string{"acme carol updated"}},
		{Name: "key, again", Request: keyed, Status: 200, Has: []string{`"duplicates":1`}},
		{Name: "key, other content", Request: again, Status: 409},
		{Name: "key and id", Request: both, Status: 422, Fields: []string{"Idempotency-Key"}},
		{Name: "a session as itself", Request: post("bob", `{"action": "created"}`), Status: 201, Records: []string{"acme bob created"}},
		{Name: "a session by its own name", Request: post("bob", `{"actor_id": "bob", "action": "updated"}`), Status: 201, Records: []string{"acme bob updated"}},
		{Name: "a session naming another actor", Request: post("bob", `{"actor_id": "carol", "action": "created"}`), Status: 403, Fields: []string{"actor.id"}, Records: []string{"acme bob access_denied denied"}},
		{Name: "a personal token setting what it may not", Request: post("bob-write", `{"action": "created", "system": true, "ip_address": "192.0.2.1"}`), Status: 403, Fields: []string{"system", "ip_address"}},
		{Name: "a member in a project of theirs", Request: post("bob", `{"action": "created", "project": {"id": "p1"}}`), Status: 201, Records: []string{"acme bob created"}},
		{Name: "a member in a project they cannot see", Request: post("bob", `{"action": "created", "project": {"id": "p2"}}`), Status: 403, Fields: []string{"project.id"}},
		{Name: "a member inventing a project", Request: post("bob", `{"action": "created", "project": {"id": "brand-new"}}`), Status: 403, Fields: []string{"project.id"}},
		{Name: "a member renaming a project", Request: post("bob", `{"action": "created", "project": {"id": "p1", "name": "Mine now"}}`), Status: 403, Fields: []string{"project.name"}},
		{Name: "an empty key", Request: empty, Status: 422, Fields: []string{"Idempotency-Key"}},
		{Name: "a blank actor", Request: post("service", `{"actor": {"id": " "}, "action": "created"}`), Status: 422, Fields: []string{"actor.id"}},
		{Name: "an instance admin", Request: post("ina", `{"action": "created"}`), Status: 201, Records: []string{"acme Ina Person created"}},
		{Name: "by the id of the workspace, with a slash", Request: Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/" + w.Acme.ID.String() + "/activity/", Body: `{"actor": {"id": "carol"}, "action": "viewed"}`}, Status: 201, Records: []string{"acme carol viewed"}},
	})
}

func TestWhoMaySend(t *testing.T) {
	w := New(t)
	event := `{"actor": {"id": "carol"}, "action": "created"}`
	scenarios := []Scenario{
		{Name: "unknown workspace", Request: Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/nowhere/activity", Body: event}, Status: 404},
		{Name: "a workspace that is no text", Request: Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/%ff%00/activity", Body: event}, Status: 404},
		{Name: "another workspace's token", Request: post("service-other", event), Status: 404},
		{Name: "no scope", Request: post("service-read", event), Status: 403},
		{Name: "a personal token without the scope", Request: post("bob-read", event), Status: 403, Records: []string{"acme bob access_denied denied"}},
	}
	for _, as := range []string{"nobody", "dora", "dora-token", "expired", "revoked", "unknown-token", "no-token-at-all"} {
		scenarios = append(scenarios, Scenario{Name: as, Request: post(as, event), Status: 401, Headers: map[string]string{"WWW-Authenticate": `Bearer realm="daybook"`}})
	}
	w.Run(t, scenarios)
}

// What breaks a rule is refused with the name of the field, and nothing is written.
func TestSendRefusesBadEvents(t *testing.T) {
	w := New(t)
	with := func(rest string) string { return `{"actor": {"id": "carol"}, "action": "created", ` + rest + `}` }
	long := func(n int) string { return strings.Repeat("x", n) }
	deep := strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)
	changes := strings.TrimSuffix(strings.Repeat(`{"field": "a"},`, 101), ",")
	for _, c := range []struct {
		name, body string
		status     int
		field      string
	}{
		{"empty", "", 400, "body"},
		{"no JSON", "{", 400, "body"},
		{"two values", `{} {}`, 400, "body"},
		{"a word", `"created"`, 422, "body"},
		{"bad UTF-8", with(`"description": "` + "\xff" + `"`), 400, "body"},
		{"NUL in a key", with(`"metadata": {"a\u0000": 1}`), 422, "metadata"},
		{"lone surrogate", with(`"description": "\ud800"`), 422, "description"},
		{"unknown key", with(`"colour": "red"`), 422, "colour"},
		{"no action", `{"actor": {"id": "carol"}}`, 422, "action"},
		{"characters of the action", `{"actor": {"id": "carol"}, "action": "Created!"}`, 422, "action"},
		{"no actor", `{"action": "created"}`, 422, "actor.id"},
		{"our own actor", `{"actor": {"id": "daybook:itself"}, "action": "created"}`, 422, "actor.id"},
		{"type of a value", with(`"description": 7`), 422, "description"},
		{"long id", `{"actor": {"id": "` + long(256) + `"}, "action": "created"}`, 422, "actor.id"},
		{"long type", with(`"resource": {"type": "` + long(65) + `"}`), 422, "resource.type"},
		{"long name", with(`"resource": {"type": "issue", "name": "` + long(501) + `"}`), 422, "resource.name"},
		{"long description", with(`"description": "` + long(8<<10+1) + `"`), 422, "description"},
		{"too many changes", with(`"changes": [` + changes + `]`), 422, "changes"},
		{"too deep", with(`"metadata": ` + deep), 422, "metadata"},
		{"1e400", with(`"metadata": {"n": 1e400}`), 422, "metadata.n"},
		{"60 digits", with(`"metadata": {"n": ` + strings.Repeat("7", 60) + `}`), 422, "metadata.n"},
		{"address with zone", with(`"ip_address": "fe80::1%eth0"`), 422, "ip_address"},
		{"year 2199", with(`"occurred_at": "2199-01-01T00:00:00Z"`), 422, "occurred_at"},
		{"before 1970", with(`"occurred_at": "1969-12-31T23:59:59Z"`), 422, "occurred_at"},
		{"long event", with(`"metadata": {"a": "` + long(64<<10) + `"}`), 413, "body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.In(t)
			a := w.Do(post("service", c.body)).Expect(t, c.status)
			var p struct{ Errors []struct{ Field string } }
			a.Read(t, &p)
			if len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Field, c.field) {
				t.Errorf("it does not name %s: %s", c.field, a.Body)
			}
			inArray := w.Do(post("service", `[{"actor": {"id": "dave"}, "action": "created"}, `+orNull(c.body)+`]`))
			if inArray.Status < 400 || inArray.Status >= 500 {
				t.Errorf("in an array: %d %s", inArray.Status, inArray.Body)
			}
			line := post("service", strings.ReplaceAll(orNull(c.body), "\n", " "))
			line.Type = "application/x-ndjson"
			if got := w.Do(line); got.Status < 400 || got.Status >= 500 || !strings.Contains(got.Body, `"lines":0`) {
				t.Errorf("as a line: %d %s", got.Status, got.Body)
			}
			if got := w.Recorded(); len(got) > 0 {
				t.Errorf("recorded %q", got)
			}
		})
	}
	if n := Ask[int](w, `SELECT count(*) FROM event_ids e JOIN workspaces w ON w.id = e.workspace_id WHERE w.slug = 'acme' AND NOT EXISTS (SELECT FROM activities a WHERE a.uuid = e.uuid)`); n != 0 {
		t.Errorf("%d ids were claimed", n)
	}
}

func orNull(body string) string {
	if body == "" {
		return "null"
	}
	return body
}

func TestSendArray(t *testing.T) {
	w := New(t)
	two := `[{"id": "` + knownID + `", "actor": {"id": "carol"}, "action": "created"}, {"id": "` + otherID + `", "actor": {"id": "dave"}, "action": "updated"}]`
	keyed := post("service", two)
	keyed.Header = map[string]string{"Idempotency-Key": "one"}
	many := "[" + strings.TrimSuffix(strings.Repeat(`{"actor": {"id": "carol"}, "action": "created"},`, 1001), ",") + "]"
	w.Run(t, []Scenario{
		{Name: "two", Request: post("service", two), Status: 201, Has: []string{`"accepted":2`, `"duplicates":0`, `"ids":["` + knownID + `","` + otherID + `"]`}, Lacks: []string{`"id":`}, Records: []string{"acme carol created", "acme dave updated"}},
		{Name: "again", Request: post("service", two), Status: 201, Has: []string{`"accepted":0`, `"duplicates":2`, knownID, otherID}},
		{Name: "none", Request: post("service", `[]`), Status: 422, Fields: []string{"body"}},
		{Name: "with a key", Request: keyed, Status: 422, Fields: []string{"Idempotency-Key"}},
		{Name: "one is wrong", Request: post("service", `[{"actor": {"id": "carol"}, "action": "created"}, {"actor": {"id": "carol"}, "action": "!"}]`), Status: 422, Has: []string{`"index":1`, `"field":"action"`}},
		{Name: "the first is wrong", Request: post("service", `[{"actor": {"id": "carol"}}]`), Status: 422, Has: []string{`"index":0`}},
		{Name: "one is known as something else", Request: post("service", `[{"actor": {"id": "carol"}, "action": "created"}, {"id": "`+knownID+`", "actor": {"id": "carol"}, "action": "deleted"}]`), Status: 409, Has: []string{`"index":1`}},
		{Name: "too many", Request: post("service", many), Status: 413, Fields: []string{"body"}},
	})
}

func TestSendBodies(t *testing.T) {
	w := New(t)
	event := `{"actor": {"id": "carol"}, "action": "created"}`
	zipped := func(body string) Request {
		r := post("service", body)
		r.Header = map[string]string{"Content-Encoding": "gzip"}
		return r
	}
	typed := func(kind string) Request { r := post("service", event); r.Type = kind; return r }
	brotli := zipped(event)
	brotli.Header = map[string]string{"Content-Encoding": "br"}
	carol := []string{"acme carol created"}
	w.Run(t, []Scenario{
		{Name: "gzip", Request: zipped(Gzip(event)), Status: 201, Records: carol},
		{Name: "chunked", Request: Request{As: "service", Method: "POST", Path: activity, Stream: strings.NewReader(event)}, Status: 201, Records: carol},
		{Name: "with a charset", Request: typed("application/json; charset=utf-8"), Status: 201, Records: carol},
		{Name: "plain text", Request: typed("text/plain"), Status: 415, Fields: []string{"Content-Type"}},
		{Name: "a form", Request: typed("multipart/form-data; boundary=x"), Status: 415, Fields: []string{"Content-Type"}},
		{Name: "no type at all", Request: typed("nonsense"), Status: 415, Fields: []string{"Content-Type"}},
		{Name: "another compression", Request: brotli, Status: 415, Fields: []string{"Content-Encoding"}},
		{Name: "no gzip", Request: zipped(event), Status: 400, Fields: []string{"body"}},
		{Name: "half of a gzip", Request: zipped(Gzip(strings.Repeat(event, 100))[:40]), Status: 400, Fields: []string{"body"}},
		{Name: "9 MiB", Request: post("service", `{"a": "`+strings.Repeat("x", 9<<20)+`"}`), Status: 413, Fields: []string{"body"}},
		{Name: "9 MiB in chunks", Request: Request{As: "service", Method: "POST", Path: activity, Stream: strings.NewReader(strings.Repeat("[", 9<<20))}, Status: 413, Fields: []string{"body"}},
		{Name: "9 MiB from nobody", Request: post("nobody", strings.Repeat("x", 9<<20)), Status: 401},
		{Name: "a bomb", Request: zipped(Gzip("[" + strings.Repeat(" ", 256<<20))), Status: 413, Fields: []string{"body"}},
	})
}

// A body that is left or broken off must not be taken for the next request on the same connection.
func TestSendOnOneConnection(t *testing.T) {
	w := New(t)
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}, Timeout: 20 * time.Second}
	for i := range 3 {
		for _, r := range []Request{
			{As: "service", Stream: strings.NewReader(`{"actor": {"id": "carol"}, "action": "created"}`)},
			{As: "nobody", Stream: strings.NewReader(strings.Repeat("GET /healthz HTTP/1.1\r\n\r\n", 1000))},
			{As: "service", Body: strings.Repeat("x", 100<<10)},
			{As: "service", Type: "text/plain", Stream: strings.NewReader(strings.Repeat("x", 100<<10))},
		} {
			r.Method, r.Path, r.Client = http.MethodPost, activity, client
			began := time.Now()
			a := w.Do(r)
			if want := map[string]int{"service": 201, "nobody": 401}[r.As]; r.Body == "" && r.Type == "" && a.Status != want {
				t.Errorf("round %d: %d %s", i, a.Status, a.Body)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("round %d: it took %s", i, took)
			}
		}
	}
}

func TestSendIsSlowedDown(t *testing.T) {
	w := New(t, Rate(1))
	event := `{"actor": {"id": "carol"}, "action": "created"}`
	statuses := map[int]int{}
	var refused Answer
	for range 6 {
		a := w.Do(post("service", event))
		statuses[a.Status]++
		if a.Status == 429 {
			refused = a
		}
	}
	if statuses[201] == 0 || statuses[429] == 0 || len(statuses) != 2 {
		t.Fatalf("%v", statuses)
	}
	if refused.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", refused.Header.Get("Retry-After"))
	}
	w.Do(post("bob", `{"action": "created"}`)).Expect(t, 201) // everybody has a rate of their own
	if got := w.Recorded(); len(got) != statuses[201]+1 {
		t.Errorf("recorded %q", got)
	}
}

func TestSendWhileTheJournalIsBehind(t *testing.T) {
	w := New(t)
	behind := func(w *World) { w.Exec(`UPDATE journal_head SET lag = interval '3 s', posted_at = now()`) }
	w.Run(t, []Scenario{
		{Name: "a list waits", Before: behind, Request: post("service", `[{"actor": {"id": "carol"}, "action": "created"}]`), Status: 503, Headers: map[string]string{"Retry-After": "1"}},
	})
	behind(w)
	w.Do(post("service", `{"actor": {"id": "carol"}, "action": "created"}`)).Expect(t, 201)
	if got := fmt.Sprint(w.Recorded()); got != "[acme carol created]" {
		t.Error(got)
	}
}
