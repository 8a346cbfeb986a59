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
	const withAll = "[...document.querySelectorAll('.entry')].find(e => e.querySelector('.diff') && e.querySelector('pre.code'))"
	b := w.as(t, "ingrid").open("/w/tidewell?actions=updated&actions=status_changed&actions=created")
	row := b.mark(withAll)
	b.want("!"+withAll+".querySelector('.inside').checkVisibility()", "it is closed at first")
	b.click(row + " .more > summary")
	b.want("document.querySelector('[data-e2e] .diff').checkVisibility()", "the changes are shown")
	b.want("document.querySelector('[data-e2e] pre.code').innerText.trim().startsWith('{')", "the metadata is shown as it was sent")
	if facts := strings.Join(b.texts(row+" dt"), " "); !strings.Contains(facts, "Address") || !strings.Contains(facts, "Metadata") {
		t.Errorf("an admin's facts: %s", facts)
	}
	b.check("row-open")
	b.hold(desktop, "light")
	b.click(row+" .more > summary").want("!document.querySelector('[data-e2e] .more').open", "it closes again")

	// Everything at once: the longest page there is
	eval[bool](b, "(document.querySelectorAll('.more').forEach(d => d.open = true), true)")
	b.check("rows-all-open")

	m := w.as(t, "priya").open("/w/tidewell")
	eval[bool](m, "(document.querySelectorAll('.more').forEach(d => d.open = true), true)")
	if facts := strings.Join(m.texts(".facts dt"), " "); strings.Contains(facts, "Address") || strings.Contains(facts, "Browser") {
		t.Error("a member sees addresses")
	}

	n := w.as(t, "priya").withoutScripts().open("/w/tidewell")
	n.click(".more > summary").want("document.querySelector('.more').open && document.querySelector('.inside').checkVisibility()", "a row opens without scripts")

	for _, outcome := range []string{"failure", "denied"} {
		b.open("/w/tidewell?outcome=" + outcome)
		b.want("document.querySelectorAll('.entry').length > 0 && [...document.querySelectorAll('.entry')].every(e => e.querySelector('.badge-danger'))", "a word says that it did not work")
		b.checkOn("feed-"+outcome, desktop)
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
	for _, stop := range []string{"Feed", "Account", "Ingrid Solheim", "Type", "Action", "Person", "Project", "Outcome", "Period", "Apply"} {
		at := strings.Index(order, stop)
		if at <= last {
			t.Errorf("%q does not follow what stands before it: %s", stop, order)
		}
		last = at
	}
	b.press(kb.Home).open("/w/tidewell").press(kb.Tab).check("skip-link")
	b.hold(desktop, "light")
	b.open("/w/tidewell").press(kb.Tab, kb.Enter).want("document.activeElement.id === 'main'", "the skip link leads to the content")

	// The filter
	b.press("/").want("document.activeElement.innerText.includes('Type')", "/ goes to the filter")
	b.press(kb.Enter).want("document.querySelector('.tools .menu[open]')", "Enter opens the menu")
	b.press(kb.Escape).want("!document.querySelector('.tools .menu[open]') && document.activeElement.innerText.includes('Type')", "Escape closes it, and one is where one was")
	b.press(kb.Enter, kb.Tab)
	for range 3 { // a search box stands first in long menus
		if b.is("document.activeElement.type === 'checkbox'") {
			break
		}
		b.press(kb.Tab)
	}
	value := eval[string](b, "document.activeElement.value")
	b.press(" ").want("document.activeElement.checked", "the space bar chooses")
	b.enter(kb.Enter)
	if got := b.query().Get("resource_types"); got != value {
		t.Errorf("chosen by keys: %q, want %q", got, value)
	}

	// The rows
	b.press("j").want("document.querySelectorAll('.entry')[0].matches('.is-here:focus')", "j goes to the first row")
	b.press("j", "j", "k").want("document.querySelectorAll('.entry')[1].matches('.is-here:focus')", "j and k go on and back")
	if at := eval[focused](b, focus); !at.Ring {
		t.Error("nothing shows which row one is at")
	}
	b.checkOn("row-here", desktop)
	for b.is("!document.activeElement.querySelector('.more')") {
		b.press("j")
	}
	b.press(kb.Enter).want("document.activeElement.querySelector('.more').open", "Enter opens the row")
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
	b.open("/w/tidewell").click(b.mark(saying(".tools summary", "Person"))).click(".menu[open] .menu-find input").press("j", "/", "k")
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
	if len(tour) != 4 {
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
	for _, m := range []string{"Type", "Outcome", "Period"} {
		b.tap(b.mark(saying(".tools summary", m)))
		b.want("(r => r.left <= 1 && r.right >= innerWidth - 1 && Math.abs(r.bottom - innerHeight) < 2 && r.top > 0)(document.querySelector('.menu[open] .menu-pop').getBoundingClientRect())", "the menu is a sheet at the foot of the screen")
		b.checkOn("sheet-"+m, phone)
		b.hold(phone, "light")
		b.press(kb.Escape)
	}
	b.tap(b.mark(saying(".tools summary", "Type"))).tap(".menu[open] .check")
	b.arrive("tap", 200, chromedp.Tap(chromedp.CSS(".menu[open] .menu-foot button")))
	b.want("document.querySelectorAll('.chip').length === 1", "the filter is on")
	b.arrive("tap", 200, chromedp.Tap(chromedp.CSS(".chip-x")))
	b.tap(".more > summary").want("document.querySelector('.more').open", "a row opens under a finger")
	b.want("[...document.querySelectorAll('.tools summary, .more > summary, .pager .btn, .topbar button')].every(e => (r => r.width >= 24 && r.height >= 24)(e.getBoundingClientRect()))", "everything is large enough for a finger")
	b.checkOn("row-open-touched", phone)
}

func (b *tab) tap(selector string) *tab {
	b.t.Helper()
	b.do("tap "+selector, chromedp.Tap(chromedp.CSS(selector)))
	return b
}
