package web

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
)

// model makes the page of what was counted.
func (s *statsPage) model(c *fiber.Ctx) (views.StatsPage, error) {
	m := views.StatsPage{Problems: s.allProblems(), Zone: views.StatsZone{Name: s.zone.String()}}
	if s.own.String() != s.zone.String() {
		m.Zone.Other = s.own.String()
	}
	if !s.viewer.ReadsAll() {
		m.Scope = "You see your own activities, and those of your projects."
	}
	if s.notice != "" {
		m.Notes = append(m.Notes, s.notice)
	}
	r := stats.RangeOf(s.asked, s.zone)
	m.AsOf = s.clock().Exact(s.web.config.Now())
	m.Range, m.InFeed, m.Clear = s.clock().days(r), s.rowsIn(r, asIs), s.at(feed.Filter{From: s.filter.From, To: s.filter.To}, s.ask)
	var err error
	if m.Shell, err = s.web.shell(c, "Statistics"); err != nil {
		return m, err
	}
	if err = s.headOf(c, &m, r); err != nil {
		return m, err
	}
	if m.Chips, err = s.chips(c); err != nil {
		return m, err
	}
	if m.Empty = s.empty(); m.Empty == nil {
		s.fill(&m)
	}
	return m, nil
}

// headOf puts the periods, the projects and the export into the head of the page.
func (s *statsPage) headOf(c *fiber.Ctx, m *views.StatsPage, r stats.Range) error {
	m.Shell.Views = views.StatsPeriods(s.periods())
	projects, err := s.web.Account.Projects(c.UserContext(), s.viewer)
	if err != nil {
		return err
	}
	f := s.asked
	f.From, f.To = s.boundsOf(r)
	tools := views.StatsTools{Export: exportsPath(s.viewer.Workspace.Slug) + "?" + readable(f.Values())}
	one := ""
	if len(s.filter.Projects) == 1 && len(s.filter.ProjectNames) == 0 {
		one = s.filter.Projects[0]
	}
	in := func(label string, ids ...string) {
		f := s.filter
		f.Projects, f.ProjectNames = ids, nil
		on := len(ids) == 0 && len(s.filter.Projects)+len(s.filter.ProjectNames) == 0 || len(ids) == 1 && ids[0] == one
		if on && len(ids) == 1 {
			tools.Project = label
		}
		tools.Projects = append(tools.Projects, views.PeriodPreset{Label: label, Href: s.at(f, s.ask), On: on})
	}
	in("All projects")
	for _, p := range places(projects) {
		in(p.Label, p.Value)
	}
	m.Shell.End = views.StatsHeadEnd(tools)
	return nil
}

// chips are those of the feed, but for the period, which stands in the head; each keeps how the page is shown.
func (s *statsPage) chips(c *fiber.Ctx) ([]views.FilterChip, error) {
	ofFeed := *s.feedPage
	ofFeed.filter.From, ofFeed.filter.To = feed.Bound{}, feed.Bound{}
	chips, err := ofFeed.chips(c, nil)
	for i := range chips {
		if chips[i].Bad {
			chips[i].Remove = s.at(s.filter, s.ask)
			continue
		}
		u, err := url.Parse(chips[i].Remove)
		if err != nil {
			return nil, err
		}
		q := u.Query()
		set(q, "start_date", s.filter.From.Text)
		set(q, "end_date", s.filter.To.Text)
		for name, values := range s.ask.way() {
			q[name] = values
		}
		chips[i].Remove = s.path + "?" + readable(q)
	}
	return chips, err
}

