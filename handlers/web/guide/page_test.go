package guide_test

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func document(t *testing.T, a Answer) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The guide is for everybody, and tells nobody of what is not theirs.
func TestWhoReadsWhat(t *testing.T) {
	w := New(t)
	w.Exec(`INSERT INTO workspaces (id, slug, name, time_zone) VALUES (gen_random_uuid(), 'second', 'Second', 'UTC')`)
	for _, c := range []struct {
		as, query, workspace string
		links, lacks         []string
	}{
		{"nobody", "", "acme", []string{"/docs/api", "/sign-in?next=%2Fdocs"}, []string{"/w/acme"}},
		{"unknown-token", "", "acme", []string{"/sign-in?next=%2Fdocs"}, []string{"/w/acme"}},
		{"nobody", "?workspace=second", "acme", nil, []string{"/w/second"}},
		{"ada", "", "acme", []string{"/w/acme", "/w/acme/sending", "/w/acme/tokens/new"}, nil},
		{"bob", "", "acme", []string{"/w/acme"}, []string{"/w/acme/sending", "/w/acme/tokens/new"}},
		{"charlie", "?workspace=acme", "other", []string{"/w/other"}, []string{"/w/acme"}},
		{"ina", "?workspace=second", "second", []string{"/w/second", "/w/second/tokens/new"}, nil},
		{"ina", "?workspace=%27%3Cb%3E%27", "acme", []string{"/w/acme/tokens/new"}, nil},
	} {
		page := document(t, w.Do(Request{As: c.as, Path: "/docs" + c.query}).Expect(t, 200, "Your first event"))
		if code := page.Find("#setup-shell").Text(); code != "export DAYBOOK_URL='http://daybook.test'\nexport DAYBOOK_WORKSPACE='"+c.workspace+"'\nexport DAYBOOK_TOKEN='YOUR_TOKEN'" {
			t.Errorf("%s, %s: %s", c.as, c.query, code)
		}
		if command := page.Find("#token-command").Text(); !strings.Contains(command, "--workspace "+c.workspace+" ") {
			t.Errorf("%s, %s: %s", c.as, c.query, command)
		}
		for _, href := range c.links {
			if page.Find(`a[href="`+href+`"]`).Length() == 0 {
				t.Errorf("%s, %s: no link to %s", c.as, c.query, href)
			}
		}
		for _, href := range c.lacks {
			if page.Find(`main a[href^="`+href+`"]`).Length() > 0 {
				t.Errorf("%s, %s: a link to %s", c.as, c.query, href)
			}
		}
		if page.Find("[style], [onclick], main script").Length() > 0 || page.Find(".nav-link[aria-current]").AttrOr("href", "") != "/docs" {
			t.Errorf("%s, %s: %s", c.as, c.query, page.Find(".nav").Text())
		}
	}
}

// What it leads to is there, down to the place on the page; and it is led to.
func TestLinks(t *testing.T) {
	w := New(t)
	reference := document(t, w.Do(Request{Path: "/docs/api"}))
	page := document(t, w.Do(Request{Path: "/docs"}))
	seen := 0
	page.Find("main a[href^='/']").Each(func(_ int, s *goquery.Selection) {
		path, place, _ := strings.Cut(s.AttrOr("href", ""), "#")
		w.Do(Request{Path: path}).Expect(t, 200)
		if place != "" {
			if seen++; reference.Find("#"+place).Length() != 1 {
				t.Errorf("%s has no %s", path, place)
			}
		}
	})
	if seen < 6 || page.Find("a[download]").Length() != 4 || reference.Find(`a[href="/docs"]`).Length() < 2 {
		t.Errorf("%d places, %d files", seen, page.Find("a[download]").Length())
	}
	w.Do(Request{As: "ada", Path: "/w/acme/sending"}).Expect(t, 200, `href="/docs?workspace=acme"`)
	w.Exec(`INSERT INTO workspaces (id, slug, name, time_zone) VALUES (gen_random_uuid(), 'fresh', 'Fresh', 'UTC')`)
	w.Do(Request{As: "ina", Path: "/w/fresh"}).Expect(t, 200, `href="/docs?workspace=fresh"`)
}

// Each status that the page tells of comes when it says so.
func TestStatuses(t *testing.T) {
	w := New(t, Rate(50))
	const path, event = "/api/v1/workspaces/acme/activity", `{"actor": {"id": "a"}, "action": "created"}`
	send := func(body string) Request { return Request{As: "service", Method: "POST", Path: path, Body: body} }
	as := func(who, path string) Request { return Request{As: who, Method: "POST", Path: path, Body: event} }
	plain, same, keyed := send(event), send(event), send(`{"actor": {"id": "a"}, "action": "deleted"}`)
	plain.Type, same.Header, keyed.Header = "text/plain", map[string]string{"Idempotency-Key": "one"}, map[string]string{"Idempotency-Key": "one"}
	requests := map[string][]Request{
		"201": {same},
		"400": {send(`{`), {As: "service", Path: path + "?nope=1"}},
		"401": {as("unknown-token", path), as("revoked", path), as("expired", path)},
		"403": {as("service-read", path)},
		"404": {as("service", "/api/v1/workspaces/nope/activity"), as("service-other", path)},
		"409": {keyed},
		"413": {send(`{"action": "created", "description": "` + strings.Repeat("x", 64<<10) + `"}`), send("[" + strings.Repeat(event+",", 1000) + event + "]")},
		"415": {plain},
		"422": {send(`{"actor": {"id": "a"}}`), send(`{"actor": {"id": "a"}, "action": "created", "nope": 1}`)},
	}
	for _, status := range told(document(t, w.Do(Request{Path: "/docs"}))) {
		for _, r := range requests[status] {
			w.Do(r).Expect(t, number(t, status))
		}
		delete(requests, status)
	}
	w.Do(same).Expect(t, 200)
	a := w.Do(send(event))
	for range 500 {
		if a.Status == 429 {
			break
		}
		a = w.Do(send(event))
	}
	if a.Expect(t, 429).Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
	if len(requests) > 0 {
		t.Errorf("the page does not tell of %v", slices.Sorted(maps.Keys(requests)))
	}
}

