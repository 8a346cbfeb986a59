package web

import (
	"slices"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
)

// series is the chart of activities over time.
func (s *statsPage) series() *views.StatsSeries {
	given := s.report.Series
	if len(given.Buckets) == 0 {
		return nil
	}
	title := map[stats.Unit]string{stats.Hour: "hour", stats.Day: "day", stats.Week: "week", stats.Month: "month"}[given.Unit]
	out := &views.StatsSeries{Title: "Activities per " + title, Column: models.Title(title), Table: s.ask.table, Note: s.seriesNote()}
	out.Shows = []views.PeriodPreset{
		{Label: "Chart", Href: s.shown(func(a *statsAsk) { a.table = false }), On: !s.ask.table},
		{Label: "Table", Href: s.shown(func(a *statsAsk) { a.table = true }), On: s.ask.table},
	}
	for _, each := range []struct {
		label string
		stack stats.Stack
	}{{"Type", stats.ByType}, {"Action", stats.ByAction}, {"Outcome", stats.ByOutcome}} {
		out.Stacks = append(out.Stacks, views.PeriodPreset{Label: each.label, Href: s.shown(func(a *statsAsk) { a.stack = each.stack }), On: s.ask.stack == each.stack})
	}
	out.Units = s.units()
	out.Compare = views.PeriodPreset{Label: "Compare", Href: s.shown(func(a *statsAsk) { a.compare = !a.compare }), On: s.ask.compare}
	if s.ask.compare {
		out.Compare.Label = "Do not compare"
	}
	out.Chart = s.chart()
	return out
}

// seriesNote says what is not shown as it was asked for, and why.
func (s *statsPage) seriesNote() string {
	switch given := s.report.Series; {
	case s.ask.unit == stats.Hour && given.Unit != stats.Hour:
		return "Hours are known for up to " + models.Thousands(stats.CountedRows) + " activities of a type or action."
	case given.Stack != s.ask.stack:
		return "Hours are not divided where there are more than " + models.Thousands(stats.CountedRows) + " activities."
	}
	return ""
}

// units are the lengths that bars can have in the period.
func (s *statsPage) units() []views.PeriodPreset {
	var out []views.PeriodPreset
	length := s.report.To.Sub(s.report.From)
	const day = 24 * time.Hour
	for _, each := range []struct {
		unit        stats.Unit
		label       string
		least, most time.Duration
	}{
		{stats.Hour, "Per hour", 0, 7 * day}, {stats.Day, "Per day", 2 * day, 366 * day}, {stats.Week, "Per week", 14 * day, 5 * 366 * day}, {stats.Month, "Per month", 59 * day, 33 * 365 * day},
	} {
		on := s.report.Series.Unit == each.unit
		if on || length > each.least && length <= each.most+2*time.Hour {
			out = append(out, views.PeriodPreset{Label: each.label, Href: s.shown(func(a *statsAsk) { a.unit = each.unit }), On: on})
		}
	}
	return out
}

