package views

import (
	"strconv"
	"time"
	"unicode/utf8"

	"daybook/views/component"
)

// axisLabel stands under the bars. At is in percent of their width.
type axisLabel struct {
	at     float64
	anchor string // of the text, as SVG calls it
	text   string
	now    bool
}

// A character of a label, in hundredths of the width of a phone; and how near to the end a label may stand, which has one of its own.
const (
	ofCharacter = 1.7
	beforeLast  = 89.0
)

// room is how far labels are from each other at least: a date needs more than the name of a month.
func (h Histogram) room() float64 {
	if h.Unit == Weeks || h.Unit == Months {
		return 7
	}
	return 8
}

// few tells whether there is room for a label under each bar.
func (h Histogram) few() bool { return len(h.Bars) < 10 }

// labels are the words of the axis: where it begins and ends, and between them weeks, months or hours, as many as there is room for.
func (h Histogram) labels(clock component.Clock) []axisLabel {
	step := 100 / float64(len(h.Bars))
	out := []axisLabel{h.underBar(h.firstLabel(clock), step/2)}
	last := h.lastLabel(clock)
	free := 100.0 // up to where there is room
	for i := range last {
		last[i] = h.underBar(last[i], 100-step/2)
		free = last[i].left() - ofCharacter/2
	}
	month := clock.Here(h.Bars[0].From).Month()
	at := out[0].right() + 4 - h.room()
	for i, b := range h.Bars[:len(h.Bars)-len(last)] {
		from, middle := clock.Here(b.From), (float64(i)+0.5)*step
		if i == 0 || !h.marked(from, clock.Here(h.Bars[i-1].From)) || middle < at+h.room() || middle > beforeLast {
			continue
		}
		l := axisLabel{at: middle, anchor: "middle", text: h.mark(clock, from, from.Month() != month)}
		if l.right() > free {
			continue
		}
		out = append(out, l)
		at, month = middle, from.Month()
	}
	return append(out, last...)
}

// underBar moves a label from an end of the axis to the middle of its bar, where bars are few and it stays within the drawing.
func (h Histogram) underBar(l axisLabel, middle float64) axisLabel {
	if half := l.width() / 2; h.few() && h.Unit != Hours && middle-half >= 0 && middle+half <= 100 {
		l.at, l.anchor = middle, "middle"
	}
	return l
}

func (l axisLabel) width() float64 { return ofCharacter * float64(utf8.RuneCountInString(l.text)) }

func (l axisLabel) left() float64 {
	switch l.anchor {
	case "start":
		return l.at
	case "end":
		return l.at - l.width()
	}
	return l.at - l.width()/2
}

func (l axisLabel) right() float64 { return l.left() + l.width() }

func (h Histogram) firstLabel(clock component.Clock) axisLabel {
	from := clock.Here(h.Bars[0].From)
	text := clock.Brief(from)
	switch {
	case h.Unit == Months:
		text = from.Format("Jan 2006")
	case from.Year() != clock.Now().Year():
		text = clock.OnDay(from)
	}
	return axisLabel{anchor: "start", text: text}
}

// lastLabel is where the axis ends; a day's hours end by themselves.
func (h Histogram) lastLabel(clock component.Clock) []axisLabel {
	if len(h.Bars) < 2 {
		return nil
	}
	b := h.Bars[len(h.Bars)-1]
	now := !clock.Now().Before(b.From) && clock.Now().Before(b.To)
	l := axisLabel{at: 100, anchor: "end", text: clock.Brief(b.To.Add(-time.Microsecond)), now: now}
	switch {
	case now && h.Unit == Days:
		l.text = "Today"
	case now:
		l.text = "Now"
	case h.Unit == Hours:
		return nil
	case h.Unit == Months:
		l.text = clock.Here(b.From).Format("Jan 2006")
	}
	return []axisLabel{l}
}

// marked tells whether a bar is one that a label stands under: a day that begins a week, a month that begins, a quarter of a day.
func (h Histogram) marked(from, before time.Time) bool {
	switch h.Unit {
	case Hours:
		return from.Hour()%6 == 0 && from.Hour() != before.Hour()
	case Weeks:
		return from.Month() != before.Month()
	case Months:
		return len(h.Bars) <= 12 || len(h.Bars) <= 36 && from.Month()%3 == 1 || from.Month() == time.January
	}
	return from.Weekday() == h.Week || h.few()
}

// mark is the label of a bar. That of a day tells the month when it is another one than before.
func (h Histogram) mark(clock component.Clock, from time.Time, newMonth bool) string {
	switch {
	case h.Unit == Hours && from.Hour() > 0:
		return clock.HourOf(from)
	case h.Unit == Hours:
		return clock.Brief(from)
	case h.Unit == Days && newMonth:
		return clock.Brief(from)
	case h.Unit == Days:
		return strconv.Itoa(from.Day())
	case from.Month() == time.January:
		return from.Format("2006")
	}
	return from.Format("Jan")
}
