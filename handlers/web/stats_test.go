package web_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// lively fills acme with a month in which clocks change in several zones. Rows lie at the quarters of hours around midnights and changes.
func lively(w *World, zone string) {
	w.T.Helper()
	w.Exec(`UPDATE workspaces SET time_zone = $1 WHERE slug = 'acme'`, zone)
	actors := []string{`{"id": "bob"}`, `{"id": "amara", "name": "Amara Okafor"}`, `{"id": "robot, o", "name": "Robot", "type": "agent"}`}
	actions := []string{"created", "updated", "status_changed", "deleted", "created", "sent", "viewed"}
	outcomes := []string{"success", "success", "success", "failure", "success", "denied"}
	var b strings.Builder
	row := func(i int, at time.Time) {
		resource, project := fmt.Sprintf(`{"type": "type_%d", "id": "t&%d", "name": "The thing %d"}`, i%7, i, i), fmt.Sprintf(`{"id": "p%d", "name": "Project %d"}`, i%4+1, i%4+1)
		if i%9 == 0 {
			resource = "null"
		}
		switch {
		case at.Month() == time.February:
			project = `{"id": "p9", "name": "Project 9"}`
		case i%5 == 0:
			project = "null"
		}
		fmt.Fprintf(&b, `{"actor": %s, "action": %q, "resource": %s, "project": %s, "outcome": %q, "occurred_at": %q}`+"\n",
			actors[i%3], actions[i%7], resource, project, outcomes[i%6], at.UTC().Format(time.RFC3339Nano))
	}
	i := 0
	for _, near := range []string{"2025-03-09T05:30:00Z", "2025-03-18T18:30:00Z", "2025-04-05T15:00:00Z", "2025-04-06T02:30:00Z"} {
		from, _ := time.Parse(time.RFC3339, near)
		for quarter := range 26 {
			row(i, from.Add(time.Duration(quarter-10)*30*time.Minute))
			row(i+1, from.Add(time.Duration(quarter-10)*30*time.Minute-time.Microsecond))
			i += 2
		}
	}
	before, _ := time.Parse(time.RFC3339, "2025-02-11T12:00:00Z")
	for range 20 {
		row(i, before.Add(time.Duration(i%20)*7*time.Hour))
		i++
	}
	w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: b.String(), Type: "application/x-ndjson"}).Expect(w.T, 201)
	w.Drain()
}

// numbered is a number on a page and where its activities are.
type numbered struct{ kind, what, number, href string }

// numbersOf gives all numbers that lead to the feed.
func numbersOf(d *goquery.Document) []numbered {
	var all []numbered
	add := func(kind, what, number, href string) {
		if strings.HasPrefix(href, "/w/acme?") {
			all = append(all, numbered{kind, what, strings.TrimSpace(strings.ReplaceAll(number, ",", "")), href})
		}
	}
	own := func(s *goquery.Selection) string { return s.Clone().Children().Remove().End().Text() }
	d.Find("a.figure").Each(func(_ int, s *goquery.Selection) {
		add("figure", s.Find("dt").Text(), s.Find("dd").First().Text(), s.AttrOr("href", ""))
	})
	d.Find(".chart > a").Each(func(_ int, s *goquery.Selection) {
		add("bar", s.Find("title").Text(), s.AttrOr("data-count", ""), s.AttrOr("href", ""))
	})
	d.Find("span.rank").Each(func(_ int, s *goquery.Selection) {
		all = append(all, numbered{"rank without rows", s.Find(".rank-label").Text(), "", ""})
	})
	d.Find("a.rank").Each(func(_ int, s *goquery.Selection) {
		add("rank", s.Find(".rank-label").Text(), own(s.Find(".rank-number")), s.AttrOr("href", ""))
	})
	d.Find(".heat td a").Each(func(_ int, s *goquery.Selection) {
		add("heat", s.AttrOr("title", "sum"), s.Text(), s.AttrOr("href", ""))
	})
	d.Find(".stats-quiet tbody tr").Each(func(_ int, s *goquery.Selection) {
		add("quiet", s.Find("th").Text(), s.Find("td.num").First().Text(), s.Find("a").AttrOr("href", ""))
	})
	d.Find(".numbers tbody tr").Each(func(_ int, s *goquery.Selection) {
		add("line", s.Find("th").Text(), s.Find("td b").Text(), s.Find("a").AttrOr("href", ""))
	})
	return all
}

