package account_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gorilla/sessions"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
)

// dana has a password, and the hash of it at hand, as a request has that began before something changed.
func (p *place) dana() (current, stale *models.User) {
	p.t.Helper()
	dana, err := p.accounts.CreateUser(p.t.Context(), account.NewUser{Email: "dana@example.com", Name: "Dana", Password: password}, models.CommandLine)
	if err != nil {
		p.t.Fatal(err)
	}
	copied := *dana
	return dana, &copied
}

// signIn begins a session for somebody whose password was looked at, in a browser.
func (p *place) signIn(u *models.User, before func()) (*sessions.Session, error) {
	p.t.Helper()
	store := auth.NewSessions(p.auth, false)
	r := httptest.NewRequestWithContext(p.t.Context(), "GET", "/", nil)
	r.RemoteAddr = ""
	s, err := store.New(r, store.CookieName())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := store.Rotate(r, s, u); err != nil {
		p.t.Fatal(err)
	}
	before()
	return s, store.Save(r, httptest.NewRecorder(), s)
}

var browser = auth.From{IP: "192.0.2.1", UserAgent: "a browser"}

// Whatever happens after the password has changed, or does not: no session is left, and what ended is recorded with it.
func TestAPasswordChangeEndsSessionsAtOnce(t *testing.T) {
	p := newPlace(t)
	dana, _ := p.dana()
	for range 3 {
		if _, err := p.signIn(dana, func() {}); err != nil {
			t.Fatal(err)
		}
	}
	acts := p.acts(func() {
		if err := p.accounts.ChangePassword(t.Context(), dana, password, "another password", browser); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 1 || said(acts[0]) != "password_changed" || string(acts[0].Metadata) != `{"sessions": 3}` {
		t.Errorf("%+v", acts)
	}
	if n := ask[int](p, `SELECT count(*) FROM sessions`); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	if _, err := p.signIn(dana, func() {}); err != nil {
		t.Error("whoever changed it goes on:", err)
	}
}

// When the sessions cannot be ended the password is the old one.
func TestAPasswordDoesNotChangeWithoutItsSessions(t *testing.T) {
	p := newPlace(t)
	dana, _ := p.dana()
	if _, err := p.signIn(dana, func() {}); err != nil {
		t.Fatal(err)
	}
	p.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$`)
	p.exec(`CREATE TRIGGER refuse BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`)
	p.nothing(func() {
		if err := p.accounts.ChangePassword(t.Context(), dana, password, "another password", browser); err == nil {
			t.Error("it changed")
		}
	})
	if _, err := p.auth.SignIn(t.Context(), "dana@example.com", password, browser); err != nil {
		t.Error(err)
	}
}

// Somebody signs in with the old password, which is looked at just before it changes; the session would begin just after.
func TestASignInUnderWayDoesNotOutliveThePassword(t *testing.T) {
	p := newPlace(t)
	dana, stale := p.dana()
	s, err := p.signIn(stale, func() {
		if err := p.accounts.ChangePassword(t.Context(), dana, password, "another password", browser); err != nil {
			t.Fatal(err)
		}
	})
	if models.KindOf(err) != models.Unauthenticated || ask[int](p, `SELECT count(*) FROM sessions`) != 0 {
		t.Errorf("the session %q began: %v", s.ID, err)
	}
}

// Of two changes at once, one holds: the other one proved that it knew a password that is none any more.
func TestThePasswordIsChangedOnce(t *testing.T) {
	p := newPlace(t)
	dana, stale := p.dana()
	if err := p.accounts.ChangePassword(t.Context(), dana, password, "another password", browser); err != nil {
		t.Fatal(err)
	}
	refused(t, p.accounts.ChangePassword(t.Context(), stale, password, "a thief's password", browser), models.Invalid, "current_password")
	if _, err := p.auth.SignIn(t.Context(), "dana@example.com", "another password", browser); err != nil {
		t.Error(err)
	}
}
