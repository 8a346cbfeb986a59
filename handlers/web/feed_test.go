package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func document(t testing.TB, a Answer) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fill sends many rows of many people, actions and types.
func fill(w *World, n int) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"actor": {"id": "person-%03d", "name": "Person Number %03d"}, "action": "action_%02d", "resource": {"type": "type_%02d", "id": "%d", "name": "The thing that is called number %d"}, "project": {"id": "p%d", "name": "Project %d"},
			"changes": [{"field": "status", "before": "open", "after": "done"}]}`, i%150, i%150, i%60, i%70, i, i, i%80, i%80)
		b.WriteString("\n")
	}
	body := strings.ReplaceAll(b.String(), ",\n\t\t\t", ", ")
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: body, Type: "application/x-ndjson"}).Expect(w.T, 201)
	w.Drain()
}

const limit = 60 << 10

// plainly asks for a page as it is before compression.
func plainly(w *World, path string) Answer {
	return w.Do(Request{As: "ada", Path: path, Header: map[string]string{"Accept-Encoding": "identity"}})
}

// A page does not grow with the workspace, nor with what is on: rows are fifty, and what they open to is elsewhere.
func TestFeedIsSmall(t *testing.T) {
	w := New(t)
	fill(w, 600)
	var projects []string
	for i := range 40 {
		projects = append(projects, fmt.Sprintf("project_id=p%d", i))
	}
	for name, path := range map[string]string{
		"plain": "/w/acme", "one by one": "/w/acme?fold=no", "a filter on": "/w/acme?start_date=90d&outcome=success&include_system=true&q=-action:nothing+thing",
	} {
		a := plainly(w, path).Expect(t, 200)
		d := document(t, a)
		if rows := d.Find(".entry").Length(); rows != 50 {
			t.Errorf("%s: %d rows", name, rows)
		}
		page, bars := sizes(t, a)
		t.Logf("%s: %d bytes, and %d of the histogram", name, page, bars)
		if page >= limit || bars >= limit/2 {
			t.Errorf("%s: the page has %d bytes, and %d of the histogram", name, page, bars)
		}
	}
	// Forty values make long addresses, of which a page has a dozen
	if n, bars := sizes(t, plainly(w, "/w/acme?"+strings.Join(projects, "&")).Expect(t, 200)); n > limit+limit/4 || bars > limit/4 {
		t.Errorf("with forty projects on the page has %d bytes, and %d of the histogram", n, bars)
	}
	if zipped := w.Do(Request{As: "ada", Path: "/w/acme", Header: map[string]string{"Accept-Encoding": "br, gzip"}}); zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("Vary") == "" {
		t.Errorf("%v", zipped.Header)
	}
}

// sizes are the bytes of a page, and of the histogram on it: a hundred bars of one kind, of which little is left when they are compressed.
func sizes(t *testing.T, a Answer) (page, histogram int) {
	t.Helper()
	bars, err := goquery.OuterHtml(document(t, a).Find(".histo"))
	if err != nil {
		t.Fatal(err)
	}
	return len(a.Body) - len(bars), len(bars)
}

// Sixty values of one criterion are one chip, which takes all of them away; a few have each their own.
func TestFeedChips(t *testing.T) {
	w := New(t)
	fill(w, 600)
	w.Send(`{"actor": {"id": "<b>&", "name": "<script>alert(1)</script>"}, "action": "created", "project": {"id": "odd", "name": "\"><img src=x>"}}`)
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actor_id=person-149&actor_id=ghost&project_id=p7&project_id=odd&actor_id=%3Cb%3E%26&start_date=30d&include_system=true&fold=no&resource_id=7" +
		"&q=-action:updated+gift+%22two+words%22+has:changes,resource+field:status+weekday:mon+hour:9+actor:amara+-project:New+-has:project"}).Expect(t, 200))
	var chips []string
	d.Find(".chip").Each(func(_ int, s *goquery.Selection) { chips = append(chips, strings.Join(strings.Fields(s.Text()), " ")) })
	want := []string{
		"Period 30 days", "Who Person Number 149", "Who ghost", "Who <script>alert(1)</script>", "Who amara", "Project Project 7", `Project "><img src=x>`, "Id 7", "Changed field status", "With changes", "About something in particular",
		"Day Monday", "Hour 9–10", "Text gift", "Text “two words”", "Action is not updated", "Project is not New", "Without a project", "With system rows", "Alike rows one by one",
	}
	if strings.Join(chips, "|") != strings.Join(want, "|") {
		t.Errorf("the chips are\n%q, want\n%q", chips, want)
	}
	// Each cross takes away its own and leaves the others
	d.Find(".chip-x").Each(func(i int, s *goquery.Selection) {
		left := document(t, w.Do(Request{As: "ada", Path: s.AttrOr("href", "")}).Expect(t, 200)).Find(".chip")
		if left.Length() != len(want)-1 || strings.Contains(strings.Join(strings.Fields(left.Text()), " "), want[i]) {
			t.Errorf("without %s there are %d chips", want[i], left.Length())
		}
	})
	sixtyPeople(t, w)
}

