package demo

import "time"

// quietWeek is the week before now in which the studio is closed.
const quietWeek = 6

// hour gives the time of day of a day, in the agency's zone, hours with fractions. On the day of a clock change it is still the
// hour on the wall.
func (t *teller) hour(day time.Time, hour float64) time.Time {
	y, m, d := day.In(t.zone).Date()
	whole := int(hour)
	return time.Date(y, m, d, whole, int((hour-float64(whole))*60), 0, 0, t.zone)
}

func (t *teller) midnight(at time.Time) time.Time { return t.hour(at, 0) }

// dayAfter goes a number of days on (or back), over clock changes.
func (t *teller) dayAfter(at time.Time, days int) time.Time {
	y, m, d := at.In(t.zone).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, t.zone)
}

// date prints the day that many days on.
func (t *teller) date(days int) string { return t.dayAfter(t.clock, days).Format("2006-01-02") }

// weekday counts from Monday, 0.
func (t *teller) weekday(at time.Time) int { return (int(at.In(t.zone).Weekday()) + 6) % 7 }

// weeksBefore tells how many weeks before the present one a day lies.
func (t *teller) weeksBefore(day time.Time) int {
	monday := t.dayAfter(t.now, -t.weekday(t.now))
	mondayThen := t.dayAfter(day, -t.weekday(day))
	return int(monday.Sub(mondayThen).Hours()/24+0.5) / 7
}

func (t *teller) workday(day time.Time) bool {
	return t.weekday(day) < 5 && t.weeksBefore(day) != quietWeek
}

// pace says how busy a day is: the agency grows, Fridays are short, weekends and the closed week are quiet.
func (t *teller) pace(day time.Time) float64 {
	grown := 0.75 + 0.4*day.Sub(t.start).Hours()/(24*Days)
	switch weekday := t.weekday(day); {
	case weekday >= 5:
		return 0.05 * grown
	case t.weeksBefore(day) == quietWeek:
		return 0.08 * grown
	case weekday == 4:
		return 0.75 * grown
	default:
		return grown
	}
}

// daysAgo is a time on the workday that many days before now, or on the next workday.
func (t *teller) daysAgo(days int, hour float64) time.Time {
	day := t.dayAfter(t.now, -days)
	for !t.workday(day) {
		day = t.dayAfter(day, 1)
	}
	return t.hour(day, hour).Add(t.minutes(0, 4))
}

// atWork moves a time into the next working hours, if it lies outside.
func (t *teller) atWork(at time.Time) time.Time {
	if t.workday(at) && !at.Before(t.hour(at, 8.5)) && at.Before(t.hour(at, 17.5)) {
		return at
	}
	day := at
	if !at.Before(t.hour(at, 8.5)) {
		day = t.dayAfter(at, 1)
	}
	for !t.workday(day) {
		day = t.dayAfter(day, 1)
	}
	return t.hour(day, 8.5).Add(t.minutes(2, 150))
}

// lastWorkday is the latest workday that was over before the last hours began.
func (t *teller) lastWorkday() time.Time {
	day := t.midnight(t.now)
	for !t.workday(day) || t.hour(day, 18).After(t.now.Add(-lastHours)) {
		day = t.dayAfter(day, -1)
	}
	return day
}
