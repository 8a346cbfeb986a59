package api_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// newStory makes a world with a few rows: two of carol (one in p1, one in p2), one of bob, one on his behalf, one that is a system row.
func newStory(t *testing.T) *World {
	w := New(t)
	for _, event := range []string{
		`"id": "019a0000-0000-7000-8000-000000000001", "actor": {"id": "carol", "name": "Carol"}, "action": "created", "resource": {"type": "issue", "id": "7", "name": "Seven", "url": "https://x.test/7"}, "project": {"id": "p1", "name": "One"}, "occurred_at": "2026-01-01T10:00:00Z", "ip_address": "192.0.2.1", "user_agent": "x"`,
		`"id": "019a0000-0000-7000-8000-000000000002", "actor": {"id": "carol"}, "action": "updated", "resource": {"type": "invoice", "id": "8"}, "project": {"id": "p2"}, "outcome": "failure", "occurred_at": "2026-01-02T10:00:00Z"`,
		`"id": "019a0000-0000-7000-8000-000000000003", "actor": {"id": "bob"}, "action": "created", "metadata": {"a": 1}, "changes": [{"field": "x", "before": null, "after": 1}], "occurred_at": "2026-01-03T10:00:00.5Z"`,
		`"id": "019a0000-0000-7000-8000-000000000004", "actor": {"id": "robot", "type": "agent"}, "on_behalf_of": {"id": "bob"}, "action": "status_changed", "resource": {"type": "issue", "id": "9"}, "occurred_at": "2026-01-04T10:00:00Z"`,
		`"id": "019a0000-0000-7000-8000-000000000005", "actor": {"id": "cron", "type": "system"}, "action": "updated", "occurred_at": "2026-01-05T10:00:00Z"`,
	} {
		w.Send("{%s}", event)
	}
	w.Recorded()
	return w
}

// numbers are the last digits of the rows' ids, with ? for those that the story did not send.
func numbers(t testing.TB, a Answer) string {
	t.Helper()
	var rows []struct{ ID string }
	a.Expect(t, 200).Read(t, &rows)
	var b strings.Builder
	for _, r := range rows {
		if rest, ok := strings.CutPrefix(r.ID, "019a0000-0000-7000-8000-00000000000"); ok {
			b.WriteString(rest)
		} else {
			b.WriteString("?")
		}
	}
	return b.String()
}

func TestListParameters(t *testing.T) {
	w := newStory(t)
	for _, c := range []struct{ as, query, rows string }{
		{"service", "?start_date=2026-01-01&end_date=2026-01-31", "4321"},
		{"bob", "", "431"},
		{"bob", "?actor_id=carol", "1"},
		{"bob-read", "?project_id=p2", ""},
		{"service", "?actor_id=carol", "21"},
		{"service", "?user_id=carol&user_id=bob", "321"},
		{"service", "?resource_types=issue,invoice", "421"},
		{"service", "?entity_type=issue", "41"},
		{"service", "?resource_type=invoice&entity_types=issue", "421"},
		{"service", "?resource_id=7", "1"},
		{"service", "?entity_id=8", "2"},
		{"service", "?action=status_changed", "4"},
		{"service", "?actions=updated,status_changed&resource_types=issue,invoice", "42"},
		{"service", "?project_id=p1&project_id=p2", "21"},
		{"service", "?outcome=failure", "2"},
		{"service", "?actor_id=cron", ""},
		{"service", "?actor_id=cron&include_system=true", "5"},
		{"ada", "?actor_id=cron&include_system=1", "5"},
		{"service", "?start_date=2026-01-02&end_date=2026-01-03", "32"},
		{"service", "?start_date=2026-01-02T10:00:00Z&end_date=2026-01-02T10:00:00Z", "2"},
		{"service", "?start_date=2026-01-02T10:00:00.000001&end_date=2026-01-03T23:00:00", "3"},
		{"service", "?actor_id=carol&limit=1", "2"},
		{"service", "?actor_id=carol&limit=1&offset=1", "1"},
		{"service", "?actor_id=carol&offset=10000", ""},
		{"service", "?actor_id=carol&limit=200", "21"},
		{"service", "?actor_id=carol&limit=&offset=&cursor=&count=", "21"},
		{"service", "?actor_id=nobody-of-that-name", ""},
		{"service", "?actor_id=%27%20OR%201=1--", ""},
		{"service", "?start_date=2026-01-01&end_date=2026-01-31", "4321"},
		{"service", "?q=action:status_changed", "4"},
		{"service", "?q=type:issue,invoice", "421"},
		{"service", "?q=id:7", "1"},
		{"service", "?q=id:7&q=id:7", "1"},
		{"service", "?q=outcome:failure", "2"},
		{"service", "?q=is:failed,denied", "2"},
		{"service", "?q=actor_id:carol+actor_id:bob", "321"},
		{"service", "?q=project_id:p1", "1"},
		{"service", "?q=action:status_changed&actions=updated", "42"},
		{"service", "?q=type:issue&actor_id=carol", "1"},
		{"service", "?q=created:2026-01-02..2026-01-03", "32"},
		{"service", "?q=before:2026-01-03&start_date=2026-01-02", "2"},
		{"service", "?q=created:2026-01", "4321"},
		{"service", "?q=created:7d..yesterday+-type:issue&end_date=yesterday", ""},
		{"service", "?q=actor_id:cron", ""},
		{"service", "?q=actor_id:cron+is:system", "5"},
		{"service", "?q=type:issue&limit=1", "4"},
	} {
		t.Run(c.as+c.query, func(t *testing.T) {
			w := w.In(t)
			for _, path := range []string{activity, activity + "/", strings.Replace(activity, "acme", w.Acme.ID.String(), 1)} {
				if got := numbers(t, w.Do(Request{As: c.as, Path: path + c.query})); got != c.rows {
					t.Errorf("%s has %q, not %q", path, got, c.rows)
				}
			}
		})
	}
}

