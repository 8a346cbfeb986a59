//go:build e2e

package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// anEmptyWorkspace tells an admin how to send, and a member what will stand there.
func anEmptyWorkspace(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "vacant", "--name", "Vacant Lot")
	b := w.as(t, "ingrid").open("/w/vacant")
	b.want("document.querySelector('.empty pre').innerText.includes("+quote(w.base+"/api/v1/workspaces/vacant/activity")+")", "the example has the address of this workspace")
	b.want("document.querySelector('.empty').innerText.includes('daybook token create')", "and says where a token comes from")
	b.check("feed-empty")
	b.hold(desktop, "light")
	b.panel().want("document.querySelector('.menu[open]').innerText.includes('Nothing to choose')", "an empty list says so")
	b.glance("filter-empty").press(kb.Escape)
	b.click(".nav .menu > summary").want("document.querySelectorAll('.nav .menu[open] .menu-item').length === 3", "there are three workspaces to change to")
	b.checkOn("switcher", desktop)
	b.follow(b.mark(saying(".nav .menu-item", "Tidewell Studio")))
	if b.where() != "/w/tidewell" {
		t.Errorf("the switcher leads to %s", b.where())
	}

	w.run(t, "correct horse battery\n", "user", "create", "--email", "olga@lot.example", "--name", "Olga", "--password-stdin")
	w.people["olga"] = account{name: "Olga", email: "olga@lot.example", password: "correct horse battery"}
	m := w.tab(t)
	m.who = "olga"
	m.open("/sign-in").click("details > summary").fill("#login", "olga@lot.example").fill("#password", "correct horse battery")
	m.arriveBy(kb.Enter, 404).want("document.body.innerText.includes('not a member of any workspace yet')", "without a workspace one is told what to do")
	m.check("no-workspace")
	m.hold(desktop, "light")
	m.open("/account").check("account-of-nowhere")
	m.hold(desktop, "light")
	w.run(t, "", "member", "add", "--workspace", "vacant", "--user", "olga@lot.example", "--role", "member")
	m.open("/").want("document.querySelector('.empty') && !document.querySelector('.empty pre')", "a member is not told how to send")
	m.check("feed-empty-member")
	m.openAs("/w/tidewell", 404)
}

// errorPages: what is not there, what is not allowed, for somebody signed in and for nobody.
func errorPages(t *testing.T, w *world) {
	for _, who := range []string{"nobody", "ingrid"} {
		b := w.tab(t)
		if who != "nobody" {
			b = w.as(t, who)
		}
		b.openAs("/nothing/here", 404).want("document.querySelector('h1').innerText === 'There is nothing here'", "it says so")
		b.want("document.querySelector('code').innerText.length > 20", "it names the request")
		b.check("error-404-" + who)
		b.hold(desktop, "light")
		if label := b.text("main a.btn"); label != map[string]string{"ingrid": "Back to the feed", "nobody": "Sign in"}[who] {
			t.Errorf("%s is offered %q", who, label)
		}
		b.follow("main a.btn")
		if at := b.where(); who == "ingrid" && at != "/" || who == "nobody" && at != "/sign-in" {
			t.Errorf("%s is led to %s", who, at)
		}
		b.openAs("/setup/not-the-secret", 404).checkOn("error-setup-"+who, desktop)
	}
	b := w.as(t, "priya")
	b.openAs("/w/daybook", 404)
	b.open("/w/tidewell?cursor=tampered").want("document.querySelector('.feed-notice').innerText.includes('first page')", "a cursor that leads nowhere leads to the first page").check("feed-notice")
	b.hold(desktop, "light")

	// A page of somebody else sends the browser here with a form
	b.do("open a page of nobody", chromedp.Navigate("about:blank"))
	b.arrive("post from elsewhere", 403, chromedp.Evaluate[chromedp.Void](`(() => {
		const form = document.createElement('form');
		form.method = 'post';
		form.action = `+quote(w.base+"/sign-out")+`;
		document.body.append(form);
		form.submit();
	})()`))
	b.watch.heard() // Chromium has things to say of the page that it came from, which is none of ours
	b.want("document.body.innerText.includes('came from another site')", "it says why")
	b.check("error-403")
	b.hold(desktop, "light")
	b.open("/w/tidewell").want("document.querySelector('.nav-foot')", "and one is still signed in")
}

// settingUp: a fresh instance prints a link; it makes the first admin, once. Then another password ends the other sessions.
func settingUp(t *testing.T, w *world) {
	s := serve(t, w.binary)
	link := s.await(t, regexp.MustCompile(`(?m)^  (http://\S+/setup/\S+)$`))[1]
	fresh := &world{server: s, binary: w.binary, browser: w.browser, links: newLinks(), looked: map[string]bool{}, clients: map[string]*client{}}
	path := strings.TrimPrefix(link, s.base)

	b := fresh.tab(t).open("/sign-in").check("signin")
	b.hold(desktop, "light")
	b.open(path).check("setup")
	b.hold(desktop, "light")
	b.fill("#name", "Mira Kowalczyk").fill("#email", "mira@kowalczyk.example").fill("#password", "short").fill("#workspace_name", "Kowalczyk & Søn").fill("#slug", "kowalczyk")
	b.followAs("button.btn-primary", 422)
	b.want("document.querySelector('#password-error').innerText.length > 10 && document.querySelector('#name').value === 'Mira Kowalczyk'", "what is wrong stands at its field, the rest is kept")
	b.check("setup-mistake")
	b.hold(desktop, "light")
	b.fill("#password", "a long enough one").enter(kb.Enter)
	if b.where() != "/w/kowalczyk" {
		t.Errorf("after setting up one is at %s", b.where())
	}
	b.check("feed-fresh")
	b.hold(desktop, "light")
	fresh.tab(t).openAs(path, 404)

	anotherPassword(fresh, b)
}

func anotherPassword(w *world, b *tab) {
	b.t.Helper()
	other := w.tab(b.t).open("/sign-in").fill("#login", "mira@kowalczyk.example").fill("#password", "a long enough one")
	other.enter(kb.Enter).want("document.querySelector('.nav-foot').innerText.includes('Mira')", "she signs in on a second machine")

	b.open("/account").fill("#current_password", "not it at all").fill("#new_password", "another long one")
	b.followAs("form[action='/account/password'] button", 422)
	b.want("document.querySelector('#current_password-error')", "the mistake stands at its field")
	b.check("account-mistake")
	b.hold(desktop, "light")
	b.fill("#current_password", "a long enough one").fill("#new_password", "another long one").enter(kb.Enter)
	b.want("document.querySelector('.flash').innerText.includes('other sessions have ended')", "it is done, and said")
	b.check("account-done")
	b.hold(desktop, "light")
	b.open("/account").want("!document.querySelector('.flash')", "it is said once")
	b.open("/w/kowalczyk")
	if at := other.open("/w/kowalczyk").where(); at != "/sign-in?next="+url.QueryEscape("/w/kowalczyk") {
		b.t.Errorf("the other session is at %s", at)
	}
	other.fill("#login", "mira@kowalczyk.example").fill("#password", "a long enough one").arriveBy(kb.Enter, 401)
	other.fill("#password", "another long one").enter(kb.Enter)
	if other.where() != "/w/kowalczyk" {
		b.t.Errorf("with the new password one comes to %s", other.where())
	}
}
