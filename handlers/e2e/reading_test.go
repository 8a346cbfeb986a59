//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openingARow: what is inside, for somebody who may see all of it, for a member, and without scripts.
func openingARow(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell?actions=updated&actions=status_changed&actions=created&fold=no")
	row := b.mark(saying(".entry", "more fields"))
	b.want("!document.querySelector('[data-e2e] .more > a').checkVisibility() && !document.querySelector('.diff')", "it is closed at first, and what is inside is not there")
	b.click(row+" .more > summary").soon("document.querySelector('[data-e2e] .diff')?.checkVisibility()", "the changes are shown")
	b.want("document.querySelector('[data-e2e] pre.code').innerText.trim().startsWith('{')", "the metadata is shown as it was sent")
	if facts := strings.Join(b.texts(row+" dt"), " "); !strings.Contains(facts, "Address") || !strings.Contains(facts, "Metadata") {
		t.Errorf("an admin's facts: %s", facts)
	}
	b.check("row-open")
	b.hold(desktop, "light")
	b.click(row+" .more > summary").want("!document.querySelector('[data-e2e] .more').open", "it closes again")
	asked := b.watch.requests
	b.click(row+" .more > summary").want("document.querySelector('[data-e2e] .diff').checkVisibility()", "it opens again")
	if b.watch.requests != asked {
		t.Error("what is known is asked for again")
	}

	// Everything at once: the longest page there is
	openAll(b)
	b.check("rows-all-open")

	m := w.as(t, "priya").open("/w/tidewell")
	openAll(m)
	if facts := strings.Join(m.texts(".facts dt"), " "); facts == "" || strings.Contains(facts, "Address") || strings.Contains(facts, "Browser") {
		t.Errorf("a member's facts: %s", facts)
	}

	n := w.as(t, "priya").withoutScripts().open("/w/tidewell")
	n.click(".more:not(.more-run) > summary").follow(".more[open] > a")
	if !strings.HasPrefix(n.where(), "/w/tidewell/activities/") {
		t.Errorf("without scripts a row leads to %s", n.where())
	}

	for _, outcome := range []string{"failure", "denied"} {
		b.open("/w/tidewell?outcome=" + outcome)
		b.want("document.querySelectorAll('.entry').length > 0 && [...document.querySelectorAll('.entry')].every(e => e.querySelector('.badge-danger'))", "a word says that it did not work")
		b.checkOn("feed-"+outcome, desktop)
	}
}

// openAll opens every row and waits for all that is inside.
func openAll(b *tab) {
	b.t.Helper()
	eval[bool](b, "(document.querySelectorAll('.more').forEach(d => d.open = true), true)")
	b.soon("!document.querySelector('.more[open] > a, .more[open] .run-rows:empty, [aria-busy]')", "everything has arrived")
}

// openingARun: many alike are one row, which opens to them.
func openingARun(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	run := b.mark("document.querySelector('.more-run').closest('.entry')")
	n := number(digits.FindString(b.text(run + " .sentence")))
	b.click(run+" .more-run > summary").soon("document.querySelector('[data-e2e] .run-rows .entry')", "a run opens to its activities")
	if rows := b.count(run + " .run-rows .entry"); n < 3 || rows != min(n, 50) {
		t.Errorf("a run of %d opens to %d rows", n, rows)
	}
	b.click(run+" .run-rows .more > summary").soon("document.querySelector('[data-e2e] .run-rows .inside-foot')", "and each of these to what is inside")
	b.check("run-open")
	b.hold(desktop, "light")
	b.follow(run + " .more-run > .inside > .inside-foot a")
	if b.query().Get("fold") != "no" || total(b) != n {
		t.Errorf("all of the run are at %s, %d, want %d", b.where(), total(b), n)
	}
	b.swap(b.mark(saying(".chip", "one by one") + ".querySelector('a')"))
	if b.count(".more-run") != 1 || b.count(".entry") != 1 {
		t.Errorf("folded again there are %d rows", b.count(".entry"))
	}
	f := w.as(t, "ingrid").withoutScripts().open("/w/tidewell")
	f.click(".more-run > summary").follow(".more-run[open] a")
	if f.query().Get("fold") != "no" {
		t.Errorf("without scripts a run leads to %s", f.where())
	}
}

// focused describes where the focus is, as somebody who sees the page would.
type focused struct {
	Name    string // what a screen reader would read, roughly
	Ring    bool   // something shows where it is
	Covered bool   // something lies over it
	Body    bool   // it is nowhere
}