func TestListRefusesBadParameters(t *testing.T) {
	w := newStory(t)
	first := w.Do(Request{As: "service", Path: activity + "?limit=1&actor_id=carol"})
	cursor := next(t, first).Query().Get("cursor")
	flipped := cursor[:10] + string(cursor[10]^1) + cursor[11:]
	list := func(as, query string) Request { return Request{As: as, Path: activity + query} }
	w.Run(t, []Scenario{
		{Request: list("service", "?limit=0"), Status: 400, Fields: []string{"limit"}},
		{Request: list("service", "?limit=1e20"), Status: 400, Fields: []string{"limit"}},
		{Request: list("service", "?limit=99999999999999999999"), Status: 400, Fields: []string{"limit"}},
		{Request: list("service", "?limit=201"), Status: 400, Fields: []string{"limit"}},
		{Request: list("service", "?limit=5&limit=6"), Status: 400, Fields: []string{"limit"}},
		{Request: list("service", "?offset=-1"), Status: 400, Fields: []string{"offset"}},
		{Request: list("service", "?offset=10001"), Status: 400, Fields: []string{"offset"}, Has: []string{"cursor"}},
		{Request: list("service", "?start_date=tomorrow"), Status: 400, Fields: []string{"start_date"}},
		{Request: list("service", "?start_date=2026-02-01&end_date=2026-01-01"), Status: 400, Fields: []string{"start_date"}},
		{Request: list("service", "?outcome=great&actions=!&limit=x"), Status: 400, Fields: []string{"outcome", "actions", "limit"}},
		{Request: list("service", "?include_system=maybe&count=maybe"), Status: 400, Fields: []string{"include_system", "count"}},
		{Request: list("service", "?colour=red&shape="), Status: 400, Fields: []string{"colour", "shape"}},
		{Request: list("service", "?actor_id=&actions=,&q=+"), Status: 400, Fields: []string{"actor_id", "actions", "q"}, Has: []string{"leave it out to mean everything"}},
		{Request: list("service", "?q=type:Task!"), Status: 400, Fields: []string{"q"}, Has: []string{"Task", "a type has 1 to 64"}},
		{Request: list("service", "?q=id:7+colour:red+-is:system"), Status: 400, Fields: []string{"q", "q"}, Has: []string{"colour:red", "actor_id, action", "-is:system"}},
		{Request: list("service", "?q=%22open"), Status: 400, Fields: []string{"q"}, Has: []string{"not closed"}},
		{Request: list("service", "?q=created:tomorrow"), Status: 400, Fields: []string{"q"}, Has: []string{"created:tomorrow"}},
		{Request: list("service", "?q="+strings.Repeat("a+", 2049)), Status: 400, Fields: []string{"q"}, Has: []string{"4096"}},
		{Request: list("service", "?q=type:a&q=type:b"), Status: 400, Fields: []string{"q"}},
		{Request: list("service", "?q=%ff"), Status: 400, Fields: []string{"q"}},
		{Request: list("service", "?start_date=2026-01-01&q=after:2026-01-02"), Status: 400, Fields: []string{"q"}, Has: []string{"after:2026-01-02"}},
		{Request: list("service", "?actions=A&q=action:B!"), Status: 400, Fields: []string{"actions", "q"}},
		{Request: list("service", "?actor_id=%ff"), Status: 400, Fields: []string{"actor_id"}},
		{Request: list("service", "?%ff%00=1"), Status: 400},
		{Request: list("service", "?actor_id=a%00b"), Status: 400, Fields: []string{"actor_id"}},
		{Request: list("service", "?actor_id=%zz"), Status: 400, Fields: []string{"query"}},
		{Request: list("service", "?cursor=nonsense"), Status: 400, Fields: []string{"cursor"}},
		{Name: "a flipped byte", Request: list("service", "?actor_id=carol&cursor="+flipped), Status: 400, Fields: []string{"cursor"}},
		{Name: "another filter", Request: list("service", "?actor_id=bob&cursor="+cursor), Status: 400, Fields: []string{"cursor"}},
		{Name: "another workspace", Request: Request{As: "service-other", Path: "/api/v1/workspaces/other/activity?actor_id=carol&cursor=" + cursor}, Status: 400, Fields: []string{"cursor"}},
		{Name: "cursor and offset", Request: list("service", "?offset=1&actor_id=carol&cursor="+cursor), Status: 400, Fields: []string{"offset"}},
		{Name: "cursor and after_id", Request: list("service", "?after_id=&actor_id=carol&cursor="+cursor), Status: 400, Fields: []string{"after_id"}},
		{Name: "system rows for a member", Request: list("bob", "?include_system=true"), Status: 403, Fields: []string{"include_system"}, Records: []string{"acme bob access_denied denied"}},
		{Name: "and again within the minute", Request: list("bob", "?include_system=true"), Status: 403},
		{Name: "by a search", Request: list("bob", "?q=is:system"), Status: 403},
	})
	if a := w.Do(list("service", "?after_id=0&limit=2&include_system=true")); !strings.Contains(a.Body, `"seq":1,`) || !strings.Contains(a.Body, `"seq":2,`) {
		t.Errorf("from before the first row: %s", a.Body)
	}
	a := w.Do(list("service", "?actor_id=carol&limit=2&cursor="+cursor))
	if got := numbers(t, a); got != "1" {
		t.Errorf("the cursor itself gives %q", got)
	}
}

