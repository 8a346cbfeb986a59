package views_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/google/uuid"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

var berlin = component.Locale{Zone: "Europe/Berlin"}

func crumbs() layout.Shell {
	s := shell("")
	s.Crumbs = []layout.Crumb{{Label: "Feed", Href: "/w/tidewell"}}
	return s
}

// activityPage is that of the third row: everything that an activity can have.
func activityPage() views.ActivityPage {
	all := rows()
	row := all[2]
	row.Href, row.Entry.UUID = "/w/tidewell/activities/x", uuid.UUID{1}
	row.Entry.EntityName, row.Entry.ActorRole = ptr("Checkout audit"), ptr("member")
	row.Entry.RecordedAt, row.Entry.Leaf = row.Entry.OccurredAt.Add(400*time.Millisecond), make([]byte, 32)
	row.Entry.Changes = append(row.Entry.Changes, change("summary", `"Review the checkout on desktop, from the timetable to the ticket."`, `"Review the checkout on desktop and phone, from the timetable to the ticket."`))
	return views.ActivityPage{
		Shell: crumbs(), Now: now, Locale: berlin, Row: row, ActionHref: "/w/tidewell?actions=updated", OutcomeHref: "/w/tidewell?outcome=success", Origin: models.Origin{Kind: "token", Name: "Time tracker, production"},
		ShowContext: true, Permalink: "/w/tidewell/activities/x", JSON: "/api/v1/workspaces/tidewell/activity/x", Newer: "/w/tidewell/activities/y",
		History: &views.EntityHistory{Name: "Checkout audit", Href: "/w/tidewell/entity?type=project&id=42", Total: views.Total{Count: 64}, Rows: []views.FeedRow{
			act("Mateo Quispe", "commented", "project/Checkout audit", time.Minute, 2), row, act("Leilani Kahale", "created", "project/Checkout audit", 30*24*time.Hour, 2)}},
		Same: []views.FeedRow{act("Priya Raman", "completed", "task/Something else", 15*time.Minute, 2)},
	}
}

func historyPage() views.HistoryPage {
	last := now.Add(-49 * time.Minute)
	day := time.Date(2024, 9, 11, 0, 0, 0, 0, time.UTC)
	s := crumbs()
	s.Title, s.Crumbs = "Tomasz Wrona", append(s.Crumbs, layout.Crumb{Label: "Tomasz Wrona"})
	return views.HistoryPage{
		Shell: s, Now: now, Locale: berlin, Lead: views.HistoryLead{Actor: &models.Actor{ID: 3, Type: models.ActorUser}, Name: "Tomasz Wrona", Notes: []string{"tomasz@tidewell.example", "Member"}, Last: &last},
		About: []views.HistoryFact{{Label: "First activity", At: &day, Day: true}, {Label: "Known as", Value: "user-117", Code: true}, {Label: "Last change", At: &last, Note: "by Ravi"}, {Label: "Project", Value: "Checkout audit", Href: "/w/tidewell/projects/2"}},
		Ranks: []views.Ranking{{Title: "Actions", Note: "30 days", Items: []views.RankItem{{Label: "Updated", Icon: "updated", Href: "/w/tidewell?actions=updated", Count: 26}, {Label: "Commented", Icon: "commented", Href: "/w/tidewell?actions=commented", Count: 13}}},
			{Title: "Projects", Items: []views.RankItem{{Label: "Checkout audit", Project: &models.Project{ID: 5}, Href: "/x", Count: 1}}}, {Title: "People", Empty: "Nobody."}},
		Rows: rows(), Total: views.Total{Count: 3182}, All: "/w/tidewell?actor_id=user-117", Empty: "Nothing.",
	}
}

