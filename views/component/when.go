package component

import "time"

// When is a time in running text, seen from now: "today 09:12", "yesterday 17:03", "20 Nov 17:03".
func (c Clock) When(t time.Time) string {
	switch c.DayOf(t).Name {
	case "Today":
		return "today " + t.In(c.zone).Format(c.write.minute)
	case "Yesterday":
		return "yesterday " + t.In(c.zone).Format(c.write.minute)
	}
	return c.moment(t)
}
