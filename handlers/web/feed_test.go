package web_test

import (
	"fmt"
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

// A page does not grow with the workspace.
func TestFeedIsSmall(t *testing.T) {
	w := New(t)
	fill(w, 600)
	plain := w.Do(Request{As: "ada", Path: "/w/acme", Header: map[string]string{"Accept-Encoding": "identity"}}).Expect(t, 200)
	if rows := document(t, plain).Find("time").Length(); rows < 50 {
		t.Errorf("%d rows", rows)
	}
	t.Logf("%d bytes", len(plain.Body))
	if len(plain.Body) > 100<<10 {
		t.Errorf("the page has %d bytes", len(plain.Body))
	}
	if zipped := w.Do(Request{As: "ada", Path: "/w/acme", Header: map[string]string{"Accept-Encoding": "br, gzip"}}); zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("Vary") == "" {
		t.Errorf("%v", zipped.Header)
	}
	d := document(t, plain)
	for name, most := range map[string]int{"actor_id": 30, "resource_types": 40, "actions": 40, "project_id": 40} {
		if n := d.Find(`input[name="` + name + `"]`).Length(); n == 0 || n > most {
			t.Errorf("%d choices of %s", n, name)
		}
	}
	on := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actor_id=person-149&resource_types=type_69,type_00&actor_id=ghost"}).Expect(t, 200))
	if text := document(t, w.Do(Request{As: "ada", Path: "/w/acme?actor_id=person-149"})).Find(".chips").Text(); !strings.Contains(text, "Person Number 149") {
		t.Errorf("the chips are %s", text)
	}
	for _, value := range []string{"person-149", "type_69", "type_00", "ghost"} {
		if on.Find(`input[value="`+value+`"][checked]`).Length() != 1 {
			t.Errorf("%s is on and not offered", value)
		}
	}
}

func TestFeedTurnsPages(t *testing.T) {
	w := New(t)
	fill(w, 120)
	seen := map[string]int{}
	for path := "/w/acme"; path != ""; {
		d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
		d.Find(`a[href*="resource_id="]`).Each(func(_ int, a *goquery.Selection) { seen[a.AttrOr("href", "")]++ })
		path = d.Find(`a[rel="next"]`).AttrOr("href", "")
	}
	if len(seen) != 120+4 { // four members were added
		t.Errorf("%d rows were seen", len(seen))
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
		"?start_date=tomorrow&actions=action_01": {400, "ust be a date"},
		"?outcome=great&actions=action_01":        {400, "uccess, failure or denied"},
		"?actions=action_01&actions=%21":          {400, "Action"},
		"?include_system=maybe&actions=action_01": {400, "ust be true or false"},
		"?cursor=nonsense&actions=action_01":      {400, "this is the first one"},
		"?actions=action_01&x=%zz":                {400, "has an escape"},
		"?actions=action_01&actor_id=%ff%00":      {200, ""},
		"?actions=action_01&colour=red&utm_x=1":   {200, ""},
		"?actions=action_01&start_date=&limit=x":  {200, ""},
	} {
		a := w.Do(Request{As: "ada", Path: "/w/acme" + query}).Expect(t, c.status, c.says, `value="action_01" checked`, "/sign-out")
		if strings.Contains(query, "actor_id") {
			continue
		}
		if n := document(t, a).Find(`a[href*="resource_id="]`).Length(); n != 1 {
			t.Errorf("%s: %d rows", query, n)
		}
	}
	w.Do(Request{As: "bob", Path: "/w/acme?include_system=true"}).Expect(t, 200)
	a := w.Do(Request{As: "ada", Path: "/w/acme?start_date=" + strings.Repeat("9", 5000)}).Expect(t, 400)
	if len(a.Body) > 60<<10 {
		t.Errorf("%d bytes", len(a.Body))
	}
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
