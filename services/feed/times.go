package feed

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"daybook/models"
)

// Bound is one end of a range of time, as it was written and what that means.
type Bound struct {
	Text string
	At   time.Time // UTC
}

// IsSet tells whether there is such an end.
func (b Bound) IsSet() bool { return b.Text != "" }

// ParseTime reads a time of a query: RFC 3339, without a zone in UTC; or a day, a month or a year of now's zone, written as a date, or by how long
// ago it is: today, yesterday, and 7d for the first of the last seven days. It gives the first instant of what was written, or, as the end of a
// range, its last microsecond.
func ParseTime(text string, now time.Time, end bool) (time.Time, error) {
	p, err := readPeriod(text, now)
	if err != nil {
		return time.Time{}, err
	}
	if end {
		return inRange(p.last)
	}
	return inRange(p.first)
}

// period is the stretch of time that a text stands for. That of an instant is the instant.
type period struct {
	first, last   time.Time // both belong to it
	before, after string    // the texts of its neighbours of the same length; empty beyond the years 1 to 9999
}

func readPeriod(text string, now time.Time) (period, error) {
	if strings.Contains(text, "T") {
		text = strings.Replace(text, " ", "+", 1) // a + that was not escaped
	}
	if n := daysBack(text); n > 0 {
		return recentDay(n, now), nil
	}
	for _, unit := range calendar {
		if day, err := time.Parse(unit.layout, text); err == nil {
			next, before := day.AddDate(unit.years, unit.months, unit.days), day.AddDate(-unit.years, -unit.months, -unit.days)
			return period{
				first: startOf(day, now.Location()), last: startOf(next, now.Location()).Add(-time.Microsecond),
				before: formatYears(before, unit.layout), after: formatYears(next, unit.layout),
			}, nil
		}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC().Truncate(time.Microsecond)
			return period{
				first: t, last: t,
				before: formatYears(t.Add(-time.Microsecond), instant), after: formatYears(t.Add(time.Microsecond), instant),
			}, nil
		}
	}
	return period{}, models.Errorf(models.Malformed,
		"must be a date like 2026-01-31, 2026-01 or 2026, a time like 2026-01-31T09:00:00Z, or one of today, yesterday and 7d")
}

// layouts of an instant. One that carries no zone is in UTC.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04"}

// instant is how we write one.
const instant = "2006-01-02T15:04:05.999999Z07:00"

// calendar has the periods that are written like dates.
var calendar = []struct {
	layout              string
	years, months, days int
}{{layout: "2006-01-02", days: 1}, {layout: "2006-01", months: 1}, {layout: "2006", years: 1}}

// startOf gives the first instant that a day has in a zone. A midnight may not exist; noon does.
func startOf(day time.Time, zone *time.Location) time.Time {
	return models.StartOfDay(time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone), 0)
}

// maxDaysBack is how far back days are counted.
const maxDaysBack = 3660

var daysPattern = regexp.MustCompile(`^[1-9][0-9]{0,3}d$`)

// daysBack reads which of the last days a text means, counted from today, which is 1; 0 when it is no such text.
func daysBack(text string) int {
	switch {
	case strings.EqualFold(text, "today"):
		return 1
	case strings.EqualFold(text, "yesterday"):
		return 2
	case !daysPattern.MatchString(text):
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, "d"))
	if err != nil || n > maxDaysBack {
		return 0
	}
	return n
}

// timeText is a time as a filter keeps it: today and yesterday are the same in capitals.
func timeText(text string) string {
	for _, word := range []string{"today", "yesterday"} {
		if strings.EqualFold(text, word) {
			return word
		}
	}
	return text
}

func recentDay(n int, now time.Time) period {
	return period{
		first: models.StartOfDay(now, 1-n), last: models.StartOfDay(now, 2-n).Add(-time.Microsecond),
		before: recentText(n+1, now), after: recentText(n-1, now),
	}
}

// recentText names one of the last days. What lies outside of them, tomorrow for one, has its date.
func recentText(n int, now time.Time) string {
	switch {
	case n < 1 || n > maxDaysBack:
		return formatYears(time.Date(now.Year(), now.Month(), now.Day()+1-n, 0, 0, 0, 0, time.UTC), time.DateOnly)
	case n == 1:
		return "today"
	case n == 2:
		return "yesterday"
	}
	return strconv.Itoa(n) + "d"
}

func formatYears(t time.Time, layout string) string {
	if _, err := inRange(t); err != nil {
		return ""
	}
	return t.Format(layout)
}

func inRange(t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return t, models.Errorf(models.Malformed, "must be between the years 1 and 9999, in UTC")
	}
	return t, nil
}