// hostilePages hold everything that applications have ever put into a name.
func hostilePages() map[string]templ.Component {
	out := map[string]templ.Component{}
	feed := hostileFeed()
	for i, row := range feed.Rows {
		if row.Entry == nil {
			continue
		}
		p := activityPage()
		p.Row, p.History.Rows, p.Same, p.Locale.Zone = row, feed.Rows[:10], feed.Rows[:10], "Moon/Tranquillity"
		row.Entry.ActorRole, row.Entry.EntityURL, row.Entry.CorrelationID = &row.Entry.ActorName, ptr("javascript:alert(1)"), &row.Entry.ActorName
		p.History.Name, p.Origin = row.Entry.ActorName, models.Origin{Kind: "token", Name: row.Entry.ActorName}
		row.Entry.Changes = append(row.Entry.Changes, models.Change{Field: "text", Before: mustJSON("some words around it: " + row.Entry.ActorName + " and more of them, to be long enough"), After: mustJSON("some words around it: " + row.Entry.ActorName + row.Entry.ActorName + " and more of them, to be long enough")},
			models.Change{Field: "list", Before: mustJSON([]string{"same", row.Entry.ActorName}), After: mustJSON([]string{"same", row.Entry.ActorName + "!"})})
		name := string(rune('a' + i))
		out["activity-hostile-"+name] = views.Activity(p)
		h := historyPage()
		h.Shell.Title, h.Lead.Name, h.Lead.URL, h.Lead.Notes = row.Entry.ActorName, row.Entry.ActorName, row.Entry.EntityURL, []string{row.Entry.ActorName}
		h.About[1].Value, h.About[3].Value, h.About[3].Href, h.Ranks[0].Items[0].Label, h.Ranks[0].Items[0].Href = row.Entry.ActorName, row.Entry.ActorName, "javascript:alert(1)", row.Entry.ActorName, "javascript:alert(1)"
		h.Rows = feed.Rows
		out["history-hostile-"+name] = views.History(h)
	}
	return out
}

func TestActivityAndHistoryPages(t *testing.T) {
	member, altered, empty, project, thing := activityPage(), activityPage(), historyPage(), historyPage(), historyPage()
	member.ShowContext, member.History, member.Same, member.Newer = false, nil, nil, ""
	altered.Standing = models.Altered
	empty.Rows, empty.Total, empty.Lead.Last, empty.Ranks = nil, views.Total{}, nil, nil
	project.Lead = views.HistoryLead{Project: &models.Project{ID: 2}, Name: "Checkout audit"}
	thing.Lead, thing.Total = views.HistoryLead{Icon: "file", Name: "", URL: ptr("https://tracker.example/1")}, views.Total{Count: 10000, Over: true}
	pages := hostilePages()
	for name, page := range map[string]templ.Component{
		"activity": views.Activity(activityPage()), "activity-member": views.Activity(member), "activity-altered": views.Activity(altered),
		"history": views.History(historyPage()), "history-empty": views.History(empty), "history-project": views.History(project), "history-thing": views.History(thing),
	} {
		pages[name] = page
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			doc, _ := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkIDs(t, doc)
			if n := doc.Find("main").Length(); n != 1 {
				t.Errorf("%d main elements", n)
			}
			if doc.Find("title").Text() == "" || doc.Find("h1").Length() != 1 {
				t.Error("title and heading")
			}
		})
	}
}

