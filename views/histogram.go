package views

import (
	"math"
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
)

// Histogram is activities over time, above the timeline. Each bar leads to what it counts, and dragging over bars chooses a range.
type Histogram struct {
	Zone    string       // IANA: whose hours, days, weeks and months these are, the workspace's
	Foreign bool         // the reader's days are others
	Unit    TimeUnit     // what a bar stands for
	Week    time.Weekday // on which weeks begin
	Bars    []HistogramBar
	Feed    string // the feed without its period, where the bars have no Href
	Earlier HistogramStep
	Later   HistogramStep
	// Whole tells that the bars have all that the feed has of their days, so that a day's heading may say how many there are.
	Whole bool
}

// TimeUnit is what a bar of a histogram stands for.
type TimeUnit string

// The units.
const (
	Hours  TimeUnit = "hour"
	Days   TimeUnit = "day"
	Weeks  TimeUnit = "week"
	Months TimeUnit = "month"
)

// HistogramBar is one of them: from an instant to before another.
type HistogramBar struct {
	From, To time.Time
	Count    int64
	Troubles int64  // of these, failed or denied
	Href     string // the feed of just these; empty: so long that the script makes it, of Feed and these two
	Start    string // as start_date
	End      string // as end_date
	Shown    bool   // it has activities on the page
}

// HistogramStep leads to the stretch of time before or after; without Href there is none.
type HistogramStep struct {
	From, To time.Time // inclusive, exclusive
	Href     string
}

// The plot in pixels: a bar ends on the floor, and the highest one is so high.
const (
	plotFloor = 34
	plotBar   = 32
	leastFoot = 2 // what failed is seen, however little it is
)

// barView is a bar as it is drawn: x in percent, y in pixels.
type barView struct {
	HistogramBar
	name     string
	x, width string
	top      int // of the bar
	height   int // of the bar, without its foot
	foot     int // what failed or was denied
}

func (h Histogram) clock(now time.Time, format models.DateFormat) component.Clock {
	return component.NewClock(now, component.Locale{Zone: h.Zone, DateFormat: format})
}

// drawn gives the bars with their places.
func (h Histogram) drawn(clock component.Clock) []barView {
	most := int64(1)
	for _, b := range h.Bars {
		most = max(most, b.Count)
	}
	step := 100 / float64(len(h.Bars))
	out := make([]barView, len(h.Bars))
	for i, b := range h.Bars {
		v := barView{HistogramBar: b, name: h.nameOf(b, clock), x: percent(float64(i) * step), width: percent(step)}
		if b.Troubles > 0 {
			v.foot = max(leastFoot, pixels(b.Troubles, most))
		}
		if b.Count > 0 {
			all := max(1, v.foot, pixels(b.Count, most))
			v.top, v.height = plotFloor-all, all-v.foot
		}
		out[i] = v
	}
	return out
}

func pixels(n, most int64) int { return int(math.Round(plotBar * float64(n) / float64(most))) }

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "%" }

// class tells what of the drawing is other than usual: few bars are slim.
func (h Histogram) class() string {
	if h.few() {
		return "histo-plot histo-few"
	}
	return "histo-plot"
}

// label is the whole of what a bar says: "Friday 24 October: 29 activities, 2 failed or denied". Why it has another colour than others, too.
func (v barView) label() string {
	text := v.name + ": " + Total{Count: v.Count}.String()
	if v.Troubles > 0 {
		text += ", " + thousands(v.Troubles) + " failed or denied"
	}
	switch {
	case !v.Shown || v.Count == 0:
	case v.Count == 1:
		text += ". On this page"
	default:
		text += ". On this page, in full or in part"
	}
	return text
}

// nameOf calls a bar by its time.
func (h Histogram) nameOf(b HistogramBar, clock component.Clock) string {
	from, to := clock.Here(b.From), clock.Here(b.To)
	if h.Unit == Hours {
		return clock.DayOf(from).Date + ", " + clock.HourOf(from) + " to " + clock.HourOf(to)
	}
	var name string
	var whole time.Time // where the bar would end, if nothing of it were cut off
	begins := models.StartOfDay(from, 0)
	switch h.Unit {
	case Weeks:
		name, whole = "Week of "+clock.ShortDay(from), models.StartOfDay(from, 7)
	case Months:
		name, whole = from.Format("January 2006"), models.StartOfDay(time.Date(from.Year(), from.Month()+1, 1, 12, 0, 0, 0, from.Location()), 0)
		begins = models.StartOfDay(time.Date(from.Year(), from.Month(), 1, 12, 0, 0, 0, from.Location()), 0)
	default:
		name, whole = clock.DayOf(from).Date, models.StartOfDay(from, 1)
	}
	if !from.Equal(begins) || !to.Equal(whole) {
		name += ", in part"
	}
	return name
}

// title says what the histogram shows.
func (h Histogram) title(clock component.Clock) string {
	return "Activities per " + string(h.Unit) + ", " + spanOf(clock, h.Bars[0].From, h.Bars[len(h.Bars)-1].To)
}

// spanOf is a stretch of time, its end exclusive: "22 Oct – 20 Nov", "20 Nov", "20 Nov 14:00 – 20 Nov 16:00".
func spanOf(clock component.Clock, from, to time.Time) string {
	last := clock.Here(to.Add(-time.Microsecond))
	if !models.StartOfDay(clock.Here(from), 0).Equal(from) || !models.StartOfDay(last, 1).Equal(to) {
		return clock.Span(from, to)
	}
	first, end := clock.ShortDay(from), clock.ShortDay(last)
	if first == end {
		return first
	}
	return first + " – " + end
}

// note says whose days these are, where they are not the reader's.
func (h Histogram) note() string {
	unit := map[TimeUnit]string{Hours: "Hours", Weeks: "Weeks", Months: "Months"}[h.Unit]
	return orWord(unit, "Days") + " of " + h.Zone + ", the workspace’s time zone."
}

func orWord(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// countOf says how many activities a day of the timeline has, where the histogram knows.
func (p FeedPage) countOf(day component.Day) string {
	h := p.Histogram
	if h == nil || !h.Whole || h.Foreign || h.Unit != Days && h.Unit != Hours {
		return ""
	}
	var t Total
	clock := p.clock()
	for _, b := range h.Bars {
		if clock.DayOf(b.From).Start.Equal(day.Start) {
			t.Count += b.Count
		}
	}
	if t.Count == 0 {
		return ""
	}
	return t.String()
}
