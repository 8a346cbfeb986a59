package stats

import (
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// stretch is a range of time in one zone: whole days, which the cube knows, and what sticks out at both ends.
type stretch struct {
	whole        bool
	first, after string // of the whole days, the first and the one after the last, like 2026-01-31; empty: no end
	ragged       []span
}

// span is from an instant, inclusive, to another, exclusive.
type span struct{ from, to time.Time }

// split cuts a range, inclusive at both ends, at the borders of the zone's days.
func split(zone *time.Location, from, to feed.Bound) stretch {
	begin, end := within(from.At).In(zone), within(to.At.Add(tick)).In(zone)
	st := stretch{whole: true}
	var start, stop time.Time
	if from.IsSet() {
		start, st.first = borderFrom(begin)
		st.add(begin, start)
	}
	if to.IsSet() {
		stop, st.after = borderUpTo(end)
		st.add(stop, end)
	}
	if from.IsSet() && to.IsSet() && !start.Before(stop) {
		st = stretch{} // not one whole day
		st.add(begin, end)
	}
	return st
}

func (st *stretch) add(from, to time.Time) {
	if from.Before(to) {
		st.ragged = append(st.ragged, span{from, to})
	}
}

// days gives the whole days as dates, an open end as the zero time; false when there are none.
func (st stretch) days() (span, bool) {
	if !st.whole || st.first != "" && st.after != "" && st.first >= st.after {
		return span{}, false
	}
	var run span
	if st.first != "" {
		run.from = dateOf(st.first)
	}
	if st.after != "" {
		run.to = dateOf(st.after)
	}
	return run, true
}

// within keeps an instant where both sides of its day have a date in every zone that PostgreSQL can read.
func within(t time.Time) time.Time {
	first, last := time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

// tick is the smallest step of time that is kept.
const tick = time.Microsecond

// borderFrom gives the first clean border of days at or after an instant, and the day it begins.
func borderFrom(t time.Time) (time.Time, string) {
	for days := 0; ; days++ {
		if at, day, clean := border(t, days); clean && !at.Before(t) {
			return at, day
		}
	}
}

// borderUpTo gives the last clean border of days at or before an instant, and the day it begins.
func borderUpTo(t time.Time) (time.Time, string) {
	for days := 1; ; days-- {
		if at, day, clean := border(t, days); clean && !at.After(t) {
			return at, day
		}
	}
}

// border gives where a day begins, some days after the one of t, and whether that is a clean border: every instant before it has an
// earlier date, and no instant after it. Clocks that go back at one minute past midnight (Newfoundland, until 2011) make one that is not:
// a minute of the new day, then most of an hour of the old one again. The cube counts by date, so such a day is counted by rows.
func border(t time.Time, days int) (at time.Time, day string, clean bool) {
	at = models.StartOfDay(t, days)
	day = time.Date(t.Year(), t.Month(), t.Day()+days, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return at, day, latestBefore(at) < day && earliestFrom(at) >= day
}

// jump is more than clocks were ever put back.
const jump = 26 * time.Hour

// latestBefore gives the latest date of any instant before t: the one just before, or one before clocks were put back.
func latestBefore(t time.Time) string {
	at := t.Add(-tick)
	latest := at.Format(time.DateOnly)
	for {
		change, _ := at.ZoneBounds()
		if change.IsZero() || t.Sub(change) > jump {
			return latest
		}
		at = change.Add(-tick)
		latest = max(latest, at.Format(time.DateOnly))
	}
}

// earliestFrom gives the earliest date of any instant from t on.
func earliestFrom(t time.Time) string {
	earliest := t.Format(time.DateOnly)
	for at := t; ; {
		_, change := at.ZoneBounds()
		if change.IsZero() || change.Sub(t) > jump {
			return earliest
		}
		at = change
		earliest = min(earliest, at.Format(time.DateOnly))
	}
}