// inFeed is how many activities the feed has at an address.
func inFeed(w *World, who, href string) string {
	w.T.Helper()
	total := document(w.T, w.Do(Request{As: who, Path: href}).Expect(w.T, 200)).Find("#total").Text()
	word, _, _ := strings.Cut(strings.ReplaceAll(total, ",", ""), " ")
	if word == "No" {
		return "0"
	}
	return word
}

// Every number of the page is how many activities stand where it leads, whoever reads it in whatever zone.
func TestEveryNumberIsItsRows(t *testing.T) {
	for _, zone := range []string{"Canada/Newfoundland", "Asia/Kolkata", "Australia/Lord_Howe"} {
		t.Run(zone, func(t *testing.T) {
			w := New(t)
			lively(w, zone)
			w.Exec(`UPDATE users SET time_zone = 'Pacific/Chatham' WHERE username = 'alice'`)
			kinds, lacking := map[string]bool{}, map[string]bool{}
			for i, query := range []string{
				"start_date=2025-03-01&end_date=2025-04-10", "start_date=2025-03&end_date=2025-04-07&interval=week&stack=outcome", "start_date=2025-02-20&end_date=2025-04&interval=month&show=table",
				"start_date=2025-03-09&end_date=2025-03-10&interval=hour", "start_date=2025-04-05T12:10:00Z&end_date=2025-04-06T11:59:00Z&stack=action", "start_date=2025-03-01&end_date=2025-04-10&resource_types=type_1,type_2&q=-action:sent",
				"start_date=2025-03-01&end_date=2025-04-10&outcome=denied,success&actions=created,updated,sent", "start_date=2025-03-01&end_date=2025-04-10&q=thing+weekday:sun,sat,wed", "start_date=2025-03-01&end_date=2025-04-10&project_id=p1&all=types",
				"start_date=2025-03-01&end_date=2025-04-10&q=-has:project", "start_date=2025-03-01&end_date=2025-04-10&q=-has:resource+has:project", "start_date=2025-03-01&end_date=2025-04-10&q=has:resource+-has:project,metadata&actions=created,sent",
			} {
				readers := []string{"ada", "alice", "bob"}
				if i > 0 {
					readers = readers[i%3 : i%3+1]
				}
				for _, who := range readers {
					d := document(t, w.Do(Request{As: who, Path: "/w/acme/stats?" + query}).Expect(t, 200))
					for j, n := range numbersOf(d) {
						kinds[n.kind], lacking[n.what] = true, true
						small := n.kind == "bar" || n.kind == "heat"
						if small && (i > 0 || who != "ada") && (i+j)%5 > 0 || n.number == "0" && j%4 > 0 { // there are many, and some of them are enough
							continue
						}
						if got := inFeed(w, who, n.href); got != n.number {
							t.Errorf("%s at %s: %q says %s, and %s has %s", who, query, n.what, n.number, n.href, got)
						}
					}
				}
			}
			if len(kinds) != 6 {
				t.Errorf("numbers of %v: that cannot be all", kinds)
			}
			if !lacking["Without project"] || !lacking["About nothing in particular"] {
				t.Error("what is in no project or about nothing is not counted")
			}
		})
	}
}

