package component

import (
	"strconv"
	"time"

	"daybook/models"
)

// Locale is how a viewer reads times.
type Locale struct {
	Zone       string            // IANA time zone; one that does not exist, or none, is UTC
	DateFormat models.DateFormat // one that does not exist, or none, is models.DateWords
}

// Clock reads times as the viewer does: in their zone and format, seen from the moment the page is made.
type Clock struct {
	now   time.Time
	zone  *time.Location
	write layouts
}

// NewClock makes a clock.
func NewClock(now time.Time, as Locale) Clock {
	location, err := time.LoadLocation(as.Zone)
	if err != nil || as.Zone == "Local" {
		location = time.UTC
	}
	write, ok := formats[as.DateFormat]
	if !ok {
		write = formats[models.DateWords]
	}
	return Clock{now: now.In(location), zone: location, write: write}
}

// layouts are the ways in which one format writes. A layout of a year is the one of dates in another year than this.
type layouts struct {
	day, dayOfYear   string // with the weekday, under which rows stand
	date, dateOfYear string // short
	brief            string // a date on an axis, where its year is known
	minute, second   string // of the day
	join             string // between date and time of day
}

var formats = map[models.DateFormat]layouts{
	models.DateWords: {
		day: "Monday 2 January", dayOfYear: "Monday 2 January 2006", date: "2 Jan", brief: "2 Jan", dateOfYear: "2 Jan 2006", minute: "15:04", second: "15:04:05", join: ", ",
	},
	models.DateISO: {
		day: "Monday 2006-01-02", dayOfYear: "Monday 2006-01-02", date: "2006-01-02", brief: "01-02", dateOfYear: "2006-01-02", minute: "15:04", second: "15:04:05", join: " ",
	},
	models.DateAmerican: {
		day: "Monday, January 2", dayOfYear: "Monday, January 2, 2006", date: "Jan 2", brief: "Jan 2", dateOfYear: "Jan 2, 2006", minute: "3:04\u00a0PM", second: "3:04:05\u00a0PM", join: ", ",
	},
	models.DateSlashes: {
		day: "Monday 02/01", dayOfYear: "Monday 02/01/2006", date: "02/01", brief: "02/01", dateOfYear: "02/01/2006", minute: "15:04", second: "15:04:05", join: " ",
	},
}

// Day is a calendar day in the viewer's zone.
type Day struct {
	Name  string // "Today", "Yesterday", or nothing
	Date  string // "Thursday 20 November", with the year if it is another one
	Start time.Time
}

// DayOf finds the day of a time. Two times of one day give equal days.
func (c Clock) DayOf(t time.Time) Day {
	start := midnight(t.In(c.zone))
	today := midnight(c.now)
	d := Day{Start: start, Date: start.Format(c.write.day)}
	if start.Year() != today.Year() {
		d.Date = start.Format(c.write.dayOfYear)
	}
	switch {
	case start.Equal(today):
		d.Name = "Today"
	case start.Equal(midnight(today.AddDate(0, 0, -1))):
		d.Name = "Yesterday"
	case start.Equal(midnight(today.AddDate(0, 0, 1))):
		d.Name = "Tomorrow"
	}
	return d
}

// midnight names a day by its first moment.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// IsToday tells whether a time is told relative to now: earlier today.
func (c Clock) IsToday(t time.Time) bool {
	return !t.After(c.now) && c.DayOf(t).Name == "Today"
}

// Short is a time under the heading of its day: how long ago today, else the hour. The words are those of static/js/times.js.
func (c Clock) Short(t time.Time) string {
	if !c.IsToday(t) {
		return t.In(c.zone).Format(c.write.minute)
	}
	switch minutes := int(c.now.Sub(t) / time.Minute); {
	case minutes < 1:
		return "now"
	case minutes < 60:
		return strconv.Itoa(minutes) + "\u00a0min"
	default:
		return strconv.Itoa(minutes/60) + "\u00a0h"
	}
}

// Exact is a time in full: "Thursday 20 November 2025, 14:34:00 (UTC+1)".
func (c Clock) Exact(t time.Time) string {
	t = t.In(c.zone)
	return t.Format(c.write.dayOfYear+c.write.join+c.write.second) + " (" + offset(t) + ")"
}

// Minute is a time in full, as short as that can be: "20 Nov 2025, 14:34".
func (c Clock) Minute(t time.Time) string {
	return t.In(c.zone).Format(c.write.dateOfYear + c.write.join + c.write.minute)
}

// Second is the time of day to the second, with the zone: what a finger cannot read from a tooltip.
func (c Clock) Second(t time.Time) string {
	t = t.In(c.zone)
	return t.Format(c.write.second) + " " + offset(t)
}

// Span is the stretch of time between two: "19 Nov 11:08 – 20 Nov 14:34".
func (c Clock) Span(from, to time.Time) string {
	return c.moment(from) + " – " + c.moment(to)
}

func (c Clock) moment(t time.Time) string {
	t = t.In(c.zone)
	if t.Year() != c.now.Year() {
		return t.Format(c.write.dateOfYear + " " + c.write.minute)
	}
	return t.Format(c.write.date + " " + c.write.minute)
}

// offset writes how far a time is from UTC: "UTC", "UTC+1", "UTC−3:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	text := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds / 60 % 60; minutes != 0 {
		text += ":" + strconv.Itoa(100 + minutes)[1:]
	}
	return text
}

// Machine is a time as JSON and <time datetime> carry it: UTC, six digits.
func Machine(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
