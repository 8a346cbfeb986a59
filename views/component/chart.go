package component

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Chart is counts over time as bars. The server draws it: x in percent and y in pixels, so that it stretches without distorting text. Every bar
// is a link. Where scripts run, static/js/stats.js lays a chart of the same shape over it.
type Chart struct {
	Label string // what it shows, for those who do not see it
	Bars  []ChartBar
	Keys  []ChartKey // of the parts, from the foot up
	Other string     // what the counts of Before are, "30 days before"; empty: none are shown
	Now   string     // what stands under the last bar when it is the present one: "Today"; empty: a date like any other
}

// ChartKey names a part of the bars. Href is where there is just this; empty: nowhere.
type ChartKey struct {
	Label string
	Href  string
	Class string // k-1 to k-6
}

// ChartBar is one bar.
type ChartBar struct {
	Href   string
	Label  string // when it was: "Wed 22 Oct"
	Says   string // what it says, with its parts
	Tick   ChartTick
	Count  int64
	Parts  []int64 // as many as the chart has keys
	Before int64   // how many there were in its counterpart before
}

// ChartTick is what may stand under a bar. Where the group of the mark before it is another one, it is Long.
type ChartTick struct{ Long, Short, Group string }

// Measures of a chart, in pixels.
const (
	chartFoot   = 190 // where bars stand
	chartRoom   = 182 // how high the scale is
	chartMarks  = 206 // the line under the foot
	chartNarrow = 250 // how wide the bars are on the narrowest screen
	chartWide   = 600 // and where there is room
)

// chartScale has round numbers.
type chartScale struct{ step, top int64 }

// scale finds the roundest numbers in four steps or fewer.
func (c Chart) scale() chartScale {
	var most int64 = 1
	for _, b := range c.Bars {
		most = max(most, b.Count)
		if c.Other != "" {
			most = max(most, b.Before)
		}
	}
	for power := int64(10); ; power *= 10 { // in tenths
		for _, step := range []int64{power, 2 * power, 5 * power / 2, 5 * power} {
			if step%10 == 0 && step/10*4 >= most {
				return chartScale{step: step / 10, top: (most + step/10 - 1) / (step / 10) * (step / 10)}
			}
		}
	}
}

// lines are the values that have one across the chart.
func (s chartScale) lines() []int64 {
	var values []int64
	for v := s.step; v <= s.top; v += s.step {
		values = append(values, v)
	}
	return values
}

// y is how high a value is, from above.
func (s chartScale) y(v int64) int {
	return chartFoot - int(math.Round(float64(v)*chartRoom/float64(s.top)))
}

// line is y in the middle of a pixel, where a hairline is sharp.
func (s chartScale) line(v int64) string { return strconv.Itoa(s.y(v)) + ".5" }

// chartPart is a piece of a bar.
type chartPart struct {
	class     string
	y, height int
}

// parts are the pieces of a bar, from the foot up, a pixel apart. What is there is seen: a piece has two pixels at least.
func (c Chart) parts(b ChartBar, s chartScale) []chartPart {
	var parts []chartPart
	at, sum := chartFoot, int64(0)
	for i, n := range b.Parts {
		if n <= 0 || i >= len(c.Keys) {
			continue
		}
		sum += n
		top := min(s.y(sum), at-2)
		parts = append(parts, chartPart{class: c.Keys[i].Class, y: top, height: at - top - 1})
		at = top
	}
	return parts
}

// slot is where a bar has its place, and how wide it is of that.
func (c Chart) slot(i int) float64 { return 100 * float64(i) / float64(len(c.Bars)) }

func (c Chart) fill() float64 {
	if len(c.Bars) > 60 {
		return 0.8
	}
	return 0.68
}

func (c Chart) hitX(i int) string   { return percent(c.slot(i)) }
func (c Chart) hitWidth() string    { return percent(c.slot(1)) }
func (c Chart) barX(i int) string   { return percent(c.slot(i) + c.slot(1)*(1-c.fill())/2) }
func (c Chart) barWidth() string    { return percent(c.slot(1) * c.fill()) }
func (c Chart) tickX1(i int) string { return percent(c.slot(i) + c.slot(1)*0.1) }
func (c Chart) tickX2(i int) string { return percent(c.slot(i) + c.slot(1)*0.9) }

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

