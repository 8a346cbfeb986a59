package stats

import "time"

// hourKey gives the key under which the hourly rollup counts what happened at t: the beginning of the hour of its clock, by the offset at t itself,
// as local_hour does (migrations/00002). Where clocks change by less than an hour it is not always an instant of that hour.
func hourKey(t time.Time) time.Time {
	return t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
}

// nextHour gives the first instant after t that has another key.
func nextHour(t time.Time) time.Time {
	key := hourKey(t)
	for at := t; ; {
		end := key.Add(time.Hour)
		_, change := at.ZoneBounds()
		if change.IsZero() || !change.Before(end) {
			return end
		}
		if at = change.In(t.Location()); !hourKey(at).Equal(key) {
			return at
		}
	}
}

// beginsHour tells whether no instant before t has its key.
func beginsHour(t time.Time) bool { return !hourKey(t.Add(-tick)).Equal(hourKey(t)) }

// steady tells whether near t all keys are the first instants of their hours: whether clocks do not change there, or only at the border of two
// hours, by whole ones.
func steady(t time.Time) bool {
	const near = 90 * time.Minute
	last, next := t.ZoneBounds()
	unsettles := func(change time.Time) bool {
		at := change.In(t.Location())
		return !change.IsZero() && t.Sub(change).Abs() <= near && !(hourKey(at).Equal(at) && hourKey(at.Add(-tick)).Equal(at.Add(-time.Hour)))
	}
	return !unsettles(last) && !unsettles(next)
}

// wholeHours cuts a range at hours that are steady: between first and after all hours are whole, and their keys are from the one to before the
// other. What is before and behind is counted by rows.
func wholeHours(r Range) (first, after time.Time) {
	first, after = r.From, hourKey(r.To)
	for !beginsHour(first) || !steady(first) {
		first = nextHour(first)
	}
	for !beginsHour(after) || !steady(after) {
		after = hourKey(after.Add(-tick))
	}
	if !first.Before(after) {
		return r.To, r.To
	}
	return first, after
}

// mixedHours finds the hours of a range in which clocks change so that one key is of two hours of the day: at one minute past midnight by an
// hour, as in Newfoundland until 2011.
func mixedHours(first, after time.Time) (hours []span) {
	for at := first; ; {
		_, change := at.ZoneBounds()
		if change.IsZero() || !change.Before(after) {
			return hours
		}
		at = change.In(first.Location())
		was := at.Add(-tick)
		sameHour := was.Hour() == at.Hour() && was.Weekday() == at.Weekday()
		if hourKey(at).Equal(hourKey(was)) && !sameHour {
			hours = append(hours, span{hourKey(at), nextHour(at)})
		}
	}
}
