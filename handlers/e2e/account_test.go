//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// newcomer makes a member of the demo's workspace, whose own settings no other story depends on.
func (w *world) newcomer(t *testing.T, first, name string) {
	t.Helper()
	email := first + "@newcomer.example"
	w.run(t, "a newcomer's password\n", "user", "create", "--email", email, "--name", name, "--password-stdin")
	w.run(t, "", "member", "add", "--workspace", "tidewell", "--user", email, "--role", "member")
	w.people[first] = account{name: name, email: email, password: "a newcomer's password"}
}

// ownAccount: somebody changes how Daybook looks to them, and ends the session that they forgot elsewhere.
func ownAccount(t *testing.T, w *world) {
	w.newcomer(t, "nuria", "Núria Castellà i Bonaventura")
	b := w.as(t, "nuria").open("/account").check("account-alone")
	b.hold(desktop, "light")
	b.want("document.querySelectorAll('#zones option').length > 300", "there are zones to choose from")
	b.want("document.querySelectorAll('[name=date_format]').length === 4", "and formats, with today as the example")

	b.fill("#name", "Núria").fill("#time_zone", "Mars/Phobos")
	b.followAs(saveButton, 422)
	b.want("document.querySelector('#time_zone-error').innerText.includes('time zone') && document.querySelector('#time_zone').value === 'Mars/Phobos' && document.querySelector('#name').value === 'Núria'", "the mistake stands at its field, what was typed is kept")
	b.check("account-zone-mistake")
	b.hold(desktop, "light")
	b.fill("#time_zone", "Asia/Kathmandu").click("input[name=theme][value=dark]").click("[name=date_format][value=american]")
	b.follow(saveButton)
	b.want("document.querySelector('.flash').innerText.includes('preferences are saved')", "it is said")
	b.want("document.documentElement.dataset.theme === 'dark' && getComputedStyle(document.body).colorScheme !== 'light'", "the page is dark at once")
	b.want("document.querySelector('.nav-foot').innerText.includes('Núria')", "the name is the new one")
	b.check("account-saved")
	b.hold(desktop, "light")
	b.open("/w/tidewell").want("[...document.querySelectorAll('.entry time')].every(t => t.title.includes('UTC+5:45'))", "the feed has her zone")

	b.click(".nav-foot summary").checkOn("themes", desktop)
	b.follow(b.mark(saying(".theme", "Light")))
	if at := b.where(); at != "/w/tidewell" {
		t.Errorf("choosing a theme leads to %s", at)
	}
	b.want("document.documentElement.dataset.theme === 'light'", "and the page is light")
	b.hold(phone, "dark")
	b.click(".topbar button").click(".nav-foot summary").shotIn("themes-phone", "dark")
	b.axe("themes on a phone", "document", allRules)
	b.hold(desktop, "light")

	sessionsEnd(t, w, b)
}

const saveButton = "form[action='/account/preferences'] .btn-primary"

func sessionsEnd(t *testing.T, w *world, b *tab) {
	t.Helper()
	person := w.people["nuria"]
	var elsewhere []*tab
	for range 2 {
		o := w.tab(t)
		o.open("/sign-in").click("details > summary").fill("#login", person.email).fill("#password", person.password).enter(kb.Enter)
		elsewhere = append(elsewhere, o)
	}
	b.open("/account").want("document.querySelectorAll('.session').length >= 3 && document.querySelectorAll('.session .tag').length === 1", "she sees where she is signed in, and which is this one")
	b.want("[...document.querySelectorAll('.session b')].every(e => e.innerText.startsWith('Chrome') || e.innerText.includes('Go'))", "by the name of the browser")
	b.check("account-sessions")
	b.hold(desktop, "light")
	n := b.count(".session")
	b.follow(b.mark("document.querySelector('.session:not(:has(.tag)) button')"))
	b.want("document.querySelector('.flash').innerText.includes('session has ended')", "it is said")
	if got := b.count(".session"); got != n-1 {
		t.Errorf("%d sessions, want %d", got, n-1)
	}
	b.follow("form[action$=end-others] button").want("document.querySelectorAll('.session').length === 1", "only this one is left")
	for _, o := range elsewhere {
		if at := o.open("/w/tidewell?actions=created").where(); !strings.HasPrefix(at, "/sign-in?next=%2Fw%2Ftidewell%3F") {
			t.Errorf("a session that was ended is at %s", at)
		}
	}
	o := elsewhere[1]
	o.want("document.querySelector('.flash').innerText.includes('session here has ended')", "the sign-in page says why one is there")
	o.check("signin-ended")
	o.hold(desktop, "light")
	b.follow("form[action$=end-all] button").want("document.querySelector('.flash').innerText.includes('signed out everywhere')", "and so it is")
	b.checkOn("signin-everywhere", desktop)
	delete(w.clients, "nuria")
}