// Each part of the bars leads to the page of it alone, the rest too.
func TestPartsLeadToThemselves(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	for _, query := range []string{"&stack=type", "&stack=action", "&stack=outcome", "&stack=type&q=-type:type_3", "&stack=action&actions=created,updated,sent,viewed,deleted,status_changed"} {
		d := document(t, w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10" + query}).Expect(t, 200))
		sums := map[int]int{}
		d.Find(".chart > a").Each(func(_ int, s *goquery.Selection) {
			for i, part := range strings.Fields(s.AttrOr("data-parts", "")) {
				n, _ := strconv.Atoi(part)
				sums[i] += n
			}
		})
		keys := d.Find(".legend a")
		keys.Each(func(i int, s *goquery.Selection) {
			alone := document(t, w.Do(Request{As: "ada", Path: s.AttrOr("href", "")}).Expect(t, 200))
			if got := alone.Find(".figure dd").First().Text(); got != strconv.Itoa(sums[i]) {
				t.Errorf("%s: %s leads to %s, and has %d", query, s.Text(), got, sums[i])
			}
		})
		if rest := keys.Last().Text(); keys.Length() != len(sums) || !strings.Contains(query, "outcome") && rest != "Others" {
			t.Errorf("%s: %d keys of %d parts lead somewhere, the last is %s", query, keys.Length(), len(sums), rest)
		}
	}
}

// The bars add up to the first figure, and their parts to them; a table has the numbers of its chart.
func TestBarsAddUp(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	for _, stack := range []string{"type", "action", "outcome"} {
		const period = "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10&stack="
		d := document(t, w.Do(Request{As: "ada", Path: period + stack}).Expect(t, 200))
		total, _ := strconv.Atoi(d.Find(".figure dd").First().Text())
		sum := 0
		d.Find(".chart > a").Each(func(_ int, s *goquery.Selection) {
			count, _ := strconv.Atoi(s.AttrOr("data-count", ""))
			of := 0
			for part := range strings.FieldsSeq(s.AttrOr("data-parts", "")) {
				n, _ := strconv.Atoi(part)
				of += n
			}
			if of != count {
				t.Errorf("by %s: %s has parts of %d", stack, s.Find("title").Text(), of)
			}
			sum += count
		})
		if sum != total || total == 0 {
			t.Errorf("by %s: the bars have %d, the figure says %d", stack, sum, total)
		}
		if n := d.Find(".chart > a").Length(); n != 41 {
			t.Errorf("%d days", n)
		}
		table := document(t, w.Do(Request{As: "ada", Path: period + stack + "&show=table"}).Expect(t, 200))
		if n := table.Find(".numbers tbody tr").Length(); n != 41 || table.Find(".chart").Length() != 0 {
			t.Errorf("the table has %d lines", n)
		}
	}
}

func TestWhoSeesStatistics(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	const path = "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10"
	people := func(who string) bool {
		return document(t, w.Do(Request{As: who, Path: path}).Expect(t, 200)).Find("#people").Length() == 1
	}
	if !people("ada") || people("bob") {
		t.Error("admins see who did how much, members do not")
	}
	bobs := w.Do(Request{As: "bob", Path: path}).Expect(t, 200, "You see your own activities, and those of your projects").Lacks(t, "Amara", "Robot")
	d := document(t, bobs)
	if d.Find(`.nav-link[href="/w/acme/stats"][aria-current]`).Length() != 1 {
		t.Error("the navigation does not lead here")
	}
	w.Exec(`UPDATE workspaces SET rankings = false`)
	if people("ada") {
		t.Error("people are ranked where that is switched off")
	}
	w.Exec(`UPDATE workspaces SET statistics = 'admins'`)
	w.Do(Request{As: "bob", Path: path}).Expect(t, 403, "An admin has switched statistics off")
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200).Lacks(t, `href="/w/acme/stats"`)
	w.Do(Request{As: "ada", Path: path}).Expect(t, 200)
}

// What cannot be read is named, and the rest is shown.
func TestStatisticsWithBadParameters(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	const period = "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10&"
	for query, says := range map[string]string{
		"interval=year": "interval: must be hour, day, week or month", "stack=colour": "stack: must be type, action or outcome", "show=pie": "show: must be", "compare=maybe": "compare: must be", "all=them": "all: must be",
		"outcome=great": "Outcome: an outcome is", "q=hour:99": "The search: ", "include_system=maybe": "ust be true or false", "x=%zz": "has an escape",
	} {
		d := document(t, w.Do(Request{As: "ada", Path: period + query}).Expect(t, 400, "/sign-out"))
		if got := d.Find(".filter-errors").Text(); !strings.Contains(got, says) {
			t.Errorf("%s: %s", query, got)
		}
		if d.Find(".chart > a").Length() != 41 {
			t.Errorf("%s: the rest is not shown", query)
		}
	}
	for _, query := range []string{"start_date=1800&interval=day", "start_date=1700&interval=month"} {
		w.Do(Request{As: "ada", Path: "/w/acme/stats?" + query}).Expect(t, 400, "From: makes more than 400 bars", "Choose a shorter period")
	}
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=never"}).Expect(t, 400, "From: must be a date", `value="never"`)
	w.Do(Request{As: "ada", Path: "/w/acme/stats?utm_x=1&start_date=&interval="}).Expect(t, 200)
	w.Do(Request{As: "bob", Path: "/w/acme/stats?include_system=true"}).Expect(t, 200, "System rows are for those who may read everything")
}