func sixtyPeople(t *testing.T, w *World) {
	t.Helper()
	var many strings.Builder
	for i := range 60 {
		fmt.Fprintf(&many, "&actor_id=person-%03d", i)
	}
	a := plainly(w, "/w/acme?"+many.String()).Expect(t, 200)
	if len(a.Body) > 2*limit { // its addresses are long, and there are a dozen
		t.Errorf("%d bytes", len(a.Body))
	}
	d := document(t, a)
	if got := d.Find(".chip").Text(); d.Find(".chip").Length() != 1 || !strings.Contains(got, "Person Number 000, ") || !strings.Contains(got, " and 56 more") || d.Find(".chip-x").AttrOr("href", "") != "/w/acme" {
		t.Errorf("sixty people are %q", got)
	}
}

// The panel offers the busiest, and what is on besides. It is a page, and, for a script, just the form.
func TestFeedFilter(t *testing.T) {
	w := New(t)
	fill(w, 600)
	const path = "/w/acme/filter?actor_id=person-149&actor_id=ghost&resource_types=type_69,type_00&outcome=denied,success&start_date=7d&q=gift"
	page := w.Do(Request{As: "ada", Path: path}).Expect(t, 200, "<!doctype html>", "Filter the feed")
	if !strings.Contains(page.Header.Get("Vary"), "HX-Request") {
		t.Errorf("Vary: %s", page.Header.Get("Vary"))
	}
	bare := w.Do(Request{As: "ada", Path: path, Header: map[string]string{"HX-Request": "true"}}).Expect(t, 200).Lacks(t, "<html", "<main")
	for name, d := range map[string]*goquery.Document{"page": document(t, page), "panel": document(t, bare)} {
		form := d.Find(`form[action="/w/acme"]`)
		for _, most := range []struct {
			of string
			n  int
		}{{`input[name="actions"]`, 40}, {`input[name="resource_types"]`, 42}, {`select[name="actor_id"] option`, 33}, {`select[name="project_id"] option`, 101}} {
			if n := form.Find(most.of).Length(); n == 0 || n > most.n {
				t.Errorf("%s: %d choices of %s", name, n, most.of)
			}
		}
		for _, on := range []string{
			`input[name="actor_id"][value="person-149"][checked]`, `input[name="actor_id"][value="ghost"][checked]`, `input[value="type_69"][checked]`, `input[value="type_00"][checked]`,
			`option[value="success,denied"][selected]`, `input[type="hidden"][name="start_date"][value="7d"]`, `input[type="hidden"][name="q"][value="gift"]`,
		} {
			if form.Find(on).Length() != 1 {
				t.Errorf("%s: there is no %s", name, on)
			}
		}
	}
	if document(t, page).Find(`[name="include_system"]`).Length() != 1 || document(t, w.Do(Request{As: "bob", Path: "/w/acme/filter"})).Find(`[name="include_system"]`).Length() != 0 {
		t.Error("the switch of system rows is for those who may see them")
	}
	w.Do(Request{As: "ada", Path: "/w/acme/filter?outcome=great&q=foo:bar"}).Expect(t, 400, "there is no such qualifier", "an outcome is success")
}

func TestFeedTurnsPages(t *testing.T) {
	w := New(t)
	fill(w, 120)
	seen := map[string]int{}
	for path := "/w/acme?fold=no"; path != ""; {
		d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
		d.Find("a.when").Each(func(_ int, a *goquery.Selection) { seen[a.AttrOr("href", "")]++ })
		path = d.Find(`a[rel="next"]`).AttrOr("href", "")
	}
	if len(seen) != 120+4 { // four members were added
		t.Errorf("%d rows were seen", len(seen))
	}
	// A cursor of somebody else's list leads to the first page, and says so
	next := document(t, w.Do(Request{As: "ada", Path: "/w/acme"})).Find(`a[rel="next"]`).AttrOr("href", "")
	for _, path := range []string{next + "&actions=action_01", "/w/acme?cursor=nonsense"} {
		d := document(t, w.Do(Request{As: "alice", Path: path}).Expect(t, 200, "this is the first page"))
		if d.Find(".entry").Length() == 0 || d.Find(`a[rel="prev"]`).Length() != 0 {
			t.Errorf("%s is not the first page", path)
		}
	}
}

