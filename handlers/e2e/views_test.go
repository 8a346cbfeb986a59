//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// savedViews: somebody names what they look at every morning, puts it in order and shares it.
func savedViews(t *testing.T, w *world) {
	w.newcomer(t, "vera", "Vera Lindqvist")
	b := w.as(t, "vera").open("/w/tidewell/views").want("document.querySelector('.empty').innerText.includes('No saved views')", "there are none yet")
	b.check("views-none")
	b.hold(desktop, "light")
	b.open("/w/tidewell/views/new").check("view-of-nothing")
	b.hold(desktop, "light")

	b.open("/w/tidewell/views/new?resource_types=invoice&resource_types=time_entry&actions=created&outcome=failure&start_date=7d&q=" + "-field%3Astatus+%22New+Website%22")
	b.want("['Invoice', 'Time entry', 'Created', 'Failure', 'the last 7 days', '-field:status'].every(word => document.querySelector('.filter-card').innerText.includes(word))", "the filter stands there in words")
	b.check("view-new")
	b.hold(desktop, "light")
	b.press(kb.Tab).saveView("actions=created", "Created <b>things</b>", true)
	b.want("document.querySelector('.flash').innerText.includes('Created <b>things</b>')", "it is said, as text")
	b.saveView("outcome=failure&outcome=denied", "Failed and denied", false)
	b.saveView("resource_types=invoice&q=%22"+strings.Repeat("Unbreakable", 20)+"%22", strings.Repeat("W", 60), false)
	b.saveView("project_id=1", "فواتير — 42 مشروع", true)
	b.openAs("/w/tidewell/views/new?actions=created", 200).fill("#name", "failed AND denied")
	b.arriveBy(kb.Enter, 409)
	b.want("document.querySelector('#name-error').innerText.includes('already')", "a name is given once").check("view-name-taken")
	b.hold(desktop, "light")
	manageViews(t, w, b)
}

func manageViews(t *testing.T, w *world, b *tab) {
	t.Helper()
	other := w.as(t, "priya")
	other.saveView("actions=updated", "What Priya shares", true)
	b.open("/w/tidewell/views").check("views").inert("views")
	b.hold(desktop, "light")
	names := func() string { return strings.Join(b.texts(".saved-view .saved-name a"), "|") }
	before := names()
	b.follow(b.mark("document.querySelector('.saved-view:nth-child(2) button[value=up]')"))
	if got := names(); got == before || !strings.HasPrefix(got, "Failed and denied|") {
		t.Errorf("the order is %s", got)
	}
	eval[bool](b, "document.querySelectorAll('.saved-view .saved-change')[0].open = true")
	eval[bool](b, "document.querySelectorAll('.saved-view .saved-delete')[0].open = true")
	b.check("views-open")
	b.hold(desktop, "light")
	b.fill(b.mark("document.querySelector('.saved-panel [name=name]')"), "created <B>THINGS</B>").arriveBy(kb.Enter, 409)
	b.want("document.querySelector('.saved-change[open] .error').innerText.includes('already')", "the mistake stands at its view, which is open").check("views-mistake")
	b.hold(desktop, "light")
	b.follow(b.mark("document.querySelector('.saved-change[open] [name=default]')")).want("document.querySelector('.saved-view:has(.tag) .tag').innerText === 'Default'", "the first one opens first")

	plain := w.as(t, "vera").withoutScripts()
	plain.open("/w/tidewell/views")
	plain.click(".saved-view:nth-child(1) .saved-change > summary").click(".saved-view:nth-child(1) .saved-delete > summary").follow(".saved-view:nth-child(1) .saved-delete .btn-primary")
	plain.quiet("without scripts")
	if got := names(); !strings.HasPrefix(got, "Failed") {
		t.Errorf("the page of before says %s", got)
	}
	if b.open("/w/tidewell/views"); strings.Contains(names(), "Failed") || b.count(".saved-view") != 4 {
		t.Errorf("after deleting: %s", names())
	}
	b.openAs("/w/tidewell/views/999999", 404)
}

// saveView fills the form in.
func (b *tab) saveView(query, name string, shared bool) {
	b.t.Helper()
	b.open("/w/tidewell/views/new?" + query).fill("#name", name)
	if shared {
		b.click("[name=shared]")
	}
	b.enter(kb.Enter)
	if at := b.where(); !strings.HasPrefix(at, "/w/tidewell?") {
		b.t.Errorf("after saving a view one is at %s", at)
	}
}
