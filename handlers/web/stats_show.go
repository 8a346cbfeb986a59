package web

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// How much the page of statistics shows.
const (
	statsLines  = 8   // of each ranking
	statsWhole  = 100 // of the one that was asked for as a whole
	statsParts  = 5   // of a bar; the rest is one part
	statsPeriod = "30d"
)

// statsPath is the page of statistics.
func statsPath(slug string) string { return feedPath(slug) + "/stats" }

// Statistics shows what went on in a workspace in a period, as the address says. Its days are those of the workspace, for everybody alike. What
// the address holds and cannot be read is shown as such, and makes the answer a 400.
func (w *Web) Statistics(c *fiber.Ctx) error {
	if !visit.Of(c).Viewer.SeesStatistics() {
		return models.Errorf(models.Forbidden, "An admin has switched statistics off for members of this workspace.")
	}
	s, err := w.statsPage(c)
	if err != nil {
		return err
	}
	if err := s.read(c.UserContext()); err != nil {
		return err
	}
	model, err := s.model(c)
	if err != nil {
		return err
	}
	if len(s.bad) > 0 {
		c.Status(fiber.StatusBadRequest)
	}
	return send(c, views.Stats(model))
}

// statsPage gathers what the page is made of. Its feedPage is that of the same filter, in the workspace's zone.
type statsPage struct {
	*feedPage
	ask      statsAsk
	asked    feed.Filter    // the filter with both ends of the period
	own      *time.Location // in which the reader reads times
	words    *models.Vocabulary
	report   stats.Report
	troubles stats.Summary // what failed or was denied
	refused  bool          // the period cannot be shown
	// backwards tells that the period that was asked for ends before it begins. It is as if it were not there.
	backwards bool
}

// statsPage reads what the address asks for.
func (w *Web) statsPage(c *fiber.Ctx) (*statsPage, error) {
	v := visit.Of(c).Viewer
	f := w.filtered(c, workspaceZone(v), statsPath(v.Workspace.Slug))
	f.fold = true
	backwards := f.filter.From.IsSet() && f.filter.To.IsSet() && f.filter.From.At.After(f.filter.To.At) // which is among what is bad
	if backwards {
		f.filter.From, f.filter.To = feed.Bound{}, feed.Bound{}
	}
	s := &statsPage{feedPage: f, own: zoneOf(v), backwards: backwards}
	var err error
	s.ask, err = askOf(f.query)
	f.bad = append(f.bad, asFields(err)...)
	s.asked = withPeriod(f.filter, w.config.Now().In(f.zone))
	s.words, err = w.words(c.UserContext(), v.Workspace)
	return s, err
}

// workspaceZone is the zone whose days are counted.
func workspaceZone(v access.Viewer) *time.Location {
	if zone, err := time.LoadLocation(v.Workspace.TimeZone); err == nil && v.Workspace.TimeZone != "" {
		return zone
	}
	return time.UTC
}

// withPeriod sets the ends that a filter leaves open: up to the end of today, from thirty days before that.
func withPeriod(f feed.Filter, now time.Time) feed.Filter {
	end := func(t time.Time) feed.Bound {
		at := models.StartOfDay(t, 1).Add(-time.Microsecond).UTC()
		return feed.Bound{Text: at.Format(time.RFC3339Nano), At: at}
	}
	if !f.To.IsSet() {
		f.To = end(now)
		if f.From.IsSet() && f.From.At.After(f.To.At) {
			f.To = end(f.From.At.In(now.Location()))
		}
	}
	if !f.From.IsSet() {
		at := models.StartOfDay(f.To.At.In(now.Location()), -29).UTC()
		if at.Year() < 1 {
			at = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		f.From = feed.Bound{Text: at.Format(time.RFC3339Nano), At: at}
	}
	return f
}

// read counts.
func (s *statsPage) read(ctx context.Context) error {
	ask := stats.Ask{Filter: s.asked, Unit: s.ask.unit, Stack: s.ask.stack, Top: statsLines, People: s.viewer.SeesRankings(), Compare: s.ask.compare}
	if s.ask.all != "" {
		ask.Top = statsWhole
	}
	var err error
	s.report, err = s.web.Stats.Report(ctx, s.viewer, ask)
	if fields := asFields(err); models.KindOf(err) == models.Malformed && len(fields) > 0 {
		s.refused = true
		s.bad = append(s.bad, fields...)
		return nil
	}
	if err != nil || s.report.Over || s.report.Now.Troubles == 0 {
		return err
	}
	s.troubles, err = s.web.Stats.Summarise(ctx, s.scope, s.troubled(s.asked), 0)
	return err
}

// troubled narrows a filter to what failed or was denied.
func (s *statsPage) troubled(f feed.Filter) feed.Filter {
	both := []models.Outcome{models.Failure, models.Denied}
	if len(f.Outcomes) > 0 {
		both = slices.DeleteFunc(both, func(o models.Outcome) bool { return !slices.Contains(f.Outcomes, o) })
	}
	f.Outcomes = both
	return f
}
