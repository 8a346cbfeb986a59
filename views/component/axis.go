package component

import "time"

// Brief is a date on an axis, where the year is known: "20 Nov".
func (c Clock) Brief(t time.Time) string { return t.In(c.zone).Format(c.write.brief) }

// ShortDay is a date in a line, with the year if it is another one: "20 Nov", "20 Nov 2024".
func (c Clock) ShortDay(t time.Time) string {
	if t = t.In(c.zone); t.Year() != c.now.Year() {
		return t.Format(c.write.dateOfYear)
	}
	return t.Format(c.write.date)
}

// HourOf is the time of day to the minute: "14:30".
func (c Clock) HourOf(t time.Time) string { return t.In(c.zone).Format(c.write.minute) }

// Here is a time on the clock's own clocks.
func (c Clock) Here(t time.Time) time.Time { return t.In(c.zone) }

// Now is the moment that the clock tells times from.
func (c Clock) Now() time.Time { return c.now }
