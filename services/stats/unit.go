package stats

import (
	"slices"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// MaxBuckets is how many bars a series has at most. What makes more is refused.
const MaxBuckets = 400

// Units lists the units, the shortest first.
var Units = []Unit{Hour, Day, Week, Month}

// UnitFor gives what the bars of a range are best: hours up to two days, days up to 93, weeks up to 53 weeks, months beyond.
func UnitFor(r Range) Unit {
	const day, slack = 24 * time.Hour, 2 * time.Hour // days on which clocks change are longer
	switch length := r.To.Sub(r.From); {
	case length <= 2*day+slack:
		return Hour
	case length <= 93*day+slack:
		return Day
	case length <= 53*7*day+slack:
		return Week
	}
	return Month
}

// RangeOf gives the range of a filter that has both ends, in a zone.
func RangeOf(f feed.Filter, zone *time.Location) Range {
	from, to := within(f.From.At).In(zone), within(f.To.At.Add(tick)).In(zone)
	if to.Before(from) {
		to = from
	}
	return Range{From: from, To: to}
}

// during gives the filter with another range.
func during(f feed.Filter, r Range) feed.Filter {
	bound := func(at time.Time) feed.Bound {
		return feed.Bound{Text: at.UTC().Format(time.RFC3339Nano), At: at.UTC()}
	}
	f.From, f.To = bound(r.From), bound(r.To.Add(-tick))
	return f
}

// borders cuts a range at the beginnings of a unit: it gives the first instant of each bucket, and the end of the last. Weeks begin on a weekday.
func borders(r Range, unit Unit, weekday time.Weekday) ([]time.Time, error) {
	out := []time.Time{r.From}
	for at := r.From; at.Before(r.To); {
		if at = following(at, unit, weekday); at.After(r.To) {
			at = r.To
		}
		out = append(out, at)
		if len(out) > MaxBuckets+1 {
			return nil, tooManyBars(unit)
		}
	}
	return out, nil
}

func tooManyBars(unit Unit) error {
	instead := ", or for longer bars"
	if unit == Month { // there are none
		instead = ""
	}
	return models.FieldErrorf(models.Malformed, "start_date", "makes more than %d bars of one %s each; ask for a later start%s", MaxBuckets, unit, instead)
}

// following gives the first instant of the next hour, day, week or month of t's zone.
func following(t time.Time, unit Unit, weekday time.Weekday) time.Time {
	var next func(n int) time.Time
	switch unit {
	case Hour:
		return nextHour(t)
	case Week:
		rest := 7 - int(7+t.Weekday()-weekday)%7
		next = func(n int) time.Time { return models.StartOfDay(t, rest+7*(n-1)) }
	case Month:
		next = func(n int) time.Time {
			return models.StartOfDay(time.Date(t.Year(), t.Month()+time.Month(n), 1, 12, 0, 0, 0, t.Location()), 0)
		}
	default:
		next = func(n int) time.Time { return models.StartOfDay(t, n) }
	}
	for n := 1; ; n++ { // a day that a zone left out begins where its neighbour does
		if at := next(n); at.After(t) {
			return at
		}
	}
}

// before gives the range that a range is compared with: as many months before when it is of whole months, as many days before when it is of
// whole days, and else what is just as long. It ends where the range begins.
func before(r Range) Range {
	if n := wholeMonths(r); n > 0 {
		return Range{From: monthsBack(r.From, n), To: r.From}
	}
	if isStartOfDay(r.From) && isStartOfDay(r.To) {
		return Range{From: models.StartOfDay(r.From, -daysBetween(r.From, r.To)), To: r.From}
	}
	return Range{From: r.From.Add(r.From.Sub(r.To)), To: r.From}
}

// counterparts gives borders in the range before, of as many buckets: months before, for months; instants as far from its beginning, for hours;
// and else days as far from its first day.
func counterparts(r, earlier Range, of []time.Time, unit Unit) []time.Time {
	months, last := wholeMonths(r), len(of)-1
	out := make([]time.Time, len(of))
	for i, at := range of {
		switch {
		case unit == Month && months > 0:
			at = monthsBack(at, months)
		case unit == Hour:
			at = earlier.From.Add(at.Sub(r.From))
		case i == last && !isStartOfDay(at):
			at = earlier.To
		default:
			at = models.StartOfDay(earlier.From, daysBetween(r.From, at))
		}
		if at.Before(earlier.From) || i == 0 {
			at = earlier.From
		}
		if at.After(earlier.To) {
			at = earlier.To
		}
		out[i] = at
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// wholeMonths tells how many months a range is of; 0: not of whole ones.
func wholeMonths(r Range) int {
	if r.From.Day() != 1 || r.To.Day() != 1 || !isStartOfDay(r.From) || !isStartOfDay(r.To) {
		return 0
	}
	return 12*(r.To.Year()-r.From.Year()) + int(r.To.Month()-r.From.Month())
}

func monthsBack(first time.Time, n int) time.Time {
	return models.StartOfDay(time.Date(first.Year(), first.Month()-time.Month(n), 1, 12, 0, 0, 0, first.Location()), 0)
}

func isStartOfDay(t time.Time) bool { return models.StartOfDay(t, 0).Equal(t) }

// daysBetween counts the dates from one to another.
func daysBetween(from, to time.Time) int {
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(date(to).Sub(date(from)) / (24 * time.Hour))
}
