//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// signingIn: somebody follows a link, has to sign in, mistypes the password, and comes to where the link led. Then they sign out.
func signingIn(t *testing.T, w *world) {
	priya := w.people["priya"]
	b := w.tab(t).open("/")
	if at := b.where(); at != "/sign-in" {
		t.Errorf("nobody comes to %s", at)
	}
	b.check("signin-demo")
	b.hold(desktop, "light")

	b.open("/w/tidewell?actions=created")
	if next := b.query().Get("next"); next != "/w/tidewell?actions=created" {
		t.Errorf("next is %q", next)
	}
	b.click("details > summary").fill("#login", priya.email).fill("#password", "not it")
	b.arriveBy(kb.Enter, 401)
	b.want("document.querySelector('[role=alert]').innerText.length > 10", "it says why")
	b.want("document.querySelector('#login').value === "+quote(priya.email), "what was typed is kept")
	b.want("document.querySelector('#password').value === ''", "the password is not")
	b.want("document.querySelector('#password').getAttribute('aria-invalid') === 'true'", "the field is marked")
	b.check("signin-error")
	b.hold(desktop, "light")
	b.fill("#password", priya.password).enter(kb.Enter)
	if at := b.where(); at != "/w/tidewell?actions=created" {
		t.Errorf("after signing in one is at %s", at)
	}

	b.click(".nav-foot summary").want("document.querySelector('.nav-foot .menu-pop').innerText.includes("+quote(priya.email)+")", "the menu says who one is")
	b.checkOn("user-menu", desktop)
	b.follow(`form[action="/sign-out"] button`)
	if at := b.where(); at != "/sign-in" {
		t.Errorf("after signing out one is at %s", at)
	}
	if at := b.open("/w/tidewell").where(); !strings.HasPrefix(at, "/sign-in?next=") {
		t.Errorf("who signed out still comes to %s", at)
	}

	b.follow(b.mark(saying(".account", "Amara Okafor")))
	if at := b.where(); at != "/w/tidewell" {
		t.Errorf("after choosing an account one is at %s, not where one wanted to go", at)
	}
	if who := b.text(".nav-foot summary"); !strings.Contains(who, "Amara Okafor") {
		t.Errorf("one is %s", who)
	}
	b.open("/account").check("account")
}

// theFeed: what an admin and a member see first, and where the names lead.
func theFeed(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/")
	b.want("document.title === 'Feed · Tidewell Studio · Daybook'", "the title")
	if n := b.count(".entry"); n < 25 || n > 50 {
		t.Errorf("%d rows", n)
	}
	b.want("document.querySelector('.more-run') && !document.querySelector('.diff, pre.code')", "runs are folded, and what is inside is not on the page")
	b.want("[...document.querySelectorAll('time')].every(t => /^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$/.test(t.dateTime) && t.title)", "times carry UTC, and the exact time for a pointer")
	if kind := b.text(".nav-foot small"); kind != "Instance admin" {
		t.Errorf("her role: %s", kind)
	}
	b.weight()
	b.check("feed-admin")
	b.hold(desktop, "light")
	eval[bool](b, "("+saying(".entry", "more fields")+".querySelector('.more').open = true)")
	b.soon("document.querySelector('.diff')", "a row opens")
	b.shotOfScreen("readme")

	for selector, path := range map[string]string{"a.who": "/w/tidewell/people/", "a.what": "/w/tidewell/entity?", "a.project": "/w/tidewell/projects/", "a.when": "/w/tidewell/activities/"} {
		if b.open("/").follow(selector); !strings.HasPrefix(b.where(), path) {
			t.Errorf("%s leads to %s", selector, b.where())
		}
	}

	b.open("/w/tidewell").panel().click("[name=include_system]").apply()
	b.want("location.search === '?include_system=true' && document.querySelectorAll('.entry').length > 20", "system rows stand among the others")
	b.open("/w/daybook?include_system=true").want("document.querySelectorAll('.entry.is-system').length > 0", "Daybook's own acts can be read").check("feed-daybook")

	m := w.as(t, "priya").open("/")
	if m.panel().count("[name=include_system]") != 0 {
		t.Error("members are not offered system rows")
	}
	if all, hers := total(b.open("/w/tidewell")), total(m); hers == 0 || hers >= all {
		t.Errorf("Priya sees %d of %d", hers, all)
	}
	m.check("feed-member")
}

// weight bounds what the first load costs on the wire.
func (b *tab) weight() {
	b.t.Helper()
	kilobytes := eval[float64](b, "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.encodedBodySize, 0) / 1000")
	if kilobytes > 100 {
		b.t.Errorf("the first load of the feed: %.0f kB, want less than 100", kilobytes)
	}
}

var digits = regexp.MustCompile(`[\d,]+`)

// total is the number in the headline.
func total(b *tab) int {
	b.t.Helper()
	return number(digits.FindString(b.text(".filters h2")))
}

func number(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n = 10*n + int(r-'0')
		}
	}
	return n
}
