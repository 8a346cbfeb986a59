package auth_test

import (
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"daybook/models"
	"daybook/services/auth"
)

func (p *place) roleOf(u *models.User) {
	p.t.Helper()
	if err := auth.RotateSessionsOf(p.db.Gorm, u.ID); err != nil {
		p.t.Fatal(err)
	}
}

// What was known of a session is worth nothing once its user may do more: the browser gets another cookie, whoever copied the old one nothing.
func TestASessionRotatesWhenTheRoleOfItsUserChanges(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	b, other := newBrowser(p, false), newBrowser(p, false)
	b.signIn(amara)
	other.signIn(bob)
	r, s := b.open()
	s.Values["flash"] = "kept"
	b.save(r, s)
	old, others := b.cookie, other.cookie
	p.roleOf(amara)
	_, s = b.open()
	cookie := b.store.RenewedCookie(s)
	if cookie == nil || cookie.Value == old || cookie.Value != s.ID || s.Values["flash"] != "kept" {
		t.Fatalf("%v, %+v", cookie, s)
	}
	if id, ok := auth.UserOf(s); !ok || id != amara.ID {
		t.Error("who asked is signed out")
	}
	thief := newBrowser(p, false)
	thief.cookie = old
	if thief.user() != 0 {
		t.Error("the old cookie is still somebody")
	}
	for range 2 { // it rotates once
		b.cookie = cookie.Value
		if _, s := b.open(); s.ID != cookie.Value || b.user() != amara.ID {
			t.Error("the new cookie does not stay")
		}
	}
	if other.user() != bob.ID || other.cookie != others {
		t.Error("somebody else's session changed")
	}
	if n := ask[int](p, `SELECT count(*) FROM sessions`); n != 2 {
		t.Errorf("%d sessions", n)
	}
}

// Of requests at once one gets the new cookie, and no other is anybody.
func TestASessionRotatesOnce(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	b := newBrowser(p, false)
	b.signIn(amara)
	p.roleOf(amara)
	var renewed atomic.Int32
	together(8, func(int) {
		s, err := b.store.New(b.request(), b.store.CookieName())
		if err != nil {
			t.Error(err)
			return
		}
		if _, signedIn := auth.UserOf(s); signedIn {
			renewed.Add(1)
		}
	})
	if renewed.Load() != 1 {
		t.Errorf("%d requests were somebody's", renewed.Load())
	}
}

// A request that began before the role changed must not bring the old cookie back.
func TestARequestUnderWayWhileItRotates(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	slow, b := newBrowser(p, false), newBrowser(p, false)
	b.signIn(amara)
	slow.cookie = b.cookie
	r, s := slow.open()
	p.roleOf(amara)
	b.open()
	s.Values["flash"] = "x"
	if err := slow.store.Save(r, httptest.NewRecorder(), s); models.KindOf(err) != models.Unauthenticated {
		t.Error(err)
	}
	if slow.user() != 0 {
		t.Error("the old cookie is somebody")
	}
}
