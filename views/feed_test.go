package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybook/views"
)

func TestTimeline(t *testing.T) {
	doc, _ := render(t, pages()["feed"])
	var days []string
	doc.Find(".day").Each(func(_ int, s *goquery.Selection) { days = append(days, text(s)) })
	if got := strings.Join(days, "|"); got != "Today Thursday 20 November|Yesterday Wednesday 19 November|Wednesday 16 October 2024" {
		t.Error(got)
	}
	first := doc.Find(".entry").First()
	if got := text(first.Find(".sentence")); got != "Amara Okafor moved Invoice 42 from draft to sent" {
		t.Error(got)
	}
	when := first.Find("time")
	if when.Text() != "2\u00a0min" || when.AttrOr("title", "") != "Thursday 20 November 2025, 14:34:00 (UTC+1)" || when.AttrOr("datetime", "") != "2025-11-20T13:34:00.000000Z" {
		t.Errorf("%s, %v", when.Text(), when.Get(0).Attr)
	}
	if first.Find("a.who").AttrOr("href", "") != "/w/tidewell?actor_id=5" || first.Find("a.what").AttrOr("href", "") != "/w/tidewell?entity_type=invoice&entity_id=42" {
		t.Error("names lead to their feeds")
	}
	if first.Find("a.when").AttrOr("href", "") != "/w/tidewell/activities/1" {
		t.Error("the time is the permalink")
	}
	more := first.Find("details.more")
	if named := doc.Find("#" + more.Find("summary").AttrOr("aria-labelledby", "none")); text(named) != text(first.Find(".sentence")) || more.Find(`a[href="/w/tidewell/activities/1"]`).Length() != 1 {
		t.Error("the button is named by its sentence, and leads to the activity without scripts")
	}
	denied := doc.Find(".entry").Eq(4)
	if got := text(denied.Find(".sentence")); got != "Tomasz Wrona tried to delete Invoice 38 Denied Only owners may delete an invoice that has been sent." {
		t.Error(got)
	}
	agent := doc.Find(".entry").Eq(3)
	if got := text(agent.Find(".sentence")); got != "Timesheet Assistant agent for Mateo Quispe created time entry API review, 1 h 30 min" {
		t.Error(got)
	}
	if agent.Find(".av-agent .av-for").Length() != 1 || agent.Find("details").Length() != 0 {
		t.Error("an agent is square and wears whom it acts for; a row with nothing inside has no button")
	}
	if !doc.Find(".entry").Eq(6).HasClass("is-system") || doc.Find(".av-deleted").Length() != 1 {
		t.Error("system rows, deleted users")
	}
	if doc.Find(".diff").Length() != 0 {
		t.Error("what is inside is not on the page")
	}
}

// A run is one row; what is new is marked, for the eye and for the ear, and where it ends.
func TestRunsAndNews(t *testing.T) {
	doc, _ := render(t, pages()["feed-folded"])
	row := doc.Find(".entry").Eq(1)
	if got := text(row.Find(".sentence")); got != "New: Priya Raman completed 312 tasks in Website redesign" {
		t.Error(got)
	}
	if row.Find(`use[href$="#i-run"]`).Length() != 1 || text(row.Find(".more-run a")) != "All 312 in the feed" || row.Find(".more-run a").AttrOr("href", "") != "/w/tidewell?fold=no&actions=updated" || row.Find("a.what").Length() != 0 {
		t.Error("layers, the way to all of them, and no link to one thing")
	}
	if !row.HasClass("is-new") || doc.Find(".is-new").Length() != 2 || text(row.Next()) != "New since yesterday 18:36" || doc.Find(".since").Length() != 1 {
		t.Errorf("what is new: %s", text(row.Next()))
	}
}

func TestSearchedBack(t *testing.T) {
	doc, _ := render(t, pages()["feed-searched"])
	if got := text(doc.Find(".searched-back")); got != "Searched back to 20 Mar 2025, 14:36. Search further" || doc.Find(".searched-back a").AttrOr("href", "") != "/w/tidewell?cursor=abc" {
		t.Error(got)
	}
	if text(doc.Find("#total")) != "At least 2 activities" || text(doc.Find(".feed-notice")) != "This is the first page." {
		t.Error(text(doc.Find("#total")))
	}
}

// One page takes a viewer's zone seriously: the same rows are another day elsewhere.
func TestDaysAreTheViewers(t *testing.T) {
	p := feedPage()
	p.Rows = []views.FeedRow{act("Amara", "created", "task/A", 0, 0)}
	p.Now = time.Date(2025, 11, 20, 23, 0, 0, 0, time.UTC)
	p.Rows[0].Entry.OccurredAt = time.Date(2025, 11, 20, 1, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"UTC": "21\u00a0h", "Canada/Newfoundland": "22:00", "Pacific/Auckland": "14:30", "No/Where": "21\u00a0h", "": "21\u00a0h", "Local": "21\u00a0h"} {
		p.Zone = zone
		doc, _ := render(t, views.Feed(p))
		if got := doc.Find("time").Text(); got != want {
			t.Errorf("%q: %s, want %s", zone, got, want)
		}
	}
}

