package views_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
)

const hostileName = `"><script>alert(1)</script><img src=x onerror=alert(2)>`

func statsPage(name string) views.StatsPage {
	p := views.StatsPage{
		Shell: shell("Statistics"), Range: "22 Oct – 20 Nov 2025", Zone: views.StatsZone{Name: "Europe/Berlin", Other: "Asia/Kolkata"}, Scope: "You see your own.", InFeed: "/w/tidewell?a=b",
		Chips: []views.FilterChip{{Label: "Who", Value: name, Remove: "/w/tidewell/stats"}}, Clear: "/w/tidewell/stats", Problems: []string{"interval: must be hour."}, Notes: []string{name},
		Figures: []views.StatsFigure{{Label: "Activities", Value: 1495, Href: "/w/tidewell?a=b", Change: views.Change(1495, 1316)}, {Label: "New", Value: 3, Change: views.Change(3, 3)}},
		Ranks: []views.StatsRanking{{ID: "people", Title: "People", Total: 1495, Note: "two", More: views.StatsAction{Label: "All 22", Href: "?all=people#people"}, Items: []views.RankItem{
			{Label: name, Actor: &models.Actor{ID: 3, Name: name}, Count: 224, Href: "/w/tidewell?actor_id=3"}, {Label: "Without project", Count: 2},
		}}},
		Heat:  &views.StatsHeat{Zone: "Europe/Berlin"},
		Quiet: []views.StatsQuiet{{Project: models.Project{ID: 4, Name: name}, Href: "/w/tidewell?project_id=4", Last: "3 Oct 2025", Day: "2025-10-03", Before: 12}},
	}
	for _, day := range []string{"Monday", "Tuesday"} {
		d := views.StatsHeatDay{Name: day, Sum: 7, Href: "/w/tidewell?q=weekday:mon", Cells: make([]views.StatsHeatCell, 24)}
		d.Cells[9] = views.StatsHeatCell{Count: 7, Level: 5, Href: "/w/tidewell?q=weekday:mon+hour:9"}
		p.Heat.Days = append(p.Heat.Days, d)
	}
	p.Series = &views.StatsSeries{
		Title: "Activities per day", Column: "Day", Shows: []views.PeriodPreset{{Label: "Chart", Href: "?a", On: true}, {Label: "Table", Href: "?b"}}, Compare: views.PeriodPreset{Label: "Compare", Href: "?c"},
		Units: []views.PeriodPreset{{Label: "Per day", Href: "?d", On: true}, {Label: "Per week", Href: "?e"}},
		Chart: component.Chart{Label: name, Other: "30 days before", Keys: []component.ChartKey{{Label: name, Href: "/w/tidewell/stats?actions=x", Class: "k-1"}, {Label: "Others", Class: "k-6"}}, Bars: []component.ChartBar{
			{Href: "/w/tidewell?d=1", Label: "Wed 22 Oct", Says: name, Count: 5, Parts: []int64{3, 2}, Before: 4}, {Href: "/w/tidewell?d=2", Label: "Thu 23 Oct", Count: 1, Parts: []int64{1, 0}},
		}},
	}
	p.Shell.Views = views.StatsPeriods(views.StatsPeriod{Tabs: []component.Tab{{Label: "7 days", Href: "?7"}}, Free: true, Action: "/w/tidewell/stats", From: views.FilterDate{Name: "start_date", Value: "never", Error: "must be a date"}, To: views.FilterDate{Name: "end_date"}})
	p.Shell.End = views.StatsHeadEnd(views.StatsTools{Project: name, Projects: []views.PeriodPreset{{Label: "All projects", Href: "?x"}, {Label: name, Href: "?y", On: true}}, Export: "/w/tidewell/exports"})
	return p
}

func withSeries(p views.StatsPage, change func(*views.StatsSeries)) views.StatsPage {
	s := *p.Series
	change(&s)
	p.Series = &s
	return p
}

