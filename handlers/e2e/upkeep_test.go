//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// upkeep: an admin teaches a workspace a word of its own, deletes what is old, closes it, and looks how the instance does.
func upkeep(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "dockside", "--name", "Dockside")
	token := w.run(t, "", "token", "create", "--service", "Crates", "--workspace", "dockside", "--scope", "activity:write")
	for i := range 12 {
		w.send(t, "dockside", token, map[string]any{
			"actor": map[string]any{"id": fmt.Sprint("d-", i%3), "name": fmt.Sprintf("Docker %d", i%3)}, "action": "shipped", "occurred_at": fmt.Sprintf("2025-%02d-10T12:00:00Z", i+1),
			"resource": map[string]any{"type": "crate", "id": fmt.Sprint(i), "name": fmt.Sprintf("Crate %d", i)}, "metadata": map[string]any{"city": "Ålesund"},
		})
	}
	b := w.as(t, "ingrid")
	aWord(b)
	aPurge(t, b)

	b.open("/w/dockside/settings").click(b.mark(saying(".confirm > summary", "Archive workspace…"))).check("workspace-archive")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".confirm[open] button", "Archive")))
	b.open("/w/dockside").want("document.body.innerText.toLowerCase().includes('archived')", "the feed says that nothing more comes").check("feed-archived")
	b.hold(desktop, "light")
	b.open("/instance/health").want("document.querySelector('main').innerText.includes('Up to date')", "the journal does").check("health")
	b.hold(desktop, "light")
}

// aWord gives an action a label and a sentence.
func aWord(b *tab) {
	for range 100 { // until the journal has posted what was sent
		if b.open("/w/dockside/vocabulary").is(saying(".records th a", "Shipped")) {
			break
		}
	}
	b.check("vocabulary")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".records th a", "Shipped"))).fill("#label", "Dispatched").rewrite("#sentence", "{actor} sent {entity} by {boat}")
	b.followAs(b.mark(saying(".term-form .btn", "Save word")), 422)
	b.want("document.querySelector('#sentence-error').innerText.includes('{boat}') && document.querySelector('#label').value === 'Dispatched'", "the mistake stands at its field, what was typed is kept")
	b.check("term-mistake")
	b.hold(desktop, "light")
	b.rewrite("#sentence", "{actor} dispatched {entity} to {metadata.city}").follow(b.mark(saying(".term-form .btn", "Preview")))
	b.want("document.querySelector('.history').innerText.includes('to Ålesund')", "a real activity shows how it reads").check("term-preview")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".term-form .btn", "Save word"))).want("document.querySelector('.flash')", "it is said")
	b.open("/w/dockside?view=all").want("[...document.querySelectorAll('.sentence')].some(e => e.innerText.includes('dispatched Crate 3 to Ålesund'))", "the feed tells it so")
	b.open("/w/dockside/vocabulary/types/crate").check("term-type")
	b.hold(desktop, "light")
}

// rewrite is fill for a field of several lines.
func (b *tab) rewrite(selector, text string) *tab {
	b.t.Helper()
	b.is("document.querySelector(" + quote(selector) + ").select()")
	b.do("rewrite "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
	return b
}

// aPurge deletes what was before a day.
func aPurge(t *testing.T, b *tab) {
	t.Helper()
	b.open("/w/dockside/purge").check("purge")
	b.hold(desktop, "light")
	b.fill("#end_date", "soon").followAs("main .btn-primary", 400)
	b.want("document.querySelector('#end_date-error') && document.querySelector('#end_date').value === 'soon'", "the mistake stands at its field")
	b.fill("#end_date", "2025-06-30").follow("main .btn-primary")
	b.want("document.querySelector('.purge-figures').innerText.includes('6 activities')", "it says what would go").check("purge-preview")
	b.hold(desktop, "light")
	b.fill("#confirm", "tidewell").followAs(".purge-confirm .btn-primary", 422)
	b.want("document.querySelector('#confirm-error')", "another workspace's name confirms nothing")
	b.fill("#confirm", "dockside").follow(".purge-confirm .btn-primary")
	state := b.where()
	for range 100 { // the page reloads itself at the end, so it is not asked while it may
		if b.open(state).is("document.querySelector('.purge-state').innerText.includes('Done')") {
			break
		}
	}
	b.want("document.querySelector('.purge-state').innerText.includes('Done')", "it comes to its end").check("purge-done")
	b.hold(desktop, "light")
	b.open("/w/dockside?view=all&actions=shipped")
	if text := b.text("main"); strings.Contains(text, "Crate 5") || !strings.Contains(text, "Crate 6") {
		t.Errorf("after the purge: %s", text)
	}
}