func TestActivitySaysEverything(t *testing.T) {
	doc, _ := render(t, views.Activity(activityPage()))
	doc.Find(".unseen").Remove()
	if got := doc.Find("title").Text(); !strings.HasPrefix(got, "Hana Sugiyama changed") {
		t.Error(got)
	}
	all := text(doc.Find("main"))
	for _, want := range []string{
		"Thursday 20 November 2025, 14:21:00 (UTC+1)", "15 minutes ago", "Changes 6 fields", "Billable Yes No", "Due date 28 Nov 2025 12 Dec 2025", "Budget 18,400.00 21,600.00",
		"Summary Review the checkout on desktop and phone, from", "0.4 s later as no. 18,201 of this workspace", "Europe/Berlin (UTC+1)", "Hana Sugiyama member", "project 42", "Open at tracker.example",
		"Service token Time tracker, production", "req-8f2c", "203.0.113.84", "Firefox 145 on macOS", "Only admins and owners see this", `"form": "project/edit"`, "As it was recorded.", "00000000 00000000",
		"History of Checkout audit", "Mateo Quispe commented on it", "Leilani Kahale created it", "All 64 activities", "Same correlation 1",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	if got := text(doc.Find(".history .is-this p").First()); !strings.HasPrefix(got, "Hana Sugiyama changed budget") || strings.Contains(got, "Checkout audit") {
		t.Errorf("beside itself it is %q", got)
	}
	if doc.Find(`a[rel=prev]`).AttrOr("href", "") != "/w/tidewell/activities/y" || doc.Find(`a[rel=next]`).Length() != 0 {
		t.Error("newer, older")
	}
	if doc.Find(`a[data-copy=address]`).AttrOr("href", "") == "" || doc.Find(`a[data-copy=answer]`).AttrOr("href", "") == "" || doc.Find(`[data-copy="#metadata"]`).Length() != 1 || doc.Find("#metadata").Length() != 1 {
		t.Error("copying")
	}
	plain := activityPage()
	plain.ShowContext = false
	if doc, _ := render(t, views.Activity(plain)); strings.Contains(doc.Text(), "203.0.113.84") || strings.Contains(doc.Text(), "Firefox") {
		t.Error("addresses are for those who may see them")
	}
}

func TestInsideIsAPieceOfAPage(t *testing.T) {
	page := activityPage()
	doc, html := render(t, views.Inside(views.InsideOf{Now: now, Locale: berlin, Row: page.Row}))
	if !strings.HasPrefix(html, `<div class="inside">`) || strings.Contains(html, "<html") {
		t.Errorf("%.80s", html)
	}
	checkInert(t, doc)
	doc.Find(".unseen").Remove()
	for _, want := range []string{"Billable Yes No", "Correlation req-8f2c", "Open activity", "History of Checkout audit", "Open at tracker.example", "14:21:00 UTC+1 · no. 18,201"} {
		if all := text(doc.Selection); !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	for _, row := range hostileFeed().Rows {
		if row.Entry != nil {
			doc, _ := render(t, views.Inside(views.InsideOf{Now: now, Row: row}))
			checkInert(t, doc)
		}
	}
	if n := len(html); n > 16<<10 {
		t.Errorf("%d bytes", n)
	}
}

func TestHistoryHasFactsAndFigures(t *testing.T) {
	doc, _ := render(t, views.History(historyPage()))
	doc.Find(".unseen").Remove()
	all := text(doc.Find("main"))
	for _, want := range []string{"Activities 3,182", "All 3,182 activities in the feed", "Active, last activity 49 minutes ago", "First activity 11 Sep 2024", "Known as user-117", "Last change 20 Nov 2025, 13:47 by Ravi", "Updated 26", "Nobody."} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	if got := doc.Find(".rank rect").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("width", "") }); strings.Join(got, " ") != "100% 50% 100%" {
		t.Error(got)
	}
	if doc.Find(".timeline .entry").Length() != len(rows()) {
		t.Error("the rows")
	}
}

// TestLargestEventIsDrawnQuickly: as much as one event can hold.
func TestLargestEventIsDrawnQuickly(t *testing.T) {
	p := activityPage()
	p.Row.Entry.Metadata = mustJSON(map[string]any{"text": strings.Repeat("<&\"", 9000), "deep": json.RawMessage(strings.Repeat("[", 14) + strings.Repeat("]", 14))})
	p.Row.Entry.Changes = nil
	for range 100 {
		p.Row.Entry.Changes = append(p.Row.Entry.Changes, change("field", `"`+strings.Repeat("one two ", 20)+`"`, `"`+strings.Repeat("one three ", 20)+`"`))
	}
	p.Row.Entry.IP = ptr(netip.MustParseAddr("2001:db8::1"))
	began := time.Now()
	_, html := render(t, views.Activity(p))
	t.Logf("%d bytes in %v", len(html), time.Since(began))
	if took := time.Since(began); took > 2*time.Second || len(html) > 600<<10 {
		t.Errorf("%d bytes in %v", len(html), took)
	}
}