// A bad parameter shows the page, with the rest as it was.
func TestFeedWithBadParameters(t *testing.T) {
	w := New(t)
	fill(w, 5)
	for query, c := range map[string]struct {
		status int
		says   string
	}{
		"?start_date=yesteryear&actions=action_01": {400, "ust be a da"},
		"?outcome=great&actions=action_01":         {400, "an outcome is success, failure or denied"},
		"?actions=action_01&actions=%21":           {400, "Action"},
		"?include_system=maybe&actions=action_01":  {400, "ust be true or false"},
		"?cursor=nonsense&actions=action_01":       {200, "this is the first page"},
		"?actions=action_01&x=%zz":                 {400, "has an escape"},
		"?actions=action_01&q=foo:bar":             {400, "<mark>foo:bar</mark>"},
		"?q=action:action_01+%C3%BCber:x":          {200, ""},
		"?q=action:action_01+-hour:99+number":      {400, "<mark>99</mark>"},
		"?actions=action_01&colour=red&utm_x=1":    {200, ""},
		"?actions=action_01&start_date=&limit=x":   {200, ""},
	} {
		a := w.Do(Request{As: "ada", Path: "/w/acme" + query}).Expect(t, c.status, c.says, "/sign-out")
		d := document(t, a)
		if !strings.Contains(d.Find(".chips").Text(), "action 01") {
			t.Errorf("%s: the chips are %s", query, d.Find(".chips").Text())
		}
		if n := d.Find(".entry").Length(); n != 1 && !strings.Contains(query, "ber:x") {
			t.Errorf("%s: %d rows", query, n)
		}
	}
	w.Do(Request{As: "bob", Path: "/w/acme?include_system=true"}).Expect(t, 200)
	a := w.Do(Request{As: "ada", Path: "/w/acme?start_date=" + strings.Repeat("9", 5000)}).Expect(t, 400)
	if len(a.Body) > limit {
		t.Errorf("%d bytes", len(a.Body))
	}
}

// The box is the whole filter; with a mistake it keeps what was typed, and everything else goes beside it.
func TestFeedBox(t *testing.T) {
	w := New(t)
	fill(w, 5)
	box := func(query string) (line string, beside map[string]string) {
		form := document(t, w.Do(Request{As: "ada", Path: "/w/acme" + query})).Find(".search form")
		beside = map[string]string{}
		form.Find("input[type=hidden]").Each(func(_ int, s *goquery.Selection) { beside[s.AttrOr("name", "")] = s.AttrOr("value", "") })
		return form.Find("#q").AttrOr("value", ""), beside
	}
	line, beside := box("?actions=action_01&resource_types=type_01&outcome=success&start_date=7d&include_system=true&fold=no&q=thing")
	if line != "action:action_01 type:type_01 outcome:success created:>=7d is:system thing" || fmt.Sprint(beside) != "map[fold:no]" {
		t.Errorf("%s, %v", line, beside)
	}
	again, _ := box("?q=" + url.QueryEscape(line))
	if again != line {
		t.Errorf("sent again it is %s", again)
	}
	line, beside = box("?actions=action_01&q=" + url.QueryEscape(`"open <b>  type:x`))
	if line != `"open <b>  type:x` || fmt.Sprint(beside) != "map[actions:action_01]" {
		t.Errorf("with a mistake: %s, %v", line, beside)
	}
}

