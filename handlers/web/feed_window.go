package web

import (
	"time"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
)

const (
	windowDays  = 30               // without a period
	leastWindow = 6 * time.Hour    // a shorter period is shown within its day
	mostMonths  = stats.MaxBuckets // a longer one is none
)

// window is the stretch of time that a histogram shows, in the workspace's zone.
type window struct {
	stats.Range
	whole bool // nothing in it is left out by the filter's period: its days have all that the feed has of them
}

// windowOf gives the window of a filter's period. One that is open at an end is completed: it ends today, or with the newest day of the page; it
// begins so many days before. Without a period it is the last days, or, where the page lies elsewhere, those that end with the newest day on it.
func windowOf(f feed.Filter, shown stats.Range, now time.Time) window {
	zone := now.Location()
	r := stats.RangeOf(f, zone)
	from, to := r.From, r.To
	today := models.StartOfDay(now, 1)
	switch {
	case f.From.IsSet() && f.To.IsSet():
	case f.From.IsSet():
		to = today
		if end := models.StartOfDay(shown.To.In(zone), 1); end.After(to) {
			to = end
		}
		if !from.Before(to) {
			to = models.StartOfDay(from, windowDays)
		}
	default:
		if !f.To.IsSet() || to.After(today) && !shown.To.After(today) {
			to = today
		}
		from, to = daysUpTo(shown.To.In(zone), to)
	}
	switch {
	case !from.Before(to) || months(from, to) >= mostMonths:
		from, to = daysUpTo(shown.To.In(zone), today)
		return window{Range: stats.Range{From: from, To: to}}
	case to.Sub(from) < leastWindow:
		return window{Range: stats.Range{From: models.StartOfDay(from, 0), To: models.StartOfDay(to.Add(-time.Microsecond), 1)}}
	}
	return window{Range: stats.Range{From: from, To: to}, whole: true}
}

// daysUpTo gives the days before an end, or, where the newest activity of the page is none of them, those that end with its day.
func daysUpTo(newest, end time.Time) (from, to time.Time) {
	first := func(end time.Time) time.Time { return models.StartOfDay(end.Add(-time.Microsecond), 1-windowDays) }
	if newest.Year() > 1 && (newest.Before(first(end)) || !newest.Before(end)) {
		end = models.StartOfDay(newest, 1)
	}
	return first(end), end
}

// beside gives the range before one (-1), or after it (1): as many months, if it is of whole ones, else as many days, else what is just as long.
func beside(r stats.Range, way int) stats.Range {
	move := func(at time.Time) time.Time { return at.Add(time.Duration(way) * r.To.Sub(r.From)) }
	switch days, n := daysOf(r), months(r.From, r.To); {
	case days > 0 && r.From.Day() == 1 && r.To.Day() == 1:
		move = func(at time.Time) time.Time {
			return models.StartOfDay(time.Date(at.Year(), at.Month()+time.Month(way*n), 1, 12, 0, 0, 0, at.Location()), 0)
		}
	case days > 0:
		move = func(at time.Time) time.Time { return models.StartOfDay(at, way*days) }
	}
	if way < 0 {
		return stats.Range{From: move(r.From), To: r.From}
	}
	return stats.Range{From: r.To, To: move(r.To)}
}

func months(from, to time.Time) int {
	return 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month())
}

// daysOf counts the days of a range of whole ones; 0: it is none.
func daysOf(r stats.Range) int {
	if !models.StartOfDay(r.From, 0).Equal(r.From) || !models.StartOfDay(r.To, 0).Equal(r.To) {
		return 0
	}
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(date(r.To).Sub(date(r.From)) / (24 * time.Hour))
}
