//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// thePeople: an admin looks after those of the workspace: finds somebody by keyboard, edits them while somebody else does, links and merges, gives
// projects, and takes a member out.
func thePeople(t *testing.T, w *world) {
	w.newcomer(t, "oda", "Oda Brekke")
	oda := w.as(t, "oda").open("/account")
	b := w.as(t, "ingrid").open("/w/tidewell/people").check("people")
	b.hold(desktop, "light")
	b.want("document.querySelectorAll('.tab').length >= 4 && document.querySelector('.tab[aria-current]').innerText.startsWith('All')", "there are tabs")
	b.click(".records .menu > summary").fits("people-row-menu")
	b.shot("people-row-menu") // axe-core would find that it lies over the rows below
	b.open("/w/tidewell/people?q=nobody+at+all").check("people-none")
	b.hold(desktop, "light")
	b.open("/w/tidewell/people").press("/").want("document.activeElement.id === 'q'", "/ goes to the box")
	eval[bool](b, "(document.activeElement.value = '', true)") // a key that the protocol sends is typed, whatever the page makes of it
	b.press("oda brekke").enter(kb.Enter)
	b.follow(b.mark(saying(".records th a", "Oda Brekke")))
	user := b.where()
	b.check("person")
	b.hold(desktop, "light")
	b.fill("#email", "amara.okafor@tidewell.example").followAs("form[action$='/edit'] .btn", 409)
	b.want("document.querySelector('#email-error') && document.querySelector('#email').value.startsWith('amara')", "the mistake stands at its field, what was typed is kept")
	b.check("person-mistake")
	b.hold(desktop, "light")

	// Two editors: the form is of before the other one.
	b.open(user).fill("#name", "Oda B.")
	w.as(t, "ingrid").open(user).fill("#name", "Oda Brekke-Lund").follow("form[action$='/edit'] .btn").want("document.querySelector('.flash')", "it is said")
	b.followAs("form[action$='/edit'] .btn", 409)
	b.want("document.querySelector('.notice-warn').innerText.includes('Somebody else') && document.querySelector('h1').innerText === 'Oda Brekke-Lund' && document.querySelector('#name').value === 'Oda B.'", "that somebody was faster, what it is now, and what was typed")
	b.check("person-conflict")
	b.hold(desktop, "light")

	w.sameness(t, b, user)
	b.open(user+"/sessions").want("document.querySelectorAll('.session').length > 0", "her sessions are there")
	b.check("person-sessions")
	b.hold(desktop, "light")
	b.open(user).click("form[action$='/role'] input[value=admin]").follow("form[action$='/role'] .btn").want("document.querySelector('.flash').innerText.includes('admin now')", "it is said")
	oda.open("/w/tidewell/people").want("document.querySelector('h1').innerText === 'People'", "she is an admin at once, and still signed in")
	b.open(user).click(b.mark(saying(".confirm > summary", "Remove from workspace…"))).check("person-remove")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".confirm[open] .btn-primary", "Remove"))).want("document.querySelector('.flash').innerText.includes('no member')", "it is said")
	b.glance("person-outside")
	oda.openAs("/w/tidewell/people", 404)
}

// sameness links an actor to somebody, merges two, and gives projects.
func (w *world) sameness(t *testing.T, b *tab, user string) {
	t.Helper()
	b.open(user + "/link").check("person-link")
	b.hold(desktop, "light")
	b.fill("#q", "kwame").enter(kb.Enter)
	b.click(".actors .confirm > summary").follow(".actors .confirm[open] .btn-primary").want("document.querySelector('#actors').innerText.includes('user-12')", "the actor is hers")
	b.open("/w/tidewell/people?q=anna+schmidt&kind=recorded").follow(".records th a").check("actor")
	b.hold(desktop, "light")
	b.follow(b.mark(saying("#actors ~ * .btn, .section .btn", "Merge…"))).fill("#q", "anna schmidt").enter(kb.Enter)
	b.check("actor-merge")
	b.hold(desktop, "light")
	b.follow(".actors .btn").want("document.querySelector('.merge-counts').innerText.includes('activities count')", "it says what it would do")
	b.check("actor-merge-preview")
	b.hold(desktop, "light")
	b.follow(".form-foot .btn-primary").want("document.querySelectorAll('.actors > li').length === 2", "they are one")
	b.check("actor-merged")
	b.hold(desktop, "light")
	b.click(b.mark(saying(".confirm > summary", "Undo merge…"))).follow(".confirm[open] form .btn").want("document.querySelectorAll('.actors > li').length === 1", "and two again")

	b.open(user + "/projects").check("person-projects")
	b.hold(desktop, "light")
	before := b.count(".grants input:checked")
	b.click(".grants li:nth-child(2) label").click(".grants li:nth-child(3) label").follow(".person-main form .btn-primary")
	if got := b.count(".grants input:checked"); got == before {
		t.Errorf("%d projects are hers, as before", got)
	}
	if !strings.Contains(b.text(".flash"), "Access to") {
		t.Errorf("it is said %q", b.text(".flash"))
	}
}
