package stats

import (
	"fmt"
	"testing"
	"time"

	"daybook/services/database/dbtest"
)

// oddHours are zones, and instants at which their clocks change: by half an hour, by a quarter, by a day, at one minute past midnight, from an
// offset with seconds, and as everybody's do.
var oddHours = []struct{ zone, at string }{
	{"America/St_Johns", "1985-04-28T03:30:00Z"}, {"America/St_Johns", "1990-10-28T02:31:00Z"}, {"America/St_Johns", "2010-11-07T02:31:00Z"},
	{"America/St_Johns", "2011-03-13T03:31:00Z"}, {"America/St_Johns", "2025-11-02T04:30:00Z"}, {"America/St_Johns", "1988-04-03T03:31:00Z"},
	{"Asia/Kolkata", "2024-06-01T18:30:00Z"}, {"Australia/Lord_Howe", "2024-04-06T15:00:00Z"}, {"Australia/Lord_Howe", "2024-10-05T15:30:00Z"},
	{"Europe/Berlin", "2025-03-30T01:00:00Z"}, {"Europe/Berlin", "2025-10-26T01:00:00Z"}, {"America/Caracas", "2016-05-01T07:00:00Z"},
	{"Asia/Pyongyang", "2015-08-14T15:00:00Z"}, {"Asia/Pyongyang", "2018-05-04T15:00:00Z"}, {"Pacific/Apia", "2011-12-30T10:00:00Z"},
	{"Asia/Kathmandu", "1985-12-31T18:30:00Z"}, {"Africa/Monrovia", "1972-01-07T00:44:30Z"}, {"America/Sao_Paulo", "2018-11-04T03:00:00Z"},
}

func oddHour(t *testing.T, zone, at string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	change, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return change.In(z)
}

// TestHoursAreThoseOfTheRollup holds that a key is the one that PostgreSQL counts under, and that hours are the stretches of one key.
func TestHoursAreThoseOfTheRollup(t *testing.T) {
	db := dbtest.New(t)
	for _, c := range oddHours {
		change := oddHour(t, c.zone, c.at)
		var at []time.Time
		for minutes := -200; minutes <= 200; minutes++ {
			at = append(at, change.Add(time.Duration(minutes)*time.Minute), change.Add(time.Duration(minutes)*time.Minute-tick))
		}
		rows, err := db.Pool.Query(t.Context(), `SELECT at, local_hour(at, $2) FROM unnest($1::timestamptz[]) AS t (at)`, at, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var instant, key time.Time
			if err := rows.Scan(&instant, &key); err != nil {
				t.Fatal(err)
			}
			instant = instant.In(change.Location())
			if !hourKey(instant).Equal(key) {
				t.Fatalf("%s: the key of %v is %v, and %v to PostgreSQL", c.zone, instant, hourKey(instant), key)
			}
			next := nextHour(instant)
			if !next.After(instant) || hourKey(next).Equal(key) || !hourKey(next.Add(-tick)).Equal(key) || next.Sub(instant) > time.Hour {
				t.Fatalf("%s: behind %v comes %v", c.zone, instant, next)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBucketsAreCutWithoutOverlapOrGap holds, for every unit, that an instant is in one bucket, and is counted in it by exactly one of the rollup, under
// its key, and rows.
func TestBucketsAreCutWithoutOverlapOrGap(t *testing.T) {
	for _, c := range oddHours {
		change := oddHour(t, c.zone, c.at)
		for _, ends := range [][2]time.Duration{{-30 * time.Hour, 30 * time.Hour}, {-100*time.Minute - tick, 31 * time.Minute}, {-20 * time.Minute, 9 * time.Minute}, {-40 * 24 * time.Hour, 40*24*time.Hour + time.Minute}} {
			r := Range{From: change.Add(ends[0]), To: change.Add(ends[1])}
			for _, unit := range Units {
				of, err := borders(r, unit, time.Monday)
				if err != nil {
					continue // too many hours
				}
				day := func(at time.Time) time.Time { return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC) }
				cutsInto(t, fmt.Sprintf("%s near %v, %s", c.zone, change, unit), of, cutDays(of), day)
				if unit == Hour {
					cutsInto(t, fmt.Sprintf("%s near %v, hours", c.zone, change), of, cutHours(of), hourKey)
				}
				cutsInto(t, fmt.Sprintf("%s near %v, heat", c.zone, change), []time.Time{r.From, r.To}, cutForHeat(r), hourKey)
			}
		}
	}
}

func cutsInto(t *testing.T, says string, of []time.Time, c cut, key func(time.Time) time.Time) {
	t.Helper()
	from, to := of[0], of[len(of)-1]
	for at := from.Add(-3 * time.Hour); at.Before(to.Add(3 * time.Hour)); at = at.Add(7 * time.Minute) {
		n, bucket, want := 0, 0, 0
		for _, run := range c.runs {
			if k := key(at); !k.Before(run.from) && k.Before(run.to) {
				n++
				for bucket < len(c.keys) && !c.keys[bucket].After(k) {
					bucket++
				}
			}
		}
		for _, r := range c.ragged {
			if !at.Before(r.from) && at.Before(r.to) {
				n++
				for bucket < len(c.starts) && !c.starts[bucket].After(at) {
					bucket++
				}
			}
		}
		for want < len(of) && !of[want].After(at) {
			want++
		}
		if inside := !at.Before(from) && at.Before(to); inside && (n != 1 || bucket != want) || !inside && n != 0 {
			t.Fatalf("%s: %v is counted %d times, in bar %d of %d", says, at, n, bucket, want)
		}
	}
}

// TestHoursAreReadFromTheRollup holds that where clocks change as everybody's do, nothing is counted by rows, and elsewhere hardly more than
// the hours around.
func TestHoursAreReadFromTheRollup(t *testing.T) {
	for _, c := range oddHours {
		change := oddHour(t, c.zone, c.at)
		r := Range{From: hourKey(change.Add(-20 * time.Hour)), To: hourKey(change.Add(20 * time.Hour))}
		of, err := borders(r, Hour, time.Monday)
		if err != nil {
			t.Fatal(err)
		}
		var byRows time.Duration
		for _, s := range cutHours(of).ragged {
			byRows += s.to.Sub(s.from)
		}
		if plain := c.zone == "Europe/Berlin" || c.zone == "Asia/Kolkata"; plain && byRows > 0 || byRows > 5*time.Hour {
			t.Errorf("%s: %v are counted by rows", c.zone, byRows)
		}
	}
}
