package component

import (
	"strconv"
	"time"
)

// Clock reads times as the viewer does: in their zone, seen from the moment the page is made.
type Clock struct {
	now  time.Time
	zone *time.Location
}

// NewClock makes a clock for an IANA time zone. One that does not exist, or none, is UTC.
func NewClock(now time.Time, zone string) Clock {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		location = time.UTC
	}
	return Clock{now: now.In(location), zone: location}
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
	d := Day{Start: start, Date: start.Format("Monday 2 January")}
	if start.Year() != today.Year() {
		d.Date = start.Format("Monday 2 January 2006")
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
		return t.In(c.zone).Format("15:04")
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
	return t.Format("Monday 2 January 2006, 15:04:05 (") + offset(t) + ")"
}

// Second is the time of day to the second, with the zone: what a finger cannot read from a tooltip.
func (c Clock) Second(t time.Time) string {
	t = t.In(c.zone)
	return t.Format("15:04:05 ") + offset(t)
}

// Span is the stretch of time between two: "19 Nov 11:08 – 20 Nov 14:34".
func (c Clock) Span(from, to time.Time) string {
	return c.moment(from) + " – " + c.moment(to)
}

func (c Clock) moment(t time.Time) string {
	t = t.In(c.zone)
	if t.Year() != c.now.Year() {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("2 Jan 15:04")
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