// chart draws the series. Of its parts there are as many as the legend has colours.
func (s *statsPage) chart() component.Chart {
	given, clock := s.report.Series, s.clock()
	keys := given.Keys[:min(len(given.Keys), statsParts)]
	others := given.Others || len(keys) < len(given.Keys)
	c := component.Chart{Label: "Activities per " + string(given.Unit) + ", " + clock.days(s.report.Range), Keys: s.keys(keys, others)}
	if s.report.Compared && s.report.Previous != nil {
		c.Other = clock.before(s.report.Range, given.Unit)
	}
	if now := s.web.config.Now(); given.Unit == stats.Day && !now.Before(given.Buckets[len(given.Buckets)-1].From) && now.Before(s.report.To) {
		c.Now = "Today"
	}
	for i, b := range given.Buckets {
		bar := component.ChartBar{Href: s.rowsIn(b.Range, asIs), Label: clock.bar(b.Range, given.Unit), Count: b.Count, Parts: partsOf(b, len(keys), len(c.Keys)), Tick: clock.tick(b.Range, given.Unit, i == 0 || len(given.Buckets) <= 8)}
		if i > 0 && bar.Label == c.Bars[i-1].Label { // the hour that clocks have twice
			bar.Label += " again"
		}
		if c.Other != "" && i < len(s.report.Previous) {
			bar.Before = s.report.Previous[i]
		}
		bar.Says = barSays(bar, c)
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// keys are the parts of the bars, each with this page of it alone.
func (s *statsPage) keys(words []string, others bool) []component.ChartKey {
	var keys []component.ChartKey
	for i, word := range words {
		k := component.ChartKey{Class: "k-" + string(rune('1'+i))}
		only := s.filter
		switch s.report.Series.Stack {
		case stats.ByType:
			k.Label, only.Types = s.title(models.TypeTerm, word), []string{word}
		case stats.ByAction:
			k.Label, only.Actions = s.title(models.ActionTerm, word), []string{word}
		case stats.ByOutcome:
			k.Label, only.Outcomes = models.Title(outcomeWord(models.Outcome(word))), []models.Outcome{models.Outcome(word)}
			k.Class = map[models.Outcome]string{models.Success: "k-1", models.Failure: "k-5", models.Denied: "k-3"}[models.Outcome(word)]
		}
		k.Href = s.at(only, s.ask)
		keys = append(keys, k)
	}
	switch {
	case len(keys) == 0:
		return []component.ChartKey{{Label: "Activities", Class: "k-1"}}
	case others:
		return append(keys, component.ChartKey{Label: "Others", Class: "k-6", Href: s.at(s.others(words), s.ask)})
	}
	return keys
}

// others is the filter without the types or actions that have keys.
func (s *statsPage) others(words []string) feed.Filter {
	f := s.filter
	switch s.report.Series.Stack {
	case stats.ByType:
		f.Not.Types = append(slices.Clip(f.Not.Types), words...)
	case stats.ByAction:
		f.Not.Actions = append(slices.Clip(f.Not.Actions), words...)
	}
	return f
}

func (s *statsPage) title(kind models.TermKind, word string) string {
	return orElse(s.words.Title(kind, word), word)
}

// partsOf gives the parts that have a key, and the rest as one.
func partsOf(b stats.Bucket, named, all int) []int64 {
	parts := make([]int64, all)
	rest := b.Count
	for i := range min(named, len(b.Parts)) {
		parts[i] = b.Parts[i]
		rest -= b.Parts[i]
	}
	if all > named {
		parts[all-1] = rest
	}
	return parts
}

// barSays is a bar in words: "Wed 22 Oct: 64 activities. Task 41, Others 23. 30 days before: 50".
func barSays(b component.ChartBar, c component.Chart) string {
	says := b.Label + ": " + views.Total{Count: b.Count}.String()
	var parts []string
	for i, n := range b.Parts {
		if n > 0 && len(c.Keys) > 1 {
			parts = append(parts, c.Keys[i].Label+" "+models.Thousands(n))
		}
	}
	if len(parts) > 0 {
		says += ". " + strings.Join(parts, ", ")
	}
	if c.Other != "" {
		says += ". " + c.Other + ": " + models.Thousands(b.Before)
	}
	return says
}

// heat is the table of weekdays and hours.
func (s *statsPage) heat() *views.StatsHeat {
	h := &views.StatsHeat{Zone: s.zone.String()}
	if s.report.Heat == nil {
		h.Note = "Hours of a type or an action are counted one by one, up to " + models.Thousands(stats.CountedRows) + " activities; here there are more. Choose a shorter period."
		return h
	}
	for day := range 7 {
		weekday := (s.viewer.Workspace.FirstWeekday() + time.Weekday(day)) % 7
		d := views.StatsHeatDay{Name: weekday.String()}
		for hour, n := range s.report.Heat.Cells[(weekday+6)%7] { // those are Monday first
			cell := views.StatsHeatCell{Count: n}
			if n > 0 {
				cell.Level = int((n*5 + s.report.Heat.Most - 1) / s.report.Heat.Most)
				cell.Href = s.rows(func(f *feed.Filter) { f.Weekdays, f.Hours = []time.Weekday{weekday}, []int{hour} })
			}
			d.Sum += n
			d.Cells = append(d.Cells, cell)
		}
		if d.Sum > 0 {
			d.Href = s.rows(func(f *feed.Filter) { f.Weekdays = []time.Weekday{weekday} })
		}
		h.Days = append(h.Days, d)
	}
	return h
}