const focus = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return {Body: true};
	const style = getComputedStyle(e), r = e.getBoundingClientRect();
	const on = document.elementFromPoint(Math.max(0, Math.min(innerWidth - 1, r.left + r.width / 2)), Math.max(0, Math.min(innerHeight - 1, r.top + r.height / 2)));
	return {
		Name: (e.getAttribute('aria-label') || e.innerText || e.name || '').trim().slice(0, 40),
		Ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || e.matches('.entry.is-here') && style.boxShadow !== 'none' || e.matches('.menu-item') && style.backgroundColor !== 'rgba(0, 0, 0, 0)',
		Covered: !(on && (e.contains(on) || on.contains(e))),
	};
})()`

// keys: the mouse stays where it is.
func keys(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	tour := walk(b, 60)
	if tour[0] != "Skip to the content" {
		t.Errorf("the first stop is %q", tour[0])
	}
	order := strings.Join(tour, "|")
	last := -1
	for _, stop := range []string{"Feed", "Account", "Ingrid Solheim", "Everything", "Save view|Export|", "q", "How to search", "Any time", "Filter"} {
		at := strings.Index(order, stop)
		if at <= last {
			t.Errorf("%q does not follow what stands before it: %s", stop, order)
		}
		last = at
	}
	b.press(kb.Home).open("/w/tidewell").press(kb.Tab).check("skip-link")
	b.hold(desktop, "light")
	b.open("/w/tidewell").press(kb.Tab, kb.Enter).want("document.activeElement.id === 'main'", "the skip link leads to the content")

	// The box, its help, and the filter
	b.press("/").want("document.activeElement.id === 'q'", "/ goes to the box")
	eval[bool](b, "(document.activeElement.value = '', true)") // a key that the protocol sends is typed, whatever the page makes of it
	b.press("type:task").swapKey(kb.Enter)
	b.want("document.activeElement.id === 'q' && location.search.includes('type%3Atask')", "Enter searches, and one is where one was")
	b.press(kb.Tab, kb.Enter).want("document.querySelector('.search .menu[open]')", "Enter opens the help")
	b.press(kb.Escape).want("!document.querySelector('.menu[open]') && document.activeElement.matches('.search-help')", "Escape closes it, and one is where one was")
	b.press("f").soon(panelIsThere, "f opens the filter")
	for range 4 { // a search box stands first in long lists
		if b.press(kb.Tab); b.is("document.activeElement.type === 'checkbox'") {
			break
		}
	}
	value := eval[string](b, "document.activeElement.value")
	b.press(" ").want("document.activeElement.checked", "the space bar chooses")
	b.swapKey(kb.Enter)
	if got := b.query().Get("actions"); got != value {
		t.Errorf("chosen by keys: %q, want %q", got, value)
	}
	b.press("p", kb.Tab).want("document.activeElement.matches('.menu-item') && document.querySelector('[title=Period]').parentElement.open", "p opens the period")
	b.press(kb.Escape, "?").want("document.querySelector('#keys').matches(':popover-open')", "? lists the keys")
	b.check("keys-help")
	b.hold(desktop, "light")
	b.press(kb.Escape).want("!document.querySelector('#keys').matches(':popover-open')", "Escape closes the list")
	b.open("/w/tidewell").click(".keys-all").click("#keys-on").press(kb.Escape, "j").want("!document.querySelector('.is-here')", "letters can be switched off")
	b.click(".keys-all").click("#keys-on").press(kb.Escape, "j").want("document.querySelector('.is-here')", "and on again")
	b.open("/w/tidewell")

	// The rows
	b.press("j").want("document.querySelectorAll('.entry')[0].matches('.is-here:focus')", "j goes to the first row")
	b.press("j", "j", "k").want("document.querySelectorAll('.entry')[1].matches('.is-here:focus')", "j and k go on and back")
	if at := eval[focused](b, focus); !at.Ring {
		t.Error("nothing shows which row one is at")
	}
	b.checkOn("row-here", desktop)
	for b.is("!document.activeElement.querySelector('.more:not(.more-run)')") {
		b.press("j")
	}
	b.press(kb.Enter).soon("document.activeElement.querySelector('.more').open && document.activeElement.querySelector('.inside-foot')", "Enter opens the row")
	b.press(kb.Tab).want("document.activeElement.closest('.entry.is-here')", "Tab goes on inside the row")
	b.press("j", "k").want("document.activeElement.matches('.entry.is-here') && document.activeElement.querySelector('.more').open", "and the letters go on from the row")
	b.press(kb.Enter).want("!document.activeElement.querySelector('.more').open", "Enter closes it")
	for range 60 {
		b.press("j")
	}
	b.want("[...document.querySelectorAll('.entry')].at(-1).matches('.is-here:focus')", "j ends at the last row")
	if at := eval[focused](b, focus); at.Covered {
		t.Error("the row is hidden under something")
	}

	// A typed letter is a letter
	b.press("o").soon("location.pathname.includes('/activities/')", "o goes to the activity's own page")
	b.open("/w/tidewell").press("n").soon("location.search.includes('cursor=')", "n turns the page")
	b.open("/w/tidewell").panel().click(".menu[open] .menu-find input").press("j", "/", "k")
	b.want("document.activeElement.value === 'j/k' && !document.querySelector('.is-here')", "keys that are typed into a box move nothing")
	signInByKeys(w.tab(t), w)
}

// walk presses Tab and gives what one comes by. Every stop can be seen.
func walk(b *tab, steps int) []string {
	b.t.Helper()
	var tour []string
	for range steps {
		b.press(kb.Tab)
		at := eval[focused](b, focus)
		if at.Body {
			break
		}
		if !at.Ring {
			b.t.Errorf("%s, at %s: nothing shows that the focus is on %q", b.who, b.where(), at.Name)
		}
		if at.Covered {
			b.t.Errorf("%s, at %s: %q has the focus and is hidden", b.who, b.where(), at.Name)
		}
		tour = append(tour, at.Name)
	}
	return tour
}

func signInByKeys(b *tab, w *world) {
	b.t.Helper()
	tour := walk(b.open("/sign-in"), 20)
	if len(tour) != 5 { // three people, who else, the docs
		b.t.Errorf("the stops of the sign-in page: %q", tour)
	}
	b.open("/sign-in").press(kb.Tab, kb.Tab, kb.Tab, kb.Tab, kb.Enter, kb.Tab, w.people["amara"].email, kb.Tab, w.people["amara"].password)
	b.enter(kb.Enter).want("document.querySelector('.nav-foot').innerText.includes('Amara Okafor')", "signed in by keys")
}

// aPhone: the navigation folds away, menus are sheets, rows open under a finger.
func aPhone(t *testing.T, w *world) {
	b := w.as(t, "ingrid")
	b.hold(phone, "light")
	b.open("/").want("matchMedia('(pointer: coarse)').matches", "fingers")
	b.want("!document.querySelector('.nav').checkVisibility() && document.querySelector('.topbar').checkVisibility()", "the navigation is folded away")
	b.tap(".topbar button").want("document.querySelector('.nav').matches(':popover-open')", "it opens")
	b.checkOn("nav-open", phone)
	b.hold(phone, "light")
	b.tap(".nav .menu > summary").checkOn("nav-switcher", phone)
	b.hold(phone, "light")
	b.press(kb.Escape, kb.Escape).want("!document.querySelector('.nav').matches(':popover-open')", "Escape closes it")
	b.tap(".topbar button").arrive("tap", 200, chromedp.Tap(chromedp.CSS(".nav-link[href='/account']")))
	if b.where() != "/account" {
		t.Errorf("the navigation leads to %s", b.where())
	}

	b.open("/w/tidewell")
	const sheet = "(r => r.left <= 1 && r.right >= innerWidth - 1 && Math.abs(r.bottom - innerHeight) < 2 && r.top > 0)(document.querySelector('.menu[open] .menu-pop').getBoundingClientRect())"
	b.tap("[title=Period]").want(sheet, "the period is a sheet at the foot of the screen").checkOn("sheet-period", phone)
	b.hold(phone, "light")
	b.press(kb.Escape).tap(".search-help").checkOn("sheet-help", phone)
	b.hold(phone, "light")
	b.press(kb.Escape).tap(".filter-menu > summary").soon(panelIsThere, "the filter opens").want(sheet, "as a sheet").checkOn("sheet-filter", phone)
	b.hold(phone, "light")
	b.tap(".filter-list .check").swapBy("tap", chromedp.Tap(chromedp.CSS(".filter-foot .btn-primary")))
	b.want("document.querySelectorAll('.chip').length === 1", "the filter is on")
	b.swapBy("tap", chromedp.Tap(chromedp.CSS(".chip-x")))
	b.tap(".more > summary").soon("document.querySelector('.more[open] .inside-foot')", "a row opens under a finger")
	b.want("[...document.querySelectorAll('.tools summary, .more > summary, .pager .btn, .topbar button')].every(e => (r => r.width >= 24 && r.height >= 24)(e.getBoundingClientRect()))", "everything is large enough for a finger")
	b.checkOn("row-open-touched", phone)
	b.hold(phone, "light")
	b.tap(".topbar button").hold(desktop, "light")
	b.soon("!document.querySelector('.nav').matches(':popover-open')", "the navigation does not stay open over a screen that has grown")
}

func (b *tab) tap(selector string) *tab {
	b.t.Helper()
	b.do("tap "+selector, chromedp.Tap(chromedp.CSS(selector)))
	return b
}
