//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// theHistogram: bars that lead to what they count, and choose a range by mouse, by keys and by finger.
func theHistogram(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell").check("feed-histogram")
	b.hold(desktop, "light")
	if n := b.count(".histo-plot > a"); n != 30 {
		t.Fatalf("%d bars", n)
	}
	b.want("document.querySelectorAll('.histo-plot > a.on').length > 0 && document.querySelector('.day-count')", "dark are the days on the page, whose headings say how many there are")
	byMouse(b)
	byKeys(b)
	byFinger(b)
	withoutScript(w.as(t, "ingrid").withoutScripts())
	inOtherColours(b)
	b.open("/w/tidewell?start_date=365d&resource_types=task").glance("feed-histogram-weeks")
	b.open("/w/tidewell?start_date=2d").glance("feed-histogram-hours")
	b.open("/w/tidewell?end_date=2001").want("document.querySelector('.empty') && document.querySelectorAll('.histo-plot > a').length === 30", "an empty period has its histogram, to leave it by").glance("feed-histogram-empty")
}

// place is the middle of a bar.
type place struct{ X, Y float64 }

func (b *tab) bar(i int) place {
	b.t.Helper()
	return eval[place](b, fmt.Sprintf("(r => ({X: r.x + r.width / 2, Y: r.y + r.height / 2}))(document.querySelectorAll('.histo-plot > a')[%d].getBoundingClientRect())", i))
}

// said is the number in what stands beside the bars.
func said(text string) int { return number(strings.Fields(text[strings.LastIndex(text, ": ")+2:])[0]) }

// dates are the days of the bars, as their links say.
func (b *tab) dates() []string {
	b.t.Helper()
	return eval[[]string](b, "[...document.querySelectorAll('.histo-plot > a')].map(a => new URL(a.getAttribute('href'), location.href).searchParams.get('start_date'))")
}

func byMouse(b *tab) {
	b.t.Helper()
	b.open("/w/tidewell?resource_types=task")
	from, to, days := b.bar(24), b.bar(20), b.dates()
	left := chromedp.Button(string(input.MouseButtonLeft))
	b.do("press", chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, from.X, from.Y, left, chromedp.ClickCount(1)))
	for _, x := range []float64{from.X - 3, from.X - 30, to.X} {
		b.do("drag", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, to.Y, left))
	}
	b.soon("document.querySelectorAll('.histo-plot .picked').length === 5", "five bars are chosen")
	n := said(b.text(".histo-says"))
	b.swapBy("let go", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, to.X, to.Y, left, chromedp.ClickCount(1)))
	if q := b.query(); total(b) != n || q.Get("start_date") != days[20] || q.Get("end_date") != days[24] || q.Get("resource_types") != "task" {
		b.t.Errorf("dragging from %s to %s leads to %s with %d, want %d", days[24], days[20], b.where(), total(b), n)
	}
	b.want("document.title.includes('task') && document.querySelectorAll('.histo-plot > a').length === 5 && !document.querySelector('.picked')", "the bars are those of the range")
	b.swapBy("press a bar", chromedp.MouseClickXY(b.bar(2).X, b.bar(2).Y))
	if q := b.query(); q.Get("start_date") != days[22] || q.Get("end_date") != days[22] {
		b.t.Errorf("pressing a bar leads to %s", b.where())
	}
	b.do("go back", chromedp.Evaluate[chromedp.Void]("history.back()"), chromedp.WaitVisible(chromedp.CSS(`#q[value="type:task created:`+days[20]+`..`+days[24]+`"]`)))
	b.want("document.querySelectorAll('.histo-plot > a').length === 5", "back leads to the range")
	b.swap(".histo-step[href]").want("location.search.includes('end_date="+days[19]+"')", "the arrow leads to the days before")
	b.quiet("by mouse")
}

