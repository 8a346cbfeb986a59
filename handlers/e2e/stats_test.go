//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// statistics: an admin sees what goes on, looks closer with mouse and keyboard, and goes on to the very activities; without scripts the same is
// there. A member sees their own scope.
func statistics(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	b.follow(b.mark(saying(".nav-link", "Statistics"))).want("document.querySelectorAll('.figure').length === 5", "there are figures")
	b.soon("document.querySelector('.chart-live canvas')", "the chart comes to life")
	b.check("stats")
	b.hold(desktop, "light")

	// Under the pointer a bar tells its values; a click opens its activities.
	i := eval[int](b, "(() => { const all = [...document.querySelectorAll('.chart > a')]; return all.findLastIndex((a) => a.dataset.count > 20) })()")
	x, y := b.barAt(i)
	b.do("point", chromedp.MouseEvent(chromedp.MouseMoved, x, y))
	b.want("!document.querySelector('.chart-tip').hidden && document.querySelector('.chart-tip').innerText.includes('before')", "the values are told")
	count := eval[string](b, fmt.Sprintf("document.querySelectorAll('.chart > a')[%d].dataset.count", i))
	b.shotOfScreen("stats-hover-desktop")
	b.do("point", chromedp.MouseEvent(chromedp.MouseMoved, 5, 5))

	// The keyboard reaches the bars by one stop, and moves among them.
	b.want("document.querySelectorAll('.chart > a[tabindex=\"0\"]').length === 1 && document.querySelectorAll('.heat a[tabindex=\"0\"]').length === 1", "charts are one stop each")
	eval[bool](b, "(document.querySelector('.chart > a[tabindex=\"0\"]').focus(), true)")
	b.press(kb.Home, kb.ArrowRight).want("document.activeElement === document.querySelectorAll('.chart > a')[1] && document.querySelector('.chart-at.is-focus')", "arrows move among bars, and one sees where")
	eval[bool](b, fmt.Sprintf("(document.querySelectorAll('.chart > a')[%d].focus(), true)", i))
	b.enter(kb.Enter)
	if got := total(b); fmt.Sprint(got) != count {
		t.Errorf("the bar says %s, the feed at %s has %d", count, b.where(), got)
	}

	// What is drawn over the chart is the next period.
	b.open("/w/tidewell/stats").soon("document.querySelector('.chart-live canvas')", "the chart comes to life")
	fromX, fromY := b.barAt(10)
	toX, _ := b.barAt(16)
	b.do("point", chromedp.MouseEvent(chromedp.MouseMoved, fromX, fromY))
	b.do("draw", chromedp.MouseEvent(chromedp.MousePressed, fromX, fromY, chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseMoved, (fromX+toX)/2, fromY, chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseMoved, toX, fromY, chromedp.ButtonLeft))
	b.shotOfScreen("stats-draw-desktop")
	b.arrive("draw", 200, chromedp.MouseEvent(chromedp.MouseReleased, toX, fromY, chromedp.ButtonLeft))
	b.want("location.search.includes('start_date') && document.querySelectorAll('.chart > a').length === 7", "seven days were drawn")
	b.soon("document.querySelector('.chart-live canvas')", "the chart comes to life")
	eval[bool](b, "(document.querySelector('.chart > a[tabindex=\"0\"]').focus(), true)")
	b.do("choose two days", chromedp.KeyEvent(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift)))
	b.enter(kb.Enter)
	b.want("new URLSearchParams(location.search).get('start_date') !== new URLSearchParams(location.search).get('end_date') && document.querySelector('#series-title').innerText === 'Activities per hour'", "two days were chosen")

	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	b.want("!document.querySelector('.chart-live').checkVisibility() && document.querySelector('.chart').checkVisibility() && !document.querySelector('.nav').checkVisibility()", "on paper stands what the server drew")
	b.shot("stats-paper")
	b.hold(desktop, "light")

	b.open("/w/tidewell/stats?show=table&stack=outcome").check("stats-table")
	b.hold(desktop, "light")
	b.open("/w/tidewell/stats?start_date=365d").glance("stats-year")
	b.open("/w/tidewell/stats?all=people").want("document.querySelectorAll('#people .rank').length > 8", "all people are there")
	b.open("/w/tidewell/stats?resource_types=invoice&q=-action:sent").glance("stats-filter")
	b.openAs("/w/tidewell/stats?interval=year&start_date=never", 400).check("stats-mistake")
	b.hold(desktop, "light")
	b.open("/w/tidewell/stats?start_date=2019&end_date=2019").check("stats-nothing")
	w.statisticsOfOthers(t)
}

// statisticsOfOthers: a member, and somebody whose browser runs no scripts.
func (w *world) statisticsOfOthers(t *testing.T) {
	t.Helper()
	priya := w.as(t, "priya").open("/w/tidewell/stats")
	priya.want("document.querySelector('main').innerText.includes('You see your own activities') && !document.querySelector('#people')", "a member sees their own, and no ranking of people")
	priya.glance("stats-member")
	plain := w.as(t, "ingrid").withoutScripts().open("/w/tidewell/stats")
	plain.want("document.querySelectorAll('.chart > a').length === 30 && !document.querySelector('.chart-live')", "the chart is there, drawn by the server")
	plain.check("stats-plain")
	plain.hold(desktop, "light")
	title := plain.text(".figure dd")
	if plain.follow("a.figure"); !strings.HasPrefix(plain.text("#total"), title+" ") {
		t.Errorf("the figure says %s, the feed %s", title, plain.text("#total"))
	}
}

// barAt is where a bar of the chart stands on the screen.
func (b *tab) barAt(i int) (x, y float64) {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf("(() => { scrollTo(0, 0); const r = document.querySelectorAll('.chart > a > .hit')[%d].getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()", i))
	return at[0], at[1]
}