// Whatever is counted, the page stands: with hostile names, as a table, without a heat map, with nothing at all.
func TestStatisticsPages(t *testing.T) {
	empty := statsPage("Amara")
	empty.Empty = &views.StatsEmpty{Icon: "stats", Title: "Nothing happened", Text: "Nothing.", Actions: []views.StatsAction{{Label: "Clear filters", Href: "/w/tidewell/stats"}}}
	noHeat := statsPage("Amara")
	noHeat.Heat = &views.StatsHeat{Note: "Too many."}
	for name, page := range map[string]templ.Component{
		"plain": views.Stats(statsPage("Amara Okafor")), "hostile": views.Stats(statsPage(hostileName)), "empty": views.Stats(empty), "no heat map": views.Stats(noHeat),
		"table": views.Stats(withSeries(statsPage("Amara"), func(s *views.StatsSeries) { s.Table = true })), "zero": views.Stats(views.StatsPage{}),
	} {
		t.Run(name, func(t *testing.T) {
			doc, html := render(t, page)
			relative := doc.Find(`[href^="?"]`)
			relative.SetAttr("href", "/")
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
			if strings.Contains(html, "<script>alert") || strings.Contains(html, "<img") {
				t.Error("a name has become markup")
			}
			if drawn := doc.Find(`script[src*="uPlot"]`).Length(); (drawn == 1) != (doc.Find(".empty").Length() == 0) {
				t.Errorf("the library is fetched %d times", drawn)
			}
		})
	}
}

// Every number of the chart is in its table, and what is drawn is told to those who listen.
func TestStatisticsAreTold(t *testing.T) {
	doc, _ := render(t, views.Stats(withSeries(statsPage("Task"), func(s *views.StatsSeries) { s.Table = true })))
	if got := text(doc.Find(".numbers")); got != "Day Task Others All 30 days before Thu 23 Oct 1 0 1 0 Wed 22 Oct 3 2 5 4" {
		t.Error(got)
	}
	doc, _ = render(t, views.Stats(statsPage("Task")))
	if got := text(doc.Find(".figure").First()); got != "Activities 1,495 up 14\u00a0% from 1,316" && got != "Activities 1,495 up 14 % from 1,316" {
		t.Error(got)
	}
	if got := text(doc.Find(".rank").First()); got != "TTask 224 activities , 15\u00a0%" && got != "TTask 224 activities , 15 %" {
		t.Error(got)
	}
	if got := doc.Find(".heat tbody a[title]").First(); got.AttrOr("title", "") != "Monday 09:00 to 10:00, 7 activities" || got.Text() != "7" {
		t.Error(got.AttrOr("title", ""))
	}
	if doc.Find(".heat tbody a[title]").Length() != 2 || doc.Find(`.chart[role="group"] > a > title`).Length() != 2 {
		t.Error("cells or bars are missing")
	}
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		now, then int64
		want      views.StatsChange
	}{
		{0, 0, views.StatsChange{Rest: "none before either"}},
		{7, 7, views.StatsChange{Rest: "as many as before"}},
		{7, 0, views.StatsChange{Icon: "arrow-up", Rest: "from none"}},
		{0, 7, views.StatsChange{Icon: "arrow-down", Strong: "7 fewer", Rest: "than before"}},
		{22, 20, views.StatsChange{Icon: "arrow-up", Strong: "2 more", Rest: "than before"}},
		{1495, 1316, views.StatsChange{Icon: "arrow-up", Strong: "14\u00a0%", Rest: "from 1,316"}},
		{0, 1316, views.StatsChange{Icon: "arrow-down", Strong: "100\u00a0%", Rest: "from 1,316"}},
		{10_001, 10_000, views.StatsChange{Icon: "arrow-up", Strong: "1 more", Rest: "than before"}},
		{9_000, 3, views.StatsChange{Icon: "arrow-up", Strong: "299,900\u00a0%", Rest: "from 3"}},
	} {
		if got := views.Change(c.now, c.then); got != c.want {
			t.Errorf("%d after %d: %+v, want %+v", c.now, c.then, got, c.want)
		}
	}
}