// A mistake stands at its place, byte offsets of a line with letters of two bytes included; the rest of the page is intact.
func TestMistakesInTheLine(t *testing.T) {
	doc, _ := render(t, pages()["feed-bad"])
	box := doc.Find("#q")
	if box.AttrOr("value", "") != "größe foo:bar -x" || box.AttrOr("aria-invalid", "") != "true" || box.AttrOr("aria-describedby", "") != "q-mistakes" {
		t.Error("the box keeps what was typed")
	}
	if got := doc.Find(".line-again").Text(); strings.TrimSpace(got) != "größe foo:bar -x" || doc.Find(".line-again mark").Text() != "foo:bar" {
		t.Errorf("%q, %q", got, doc.Find(".line-again mark").Text())
	}
	if got := text(doc.Find("#q-mistakes .error")); got != "There is no such qualifier." {
		t.Error(got)
	}
	if got := text(doc.Find(".filter-errors")); got != `Outcome "great" is not an outcome.` {
		t.Error(got)
	}
	if form := doc.Find("details.menu form"); form.Find("[name=start_date][type=text]").AttrOr("value", "") != "yesteryear" || form.Find("[name=end_date][type=date]").Length() != 1 {
		t.Error("a bad date stays to be mended")
	}
	if doc.Find(".entry").Length() == 0 || doc.Find(".chip").Length() != 5 || doc.Find(".chip-bad a").AttrOr("href", "") != "/w/tidewell" {
		t.Error("the rest of the page is intact")
	}
	if got := doc.Find(".chip-x").First().AttrOr("aria-label", ""); got != "Remove filter: Type invoice" {
		t.Error(got)
	}
	plain, _ := render(t, pages()["feed-plain"])
	if plain.Find("[aria-invalid], #q-mistakes, mark").Length() != 0 || text(plain.Find(".filters")) != "More than 10,000 activities" || plain.Find("a[rel=prev], a[rel=next]").Length() != 2 {
		t.Error("nothing is wrong with a plain feed")
	}
}

func TestFilterPanel(t *testing.T) {
	doc, _ := render(t, pages()["filter"])
	form := doc.Find("main form")
	if form.AttrOr("method", "") != "get" || form.AttrOr("action", "") != "/w/tidewell" || form.Find(`[type=hidden][name=start_date]`).AttrOr("value", "") != "7d" {
		t.Error("the form")
	}
	if form.Find(`[name=resource_types][value=invoice][checked]`).Length() != 1 || form.Find(`[name=resource_types][checked]`).Length() != 1 || form.Find("#find-resource_types").Length() != 1 || form.Find("#find-actions").Length() != 0 {
		t.Error("what is on is ticked, long lists can be searched")
	}
	if form.Find(`select[name=project_id] option[selected]`).AttrOr("value", "") != "1" || form.Find(`select[name=actor_id] option[selected]`).Length() != 0 {
		t.Error("one project is chosen; of several people none is the one")
	}
	if form.Find(`input[name=actor_id][checked]`).Length() != 2 || form.Find(`select[name=actor_id] option[value=Priya]`).Length() != 0 {
		t.Error("several people stay chosen")
	}
	if form.Find(`[name=include_system][value=true][checked]`).Length() != 1 || form.Find(`[name=fold][value=no]:not([checked])`).Length() != 1 {
		t.Error("switches")
	}
}

func TestEmptyFeeds(t *testing.T) {
	for name, want := range map[string][]string{
		"feed-empty":        {"No activities yet", "curl 'https://daybook.example/api/v1/workspaces/tidewell/activity'", "--workspace 'tidewell'"},
		"feed-empty-member": {"No activities yet", "as soon as something does"},
		"feed-nothing":      {"Nothing matches", "Without them there are 3.", "Clear filters"},
	} {
		doc, _ := render(t, pages()[name])
		for _, part := range want {
			if got := text(doc.Find(".empty")); !strings.Contains(got, part) {
				t.Errorf("%s: %s is not in %s", name, part, got)
			}
		}
	}
}

func TestTotals(t *testing.T) {
	for want, total := range map[string]views.Total{"no activities": {}, "1 activity": {Count: 1}, "749 activities": {Count: 749}, "12,480 activities": {Count: 12480},
		"1,234,567 activities": {Count: 1234567}, "at least 3 activities": {Count: 3, AtLeast: true}, "no activities so far": {AtLeast: true}, "more than 10,000 activities": {Count: 10000, Over: true}} {
		if got := total.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Hostile rows are all there, as text; their addresses are not links.
func TestHostileContentIsText(t *testing.T) {
	doc, html := render(t, pages()["feed-hostile"])
	if doc.Find(".entry").Length() != 11 {
		t.Errorf("%d rows", doc.Find(".entry").Length())
	}
	if !strings.Contains(text(doc.Find(".sentence").First()), "<script>alert(1)</script>") {
		t.Error("the name is not shown as it is")
	}
	if doc.Find(`.entry a[href^="javascript"]`).Length() != 0 || strings.Contains(html, `href="javascript`) {
		t.Error("a script's address became a link")
	}
}

// 50 ordinary rows stay under 60 kB before compression.
func TestPageIsSmall(t *testing.T) {
	p := feedPage()
	for len(p.Rows) < 50 {
		p.Rows = append(p.Rows, rows()...)
	}
	p.Rows = p.Rows[:50]
	if _, html := render(t, views.Feed(p)); len(html) > 60<<10 {
		t.Errorf("%d bytes", len(html))
	}
}