// A run is one row, and leads to its activities.
func TestFeedFolds(t *testing.T) {
	w := New(t)
	var b strings.Builder
	for i := range 70 {
		fmt.Fprintf(&b, `{"actor": {"id": "sven, o", "name": "Sven Okafor"}, "action": "updated", "resource": {"type": "file", "id": "f/%d?&", "name": "f%d.go"}, "project": {"id": "p gx", "name": "pgx"}, "occurred_at": "2026-01-31T09:00:00.%06dZ"}`+"\n", i, i, i)
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: b.String(), Type: "application/x-ndjson"}).Expect(t, 201)
	w.Drain()
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actions=updated"}).Expect(t, 200))
	if got := strings.Join(strings.Fields(d.Find(".sentence").Text()), " "); d.Find(".entry").Length() != 1 || got != "Sven Okafor updated 70 files in pgx" {
		t.Fatalf("%d rows: %s", d.Find(".entry").Length(), got)
	}
	if got := d.Find("#total").Text(); got != "70 activities" {
		t.Error(got)
	}
	all := d.Find(".more-run a")
	if all.Text() != "All 70 in the feed" {
		t.Error(all.Text())
	}
	first := document(t, w.Do(Request{As: "ada", Path: all.AttrOr("href", "")}).Expect(t, 200))
	if first.Find(".entry").Length() != 50 || first.Find("#total").Text() != "70 activities" || first.Find(".more-run").Length() != 0 {
		t.Errorf("the run has %d rows on its first page, %s", first.Find(".entry").Length(), first.Find("#total").Text())
	}
	second := document(t, w.Do(Request{As: "ada", Path: first.Find(`a[rel="next"]`).AttrOr("href", "")}).Expect(t, 200))
	if second.Find(".entry").Length() != 20 {
		t.Errorf("and %d on its second", second.Find(".entry").Length())
	}
}

// What came since the visit before is marked; at a first visit nothing is.
func TestFeedMarksNews(t *testing.T) {
	w := New(t)
	fill(w, 5)
	if d := document(t, w.Do(Request{As: "ada", Path: "/w/acme"}).Expect(t, 200)); d.Find(".is-new, .since").Length() != 0 {
		t.Error("at the first visit nothing is new")
	}
	w.Exec(`UPDATE feed_visits SET latest_at = latest_at - interval '1 hour'`)
	w.Send(`{"actor": {"id": "somebody"}, "action": "created"}`)
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme"}).Expect(t, 200))
	if d.Find(".is-new").Length() != 1 || !strings.HasPrefix(strings.TrimSpace(d.Find(".is-new .sentence").Text()), "New: somebody") {
		t.Errorf("new are %d: %s", d.Find(".is-new").Length(), d.Find(".is-new").Text())
	}
	if got := d.Find(".is-new").Next(); !got.HasClass("since") || !strings.HasPrefix(got.Text(), "New since ") {
		t.Errorf("behind them stands %s", got.Text())
	}
}

// The view that somebody chose opens first; everything is one link away.
func TestFeedOpensTheDefaultView(t *testing.T) {
	w := New(t)
	fill(w, 5)
	w.Do(Request{As: "ada", Method: "POST", Path: "/w/acme/views", Form: url.Values{"name": {"Mine"}, "query": {"actions=action_01"}}}).Expect(t, 303)
	w.Exec(`INSERT INTO default_views (user_id, workspace_id, view_id) SELECT user_id, workspace_id, id FROM saved_views`)
	for _, path := range []string{"/w/acme", "/"} {
		if got := w.Do(Request{As: "ada", Path: path}).Expect(t, 303).Header.Get("Location"); got != "/w/acme?actions=action_01" {
			t.Errorf("%s leads to %s", path, got)
		}
	}
	d := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actions=action_01"}).Expect(t, 200))
	if all, chip := d.Find(".clear").AttrOr("href", ""), d.Find(".chip-x").AttrOr("href", ""); all != "/w/acme?view=all" || chip != all {
		t.Errorf("everything is at %s and %s", all, chip)
	}
	if got := d.Find(`.search input[type=hidden]`).Length(); got != 1 {
		t.Errorf("the box carries %d parameters along", got)
	}
	if n := document(t, w.Do(Request{As: "ada", Path: "/w/acme?view=all"}).Expect(t, 200)).Find("#total").Text(); n != "9 activities" {
		t.Errorf("%s are everything", n)
	}
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200)
}

func TestHome(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "bob", Path: "/"}).Expect(t, 200, "The acme")
	w.Do(Request{As: "ina", Path: "/"}).Expect(t, 200, "The acme", "The other")
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID)
	w.Do(Request{As: "bob", Path: "/"}).Expect(t, 404, "not a member of any workspace", "/sign-out")
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 404, "/sign-out")
	w.Do(Request{As: "service", Path: "/"}).Expect(t, 403).Lacks(t, "/sign-out")
	if got := w.Recorded(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
