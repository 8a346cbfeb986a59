package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
)

// hostileNames are what people and applications put into names.
var hostileNames = []string{`"><script>alert(1)</script>`, strings.Repeat("W", 60), "فواتير — 42 مشروع", "\u202eevil", " ", "👩🏽‍🚀🚢", "\xff\xfe", "javascript:alert(1)"}

func savedViews() []views.ManagedView {
	var list []views.ManagedView
	for i, name := range hostileNames {
		list = append(list, views.ManagedView{
			ID: int64(i + 1), Name: name, Href: "/w/tidewell?q=x", Shared: i%2 == 0, Default: i == 2, Action: fmt.Sprint("/w/tidewell/views/", i+1), Delete: i%3 == 0,
			Facts: []views.FilterFact{{Label: "Person", Values: []string{name, name}}, {Label: "Search", Values: []string{name}, Search: true}},
		})
	}
	return list
}

func accountPage() views.AccountPage {
	s := shell("Account")
	s.SetTheme, s.Here, s.Theme = "/account/theme", `/w/tidewell?q="><script>`, models.DarkTheme
	return views.AccountPage{
		Shell: s, Now: now, Locale: component.Locale{Zone: "Europe/Berlin", DateFormat: models.DateAmerican}, Name: hostileNames[0], Email: "a@b.example", Action: "/account/password",
		Preferences: views.Preferences{Action: "/account/preferences", Name: hostileNames[0], TimeZone: hostileNames[0], Theme: models.DarkTheme, DateFormat: models.DateISO, Zones: []string{"Europe/Berlin", "UTC"}},
		Sessions: views.Sessions{EndOthers: "/account/sessions/end-others", EndAll: "/account/sessions/end-all", List: []views.AccountSession{
			{UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", Address: "2001:db8::1", SignedInAt: now.Add(-48 * time.Hour), LastSeenAt: now, Here: true, End: "/sign-out"},
			{UserAgent: hostileNames[0], SignedInAt: now.Add(-96 * time.Hour), LastSeenAt: now.Add(-50 * time.Hour), End: "/account/sessions/abc/end"},
		}},
	}
}

func savedPages() map[string]templ.Component {
	wrong := accountPage()
	for _, field := range []string{"name", "time_zone", "theme", "date_format", "current_password", "new_password", "other"} {
		wrong.Errors = append(wrong.Errors, models.FieldError{Index: -1, Field: field, Message: "must be something else <b>"})
	}
	mistaken := savedViews()
	mistaken[1].Typed, mistaken[1].Error = hostileNames[0], "is taken"
	view := views.NewViewPage{Shell: shell("Save view"), Action: "/w/tidewell/views", Cancel: "/w/tidewell?actions=created", Query: `q="><script>`, Name: hostileNames[0], Facts: savedViews()[0].Facts}
	refused := view
	refused.Errors = []models.FieldError{{Field: "name", Message: "is taken"}, {Field: "query", Message: "cannot be read"}, {Field: "elsewhere", Message: "is wrong"}}
	return map[string]templ.Component{
		"account": views.Account(accountPage()), "account-wrong": views.Account(wrong),
		"view-new": views.NewView(view), "view-refused": views.NewView(refused), "view-nothing": views.NewView(views.NewViewPage{Shell: shell("Save view"), Cancel: "/w/tidewell"}),
		"views": views.Views(views.SavedViewsPage{Shell: shell("Saved views"), Feed: "/w/tidewell", Most: 50, Own: savedViews()}), "views-none": views.Views(views.SavedViewsPage{Shell: shell("Saved views"), Feed: "/w/tidewell"}),
		"views-mistake": views.Views(views.SavedViewsPage{Shell: shell("Saved views"), Feed: "/w/tidewell", Most: 9, Own: mistaken}),
		"views-others":  views.Views(views.SavedViewsPage{Shell: shell("Saved views"), Feed: "/w/tidewell", Others: savedViews()}),
	}
}

func TestSavedViewsAndAccount(t *testing.T) {
	for name, page := range savedPages() {
		t.Run(name, func(t *testing.T) {
			doc, _ := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
		})
	}
}

func TestAccount(t *testing.T) {
	doc, html := render(t, savedPages()["account"])
	if doc.Find("html").AttrOr("data-theme", "") != "dark" || doc.Find(`.theme[aria-pressed=true]`).AttrOr("value", "") != "dark" || doc.Find(".theme").Length() != 3 {
		t.Error("the theme of the page and the switch say the same")
	}
	if got := doc.Find(".themes [name=next]").AttrOr("value", ""); got != `/w/tidewell?q="><script>` {
		t.Errorf("the way back: %s", got)
	}
	if got := text(doc.Find("fieldset").Eq(1)); !strings.Contains(got, "20 Nov 2025, 14:36") || !strings.Contains(got, "2025-11-20 14:36") || !strings.Contains(got, "Nov 20, 2025, 2:36 PM") || !strings.Contains(got, "20/11/2025 14:36") {
		t.Errorf("each format shows today: %s", got)
	}
	if got := text(doc.Find(".session").First()); !strings.Contains(got, "Firefox 145 on Linux This one") || !strings.Contains(got, "2001:db8::1") || !strings.Contains(got, "Last seen just now") || !strings.Contains(got, "Signed in Nov 18, 2025") {
		t.Error(got)
	}
	if doc.Find(`.session form[action="/sign-out"]`).Length() != 1 || doc.Find(".btn-primary").Length() != 1 || strings.Contains(html, "<script>alert") {
		t.Error("this session is signed out of, and there is one primary button")
	}
	doc, _ = render(t, savedPages()["account-wrong"])
	for _, field := range []string{"name", "time_zone", "theme", "date_format", "current_password", "new_password"} {
		if got := text(doc.Find("#" + field + "-error")); got != "Must be something else <b>." {
			t.Errorf("%s: %q", field, got)
		}
	}
	if got := text(doc.Find("form [role=alert]")); got != "Other must be something else <b>." {
		t.Errorf("an error without a field stands above: %q", got)
	}
}

func TestViewTabs(t *testing.T) {
	tabs := []views.ViewTab{{Name: "Everything", Href: "/w/tidewell?view=all"}}
	for i := range 50 {
		tabs = append(tabs, views.ViewTab{Name: hostileNames[i%len(hostileNames)], Href: fmt.Sprint("/w/tidewell?resource_id=", i), Current: i == 3, Shared: i%2 == 0})
	}
	doc, _ := render(t, views.ViewTabs(views.ViewTabList{Tabs: tabs, Manage: "/w/tidewell/views", All: 250}))
	checkInert(t, doc)
	if doc.Find(".tab").Length() != 52 || doc.Find(".tab[aria-current=page]").Length() != 1 || doc.Find(".tab-shared").Length() != 25 || doc.Find(`a[href="/w/tidewell/views"][aria-label]`).Length() != 1 ||
		text(doc.Find(".tab").Last()) != "All 250 views" {
		t.Error("tabs")
	}
	doc.Find(".tab").Each(func(_ int, tab *goquery.Selection) {
		if text(tab) == "" {
			t.Error("a tab that cannot be seen")
		}
	})
}
