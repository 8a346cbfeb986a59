package component

import (
	"fmt"
	"time"
)

// Moment is a time without a day above it: "Today 14:30", "Yesterday 16:40", "12 Nov 16:40", "3 Mar 2024 10:15".
func (c Clock) Moment(t time.Time) string {
	if day := c.DayOf(t); day.Name != "" {
		return day.Name + " " + t.In(c.zone).Format(c.write.minute)
	}
	return c.moment(t)
}

// OnDay is the day of a time: "11 Sep 2024".
func (c Clock) OnDay(t time.Time) string { return t.In(c.zone).Format(c.write.dateOfYear) }

// Calendar is a day that stands for itself, in no zone: "12 Dec 2025".
func (c Clock) Calendar(day time.Time) string { return day.UTC().Format(c.write.dateOfYear) }

// Precise is a time to the microsecond, as far as it has them: "20 Nov 2025, 14:21:07.218455".
func (c Clock) Precise(t time.Time) string {
	second := t.In(c.zone).Format(c.write.second)
	micro := t.Nanosecond() / 1000
	if micro == 0 {
		return c.OnDay(t) + c.write.join + second
	}
	clock, half, _ := cutLast(second, "\u00a0") // "2:21:07 PM"
	return c.OnDay(t) + c.write.join + clock + fmt.Sprintf(".%06d", micro) + half
}

func cutLast(s, separator string) (before, rest string, found bool) {
	for i := len(s) - len(separator); i > 0; i-- {
		if s[i:i+len(separator)] == separator {
			return s[:i], s[i:], true
		}
	}
	return s, "", false
}

// Headline is a time as the head of a page has it: "Thursday 20 November 2025, 14:21:07".
func (c Clock) Headline(t time.Time) string {
	return t.In(c.zone).Format(c.write.dayOfYear + c.write.join + c.write.second)
}

// ZoneName is the zone in which times are read, with how far it is from UTC at that time: "Europe/Berlin (UTC+1)".
func (c Clock) ZoneName(t time.Time) string {
	away := offset(t.In(c.zone))
	if name := c.zone.String(); name != away {
		return name + " (" + away + ")"
	}
	return away
}

// Ago is how long ago a time is, in one unit: "15 minutes ago", "3 days ago", "in 2 hours".
func (c Clock) Ago(t time.Time) string {
	d := c.now.Sub(t)
	format := "%s ago"
	if d < 0 {
		d, format = -d, "in %s"
	}
	if d < time.Minute {
		return "just now"
	}
	return fmt.Sprintf(format, inWords(d))
}

func inWords(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{365 * day, "year"}, {30 * day, "month"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int64(d / unit.length); n == 1 {
			return "1 " + unit.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a second"
}

// Delay says how much later something was: "at once", "0.4 s later", "3 days later".
func Delay(d time.Duration) string {
	switch {
	case d < 0:
		return inWords(-d) + " earlier"
	case d < time.Millisecond:
		return "at once"
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms later", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s later", d.Seconds())
	}
	return inWords(d) + " later"
}
