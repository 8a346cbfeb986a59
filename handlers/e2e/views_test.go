//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
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
	refused(t, w, b)
	manyViews(t, w, b)
}

// refused: what is somebody else's to change, and a form that comes after the session has ended.
func refused(t *testing.T, w *world, b *tab) {
	t.Helper()
	b.open("/w/tidewell/views").send(403, b.text(".saved-view a.name"), `document.querySelector("ul.saved form[action$='/default']").action.replace('/default', '/rename')`)
	b.want("document.body.innerText.includes('attempt was recorded') && document.querySelector('main a.btn').getAttribute('href') === '/w/tidewell'", "it says what follows, and where to go on")
	b.check("error-403-shell")
	b.hold(desktop, "light")
	n := w.tab(t).open("/sign-in")
	n.send(401, "nobody", "'/account/preferences'")
	n.want("document.querySelector('h1').innerText === 'You are signed out'", "it says so").check("error-401")
	n.hold(desktop, "light")
	n.follow("main a.btn")
	if at := n.where(); at != "/sign-in?next=%2Fsign-in" && at != "/sign-in" {
		t.Errorf("from there one comes to %s", at)
	}
}

// send posts a form from the page that is open to an address that an expression gives.
func (b *tab) send(status int64, what, address string) {
	b.t.Helper()
	b.arrive("post "+what, status, chromedp.Evaluate[chromedp.Void](`(() => {
		const form = document.createElement('form');
		form.method = 'post';
		form.action = `+address+`;
		document.body.append(form);
		form.submit();
	})()`))
	b.watch.heard() // Chromium notes that nobody pressed a button
}

// manyViews: as many tabs as there can be, with names as long as they can be, scroll sideways and push nothing off the screen.
func manyViews(t *testing.T, w *world, b *tab) {
	t.Helper()
	c := w.client(t, "vera")
	for i := range 46 {
		answer, err := c.http.PostForm(w.base+"/w/tidewell/views", url.Values{"name": {fmt.Sprintf("%s %02d", strings.Repeat("Long name ", 6)[:57], i)}, "query": {fmt.Sprintf("resource_id=%d", i)}})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	for _, s := range []screen{desktop, phone} {
		b.hold(s, "light")
		b.open("/w/tidewell?resource_id=30").fits("many tabs")
		b.shot("tabs-many")
		b.want("document.querySelectorAll('.tab').length < 15 && document.querySelectorAll('.tab[aria-current]').length === 1", "some views are tabs, and one of them is this one")
		b.want("[...document.querySelectorAll('a')].some(a => /^All \\d+ views$/.test(a.innerText))", "there is a way to the others")
		b.want("(() => { const t = document.querySelector('.tab[aria-current]').getBoundingClientRect(); return t.left >= 0 && t.left < innerWidth - 40 })()", "which is in sight")
		b.axe("many tabs", "document.querySelector('.view-tabs')", allRules)
	}
	b.hold(desktop, "light")
	b.open("/w/tidewell/views").fits("many views")
	b.shot("views-many")
}

// saveView fills the form in.
func (b *tab) saveView(query, name string, shared bool) {
	b.t.Helper()
	b.open("/w/tidewell/views/new?"+query).fill("#name", name)
	if shared {
		b.click("[name=shared]")
	}
	b.enter(kb.Enter)
	if at := b.where(); !strings.HasPrefix(at, "/w/tidewell?") {
		b.t.Errorf("after saving a view one is at %s", at)
	}
}
