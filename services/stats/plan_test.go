package stats_test

import (
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestWhatAReportCosts holds that reports and series are read from the rollups, by indexes that lead to what somebody may read, and from rows of the
// days that a range cuts alone; and that whoever reads everything reads the totals, not the cube.
func TestWhatAReportCosts(t *testing.T) {
	b := feedtest.NewBulk(t, 60_000)
	for _, sql := range []string{`TRUNCATE hourly_counts, hourly_totals`, `INSERT INTO hourly_counts SELECT c.* FROM workspaces w CROSS JOIN LATERAL count_hours(w.id, 1, 1000000000, w.time_zone) AS c`,
		`ANALYZE hourly_counts`, `ANALYZE hourly_totals`, `ANALYZE daily_totals`, `UPDATE projects SET visibility = 'members'`} {
		if err := b.DB.Gorm.Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	db, tracer := b.Traced(t)
	s := stats.New(db, feed.New(db, feedtest.Key))
	zone := zoneOf(t, b.Workspaces[0])
	end := models.StartOfDay(time.Date(2025, 12, 31, 12, 0, 0, 0, zone), 0)
	whole := feed.Filter{From: boundOf(models.StartOfDay(end, -20)), To: boundOf(end.Add(-time.Microsecond))}
	ragged := feed.Filter{From: boundOf(end.Add(-500 * time.Hour)), To: boundOf(end.Add(-36 * time.Hour))}
	deleted, failed, somebody, words := whole, whole, whole, whole
	deleted.Actions, failed.Outcomes, somebody.Actors = []string{"deleted"}, []models.Outcome{models.Failure}, []string{"actor-100"}
	words.Words = []feed.Word{{Text: "they"}}
	nowhere, somewhere, nothing := whole.Lacking(feed.HasProject), whole, whole.Lacking(feed.HasResource)
	somewhere.Has = []feed.Part{feed.HasProject}
	const day = 24 * 3600 / 47
	for _, c := range []struct {
		name string
		u    *models.User
		f    feed.Filter
		rows float64 // of activities that may be looked at, by one step
		cube float64 // of daily_counts and hourly_counts, likewise
	}{
		{"all, whole days", b.Root, whole, 0, 80}, // a row for each project: was anything there
		{"all, ragged", b.Root, ragged, 2 * day, 80},
		{"all of an action", b.Root, deleted, stats.CountedRows, 20 * day / 5},
		{"all that failed", b.Root, failed, 0, 20 * day / 20},
		{"all of somebody", b.Root, somebody, 0, 20 * day / 20},
		{"all of no project", b.Root, nowhere, 0, 20 * day / 4},
		{"all of some project", b.Root, somewhere, 0, 20 * day},
		{"all about nothing", b.Root, nothing, 0, 80},
		{"all with a word", b.Root, words, stats.CountedRows + 1, 80},
		{"a member, whole days", b.Member, whole, 0, 20 * day * 0.5}, // a third of all is in their projects
		{"a member, ragged", b.Member, ragged, 2 * day, 20 * day * 0.5},
		{"a member, of no project", b.Member, nowhere, 0, 20 * day / 20},
		{"a member, failed", b.Member, failed, 0, 20 * day * 0.5},
	} {
		v := viewerOf(t, b, c.u)
		tracer.About("")
		if _, err := s.Report(t.Context(), v, stats.Ask{Filter: c.f, Stack: stats.ByType, Top: 10, People: true, Compare: true}); err != nil {
			t.Fatal(err)
		}
		for _, unit := range []stats.Unit{stats.Day, stats.Hour} {
			f := c.f
			if unit == stats.Hour {
				f.From = boundOf(f.To.At.Add(-48*time.Hour + time.Microsecond))
			}
			if _, _, err := s.Series(t.Context(), v, f, stats.SeriesAsk{Unit: unit}); err != nil {
				t.Fatal(err)
			}
		}
		statements := tracer.About("count")
		if len(statements) < 3 || len(statements) > 8 {
			t.Errorf("%s: %d statements count", c.name, len(statements))
		}
		for _, statement := range statements {
			plan, text := b.Explain(t, statement)
			plan.Walk(func(n feedtest.Node) {
				read, most := (n.Rows+n.Removed+n.Recheck)*n.Loops, c.rows
				switch {
				case strings.HasSuffix(n.Relation, "_counts"):
					most = c.cube
				case n.Relation != "activities":
					return
				}
				if read > most {
					t.Errorf("%s: a %s over %.0f rows of %s, and %.0f would do: %s", c.name, n.Type, read, n.Relation, most, text)
				}
			})
		}
	}
}
