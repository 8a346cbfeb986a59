//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// searching: the box is the whole filter, the help explains it, and lines are remembered in this browser.
func searching(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	b.want("document.querySelector('.searched').hidden", "nothing was searched before")
	b.click("#q").press("type:invoice -action:created").swapKey(kb.Enter)
	if chips := strings.Join(b.texts(".chip"), "|"); chips != "Type invoice|Action is not created" {
		t.Errorf("the chips are %s", chips)
	}
	if line := eval[string](b, "document.querySelector('#q').value"); line != "type:invoice -action:created" {
		t.Errorf("the box says %s", line)
	}
	b.want("document.querySelector('body > [role=status]').textContent === document.querySelector('#total').textContent", "how many there are is said")
	b.want("document.title.endsWith(' · Feed · Tidewell Studio · Daybook') && document.title.startsWith('Invoice, ') && document.activeElement.id === 'q'", "the title names the filter, the focus stays in the box")
	b.swap(b.mark(saying(".chip", "is not") + ".querySelector('a')"))
	if line := eval[string](b, "document.querySelector('#q').value"); line != "type:invoice" {
		t.Errorf("box and chips are two views of one filter; the box says %s", line)
	}

	hostile := `"<img src=x onerror=alert(1)>" </script>`
	b.fill("#q", hostile).swapKey(kb.Enter)
	b.want("document.querySelector('.empty').innerText.includes('Nothing matches')", "nothing matches, and it says so")
	b.click(".search-help").check("search-help")
	b.hold(desktop, "light")
	if before := b.texts(".searched .menu-item"); len(before) != 2 || before[0] != hostile || before[1] != "type:invoice -action:created" {
		t.Errorf("searched before: %q", before)
	}
	b.want("document.querySelectorAll('main img, main script').length === 0", "what was searched is text")
	b.swap(b.mark(saying(".searched .menu-item", "-action:created")))
	b.want("document.querySelector('#q').value === 'type:invoice -action:created'", "one goes back to what was searched before")
	b.click(".search-help").swap(b.mark(saying(".grammar a", "-action:started")))
	b.want("document.querySelector('#q').value === '-action:started'", "an example can be tried")

	b.do("go back", chromedp.Evaluate[chromedp.Void]("history.back()"), chromedp.WaitVisible(chromedp.CSS(`#q[value="type:invoice -action:created"]`)))
	b.want("document.querySelector('#q').value === 'type:invoice -action:created'", "the browser's way back works")
	b.want("![localStorage, sessionStorage].some(s => JSON.stringify(s).includes('Amara'))", "no page is kept in the browser's storage")
	b.want(`Object.keys(localStorage).some(k => /^searched [1-9]\d* \/w\/tidewell$/.test(k))`, "what was searched is kept for each user")
	b.want(`(document.querySelector("form[action='/sign-out']").dispatchEvent(new Event('submit', {bubbles: true})), !Object.keys(localStorage).some(k => k.startsWith('searched')))`, "signing out forgets it")
}

// aMistakeInTheLine is marked at its place; the rest of the filter holds.
func aMistakeInTheLine(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell?actions=created")
	right := total(b)
	b.openAs("/w/tidewell?actions=created&q=gr%C3%B6%C3%9Fer:no+hour:99+colour:red", 400)
	b.want("document.querySelector('#q').value === 'größer:no hour:99 colour:red' && document.querySelector('#q').ariaInvalid === 'true'", "the box keeps what was typed, and is marked")
	if marks := strings.Join(b.texts(".line-again mark"), "|"); marks != "99|colour:red" {
		t.Errorf("marked are %s", marks)
	}
	b.check("line-mistake")
	b.hold(desktop, "light")
	b.fill("#q", "").swapKey(kb.Enter)
	if total(b) != right || b.count(".line-mistakes") != 0 || b.query().Get("actions") != "created" {
		t.Errorf("mended: %s, %d, want %d", b.where(), total(b), right)
	}

	// A mistake that is typed is told without the page being loaded anew
	b.fill("#q", "colour:red")
	b.swapKey(kb.Enter).want("document.querySelector('.line-again mark').innerText === 'colour:red'", "the mistake is told")
	b.watch.heard() // the browser logs an answer of 400
}

// connectionLost: nothing happens silently.
func connectionLost(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell")
	b.online(false)
	b.click("a[rel=next]").soon("document.querySelector('.load-error')?.innerText.includes('could not be reached')", "a page that does not come is told")
	b.click(".more:not(.more-run) > summary").soon("document.querySelector('.more[open] .load-error, .more[open] ~ .load-error, .entry .load-error')", "a row that does not come is told")
	b.watch.heard() // what the browser says of it
	b.checkOn("offline", desktop, phone)
	b.hold(desktop, "light")
	b.online(true)
	b.click(".more[open] > summary").click(".more:not(.more-run) > summary").soon("document.querySelector('.more[open] .inside-foot')", "opened again it comes")
	b.swap("a[rel=next]").want("!document.querySelector('.load-error')", "and so does the page")
	b.watch.heard()
}