// empty says why there is nothing to see, and what to do; nil, when there is something.
func (s *statsPage) empty() *views.StatsEmpty {
	unfiltered := feed.Filter{From: s.filter.From, To: s.filter.To}
	unnarrowed := views.StatsAction{Label: "Clear filters", Href: s.at(unfiltered, s.ask)}
	narrow := s.filter.String() != unfiltered.String()
	switch {
	case s.refused:
		return &views.StatsEmpty{Icon: "stats", Title: "Too many bars", Text: "What the address asks for cannot be drawn. Choose a shorter period, or longer bars."}
	case s.report.Over:
		return &views.StatsEmpty{
			Icon: "stats", Title: "More than " + models.Thousands(stats.CountedRows) + " activities match", Actions: []views.StatsAction{unnarrowed},
			Text: "A search for words, ids, weekdays or hours is counted one by one, and no further than that. Choose a shorter period, or filter by person, project, type, action or outcome alone.",
		}
	case s.report.Now.Total > 0:
		return nil
	}
	e := &views.StatsEmpty{Icon: "stats", Title: "Nothing happened in this period", Text: "There is nothing to count. Choose another one."}
	if s.report.Then.Total > 0 {
		e.Text = "In the period before it there were " + views.Total{Count: s.report.Then.Total}.String() + "."
		f := s.filter
		f.From, f.To = s.pageBounds(s.report.Before)
		e.Actions = append(e.Actions, views.StatsAction{Label: "The period before", Href: s.at(f, s.ask)})
	}
	if narrow {
		e.Title = "Nothing matches"
		e.Actions = append(e.Actions, unnarrowed)
	}
	if tabs := s.periods().Tabs; !tabs[len(tabs)-1].Current {
		e.Actions = append(e.Actions, views.StatsAction{Label: "The last 12 months", Href: tabs[len(tabs)-1].Href})
	}
	return e
}

// fill shows what there is.
func (s *statsPage) fill(m *views.StatsPage) {
	m.Figures = s.figures()
	m.Series = s.series()
	m.Ranks = s.rankings()
	m.Heat = s.heat()
	for _, q := range s.report.Quiet {
		m.Quiet = append(m.Quiet, views.StatsQuiet{
			Project: q.Project, Href: s.before(q.Project), Last: q.Last.Format("2 Jan 2006"), Day: q.Last.Format(time.DateOnly), Before: q.Count,
		})
	}
}

// before is the feed of what happened in a project before the period.
func (s *statsPage) before(p models.Project) string {
	f := s.with(func(f *feed.Filter) { f.Projects, f.ProjectNames = []string{p.ExternalID}, nil })
	_, f.To = s.boundsOf(stats.Range{From: s.report.From.Add(-time.Microsecond), To: s.report.From})
	f.From = feed.Bound{}
	return s.feedPathOf(f)
}

func (s *statsPage) figures() []views.StatsFigure {
	now, then := s.report.Now, s.report.Then
	people := ""
	if s.viewer.SeesRankings() {
		people = "#" + allPeople
	}
	figures := []views.StatsFigure{
		{Label: "Activities", Value: now.Total, Href: s.rows(asIs), Change: views.Change(now.Total, then.Total)},
		{Label: "People and agents", Value: now.Actors, Href: people, Change: views.Change(now.Actors, then.Actors)},
		{Label: "Projects touched", Value: now.Projects, Href: "#" + allProjects, Change: views.Change(now.Projects, then.Projects)},
		{Label: "New", Value: now.Created, Href: s.createdRows(asIs), Change: views.Change(now.Created, then.Created)},
		{Label: "Failed or denied", Value: now.Troubles, Href: s.troubledRows(asIs), Change: views.Change(now.Troubles, then.Troubles)},
	}
	if !s.report.Compared {
		for i := range figures {
			figures[i].Change = views.StatsChange{}
		}
	}
	return figures
}

// createdRows is the feed of what was created; nothing, where the filter leaves that out.
func (s *statsPage) createdRows(more func(*feed.Filter)) string {
	if len(s.filter.Actions) > 0 && !slices.Contains(s.filter.Actions, "created") {
		return ""
	}
	return s.rows(func(f *feed.Filter) {
		f.Actions = []string{"created"}
		more(f)
	})
}

// troubledRows is the feed of what failed or was denied; nothing, where the filter leaves that out.
func (s *statsPage) troubledRows(more func(*feed.Filter)) string {
	if len(s.troubled(s.asked).Outcomes) == 0 {
		return ""
	}
	return s.rows(func(f *feed.Filter) {
		*f = s.troubled(*f)
		more(f)
	})
}

// clock writes times as the reader does, in the workspace's zone.
func (s *statsPage) clock() statsClock {
	return statsClock{component.NewClock(s.web.config.Now(), component.Locale{Zone: s.zone.String(), DateFormat: s.viewer.User.DateFormat}), s.viewer.Workspace.FirstWeekday()}
}
