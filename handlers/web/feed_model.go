package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
)

// model makes the page of what was read.
func (f *feedPage) model(c *fiber.Ctx, page feed.Page, seen lastSeen) (views.FeedPage, error) {
	m := views.FeedPage{
		Now: f.web.config.Now(), Zone: f.zone.String(), DateFormat: f.viewer.User.DateFormat, Notice: f.notice, Problems: f.problems(),
		Searched: page.Searched, Newer: f.turn(page.Newer), Older: f.turn(page.Older),
	}
	var err error
	if m.Shell, err = f.web.shell(c, "Feed"); err != nil {
		return m, err
	}
	if m.Shell.Views, m.Shell.End, err = f.head(c.UserContext()); err != nil {
		return m, err
	}
	if m.Total, err = f.count(c, page); err != nil {
		return m, err
	}
	if m.Chips, err = f.chips(c, page.Entries); err != nil {
		return m, err
	}
	m.Bar = f.bar(m.Chips)
	m.Shell.Showing = showing(m.Chips)
	if m.Histogram, err = f.histogram(c, page); err != nil {
		return m, err
	}
	if len(page.Entries) == 0 && page.Searched == nil && !f.filter.IsZero() {
		without, err := f.web.total(c.UserContext(), f.scope, feed.Filter{})
		if err != nil {
			return m, err
		}
		m.Without = &without
	}
	m.Rows = f.rows(page)
	if page.Newer == "" {
		seen.mark(m.Rows)
	}
	if f.viewer.Administers() {
		slug := f.viewer.Workspace.Slug
		m.Sending = &views.SendingHint{Page: sendingPath(slug), Guide: guideFor(slug), Workspace: slug, URL: f.web.sendTo(slug)}
	}
	return m, nil
}

// count says how many there are. Where the page is the whole list they were just read, and need no counting; where the search was broken off
// nobody knows.
func (f *feedPage) count(c *fiber.Ctx, page feed.Page) (views.Total, error) {
	var n int64
	over := false
	for i := range page.Entries {
		if page.Runs == nil {
			n++
			continue
		}
		n += int64(page.Runs[i].Count)
		over = over || page.Runs[i].Over
	}
	switch {
	case page.Searched != nil:
		return views.Total{Count: n, AtLeast: true}, nil
	case page.Newer == "" && page.Older == "" && !over && f.query.Get("cursor") == "":
		return views.Total{Count: n}, nil
	}
	return f.web.total(c.UserContext(), f.scope, f.filter)
}

// rows gives each activity, and each run of them, with the places its names lead to.
func (f *feedPage) rows(page feed.Page) []views.FeedRow {
	rows := make([]views.FeedRow, len(page.Entries))
	for i := range page.Entries {
		rows[i] = linkedRow(f.viewer, &page.Entries[i])
		if i < len(page.Runs) && page.Runs[i].Count > 1 {
			run := page.Runs[i]
			rows[i].Run = &views.FeedRun{
				Facts: models.RunFacts{Count: run.Count, Over: run.Over, OneEntity: run.OneEntity},
				Href:  f.runAddress(&page.Entries[i], run),
			}
		}
	}
	return rows
}

// runAddress is the feed of just the activities of a run, row by row: what the feed shows now, narrowed to what they have in common.
func (f *feedPage) runAddress(e *models.Entry, run feed.Run) string {
	only := f.filter
	only.Actors, only.ActorNames = []string{e.Actor.ExternalID}, nil
	only.Actions, only.Outcomes = []string{e.Action}, []models.Outcome{e.Outcome}
	if e.EntityType != "" {
		only.Types = []string{e.EntityType}
	} else {
		only = only.Lacking(feed.HasResource)
	}
	if e.Project != nil {
		only.Projects, only.ProjectNames = []string{e.Project.ExternalID}, nil
	} else {
		only = only.Lacking(feed.HasProject)
	}
	only.From, only.To = exactly(run.From), exactly(run.To)
	unfolded := *f
	unfolded.fold = false
	return unfolded.of(only)
}

// exactly is an end of a range to the microsecond.
func exactly(t time.Time) feed.Bound {
	t = t.UTC()
	return feed.Bound{Text: t.Format("2006-01-02T15:04:05.999999Z"), At: t}
}

// lastSeen is what the viewer had seen when they were here before; zero at the first visit.
type lastSeen struct {
	seq int64
	at  time.Time
}

// mark marks what is new since then, and where the newest stretch of that ends.
func (s lastSeen) mark(rows []views.FeedRow) {
	if s.at.IsZero() {
		return
	}
	for i := range rows {
		rows[i].New = rows[i].Entry.Seq > s.seq
	}
	isNew := func(r views.FeedRow) bool { return r.New }
	from := slices.IndexFunc(rows, isNew)
	if from < 0 {
		return
	}
	if length := slices.IndexFunc(rows[from:], func(r views.FeedRow) bool { return !r.New }); length > 0 {
		at := s.at
		rows[from+length-1].Since = &at
	}
}
