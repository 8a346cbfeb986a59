package auth_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"daybook/models"
	"daybook/services/auth"
)

func asError(err error, target **models.Error) bool { return errors.As(err, target) }

// browser keeps the cookie of one site.
type browser struct {
	p      *place
	store  *auth.Sessions
	cookie string
}

func newBrowser(p *place, secure bool) *browser {
	return &browser{p: p, store: auth.NewSessions(p.auth, secure)}
}

// request is one of the browser's.
func (b *browser) request() *http.Request {
	r := httptest.NewRequestWithContext(b.p.t.Context(), http.MethodGet, "/", nil)
	r.RemoteAddr = "192.0.2.1:4711"
	r.Header.Set("User-Agent", "a browser")
	if b.cookie != "" {
		r.Header.Set("Cookie", b.store.CookieName()+"="+b.cookie) // as it is; http.Cookie would clean it
	}
	return r
}

// open reads the browser's session.
func (b *browser) open() (*http.Request, *sessions.Session) {
	b.p.t.Helper()
	r := b.request()
	s, err := b.store.Get(r, b.store.CookieName())
	if err != nil {
		b.p.t.Fatal(err)
	}
	return r, s
}

// save stores a session and takes the cookie that was set.
func (b *browser) save(r *http.Request, s *sessions.Session) *http.Cookie {
	b.p.t.Helper()
	w := httptest.NewRecorder()
	if err := b.store.Save(r, w, s); err != nil {
		b.p.t.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	b.cookie = cookie.Value
	return cookie
}

func (b *browser) signIn(u *models.User) *http.Cookie {
	b.p.t.Helper()
	r, s := b.open()
	if err := b.store.Rotate(r, s, u); err != nil {
		b.p.t.Fatal(err)
	}
	return b.save(r, s)
}

// user is who the browser is signed in as, or 0.
func (b *browser) user() int64 {
	_, s := b.open()
	id, _ := auth.UserOf(s)
	return id
}

func TestASessionIsARowAndACookie(t *testing.T) {
	for name, secure := range map[string]bool{"daybook": false, "__Host-daybook": true} {
		p := newPlace(t)
		amara := p.user("amara", nil)
		b := newBrowser(p, secure)
		if b.user() != 0 || ask[int](p, `SELECT count(*) FROM sessions`) != 0 {
			t.Fatal("looking made a session")
		}
		cookie := b.signIn(amara)
		if cookie.Name != name || cookie.Path != "/" || !cookie.HttpOnly || cookie.Secure != secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" ||
			cookie.MaxAge != 30*24*3600 {
			t.Errorf("%+v", cookie)
		}
		if b.user() != amara.ID {
			t.Error("nobody is signed in")
		}
		id, secret, _ := strings.Cut(b.cookie, ".")
		if len(secret) < 40 || strings.Contains(p.everything(), secret) {
			t.Error("the database holds the secret of the session")
		}
		if got := ask[string](p, `SELECT host(ip) || ' ' || user_agent || ' ' || id FROM sessions`); got != "192.0.2.1 a browser "+id {
			t.Error(got)
		}
	}
}

func TestCookiesThatAreWorthNothing(t *testing.T) {
	p := newPlace(t)
	b := newBrowser(p, false)
	b.signIn(p.user("amara", nil))
	good := b.cookie
	id, secret, _ := strings.Cut(good, ".")
	other := newBrowser(p, false)
	other.signIn(p.user("bob", nil))
	_, foreign, _ := strings.Cut(other.cookie, ".")
	for _, cookie := range []string{
		id, id + ".", "." + secret, secret, id + "." + foreign, id + "." + secret + "x", id + "." + secret[:len(secret)-1], id + "." + strings.ToUpper(secret), "x", ".", "..", "%00.%00",
		strings.Repeat("x", 4000), id + "." + secret + "." + secret, "'; DROP TABLE sessions; --", "\x01", "ü",
	} {
		b.cookie = cookie
		if b.user() != 0 {
			t.Errorf("%.50q is somebody", cookie)
		}
		if _, s := b.open(); !s.IsNew || s.ID != "" {
			t.Errorf("%.50q is a session", cookie)
		}
	}
	if b.cookie = good; b.user() == 0 {
		t.Error("the good one does not work any more")
	}
}

func TestASessionLastsAsLongAsItIsUsed(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	b := newBrowser(p, false)
	b.signIn(amara)
	for range 3 {
		p.wait(29 * 24 * time.Hour)
		if b.user() != amara.ID {
			t.Fatal("it ended early")
		}
	}
	p.wait(59 * time.Second)
	b.user()
	if seen := ask[time.Time](p, `SELECT last_seen_at FROM sessions`); !seen.Equal(p.now.Add(-59 * time.Second)) {
		t.Errorf("noted at %s", seen)
	}
	p.wait(30*24*time.Hour - 59*time.Second)
	if b.user() != 0 {
		t.Error("it did not end")
	}
	r, s := b.open()
	if s.ID != "" {
		t.Error("what has ended is gone on with")
	}
	b.save(r, s)
}

func TestSigningInChangesTheSecret(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	b := newBrowser(p, false)
	r, s := b.open()
	s.Values["next"] = "/w/acme"
	b.save(r, s)
	before := b.cookie // somebody may have planted it
	b.signIn(amara)
	if b.cookie == before {
		t.Fatal("the cookie stayed")
	}
	if _, s := b.open(); s.Values["next"] != "/w/acme" {
		t.Error("the values are lost")
	}
	if b.cookie = before; b.user() != 0 {
		t.Error("the old cookie is somebody")
	}
	if n := ask[int](p, `SELECT count(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestValuesSurvive(t *testing.T) {
	p := newPlace(t)
	b := newBrowser(p, false)
	want := map[any]any{"flash": "Saved — ✓", "n": 5, 7: "seven", "id": int64(1) << 60, "yes": true}
	r, s := b.open()
	maps.Copy(s.Values, want)
	b.save(r, s)
	r, s = b.open()
	if !maps.Equal(s.Values, want) {
		t.Errorf("%v", s.Values)
	}
	delete(s.Values, "flash")
	b.save(r, s)
	if _, s := b.open(); s.Values["flash"] != nil || s.Values[7] != "seven" {
		t.Errorf("%v", s.Values)
	}
}

// unknown is known to the gob package of this test alone while it encodes.
type unknown struct{ A int }

func TestValuesOfAnotherVersionBeginAnew(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	gob.RegisterName("another version's", unknown{})
	var values bytes.Buffer
	if err := gob.NewEncoder(&values).Encode(map[any]any{"user": amara.ID, "a": "b", "odd": unknown{5}}); err != nil {
		t.Fatal(err)
	}
	foreign := bytes.ReplaceAll(values.Bytes(), []byte("another version's"), []byte("another version.."))
	for _, text := range [][]byte{foreign, []byte("not gob"), {}, values.Bytes()[:20]} {
		b := newBrowser(p, false)
		b.signIn(amara)
		if _, err := p.db.Pool.Exec(t.Context(), `UPDATE sessions SET values = $1`, text); err != nil {
			t.Fatal(err)
		}
		r, s := b.open()
		if !s.IsNew || s.ID != "" || len(s.Values) != 0 {
			t.Errorf("%q: %+v", text, s)
		}
		b.save(r, s)
	}
}

func TestWhatCannotBeStoredIsAnError(t *testing.T) {
	p := newPlace(t)
	b := newBrowser(p, false)
	r, s := b.open()
	s.Values["f"] = func() {}
	if err := b.store.Save(r, httptest.NewRecorder(), s); err == nil {
		t.Error("a function was stored")
	}
}

func TestEndingSessions(t *testing.T) {
	p := newPlace(t)
	amara, bob := p.user("amara", nil), p.user("bob", nil)
	var browsers []*browser
	for _, u := range []*models.User{amara, amara, amara, bob} {
		b := newBrowser(p, false)
		b.signIn(u)
		browsers = append(browsers, b)
	}
	signedIn := func() (out []bool) {
		for _, b := range browsers {
			out = append(out, b.user() != 0)
		}
		return out
	}
	if n, err := auth.EndSessions(p.db.Gorm, amara.ID, browsers[0].cookie); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if got := signedIn(); !slices.Equal(got, []bool{true, false, false, true}) {
		t.Errorf("%v", got)
	}
	r, s := browsers[0].open()
	s.Options.MaxAge = -1
	if cookie := browsers[0].save(r, s); cookie.MaxAge != -1 || cookie.Value != "" {
		t.Errorf("%+v", cookie)
	}
	if got := ask[int](p, `SELECT count(*) FROM sessions`); got != 1 {
		t.Errorf("%d sessions", got)
	}
	if n, err := auth.EndSessions(p.db.Gorm, bob.ID, ""); n != 1 || err != nil || browsers[3].user() != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

// Somebody changes the password while another request of the thief's session is under way, which then stores the session.
func TestASessionThatWasEndedStaysEnded(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	thief, owner := newBrowser(p, false), newBrowser(p, false)
	thief.signIn(amara)
	owner.signIn(amara)
	r, s := thief.open()
	if n, err := auth.EndSessions(p.db.Gorm, amara.ID, owner.cookie); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	s.Values["flash"] = "x"
	w := httptest.NewRecorder()
	if err := thief.store.Save(r, w, s); models.KindOf(err) != models.Unauthenticated || len(w.Result().Cookies()) != 0 {
		t.Errorf("%v", err)
	}
	if thief.user() != 0 || owner.user() != amara.ID {
		t.Error("the session is back")
	}
}

// What a browser says of itself, or a proxy of the address, must not keep anybody from signing in.
func TestOddOriginsOfASession(t *testing.T) {
	p := newPlace(t)
	amara := p.user("amara", nil)
	for _, ip := range []string{"", "unknown", "fe80::1%eth0", "::ffff:192.0.2.1", "192.0.2.1"} {
		b := newBrowser(p, false)
		r, s := b.open()
		r.RemoteAddr = ip
		r.Header.Set("User-Agent", "a\x00\xff"+strings.Repeat("x", 5000))
		if err := b.store.Rotate(r, s, amara); err != nil {
			t.Fatal(err)
		}
		b.save(r, s)
		if b.user() != amara.ID {
			t.Errorf("from %q", ip)
		}
	}
}