// next is where the Link header leads, or nil.
func next(t testing.TB, a Answer) *url.URL {
	t.Helper()
	link := a.Header.Get("Link")
	if link == "" {
		return nil
	}
	m := regexp.MustCompile(`^<([^>]+)>; rel="next"$`).FindStringSubmatch(link)
	if m == nil {
		t.Fatalf("Link: %s", link)
	}
	u, err := url.Parse(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestListToItsEnd(t *testing.T) {
	w := New(t)
	w.Do(lines("service", strings.NewReader(randomLines(53)))).Expect(t, 201)
	w.Drain()
	for _, as := range []string{"service", "ada", "ina"} {
		path, seen, pages := activity+"/?limit=10&actor_id=carol", map[string]bool{}, 0
		for path != "" {
			a := w.Do(Request{As: as, Path: path})
			var rows []struct{ ID string }
			a.Expect(t, 200).Read(t, &rows)
			for _, r := range rows {
				if seen[r.ID] {
					t.Errorf("%s comes twice", r.ID)
				}
				seen[r.ID] = true
			}
			path = ""
			if u := next(t, a); u != nil {
				path = u.String()
			}
			pages++
		}
		if len(seen) != 53 || pages != 6 {
			t.Errorf("%s: %d rows on %d pages", as, len(seen), pages)
		}
	}
	a := w.Do(Request{As: "service", Path: activity + "?count=true&limit=1&actor_id=carol"})
	if a.Header.Get("X-Total-Count") != "53" {
		t.Errorf("X-Total-Count: %q", a.Header.Get("X-Total-Count"))
	}
	if a := w.Do(Request{As: "service", Path: activity + "?limit=1"}); a.Header.Get("X-Total-Count") != "" {
		t.Error("nobody asked for the count")
	}
}

func TestListAfter(t *testing.T) {
	w := newStory(t)
	w.Do(Request{As: "service-other", Method: "POST", Path: "/api/v1/workspaces/other/activity", Body: `{"id": "019a0000-0000-7000-8000-000000000009", "actor": {"id": "x"}, "action": "created"}`}).Expect(t, 201)
	w.Recorded()
	const id = "019a0000-0000-7000-8000-00000000000"
	after := func(rest string) Request { return Request{As: "service-read", Path: activity + "?after_id=" + rest} }
	for query, rows := range map[string]string{id + "1": "234", id + "1&limit=2": "23", id + "4": "", id + "2&actor_id=bob": "3", id + "4&include_system=true": "5", "&limit=2": "34", "&limit=1": "4"} {
		if got := numbers(t, w.Do(after(query))); got != rows {
			t.Errorf("after %q come %q, not %q", query, got, rows)
		}
	}
	if got := numbers(t, w.Do(Request{As: "bob", Path: activity + "?after_id=" + id + "2"})); got != "34" {
		t.Errorf("for bob come %q", got) // a position is one also where one may not read the row
	}
	w.Run(t, []Scenario{
		{Request: after("nonsense"), Status: 400, Fields: []string{"after_id"}},
		{Request: after(id + "8"), Status: 404, Fields: []string{"after_id"}},
		{Name: "another workspace's", Request: after(id + "9"), Status: 404, Fields: []string{"after_id"}},
		{Name: "with an offset", Request: after(id + "1&offset=2"), Status: 400, Fields: []string{"after_id"}},
	})
	unposted(t, w, id+"7")
}

// unposted: an id that was accepted and is not in the log yet is ahead of it.
func unposted(t *testing.T, w *World, id string) {
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // it only holds the writer back
	if _, err := tx.Exec(t.Context(), `SELECT FROM journal_head FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	w.Do(post("service", `{"id": "`+id+`", "actor": {"id": "carol"}, "action": "created"}`)).Expect(t, 201)
	w.Do(Request{As: "service", Path: activity + "?after_id=" + id}).Expect(t, 409).ExpectFields(t, "after_id")
}

func TestListMayBeKept(t *testing.T) {
	w := newStory(t)
	path := activity + "?project_id=p1&count=true"
	tags := map[string]string{}
	for _, as := range []string{"service", "bob", "ada"} {
		a := w.Do(Request{As: as, Path: path}).Expect(t, 200)
		tags[as] = a.Header.Get("Etag")
		if a.Header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(a.Header.Get("Vary"), "Cookie") || !strings.Contains(a.Header.Get("Vary"), "Authorization") {
			t.Errorf("%v", a.Header)
		}
		for _, ask := range []string{tags[as], strings.TrimPrefix(tags[as], "W/"), `"x", ` + tags[as], "*"} {
			again := w.Do(Request{As: as, Path: path, Header: map[string]string{"If-None-Match": ask}})
			if again.Status != 304 || again.Body != "" || again.Header.Get("Etag") != tags[as] || again.Header.Get("X-Total-Count") != "1" {
				t.Errorf("%s asks for %s: %d %s", as, ask, again.Status, again.Body)
			}
		}
	}
	if tags["service"] == tags["bob"] || tags["bob"] == tags["ada"] {
		t.Errorf("%v", tags)
	}
	w.Send(`{"actor": {"id": "carol"}, "action": "updated", "project": {"id": "p1"}, "occurred_at": "2025-01-01T00:00:00Z"}`)
	w.Do(Request{As: "bob", Path: path, Header: map[string]string{"If-None-Match": tags["bob"]}}).Expect(t, 200)
	zipped := w.Do(Request{As: "bob", Path: activity, Header: map[string]string{"Accept-Encoding": "gzip"}})
	if zipped.Header.Get("Content-Encoding") != "gzip" || numbers(t, zipped) != "431?" || !strings.Contains(zipped.Header.Get("Vary"), "Accept-Encoding") {
		t.Errorf("%v %s", zipped.Header, zipped.Body)
	}
	if plain := w.Do(Request{As: "bob", Path: activity, Header: map[string]string{"Accept-Encoding": "gzip;q=0"}}); plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Etag") != zipped.Header.Get("Etag") {
		t.Errorf("%v", plain.Header)
	}
}

var rowKeys = strings.Fields("id seq workspace_id timestamp created_at recorded_at actor actor_type actor_id on_behalf_of action resource_type resource_id resource entity_type entity_id entity_name " +
	"issue_id project description changes metadata details outcome system correlation_id ip_address user_agent")

var sixDigits = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)

// Every key is there; null, [] and {} are told apart; times have six digits.
func TestRow(t *testing.T) {
	w := newStory(t)
	const id = "/019a0000-0000-7000-8000-00000000000"
	rows := map[string]map[string]any{}
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		var row map[string]any
		w.Do(Request{As: "service", Path: activity + id + n}).Expect(t, 200).Read(t, &row)
		rows[n] = row
		for key := range row {
			if !slices.Contains(rowKeys, key) {
				t.Errorf("there is a key %s", key)
			}
		}
		for _, key := range rowKeys {
			if _, ok := row[key]; !ok {
				t.Errorf("there is no key %s", key)
			}
		}
		for _, key := range []string{"timestamp", "created_at", "recorded_at"} {
			if text, _ := row[key].(string); !sixDigits.MatchString(text) {
				t.Errorf("%s is %v", key, row[key])
			}
		}
	}
	for n, expected := range map[string]map[string]string{
		"1": {"timestamp": "2026-01-01T10:00:00.000000Z", "actor": "map[id:carol name:Carol role:<nil> type:user]", "issue_id": "7", "entity_name": "Seven", "project": "map[id:p1 name:One]", "changes": "[]", "metadata": "map[]", "details": "map[]",
			"resource": "map[id:7 name:Seven type:issue url:https://x.test/7]", "ip_address": "192.0.2.1", "user_agent": "x", "on_behalf_of": "<nil>", "outcome": "success", "system": "false", "correlation_id": "<nil>"},
		"2": {"issue_id": "<nil>", "resource_type": "invoice", "entity_id": "8", "outcome": "failure", "ip_address": "<nil>", "user_agent": "<nil>"},
		"3": {"timestamp": "2026-01-03T10:00:00.500000Z", "resource": "<nil>", "resource_type": "<nil>", "entity_id": "<nil>", "project": "<nil>", "metadata": "map[a:1]", "changes": "[map[after:1 before:<nil> field:x]]"},
		"4": {"on_behalf_of": "map[id:bob name:Bob Person type:user]", "actor_type": "agent", "actor_id": "robot"},
		"5": {"system": "true"},
	} {
		for key, want := range expected {
			if got := fmt.Sprint(rows[n][key]); got != want {
				t.Errorf("row %s: %s is %s, not %s", n, key, got, want)
			}
		}
	}
	one := func(as, which string) Request { return Request{As: as, Path: activity + which} }
	w.Run(t, []Scenario{
		{Name: "a member gets no address", Request: one("bob", id+"1"), Status: 200, Has: []string{`"ip_address":null`, `"user_agent":null`}},
		{Name: "not in one's projects", Request: one("bob", id+"2"), Status: 404},
		{Name: "a system row", Request: one("bob", id+"5"), Status: 404},
		{Name: "no id", Request: one("service", "/nonsense"), Status: 404},
		{Name: "unknown", Request: one("service", id+"8"), Status: 404},
		{Name: "another workspace", Request: Request{As: "charlie", Path: "/api/v1/workspaces/other/activity" + id + "1"}, Status: 404},
		{Name: "no workspace", Request: Request{As: "charlie", Path: activity + id + "1"}, Status: 404},
	})
}

func TestLosingAccessTakesEffectAtOnce(t *testing.T) {
	w := newStory(t)
	if got := numbers(t, w.Do(Request{As: "bob", Path: activity})); got != "431" {
		t.Fatal(got)
	}
	w.Exec(`DELETE FROM project_members`)
	if got := numbers(t, w.Do(Request{As: "bob", Path: activity})); got != "43" {
		t.Error(got)
	}
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID)
	w.Do(Request{As: "bob", Path: activity}).Expect(t, 404)
	w.Clock.Forward(31 * 24 * time.Hour)
	w.Do(Request{As: "ada", Path: activity}).Expect(t, 401) // the session has run out
}