// told gives the statuses of the page, in its order: that of what is new comes before that of what contradicts it.
func told(page *goquery.Document) []string {
	return page.Find("section[aria-labelledby=refusals] .fields dt").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
}

func number(t *testing.T, status string) int {
	t.Helper()
	n, err := strconv.Atoi(status)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Who has several workspaces chooses which one the examples are for, on both pages; nobody else is asked.
func TestExamplesForAnotherWorkspace(t *testing.T) {
	w := New(t)
	for _, path := range []string{"/docs", "/docs/api"} {
		for _, as := range []string{"nobody", "bob"} {
			if document(t, w.Do(Request{As: as, Path: path}).Expect(t, 200)).Find("select[name=workspace]").Length() > 0 {
				t.Errorf("%s: %s is asked", path, as)
			}
		}
		first := document(t, w.Do(Request{As: "ina", Path: path}).Expect(t, 200, "acme"))
		form := first.Find("form.docs-choice")
		if form.AttrOr("action", "") != path || form.Find("option").Text() != "acmeother" || form.Find("option[selected]").Text() != "acme" || form.Find("button").Length() != 1 {
			t.Errorf("%s: %s", path, form.Text())
		}
		second := document(t, w.Do(Request{As: "ina", Path: path + "?workspace=other"}).Expect(t, 200))
		if programs := second.Find("pre.code").Text(); second.Find("option[selected]").Text() != "other" || strings.Contains(programs, "/workspaces/acme/activity") || !strings.Contains(programs, "other") {
			t.Errorf("%s: the examples are not for the other one", path)
		}
	}
}

// What other products' clients are told to change is the address alone: what they ask for, behind that, is here. The paths are those that the clients add
// themselves, as their own documentation has them.
func TestAddressesForOtherProducts(t *testing.T) {
	w := New(t)
	asked := map[string][]Request{
		"Platform activity log": {
			{As: "bob", Path: "/api/v1/workspaces/acme/activity?limit=50&include_system=false"}, {As: "bob", Path: "/api/v1/issues/1/activity"}, {As: "bob", Path: "/api/v1/users/me/activity"},
		},
		"Activity feed widget": {{As: "bob", Path: "/api/activities?limit=50&page=1"}, {As: "bob", Path: "/api/activities/stats?days=7"}},
		"Activity service":     {{As: "bob", Path: "/activity/activities/?limit=10&skip=0"}, {As: "bob", Path: "/ping"}, {As: "bob", Path: "/auth/users/me"}},
	}
	signIns := map[string]Request{
		"/api/v1/auth/login": {Method: "POST", Body: `{"email": "` + w.Bob.Email + `", "password": "` + Password + `"}`},
		"/api/auth/token":    {Method: "POST", Form: url.Values{"grant_type": {"password"}, "username": {w.Bob.Email}, "password": {Password}}},
	}
	document(t, w.Do(Request{Path: "/docs"})).Find(".guide-products tbody tr").Each(func(_ int, row *goquery.Selection) {
		product, address := row.Find("th").Text(), row.Find("td").First().Text()
		for _, r := range asked[product] {
			path, ok := strings.CutPrefix(address, "http://daybook.test")
			if r.Path = path + r.Path; !ok {
				t.Errorf("%s is at %s", product, address)
			}
			w.Do(r).Expect(t, 200)
		}
		delete(asked, product)
		row.Find("td").Last().Find("code").Each(func(_ int, code *goquery.Selection) {
			r, ok := signIns[code.Text()]
			if !ok {
				t.Errorf("one of %s signs in at %s", product, code.Text())
			}
			delete(signIns, code.Text())
			r.Path = code.Text()
			w.Do(r).Expect(t, 200, "token")
		})
	})
	if len(asked)+len(signIns) > 0 {
		t.Errorf("the page does not tell of %v, %v", asked, signIns)
	}
}

// Languages stand in one order, the first one is shown, and what is to be typed can be copied.
func TestLanguages(t *testing.T) {
	page, order := document(t, New(t).Do(Request{Path: "/docs"})), []string{"curl", "Python", "JavaScript", "Go"}
	page.Find(".programs").Each(func(_ int, s *goquery.Selection) {
		titles := s.Find(".tab").Map(func(_ int, tab *goquery.Selection) string { return tab.Text() })
		var in []string
		for _, language := range order {
			if slices.Contains(titles, language) {
				in = append(in, language)
			}
		}
		if len(in) > 0 && !slices.Equal(in, titles) {
			t.Errorf("the languages are %v", titles)
		}
		shown := titles[0]
		if s.Find("#follow-python").Length() == 1 {
			shown = "Python" // curl asks once and does not follow
		}
		if got := s.Find("input[checked]").AttrOr("value", ""); got != shown {
			t.Errorf("of %v %s is shown", titles, got)
		}
	})
	page.Find("pre.code:not(.answer)").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); id == "" || page.Find(`button[data-copy="#`+id+`"]`).Length() != 1 {
			t.Errorf("%q cannot be copied: %s", id, s.Text())
		}
	})
}