// chartMark is a word under the chart.
type chartMark struct {
	Text   string
	X      string
	Anchor string
	Wide   bool // only where there is room
}

// marks are the words under the chart. None touches another on the narrowest screen; where there is room there are more of them.
func (c Chart) marks() []chartMark {
	at := map[int]chartMark{}
	if last := len(c.Bars) - 1; last >= 0 && c.Now != "" {
		at[last] = chartMark{Text: c.Now}
	}
	for _, width := range []float64{chartNarrow, chartWide} {
		if c.place(at, width, c.beginnings()) <= 1 { // days between months, of which many are not there, would confuse
			c.place(at, width, c.Bars)
		}
	}
	var marks []chartMark
	for i := range c.Bars {
		if m, ok := at[i]; ok {
			m.X, m.Anchor = c.anchor(i, m.Text)
			marks = append(marks, m)
		}
	}
	return marks
}

// beginnings are the bars without the marks that do not begin a group: a new month is to be seen before a day in it.
func (c Chart) beginnings() []ChartBar {
	bars, group := slices.Clone(c.Bars), ""
	for i := range bars {
		if bars[i].Tick.Group == group {
			bars[i].Tick = ChartTick{}
		} else if bars[i].Tick.Long != "" {
			group = bars[i].Tick.Group
		}
	}
	return bars
}

// place adds what fits into so many pixels, and tells how many did not.
func (c Chart) place(at map[int]chartMark, width float64, bars []ChartBar) (left int) {
	for i, b := range bars {
		if _, taken := at[i]; taken || b.Tick.Long == "" {
			continue
		}
		m := chartMark{Text: b.Tick.Short, Wide: width > chartNarrow}
		if before := c.markBefore(at, i); before < 0 || c.Bars[before].Tick.Group != b.Tick.Group {
			m.Text = b.Tick.Long
		}
		if c.fits(at, i, m.Text, width) {
			at[i] = m
		} else {
			left++
		}
	}
	return left
}

func (c Chart) markBefore(at map[int]chartMark, i int) int {
	for i--; i >= 0; i-- {
		if _, ok := at[i]; ok {
			return i
		}
	}
	return -1
}

func (c Chart) fits(at map[int]chartMark, i int, text string, width float64) bool {
	const apart = 10
	left, right := c.extent(i, text, width)
	if left < 0 {
		return false
	}
	for j, m := range at {
		l, r := c.extent(j, m.Text, width)
		if left < r+apart && l < right+apart {
			return false
		}
	}
	return true
}

// extent is from where to where a word goes, in pixels, with letters as wide as they come. The first does not begin before the chart does.
func (c Chart) extent(i int, text string, width float64) (left, right float64) {
	const letter = 6.5
	length := letter * float64(utf8.RuneCountInString(text))
	middle := width * (c.slot(i) + c.slot(1)/2) / 100
	if i == 0 && middle < length/2 {
		return 0, length
	}
	return middle - length/2, middle + length/2
}

// anchor keeps the first word from beginning before the chart does.
func (c Chart) anchor(i int, text string) (x, anchor string) {
	if left, _ := c.extent(i, text, chartNarrow); i == 0 && left == 0 {
		return "0", "start"
	}
	return percent(c.slot(i) + c.slot(1)/2), "middle"
}

// axisWord writes a round number in little room: "750", "2,500", "40k", "1.5M".
func axisWord(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1_000_000_000, "G"}, {1_000_000, "M"}, {1_000, "k"}} {
		if n >= unit.size && (n >= 10_000 || unit.size > 1_000) {
			return strconv.FormatFloat(float64(n)/float64(unit.size), 'f', -1, 64) + unit.name
		}
	}
	if n >= 1000 {
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return strconv.FormatInt(n, 10)
}

// numbers are the parts of a bar for the script.
func numbers(values []int64) string {
	text := make([]byte, 0, 4*len(values))
	for i, v := range values {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, v, 10)
	}
	return string(text)
}

// classes are those of the keys.
func (c Chart) classes() string {
	classes := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		classes[i] = k.Class
	}
	return strings.Join(classes, " ")
}

func number(v int64) string { return strconv.FormatInt(v, 10) }