// The address is the state: whatever is chosen keeps the rest.
func TestWhatIsChosenStays(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	const path = "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10&actions=created&q=thing&stack=action&compare=no"
	d := document(t, w.Do(Request{As: "ada", Path: path}).Expect(t, 200))
	kept := func(what, href string, parts map[string]string) {
		t.Helper()
		u, err := url.Parse(href)
		if err != nil || u.Path != "/w/acme/stats" {
			t.Errorf("%s leads to %s", what, href)
			return
		}
		all := map[string]string{"start_date": "2025-03-01", "end_date": "2025-04-10", "actions": "created", "q": "thing", "stack": "action", "compare": "no"}
		for name, value := range parts {
			all[name] = value
		}
		for name, value := range all {
			if got := u.Query().Get(name); got != value {
				t.Errorf("%s leads to %s: %s is %q, not %q", what, href, name, got, value)
			}
		}
	}
	at := func(selector string) string { return d.Find(selector).First().AttrOr("href", "") }
	kept("the tab", at(".stats-periods .tab"), map[string]string{"start_date": "7d", "end_date": ""})
	kept("the table", at(`.seg[aria-label="Show as"] a:last-child`), map[string]string{"show": "table"})
	kept("the stack", at(`.seg[aria-label="Divide by"] a:last-child`), map[string]string{"stack": "outcome"})
	kept("comparing", at(".stats-compare"), map[string]string{"compare": ""})
	kept("a chip", d.Find(".chip-x").Last().AttrOr("href", ""), map[string]string{"q": ""})
	kept("a project", d.Find(".head-end .menu-item").Last().AttrOr("href", ""), map[string]string{})
	kept("clearing", at(".filters .clear"), map[string]string{"actions": "", "q": ""})
	if got := strings.Join(strings.Fields(d.Find(".chips").Text()), " "); strings.Contains(got, "Period") || !strings.Contains(got, "Action created") || !strings.Contains(got, "Text thing") {
		t.Errorf("the chips are %s", got)
	}
	if d.Find(".delta, .prev, .k-prev").Length() != 0 {
		t.Error("it is compared all the same")
	}
	export, err := url.Parse(d.Find(`.head-end > a.btn`).AttrOr("href", ""))
	if q := export.Query(); err != nil || export.Path != "/w/acme/exports" || q.Get("actions") != "created" || q.Get("q") != "thing" || !strings.HasPrefix(q.Get("start_date"), "2025-03-01") {
		t.Errorf("exported is %s", export)
	}
	if n := len(plainly(w, path).Body); n > 200<<10 {
		t.Errorf("%d bytes", n)
	}
}

// Where there is nothing it says so, and what to do.
func TestStatisticsOfNothing(t *testing.T) {
	w := New(t)
	lively(w, "Asia/Kolkata")
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2024-01&end_date=2024-01"}).Expect(t, 200, "Nothing happened in this period", "The last 12 months").Lacks(t, "class=\"figures\"")
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-04-20&end_date=2025-05-31"}).Expect(t, 200, "In the period before it there were", "The period before")
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-03-01&end_date=2025-04-10&actions=nothing"}).Expect(t, 200, "Nothing matches", "Clear filters")
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2090-01-01"}).Expect(t, 200, "Nothing happened")
	w.Do(Request{As: "ina", Path: "/w/other/stats"}).Expect(t, 200)
	w.Do(Request{As: "charlie", Path: "/w/other/stats?start_date=2024&end_date=2024"}).Expect(t, 200, "Nothing happened")
}

// Beyond what is counted one by one it says so.
func TestStatisticsOfTooMuch(t *testing.T) {
	w := New(t)
	w.Exec(`INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, actor_name, action, entity_type, entity_id, description, outcome, system, source_id, occurred_at, recorded_at, leaf)
		SELECT 1000000 + n, $1, 1000000 + n, gen_random_uuid(), (SELECT min(id) FROM actors WHERE workspace_id = $1), 'a', 'viewed', 'file', 'hot', '', 'success', false, 1, '2025-03-05T12:00:00Z', now(), sha256('') FROM generate_series(1, 10001) n`, w.Acme.ID)
	w.Do(Request{As: "ada", Path: "/w/acme/stats?start_date=2025-03&end_date=2025-03&resource_id=hot"}).Expect(t, 200, "More than 10,000 activities match", "Choose a shorter period")
}
