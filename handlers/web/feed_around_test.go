package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// A run opens to its rows alone, from an address of its own: nobody visits by that, and a message waits for the next page.
func TestARunOpensInPlace(t *testing.T) {
	w := New(t)
	var b strings.Builder
	for i := range 70 {
		fmt.Fprintf(&b, `{"actor": {"id": "sven", "name": "Sven <Okafor>"}, "action": "updated", "resource": {"type": "file", "id": "%d", "name": "f%d.go"}, "project": {"id": "p2"}, "occurred_at": "2026-01-31T09:00:00.%06dZ"}`+"\n", i, i, i)
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: b.String(), Type: "application/x-ndjson"}).Expect(t, 201)
	w.Drain()
	run := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actions=updated"}).Expect(t, 200)).Find(".more-run a").AttrOr("href", "")
	if !strings.HasPrefix(run, "/w/acme?") {
		t.Fatal(run)
	}
	w.Do(saving("ada", "Mine")).Expect(t, 303)
	w.Exec(`DELETE FROM feed_visits`)
	inPlace := strings.Replace(run, "?", "/run?", 1)
	a := w.Do(Request{As: "ada", Path: inPlace}).Expect(t, 200, "Sven &lt;Okafor&gt;").Lacks(t, "<html", "<main", "is saved", "feed-views", "class=\"more more-run\"")
	d := document(t, a)
	if n, all := d.Find(".entries > .entry").Length(), d.Find(".inside-foot a").AttrOr("href", ""); n != 50 || all != run {
		t.Errorf("%d rows, and all at %s, not %s", n, all, run)
	}
	if n := Ask[int](w, `SELECT count(*) FROM feed_visits`); n != 0 {
		t.Error("opening a run is a visit")
	}
	if n := document(t, w.Do(Request{As: "bob", Path: inPlace}).Expect(t, 200)).Find(".entry").Length(); n != 0 {
		t.Errorf("bob sees %d rows of a project that is not his", n)
	}
	w.Do(Request{As: "ada", Path: "/w/acme"}).Expect(t, 200, "is saved")
	w.Do(Request{As: "ada", Path: "/w/acme/run?outcome=great&q=foo:bar"}).Expect(t, 400)
}

// A run that lacks a project, or is about nothing in particular, leads to its own rows alone, though others of the same instants have what it lacks.
func TestARunOfWhatLacksSomethingIsItsRows(t *testing.T) {
	w := New(t)
	var b strings.Builder
	row := func(kind, project string, micro int) {
		fmt.Fprintf(&b, `{"actor": {"id": "sven"}, "action": "ran", "resource": %s, "project": %s, "occurred_at": "2026-01-31T09:00:00.%06dZ"}`+"\n", kind, project, micro)
	}
	const nothing, file, place = "null", `{"type": "file", "id": "1"}`, `{"id": "p2"}`
	row(nothing, place, 0)
	row(file, nothing, 0)
	for i := range 5 {
		row(nothing, nothing, i)
	}
	row(file, nothing, 4)
	row(file, place, 4)
	row(nothing, place, 4)
	for i := range 4 {
		row(file, nothing, 5+i)
	}
	row(file, place, 8)
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: b.String(), Type: "application/x-ndjson"}).Expect(t, 201)
	w.Drain()
	var runs []string
	document(t, w.Do(Request{As: "ada", Path: "/w/acme?actions=ran"}).Expect(t, 200)).Find(".more-run a").Each(func(_ int, s *goquery.Selection) {
		runs = append(runs, s.Text()+": "+inFeed(w, "ada", s.AttrOr("href", "")))
	})
	if got := strings.Join(runs, ", "); got != "All 4 in the feed: 4, All 5 in the feed: 5" {
		t.Errorf("the runs are %s", got)
	}
}

// Only who looks at the newest of everything has seen it. Other pages show what was new, and leave it new.
func TestWhatIsNoVisit(t *testing.T) {
	w := New(t)
	fill(w, 120)
	visited := func() string {
		return Ask[string](w, `SELECT coalesce(string_agg(seen_seq || ' ' || latest_seq || ' ' || latest_at, ','), 'never') FROM feed_visits`)
	}
	older := document(t, w.Do(Request{As: "alice", Path: "/w/acme?fold=no"})).Find(`a[rel="next"]`).AttrOr("href", "")
	w.Exec(`DELETE FROM feed_visits`)
	elsewhere := []Request{
		{As: "ada", Path: "/w/acme?actions=action_01"}, {As: "ada", Path: older}, {As: "ada", Path: "/w/acme", Method: "HEAD"}, {As: "ada", Path: "/w/acme?q=thing"},
		{As: "ada", Path: "/w/acme?include_system=true"}, {As: "ada", Path: "/w/acme/filter"}, {As: "ada", Path: "/w/acme/run"}, {As: "ada", Path: "/w/acme?cursor=nonsense"}, {As: "ada", Path: "/w/acme?start_date=never"},
	}
	look := func(want string) {
		t.Helper()
		for _, r := range elsewhere {
			if w.Do(r); visited() != want {
				t.Fatalf("%s %s is a visit", r.Method, r.Path)
			}
		}
	}
	look("never")
	w.Do(Request{As: "ada", Path: "/w/acme?fold=no"}).Expect(t, 200)
	w.Exec(`UPDATE feed_visits SET latest_at = latest_at - interval '1 hour'`)
	w.Send(`{"actor": {"id": "somebody"}, "action": "action_01"}`)
	look(visited())
	for range 2 {
		for _, path := range []string{"/w/acme?actions=action_01", "/w/acme?utm_x=1"} {
			if n := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200)).Find(".is-new").Length(); n != 1 {
				t.Errorf("%s has %d new rows", path, n)
			}
		}
	}
}

// Ids are told by name where the viewer sees something of them, also those that are left out.
func TestIDsAreToldByName(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "amara", "name": "Amara Okafor"}, "action": "created", "project": {"id": "p1", "name": "Ferry"}}`)
	w.Send(`{"actor": {"id": "secret", "name": "Hidden One"}, "action": "created", "project": {"id": "p2", "name": "Hidden Place"}}`)
	q := url.Values{"actor_id": {"amara", "secret", "ghost"}, "project_id": {"p1", "p2"}}
	not := url.Values{"q": {"-actor_id:amara -actor_id:secret -actor_id:ghost -project_id:p1 -project_id:p2 nothing"}}
	for who, told := range map[string][2]string{"ada": {"Amara Okafor|Hidden One|ghost", "Ferry|Hidden Place"}, "bob": {"Amara Okafor|secret|ghost", "Ferry|p2"}} {
		for _, query := range []url.Values{q, not} {
			for _, page := range []string{"/w/acme", "/w/acme/views/new"} {
				d := document(t, w.Do(Request{As: who, Path: page + "?" + query.Encode()}).Expect(t, 200))
				got := strings.Join(strings.Fields(d.Find(".chips, main dl").Text()), " ")
				if page != "/w/acme" && query.Has("q") {
					continue // the line says ids there
				}
				for _, name := range strings.Split(told[0]+"|"+told[1], "|") {
					if !strings.Contains(got, name) {
						t.Errorf("%s at %s?%s is not told of %s: %s", who, page, query.Encode(), name, got)
					}
				}
				if who == "bob" && strings.Contains(got, "Hidden") {
					t.Errorf("bob learns a name: %s", got)
				}
			}
		}
	}
}
