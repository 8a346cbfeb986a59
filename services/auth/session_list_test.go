package auth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
)

var home = auth.From{IP: "192.0.2.1:4711", UserAgent: "a browser"}

func (b *browser) listed(u *models.User) []auth.OwnSession {
	b.p.t.Helper()
	list, err := b.p.auth.SessionsOf(b.p.t.Context(), u.ID, b.cookie)
	if err != nil {
		b.p.t.Fatal(err)
	}
	return list
}

func TestListingOnesSessions(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	first, second, others := newBrowser(p, false), newBrowser(p, false), newBrowser(p, false)
	first.signIn(amara)
	p.wait(time.Hour)
	second.signIn(amara)
	others.signIn(bob)
	list := first.listed(amara)
	if len(list) != 2 || list[0].Here || !list[1].Here || list[0].IP != "192.0.2.1" || list[0].UserAgent != "a browser" || list[1].CreatedAt.After(list[0].CreatedAt) {
		t.Fatalf("%+v", list)
	}
	for _, s := range list {
		for _, b := range []*browser{first, second} {
			if _, secret, _ := strings.Cut(b.cookie, "."); strings.Contains(s.ID, secret) || strings.Contains(s.ID, ".") {
				t.Error("the list holds a secret")
			}
		}
	}
	p.wait(2 * time.Minute)
	if first.user() != amara.ID || !first.listed(amara)[0].Here {
		t.Error("the one that was used last stands first")
	}
	p.wait(31 * 24 * time.Hour)
	if list := first.listed(amara); len(list) != 0 {
		t.Errorf("sessions that have run out are listed: %+v", list)
	}
}

func TestEndingOneSession(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	first, second, bobs := newBrowser(p, false), newBrowser(p, false), newBrowser(p, false)
	first.signIn(amara)
	second.signIn(amara)
	bobs.signIn(bob)
	for _, id := range []string{bobs.listed(bob)[0].ID, "", "nothing", first.cookie, "%00"} {
		if err := p.auth.EndSession(t.Context(), amara, id, home); models.KindOf(err) != models.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	if len(p.acts()) != 0 || bobs.user() == 0 {
		t.Error("what ended nothing did something")
	}
	id, _, _ := strings.Cut(second.cookie, ".")
	if err := p.auth.EndSession(t.Context(), amara, id, home); err != nil {
		t.Fatal(err)
	}
	if second.user() != 0 || first.user() == 0 || bobs.user() == 0 {
		t.Error("that one ends, and no other")
	}
	acts := p.acts()
	if len(acts) != 1 || acts[0].Action != "sessions_ended" || acts[0].Workspace != models.BuiltInWorkspace || !acts[0].System || string(acts[0].Metadata) != `{"sessions": 1}` || *acts[0].IP != "192.0.2.1" {
		t.Errorf("%+v", acts)
	}
	if err := p.auth.EndSession(t.Context(), amara, id, home); models.KindOf(err) != models.NotFound {
		t.Error("it ends once:", err)
	}
}

func TestEndingAllSessions(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	browsers := []*browser{newBrowser(p, false), newBrowser(p, false), newBrowser(p, false)}
	for _, b := range browsers {
		b.signIn(amara)
	}
	bobs := newBrowser(p, false)
	bobs.signIn(bob)
	if n, err := p.auth.EndAllSessions(t.Context(), amara, browsers[1].cookie, home); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if browsers[0].user() != 0 || browsers[1].user() == 0 || browsers[2].user() != 0 || bobs.user() == 0 {
		t.Error("this one stays, and other people's")
	}
	if n, err := p.auth.EndAllSessions(t.Context(), amara, browsers[1].cookie, home); n != 0 || err != nil || p.actions() != "map[sessions_ended:1]" {
		t.Error("what ends nothing is not recorded:", n, err, p.actions())
	}
	if n, err := p.auth.EndAllSessions(t.Context(), amara, "", home); n != 1 || err != nil || browsers[1].user() != 0 || bobs.user() == 0 {
		t.Error("without one to keep all of them end:", n, err)
	}
}

// A session lasts as long as it is used, so the browser has to hear of that too: once a day, however many requests come at once.
func TestTheCookieIsRenewedOnceADay(t *testing.T) {
	p := newPlace(t)
	b := newBrowser(p, true)
	b.signIn(p.user("amara", nil))
	renewed := func() bool {
		_, s := b.open()
		cookie := b.store.RenewedCookie(s)
		if cookie == nil {
			return false
		}
		if cookie.Value != b.cookie || cookie.MaxAge != 30*24*3600 || !cookie.Secure || !cookie.HttpOnly || cookie.Name != "__Host-daybook" {
			t.Errorf("%+v", cookie)
		}
		return true
	}
	if renewed() {
		t.Error("it was sent at the sign-in")
	}
	p.wait(23 * time.Hour)
	if renewed() {
		t.Error("it was sent today")
	}
	for range 40 { // longer than the cookie lives
		p.wait(24 * time.Hour)
		if !renewed() || renewed() {
			t.Fatal("once a day")
		}
	}
	p.wait(25 * time.Hour)
	answers := make([]bool, 8)
	together(len(answers), func(i int) { answers[i] = renewed() })
	if strings.Count(strings.ReplaceAll(fmt.Sprint(answers), "true", "x"), "x") != 1 {
		t.Errorf("of requests at once one renews: %v", answers)
	}
	p.wait(25 * time.Hour)
	r, s := b.open()
	b.save(r, s)
	if b.store.RenewedCookie(s) != nil || renewed() {
		t.Error("a session that is saved sends its cookie anyway")
	}
	p.wait(31 * 24 * time.Hour)
	if renewed() || b.user() != 0 {
		t.Error("what has ended is not renewed")
	}
}
