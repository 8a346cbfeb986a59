package stats_test

import (
	"slices"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// BenchmarkMuch measures the page of statistics and the histogram of the feed over many rows.
func BenchmarkMuch(b *testing.B) {
	w := feedtest.NewLarge(b, feedtest.LargeRows(b, 300_000))
	b.Run("Year", func(b *testing.B) { benchmarkYear(b, w) })
	b.Run("Histogram", func(b *testing.B) { benchmarkHistogram(b, w) })
}

// benchmarkYear compares what the page of statistics of 365 days costs, with the 365 days before, with the same sums over rows.
func benchmarkYear(b *testing.B, w *feedtest.Bulk) {
	s := stats.New(w.DB, w.Feed)
	to := newestDay(b, w)
	year := stats.Range{From: models.StartOfDay(to, -365), To: to}
	ask := stats.Ask{Filter: feed.Filter{From: boundOf(year.From), To: boundOf(year.To.Add(-time.Microsecond))}, Stack: stats.ByType, Top: 10, People: true, Compare: true}
	for _, u := range []*models.User{w.Root, w.Member} {
		v := viewerOf(b, w, u)
		b.Run(u.Name, func(b *testing.B) {
			var page, rows []time.Duration
			var total int64
			for b.Loop() {
				page = append(page, took(b, func() error {
					r, err := s.Report(b.Context(), v, ask)
					total = r.Now.Total
					return err
				}))
				if len(rows) < 3 {
					rows = append(rows, took(b, func() error { return overRows(b, w, v, stats.Range{From: models.StartOfDay(to, -730), To: to}) }))
				}
			}
			b.ReportMetric(float64(total), "activities")
			b.ReportMetric(millis(page), "ms/page")
			b.ReportMetric(millis(rows), "ms/rows")
			b.ReportMetric(millis(page)/millis(rows), "page/rows")
		})
	}
}

// overRows makes the sums of a page by reading rows.
func overRows(b *testing.B, w *feedtest.Bulk, v access.Viewer, r stats.Range) error {
	where := &feed.Where{}
	where.Scope(v.Scope(false))
	where.And("occurred_at >= ? AND occurred_at < ?", r.From, r.To)
	var n int
	return w.DB.Pool.QueryRow(b.Context(), `SELECT count(*) FROM (SELECT sum(1), grouping(day, entity_type, action, outcome, actor_id, project_id, weekday, hour)
		FROM (SELECT (occurred_at AT TIME ZONE 'Europe/Berlin')::date AS day, extract(isodow FROM occurred_at AT TIME ZONE 'Europe/Berlin') AS weekday,
		             extract(hour FROM occurred_at AT TIME ZONE 'Europe/Berlin') AS hour, actor_id, project_id, entity_type, action, outcome FROM activities WHERE `+where.String()+`) AS a
		GROUP BY GROUPING SETS ((day, entity_type), (entity_type), (action), (outcome), (actor_id), (project_id), (weekday, hour))) AS sums`, where.Args...).Scan(&n)
}

// benchmarkHistogram measures the series above the feed, of 30 days, for an admin and for a member of 20 projects, and of all projects.
func benchmarkHistogram(b *testing.B, w *feedtest.Bulk) {
	s := stats.New(w.DB, w.Feed)
	to := newestDay(b, w)
	f := feed.Filter{From: boundOf(models.StartOfDay(to, -30)), To: boundOf(to.Add(-time.Microsecond))}
	everywhere := w.User(b, "everywhere", false)
	w.World.Member(b, w.Workspaces[0], everywhere, models.Member)
	for _, u := range []*models.User{w.Root, w.Member, everywhere} {
		if u == everywhere {
			if err := w.DB.Gorm.Exec(`UPDATE projects SET visibility = 'workspace'`).Error; err != nil {
				b.Fatal(err)
			}
		}
		v := viewerOf(b, w, u)
		b.Run(u.Name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				times = append(times, took(b, func() error {
					_, _, err := s.Series(b.Context(), v, f, stats.SeriesAsk{Unit: stats.Day})
					return err
				}))
			}
			b.ReportMetric(millis(times), "ms/histogram")
		})
	}
}

func viewerOf(t testing.TB, w *feedtest.Bulk, u *models.User) access.Viewer {
	t.Helper()
	return w.Viewer(t, u, w.Workspaces[0])
}

// newestDay gives the end of the day of the newest activity.
func newestDay(t testing.TB, w *feedtest.Bulk) time.Time {
	t.Helper()
	var newest time.Time
	if err := w.DB.Pool.QueryRow(t.Context(), `SELECT max(occurred_at) FROM activities`).Scan(&newest); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(w.Workspaces[0].TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	return models.StartOfDay(newest.In(zone), 1)
}

func took(t testing.TB, do func() error) time.Duration {
	t.Helper()
	begin := time.Now()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	return time.Since(begin)
}

// millis is the median.
func millis(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000
}
