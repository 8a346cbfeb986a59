package stats_test

import (
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// Somebody who sees no project at all counts what they did, and what was done for them: by days, by hours and by rows alike.
func TestTheCountsOfWhoHasNoProject(t *testing.T) {
	w := feedtest.New(t)
	ws, u := w.Workspace(t, "acme", "UTC"), w.User(t, "mia", false)
	w.Member(t, ws, u, models.Member)
	w.Actor(t, ws, "mia", u)
	w.Send(t, ws,
		feedtest.Event{"actor": feedtest.Event{"id": "mia"}, "action": "created", "occurred_at": "2026-01-05T10:00:00Z"},
		feedtest.Event{"actor": feedtest.Event{"id": "x"}, "on_behalf_of": feedtest.Event{"id": "mia"}, "action": "created", "occurred_at": "2026-01-05T11:00:00Z"},
		feedtest.Event{"actor": feedtest.Event{"id": "x"}, "action": "created", "project": feedtest.Event{"id": "p"}, "occurred_at": "2026-01-05T12:00:00Z"},
	)
	v, s := w.Viewer(t, u, ws), stats.New(w.DB, w.Feed)
	if v.Scope(false).Regions()[0].Projects != nil {
		t.Fatal("they have projects: nothing is shown")
	}
	for name, f := range map[string]feed.Filter{
		"whole days": {From: boundOf(at("2026-01-01T00:00:00Z")), To: boundOf(at("2026-01-31T23:59:59.999999Z"))},
		"ragged":     {From: boundOf(at("2026-01-05T00:30:00Z")), To: boundOf(at("2026-01-05T23:10:00Z"))},
	} {
		if n, err := s.Total(t.Context(), v.Scope(false), f); err != nil || n == nil || *n != 2 {
			t.Errorf("%s: the total is %v, %v", name, n, err)
		}
		report, err := s.Report(t.Context(), v, stats.Ask{Filter: f, Top: 5, Stack: stats.ByType})
		if err != nil {
			t.Fatal(err)
		}
		bars := int64(0)
		for _, b := range report.Series.Buckets {
			bars += b.Count
		}
		if report.Now.Total != 2 || bars != 2 || report.Heat.Most == 0 {
			t.Errorf("%s: %+v, %d in bars, at most %d in an hour", name, report.Now, bars, report.Heat.Most)
		}
	}
}

// A range that is none, as one beyond the years that are counted, has an empty report, also with a project that could be quiet.
func TestTheReportOfNoTime(t *testing.T) {
	w := feedtest.New(t)
	ws, u := w.Workspace(t, "acme", "Pacific/Auckland"), w.User(t, "ann", false)
	w.Member(t, ws, u, models.Admin)
	w.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "x"}, "action": "created", "project": feedtest.Event{"id": "p"}, "occurred_at": "2026-01-05T12:00:00Z"})
	v, s := w.Viewer(t, u, ws), stats.New(w.DB, w.Feed)
	for _, ends := range [][2]string{
		{"2026-01-31T00:00:00Z", "2026-01-01T00:00:00Z"}, {"2026-01-31T00:00:00Z", "2026-01-30T23:59:59.999999Z"}, {"0001-01-01T00:00:00Z", "0001-12-31T00:00:00Z"},
		{"9999-06-01T00:00:00Z", "9999-12-31T00:00:00Z"}, {"0001-06-01T00:00:00Z", "0002-01-02T10:00:00Z"}, {"9998-12-31T10:00:00Z", "9999-12-31T00:00:00Z"},
	} {
		for _, unit := range []stats.Unit{"", stats.Hour, stats.Day, stats.Week, stats.Month} {
			f := feed.Filter{From: boundOf(at(ends[0])), To: boundOf(at(ends[1]))}
			report, err := s.Report(t.Context(), v, stats.Ask{Filter: f, Unit: unit, Top: 5, People: true, Compare: true, Stack: stats.ByAction})
			if err != nil || report.Now.Total != 0 || report.Quiet == nil || report.Heat.Most != 0 {
				t.Errorf("%s %s: %+v, %v", ends, unit, report, err)
			}
		}
	}
}

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return when
}