func byKeys(b *tab) {
	b.t.Helper()
	days := b.open("/w/tidewell?resource_types=task").dates()
	eval[bool](b, "(document.querySelector('.filters .clear').focus(), true)")
	b.press(kb.Tab).want("document.activeElement.matches('.histo-plot > a.on')", "the bars are one stop")
	b.press(kb.End).press(kb.ArrowLeft, kb.ArrowLeft)
	b.want("[...document.querySelectorAll('.histo-plot > a')].indexOf(document.activeElement) === 27", "the arrows go from bar to bar")
	b.do("choose", chromedp.KeyEvent(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift)))
	b.want("document.querySelectorAll('.picked').length === 3 && document.getElementById('status').textContent.startsWith(document.querySelector('.histo-says').textContent)", "Shift chooses, and it is said aloud")
	b.check("feed-histogram-chosen")
	b.hold(desktop, "light")
	b.press(kb.Escape).want("!document.querySelector('.picked')", "Escape lets go")
	b.do("choose", chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)))
	n := said(b.text(".histo-says"))
	b.swapKey(kb.Enter)
	if q := b.query(); total(b) != n || q.Get("start_date") != days[25] || q.Get("end_date") != days[26] {
		b.t.Errorf("Enter leads to %s with %d, want %d", b.where(), total(b), n)
	}
	b.want("document.activeElement.id === 'total'", "the focus goes to what there is now").quiet("by keys")
}

// byFinger: along the bars it chooses, up and down it scrolls.
func byFinger(b *tab) {
	b.t.Helper()
	b.hold(phone, "light")
	b.open("/w/tidewell")
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		b.t.Helper()
		call(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, at...)})
	}
	down := b.bar(15)
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: down.X, Y: down.Y})
	for i := range 10 {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: down.X, Y: down.Y - float64(12*i)})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	b.soon("scrollY > 30", "the page scrolls").want("!document.querySelector('.picked') && location.search === ''", "and nothing is chosen")
	b.open("/w/tidewell")
	from, to, days := b.bar(10), b.bar(16), b.dates()
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: from.X, Y: from.Y})
	for x := from.X; x < to.X; x += 9 {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x, Y: from.Y})
	}
	touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: to.X, Y: from.Y + 3})
	b.soon("document.querySelectorAll('.picked').length === 7", "seven days are chosen")
	b.shot("feed-histogram-finger")
	touch(input.DispatchTouchEventTypeTouchEnd)
	b.soon("location.search.includes('end_date="+days[16]+"') && location.search.includes('start_date="+days[10]+"')", "the feed shows them")
	b.quiet("by finger")
	b.hold(desktop, "light")
}

// withoutScript each bar is a link, and nothing else.
func withoutScript(b *tab) {
	b.t.Helper()
	b.open("/w/tidewell?resource_types=task")
	at, days := b.bar(24), b.dates()
	b.arrive("press a bar", 200, chromedp.MouseClickXY(at.X, at.Y))
	if q := b.query(); q.Get("start_date") != days[24] || q.Get("resource_types") != "task" {
		b.t.Errorf("a bar leads to %s", b.where())
	}
}

// inOtherColours: where the system has its own colours the bars are in them, and on paper the page says what it shows.
func inOtherColours(b *tab) {
	b.t.Helper()
	b.open("/w/tidewell")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
	fills := eval[[]string](b, "['.on rect:nth-child(2)', 'a:not(.on) rect:nth-child(2)', 'rect:first-child'].map(q => getComputedStyle(document.querySelector('.histo-plot ' + q)).fill)")
	if fills[0] == fills[1] || fills[1] == fills[2] || fills[0] == fills[2] {
		b.t.Errorf("in the system's colours bars are %q", fills)
	}
	b.shot("feed-histogram-forced")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	b.want("document.querySelector('.on-paper').checkVisibility() && !document.querySelector('.histo-step').checkVisibility()", "a print says when, and for whom")
	b.shot("feed-histogram-print")
	b.hold(desktop, "light")
}
