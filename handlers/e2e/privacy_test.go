//go:build e2e

package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// beingForgotten: an admin anonymises somebody, follows it, decides what is not certain, and sees that nobody is there any more.
func beingForgotten(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "boatyard", "--name", "Boatyard")
	token := w.run(t, "", "token", "create", "--service", "Berths", "--workspace", "boatyard", "--scope", "activity:write")
	ottilie, harbour := map[string]any{"id": "ottilie", "name": "Ottilie Krane", "email": "ottilie@boatyard.example"}, map[string]any{"id": "berths", "name": "Harbour Master"}
	berth := map[string]any{"type": "berth", "id": "4", "name": "Berth 4"}
	for range 3 {
		w.send(t, "boatyard", token, map[string]any{"actor": ottilie, "action": "assigned", "resource": berth})
	}
	w.send(t, "boatyard", token, map[string]any{"actor": harbour, "action": "commented", "resource": berth, "description": "Ottilie Krane moors at noon", "metadata": map[string]any{"notified": []string{"ottilie@boatyard.example"}}})
	w.send(t, "boatyard", token, map[string]any{"actor": harbour, "action": "commented", "resource": berth, "description": "The ottilie is a boat, too"})
	w.send(t, "boatyard", token, map[string]any{"actor": harbour, "action": "commented", "resource": berth, "description": "Give the keys to ottilie"})

	b := w.as(t, "ingrid")
	for range 100 { // until the journal has posted what was sent
		if b.open("/w/boatyard?view=all").is("document.querySelectorAll('.entry').length >= 4 && document.querySelector('main').innerText.includes('Give the keys')") {
			break
		}
	}
	b.open("/w/boatyard/people").follow(b.mark(saying(".records th a", "Ottilie Krane"))).check("person-to-anonymise")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".head-end a", "Anonymise…"))).want("document.querySelector('.erase-list').innerText.includes('places that may mean them')", "it says what would go, and what is not certain")
	b.check("anonymise")
	b.hold(desktop, "light")
	b.fill("#confirm", "Ottilie").followAs(".purge-confirm .btn-primary", 422)
	b.want("document.querySelector('#confirm-error') && document.querySelector('#confirm').value === 'Ottilie'", "half a name confirms nothing, and stays as it was typed").check("anonymise-mistake")
	b.hold(desktop, "light")
	b.fill("#confirm", "Ottilie Krane").follow(".purge-confirm .btn-primary")
	state := b.where()
	b.byItself("document.querySelectorAll('.doubts > li').length === 2", "what is not certain appears without a key pressed")
	b.check("erasure-open")
	b.hold(desktop, "light")
	b.follow(b.mark(doubting("is a boat")+".querySelector('button[value=false]')")).want("document.querySelectorAll('.doubts > li').length === 1", "the boat stays")
	b.follow(b.mark(doubting("Give the keys") + ".querySelector('button[value=true]')"))
	b.byItself("document.querySelector('.purge-state').innerText.includes('Done')", "the last decision ends it, without a key pressed")
	b.check("erasure-done")
	b.hold(desktop, "light")

	b.open("/w/boatyard?view=all").want("document.querySelector('.av-deleted') && document.querySelector('.who.is-deleted')", "the feed has nobody in her place").check("feed-deleted-user")
	b.hold(desktop, "light")
	text := b.text("main")
	if strings.Contains(text, "Krane") || !strings.Contains(text, "Deleted User moors at noon") || !strings.Contains(text, "The ottilie is a boat, too") || strings.Contains(text, "keys to ottilie") {
		t.Errorf("the feed says: %s", text)
	}
	b.follow("a.who.is-deleted").want("document.querySelector('main').innerText.includes('This person was anonymised on') && !document.querySelector('main').innerText.includes('ottilie@')", "the name leads to nobody's page")
	b.check("person-anonymised")
	b.hold(desktop, "light")
	b.open("/w/boatyard/privacy").want("document.querySelector('.records').innerText.includes('Done')", "it is listed").check("privacy")
	b.hold(desktop, "light")

	b = w.as(t, "ingrid").withoutScripts()
	b.open(state)
	if !strings.Contains(b.text(".purge-state"), "Done") {
		t.Error("without scripts one does not see how it is")
	}
}

// doubting finds the place to decide whose text says something.
func doubting(text string) string {
	return "[...document.querySelectorAll('.doubts > li')].find(e => e.innerText.includes(" + quote(text) + "))"
}

// byItself waits until something is true of a page that may fetch itself anew meanwhile.
func (b *tab) byItself(js, why string) {
	b.t.Helper()
	for ends := time.Now().Add(patience); time.Now().Before(ends); {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		value, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+js+")"))
		cancel()
		if err == nil && value {
			return
		}
	}
	b.t.Fatalf("%s, at %s: %s; not so: %s", b.who, b.where(), why, js)
}
