package web

import (
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
)

// periods are the tabs of the head. Weeks and months are whole but for the last.
func (s *statsPage) periods() views.StatsPeriod {
	now := s.web.config.Now().In(s.zone)
	week := models.StartOfDay(now, -int(7+now.Weekday()-s.viewer.Workspace.FirstWeekday())%7-7*11)
	p := views.StatsPeriod{Free: true, Action: s.path}
	for _, each := range []struct {
		label, from string
		unit        stats.Unit
	}{
		{"7 days", "7d", ""}, {"30 days", statsPeriod, ""}, {"12 weeks", week.Format(time.DateOnly), stats.Week},
		{"12 months", time.Date(now.Year(), now.Month()-11, 1, 12, 0, 0, 0, s.zone).Format("2006-01"), stats.Month},
	} {
		f, a := s.filter, s.ask
		f.From, f.To, a.unit = feed.Bound{Text: each.from}, feed.Bound{}, each.unit
		from := s.filter.From.Text
		if from == "" {
			from = statsPeriod
		}
		current := from == each.from && (!s.filter.To.IsSet() || s.filter.To.Text == "today")
		p.Free = p.Free && !current
		p.Tabs = append(p.Tabs, component.Tab{Label: each.label, Href: s.at(f, a), Current: current})
	}
	rest, a := s.filter, s.ask
	rest.From, rest.To, a.unit = feed.Bound{}, feed.Bound{}, ""
	q := rest.Values()
	for name, values := range a.way() {
		q[name] = values
	}
	p.Hidden = hiddenOf(q)
	p.From = views.FilterDate{Name: "start_date", Value: s.dateOf("start_date", s.asked.From), Error: s.messageOf("start_date")}
	p.To = views.FilterDate{Name: "end_date", Value: s.dateOf("end_date", s.asked.To), Error: s.messageOf("end_date")}
	if s.backwards && s.query.Get("end_date") != "" {
		p.To.Value = s.query.Get("end_date")
	}
	return p
}

// pageBounds writes a range as this page reads it: in the workspace's zone.
func (s *statsPage) pageBounds(r stats.Range) (from, to feed.Bound) {
	here := *s
	here.own = s.zone
	return here.boundsOf(r)
}

// statsClock writes stretches of time.
type statsClock struct {
	component.Clock
	week time.Weekday // on which weeks begin
}

// days is a range: "22 October – 20 November 2025", with hours where it does not consist of days.
func (c statsClock) days(r stats.Range) string {
	from, last := c.Here(r.From), c.Here(r.To.Add(-time.Microsecond))
	if !r.From.Before(r.To) { // beyond the years that are counted
		return c.OnDay(from)
	}
	if !wholeDays(r) {
		return c.Minute(from) + " – " + c.Minute(last)
	}
	first, end := c.OnDay(from), c.OnDay(last)
	switch {
	case first == end:
		return end
	case from.Year() == last.Year():
		return c.Brief(from) + " – " + end
	}
	return first + " – " + end
}

func wholeDays(r stats.Range) bool {
	return r.From.Equal(models.StartOfDay(r.From, 0)) && r.To.Equal(models.StartOfDay(r.To, 0))
}

// bar is what the bar of a stretch of time is called: "Wed 22 Oct", "22 Oct, 14:00", "20–26 Oct", "October 2025".
func (c statsClock) bar(r stats.Range, unit stats.Unit) string {
	from, last := c.Here(r.From), c.Here(r.To.Add(-time.Microsecond))
	switch unit {
	case stats.Hour:
		return c.ShortDay(from) + ", " + c.HourOf(from)
	case stats.Week:
		return c.ShortDay(from) + " – " + c.ShortDay(last)
	case stats.Month:
		return from.Format("January 2006")
	}
	return from.Format("Mon ") + c.ShortDay(from)
}

// tick is what may stand under a bar: the first has one always, of days those have that begin a week.
func (c statsClock) tick(r stats.Range, unit stats.Unit, often bool) component.ChartTick {
	from := c.Here(r.From)
	switch unit {
	case stats.Hour:
		day := c.Brief(from)
		if from.Hour() == 0 {
			return component.ChartTick{Long: day, Short: day, Group: day}
		}
		if from.Hour()%6 == 0 || often {
			return component.ChartTick{Long: c.HourOf(from), Short: c.HourOf(from), Group: day}
		}
		return component.ChartTick{}
	case stats.Month:
		return component.ChartTick{Long: from.Format("Jan 2006"), Short: from.Format("Jan"), Group: from.Format("2006")}
	}
	if unit == stats.Day && !often && from.Weekday() != c.week {
		return component.ChartTick{}
	}
	return component.ChartTick{Long: c.Brief(from), Short: from.Format("2"), Group: from.Format("2006-01")}
}

// before names the period before: "30 days before", "12 weeks before".
func (c statsClock) before(r stats.Range, unit stats.Unit) string {
	days := int((r.To.Sub(r.From) + 12*time.Hour) / (24 * time.Hour))
	switch {
	case !wholeDays(r) || days == 0:
		return "The time before"
	case days == 1:
		return "The day before"
	case unit == stats.Week && days%7 == 0:
		return models.Thousands(int64(days/7)) + " weeks before"
	}
	return models.Thousands(int64(days)) + " days before"
}
