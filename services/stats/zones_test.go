package stats_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// TestReportsEqualALoopWhereClocksChange: rows every quarter of an hour, and around each change, in zones in which clocks change by half an hour, at one
// minute past midnight, by a day, or not at all.
func TestReportsEqualALoopWhereClocksChange(t *testing.T) {
	r := feedtest.Random(t)
	w := feedtest.New(t)
	root := w.User(t, "root", true)
	c := counting{T: t, cast: &feedtest.Cast{World: w}, random: r, stats: stats.New(w.DB, w.Feed)}
	changes := map[string][]string{
		"America/St_Johns":    {"1985-04-28T03:30:00Z", "1990-10-28T02:31:00Z", "2010-11-07T02:31:00Z", "2011-03-13T03:31:00Z", "2025-11-02T04:30:00Z"},
		"Asia/Kolkata":        {"2024-06-01T18:30:00Z"},
		"Australia/Lord_Howe": {"2024-04-06T15:00:00Z", "2024-10-05T15:30:00Z"},
		"Europe/Berlin":       {"2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"},
		"America/Caracas":     {"2007-12-09T07:00:00Z", "2016-05-01T07:00:00Z"},
		"Asia/Pyongyang":      {"2015-08-14T15:00:00Z", "2018-05-04T15:00:00Z"},
		"Pacific/Apia":        {"2011-12-30T10:00:00Z"},
	}
	for zone, instants := range changes {
		ws := w.Workspace(t, fmt.Sprint("ws-", len(c.cast.Workspaces)), zone)
		c.cast.Workspaces = append(c.cast.Workspaces, ws)
		var events []feedtest.Event
		for _, text := range instants {
			change := instant(t, text)
			for quarter := -150; quarter <= 150; quarter++ {
				events = append(events, around(r, change.Add(time.Duration(quarter)*15*time.Minute)))
			}
			for _, off := range []time.Duration{-time.Minute, -time.Microsecond, 0, time.Microsecond, time.Minute} {
				events = append(events, around(r, change.Add(off)))
			}
		}
		w.Send(t, ws, events...)
	}
	c.cast.Oracle = w.Look(t)
	for _, ws := range c.cast.Workspaces {
		v, zone := w.Viewer(t, root, ws), zoneOf(t, ws)
		for _, text := range changes[ws.TimeZone] {
			change := instant(t, text).In(zone)
			for _, ends := range [][2]time.Time{
				{models.StartOfDay(change, 0), models.StartOfDay(change, 1)}, {models.StartOfDay(change, -1), models.StartOfDay(change, 1)},
				{models.StartOfDay(change, -9), models.StartOfDay(change, 5)}, {change.Add(-90 * time.Minute), change.Add(95 * time.Minute)},
				{models.StartOfDay(time.Date(change.Year(), change.Month(), 1, 12, 0, 0, 0, zone), 0), models.StartOfDay(time.Date(change.Year(), change.Month()+1, 1, 12, 0, 0, 0, zone), 0)},
			} {
				for _, unit := range stats.Units {
					if unit == stats.Hour && ends[1].Sub(ends[0]) > 15*24*time.Hour {
						continue
					}
					f := feed.Filter{From: boundOf(ends[0]), To: boundOf(ends[1].Add(-time.Microsecond))}
					if r.IntN(4) == 0 {
						f.Actions = []string{"created"}
					}
					c.report(access.Principal{User: root}, v, f, unit)
				}
			}
		}
	}
}

func around(r interface{ IntN(int) int }, at time.Time) feedtest.Event {
	return feedtest.Event{"actor": feedtest.Event{"id": fmt.Sprint("actor-", r.IntN(3))}, "action": []string{"created", "updated"}[r.IntN(2)], "occurred_at": at.Format(time.RFC3339Nano)}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
