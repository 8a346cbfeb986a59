package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/models"
)

// many gives somebody n views in acme, whose filters take the given number of bytes, and the filter of each.
func many(w *World, u *models.User, n, size int, shared bool) []string {
	var queries []string
	for i := range n {
		query := fmt.Sprintf("actor_id=%s%d", strings.Repeat("x", 60), i)
		for len(query) < size {
			query += fmt.Sprintf("&actor_id=%s%d", strings.Repeat("y", 60), len(query))
		}
		w.Exec(`INSERT INTO saved_views (workspace_id, user_id, name, query, position, shared) VALUES ($1, $2, $3, $4, $5, $6)`,
			w.Acme.ID, u.ID, fmt.Sprintf("%s %02d", strings.Repeat("W", 57), i), query, i+1, shared)
		queries = append(queries, query)
	}
	return queries
}

func tabsOf(a Answer) string {
	_, rest, _ := strings.Cut(a.Body, `aria-label="Saved views"`)
	tabs, _, _ := strings.Cut(rest, "</nav>")
	return tabs
}

// However many views there are, and however long their filters: the page of the feed has to stay small.
func TestTabsStaySmall(t *testing.T) {
	w := New(t)
	mine := many(w, w.Bob, 50, 4000, false)
	for _, u := range []*models.User{w.Alice, w.Ada, w.Ina} {
		many(w, u, 50, 4000, true)
	}
	a := w.Do(Request{As: "bob", Path: "/w/acme?view=all"}).Expect(t, 200)
	tabs := tabsOf(a)
	if n := strings.Count(tabs, `class="tab"`); n != 13 || !strings.Contains(tabs, "All 200 views") || strings.Count(tabs, `href="/w/acme/views"`) != 2 {
		t.Errorf("%d tabs and links: %s", n, tabs)
	}
	if len(tabs) > 8_000 || len(a.Body) > 60_000 {
		t.Errorf("the tabs have %d bytes, the page %d", len(tabs), len(a.Body))
	}
	if strings.Count(tabs, `aria-current="page"`) != 1 || !strings.Contains(tabs, "W 00<") {
		t.Error("everything is the current tab, and one's own come first")
	}
	shown := w.Do(Request{As: "bob", Path: "/w/acme?" + mine[40]}).Expect(t, 200)
	tabs = tabsOf(shown)
	if strings.Count(tabs, `class="tab"`) != 13 || strings.Count(tabs, `aria-current="page"`) != 1 || !strings.Contains(tabs, "W 40<") {
		t.Errorf("what is shown is not a tab: %s", tabs)
	}
}

func TestAFewTabs(t *testing.T) {
	w := New(t)
	queries := many(w, w.Bob, 11, 70, false)
	a := w.Do(Request{As: "bob", Path: "/w/acme?view=all"}).Expect(t, 200, "/w/acme?"+queries[10])
	if tabs := tabsOf(a); strings.Count(tabs, `class="tab"`) != 12 || strings.Contains(tabs, "All ") {
		t.Errorf("all of them are there: %s", tabs)
	}
	w.Exec(`DELETE FROM saved_views`)
	short, long := many(w, w.Bob, 1, 240, false)[0], many(w, w.Alice, 1, 301, true)[0]
	a = w.Do(Request{As: "bob", Path: "/w/acme?view=all"}).Expect(t, 200)
	if tabs := tabsOf(a); !strings.Contains(tabs, strings.ReplaceAll(short, "&", "&amp;")) || strings.Contains(tabs, strings.ReplaceAll(long, "&", "&amp;")) {
		t.Errorf("a short filter is in the address of its tab, a long one is not: %s", tabs)
	}
}

// The address of a view leads to the feed with its filter, for whoever sees the view.
func TestTheAddressOfAView(t *testing.T) {
	w := New(t)
	query := many(w, w.Bob, 1, 4000, false)[0]
	private := fmt.Sprintf("/w/acme/views/%d", Ask[int64](w, `SELECT max(id) FROM saved_views`))
	long := saved(w, "bob", "Shared", "shared", "true", "query", query)
	for as, paths := range map[string][]string{"bob": {private, long}, "alice": {long}, "ina": {long}} {
		for _, path := range paths {
			to := w.Do(Request{As: as, Path: path}).Expect(t, 303).Header.Get("Location")
			at, err := url.Parse(to)
			if err != nil || at.Path != "/w/acme" || len(at.Query()["actor_id"]) != strings.Count(query, "actor_id=") {
				t.Errorf("%s: %s leads to %s", as, path, to)
			}
		}
	}
	for as, paths := range map[string][]string{
		"alice":   {private, "/w/acme/views/0", "/w/acme/views/x", "/w/acme/views/99999999999999999999"},
		"ina":     {private},
		"charlie": {private, long, strings.Replace(long, "acme", "other", 1)},
	} {
		for _, path := range paths {
			w.Do(Request{As: as, Path: path}).Expect(t, 404)
		}
	}
	w.Do(post("bob", long+"/share", "shared", "false")).Expect(t, 303)
	w.Do(Request{As: "alice", Path: long}).Expect(t, 404)
	w.Do(Request{Path: long}).Expect(t, 303).Lacks(t, "actor_id")
}

// A shared view of system rows opens for those who may not read them, without these.
func TestAViewOfSystemRowsOpensForEverybody(t *testing.T) {
	w := New(t)
	path := saved(w, "alice", "All of it", "shared", "true", "query", "actions=created&include_system=true", "default", "true")
	w.Do(post("bob", path+"/default", "default", "true")).Expect(t, 303)
	for as, want := range map[string]string{"alice": "/w/acme?actions=created&include_system=true", "bob": "/w/acme?actions=created"} {
		for _, from := range []string{path, "/w/acme"} {
			if to := w.Do(Request{As: as, Path: from}).Expect(t, 303).Header.Get("Location"); to != want {
				t.Errorf("%s leads %s to %s", from, as, to)
			}
		}
		if tabs := tabsOf(w.Do(Request{As: as, Path: "/w/acme?view=all"}).Expect(t, 200)); !strings.Contains(tabs, `href="`+strings.ReplaceAll(want, "&", "&amp;")+`"`) {
			t.Errorf("%s: %s", as, tabs)
		}
		w.Do(Request{As: as, Path: want}).Expect(t, 200)
	}
}
