package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/handlers/web"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func signIn(login, password string) Request {
	return Request{Method: http.MethodPost, Path: "/sign-in", Form: url.Values{"login": {login}, "password": {password}}}
}

// cookie is what the answer makes the browser keep, as a request sends it.
func cookie(t testing.TB, a Answer) (*http.Cookie, string) {
	t.Helper()
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies: %v", len(cookies), a.Header)
	}
	return cookies[0], cookies[0].Name + "=" + cookies[0].Value
}

func TestSignIn(t *testing.T) {
	w := New(t)
	const wrong = "The e-mail address or the password is not right."
	bearing := signIn("alice@example.com", Password)
	bearing.Header = map[string]string{"Authorization": "Bearer dbk_an_old_one"}
	w.Run(t, []Scenario{
		{Name: "page", Request: Request{Path: "/sign-in"}, Status: 200, Has: []string{`name="login"`, `name="password"`}, Headers: map[string]string{"Set-Cookie": ""}},
		{Name: "by address", Request: signIn(" Alice@Example.com ", Password), Status: 303, Headers: map[string]string{"Location": "/"}, Records: []string{"daybook Alice Person signed_in"}},
		{Name: "by username", Request: signIn("bob", Password), Status: 303, Records: []string{"daybook Bob Person signed_in"}},
		{Name: "with a token besides", Request: bearing, Status: 303, Records: []string{"daybook Alice Person signed_in"}},
		{Name: "wrong password", Request: signIn("alice@example.com", "wrong"), Status: 401, Has: []string{wrong, `value="alice@example.com"`}, Lacks: []string{"Too many"}, Records: []string{"daybook Alice Person sign_in_failed failure"}},
		{Name: "unknown account", Request: signIn("nobody@example.com", Password), Status: 401, Has: []string{wrong}, Records: []string{"daybook Daybook sign_in_failed failure"}},
		{Name: "deactivated", Request: signIn("dora@example.com", Password), Status: 401, Has: []string{wrong}, Records: []string{"daybook Dora Person sign_in_failed failure"}},
		{Name: "nothing", Request: signIn("", ""), Status: 401, Has: []string{wrong}, Records: []string{"daybook Daybook sign_in_failed failure"}},
		{Name: "no text", Request: signIn("\xff\x00", "\x00"), Status: 401, Has: []string{wrong}, Records: []string{"daybook Daybook sign_in_failed failure"}},
		{Name: "a demo account where there is no demo", Request: Request{Method: "POST", Path: "/sign-in", Form: url.Values{"email": {"alice@example.com"}}}, Status: 401, Records: []string{"daybook Daybook sign_in_failed failure"}},
		{Name: "a large form", Request: signIn("alice", strings.Repeat("x", 100<<10)), Status: 413},
		{Name: "not a form", Request: Request{Method: "POST", Path: "/sign-in", Body: `{}`}, Status: 415},
		{Name: "half an escape", Request: Request{Method: "POST", Path: "/sign-in", Body: "login=%zz", Type: "application/x-www-form-urlencoded"}, Status: 400},
		{Name: "signed in already", Request: Request{As: "alice", Path: "/sign-in?next=%2Fw%2Facme"}, Status: 303, Headers: map[string]string{"Location": "/w/acme"}},
	})
}

func TestSignInWaitsAfterFailures(t *testing.T) {
	w := New(t)
	for range 6 {
		w.Do(signIn("alice@example.com", "wrong")).Expect(t, 401)
	}
	a := w.Do(signIn("alice@example.com", Password)).Expect(t, 429, "Too many failed sign-ins")
	if a.Header.Get("Retry-After") == "" || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("%v", a.Header)
	}
	w.Do(signIn("bob@example.com", Password)).Expect(t, 303)
	w.Clock.Forward(5 * time.Second)
	w.Do(signIn("alice@example.com", Password)).Expect(t, 303)
	w.Do(signIn("alice@example.com", "wrong")).Expect(t, 401) // and is forgiven
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	w := New(t, Demo(web.DemoAccount{Email: "alice@example.com"})) // choosing an account spares the slow check of a password
	for next, to := range map[string]string{
		"/w/acme?actor_id=bob&q=%2F": "/w/acme?actor_id=bob&q=%2F", "": "/", "/": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/", "/\t/evil.example": "/",
		"javascript:alert(1)": "/", "evil.example": "/", "/x\r\nSet-Cookie: a=b": "/", "///evil.example": "/", "http:/evil.example": "/", " //evil.example": "/", "/%5c%5cevil": "/%5c%5cevil",
	} {
		r := Request{Method: "POST", Path: "/sign-in", Form: url.Values{"email": {"alice@example.com"}, "next": {next}}}
		if got := w.Do(r).Expect(t, 303).Header.Get("Location"); got != to {
			t.Errorf("%q leads to %q", next, got)
		}
		if got := w.Do(Request{As: "alice", Path: "/sign-in?next=" + url.QueryEscape(next)}).Expect(t, 303).Header.Get("Location"); got != to {
			t.Errorf("%q leads to %q for somebody signed in", next, got)
		}
	}
	a := w.Do(Request{Path: "/w/acme?actor_id=bob&start_date=2026-01-01"}).Expect(t, 303)
	if got := a.Header.Get("Location"); got != "/sign-in?next="+url.QueryEscape("/w/acme?actor_id=bob&start_date=2026-01-01") {
		t.Errorf("nobody is led to %q", got)
	}
	w.Do(Request{Path: "/sign-in?next=" + url.QueryEscape(`"><script>`)}).Expect(t, 200).Lacks(t, "<script>")
}

func TestSessionCookie(t *testing.T) {
	for base, name := range map[string]string{"http://daybook.test": "daybook", "https://daybook.test": "__Host-daybook"} {
		w := New(t, At(base))
		c, _ := cookie(t, w.Do(signIn("alice", Password)).Expect(t, 303))
		if c.Name != name || !c.HttpOnly || c.Secure != strings.HasPrefix(base, "https") || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 {
			t.Errorf("%s: %s", base, c)
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$`).MatchString(c.Value) {
			t.Errorf("%s", c.Value)
		}
		id, secret, _ := strings.Cut(c.Value, ".")
		if n := Ask[int](w, `SELECT count(*) FROM sessions WHERE position($1 in encode(secret_hash, 'escape') || encode("values", 'escape')) > 0`, secret); n != 0 || Ask[int](w, `SELECT count(*) FROM sessions WHERE id = $1`, id) != 1 {
			t.Error("the secret itself is stored, or nothing is")
		}
		for _, forged := range []string{name + "=" + id, name + "=" + id + ".", name + "=" + id + "." + secret[1:] + secret[:1], name + "=." + secret, name + "=", name + "=" + strings.Repeat("x", 5000)} {
			w.Do(Request{Path: "/account", Cookie: forged}).Expect(t, 303)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	w := New(t)
	_, first := cookie(t, w.Do(signIn("alice", Password)))
	again := signIn("bob", Password)
	again.Cookie = first
	_, second := cookie(t, w.Do(again))
	if first == second {
		t.Error("the session was not rotated")
	}
	w.Do(Request{Path: "/account", Cookie: first}).Expect(t, 303)
	w.Do(Request{Path: "/account", Cookie: second}).Expect(t, 200, "bob@example.com")

	w.Recorded()
	a := w.Do(Request{Method: "POST", Path: "/sign-out", Cookie: second}).Expect(t, 303)
	if c, _ := cookie(t, a); c.MaxAge >= 0 || c.Value != "" || a.Header.Get("Location") != "/sign-in" {
		t.Errorf("%v", a.Header)
	}
	w.Do(Request{Path: "/account", Cookie: second}).Expect(t, 303)
	if id, _, _ := strings.Cut(strings.TrimPrefix(second, "daybook="), "."); Ask[int](w, `SELECT count(*) FROM sessions WHERE id = $1`, id) != 0 {
		t.Error("the row is still there")
	}
	if got := w.Recorded(); len(got) != 1 || got[0] != "daybook Bob Person signed_out" {
		t.Errorf("%q", got)
	}

	w.Do(Request{As: "alice", Path: "/account"}).Expect(t, 200)
	w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Alice.ID)
	w.Do(Request{As: "alice", Path: "/account"}).Expect(t, 303)
	w.Do(Request{As: "alice", Path: "/api/activities"}).Expect(t, 401)
}

func TestChangePassword(t *testing.T) {
	w := New(t)
	change := func(current, next string) Request {
		return Request{As: "bob", Method: "POST", Path: "/account/password", Form: url.Values{"current_password": {current}, "new_password": {next}}}
	}
	elsewhere := w.Session(w.Bob)
	w.Run(t, []Scenario{
		{Name: "wrong", Request: change("wrong", "a better password"), Status: 422, Has: []string{"s not your password", "/sign-out"}, Records: []string{"daybook Bob Person sign_in_failed failure"}},
		{Name: "short", Request: change(Password, "short"), Status: 422, Has: []string{"at least 10"}},
	})
	w.Do(Request{Path: "/account", Cookie: elsewhere.Get("Cookie")}).Expect(t, 200)
	a := w.Do(change(Password, "a better password")).Expect(t, 303)
	_, here := cookie(t, a)
	w.Do(Request{Path: "/account", Cookie: here}).Expect(t, 200, "Your password was changed")
	w.Do(Request{Path: "/account", Cookie: here}).Expect(t, 200).Lacks(t, "Your password was changed")
	w.Do(Request{Path: "/account", Cookie: elsewhere.Get("Cookie")}).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 303) // the old secret of this one
	if got := w.Recorded(); len(got) != 1 || got[0] != "daybook Bob Person password_changed" {
		t.Errorf("%q", got)
	}
	w.Do(signIn("bob", Password)).Expect(t, 401)
	w.Do(signIn("bob", "a better password")).Expect(t, 303)
}

func TestChangePasswordWaitsAfterFailures(t *testing.T) {
	w := New(t)
	form := url.Values{"current_password": {"wrong"}, "new_password": {"a better password"}}
	for range 6 {
		w.Do(Request{As: "bob", Method: "POST", Path: "/account/password", Form: form}).Expect(t, 422)
	}
	if a := w.Do(Request{As: "bob", Method: "POST", Path: "/account/password", Form: form}).Expect(t, 429, "Too many", "/sign-out"); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}

func TestDemoAccounts(t *testing.T) {
	w := New(t, Demo(web.DemoAccount{Email: "bob@example.com", Name: "Bob", Note: "employee"}))
	w.Do(Request{Path: "/sign-in"}).Expect(t, 200, "Look around", "bob@example.com")
	choose := func(email string) Request {
		return Request{Method: "POST", Path: "/sign-in", Form: url.Values{"email": {email}}}
	}
	w.Do(choose("bob@example.com")).Expect(t, 303)
	w.Do(choose("ina@example.com")).Expect(t, 401) // not one that is offered
	w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Bob.ID)
	w.Do(choose("bob@example.com")).Expect(t, 401)
	if got := w.Recorded(); len(got) != 2 || got[0] != "daybook Bob Person signed_in" {
		t.Errorf("%q", got)
	}
}

func setupForm(email, slug string) url.Values {
	return url.Values{"name": {"Zoe"}, "email": {email}, "password": {"a long password"}, "workspace_name": {"Zoo"}, "slug": {slug}}
}

func TestSetup(t *testing.T) {
	w := Empty(t)
	secret, err := w.Auth.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := "/setup/" + secret
	a := w.Do(Request{Path: path}).Expect(t, 200, `name="slug"`)
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v", a.Header)
	}
	w.Do(Request{Path: path + "x"}).Expect(t, 404)
	w.Do(Request{Path: "/setup/%00%ff"}).Expect(t, 404)
	bad := w.Do(Request{Method: "POST", Path: path, Form: url.Values{"email": {"x"}, "slug": {"No Slug"}}}).Expect(t, 422, "ust be an e-mail address", "at least 10", "lower-case letters")
	if bad.Header.Get("Cache-Control") != "no-store" || bad.Header.Get("Set-Cookie") != "" {
		t.Errorf("%v", bad.Header)
	}
	w.Do(Request{Method: "POST", Path: path, Form: setupForm("zoe@example.com", "daybook")}).Expect(t, 409) // our own slug

	answers := make([]Answer, 2)
	var both sync.WaitGroup
	for i, form := range []url.Values{setupForm("zoe@example.com", "zoo"), setupForm("yan@example.com", "yard")} {
		both.Go(func() { answers[i] = w.Do(Request{Method: "POST", Path: path, Form: form}) })
	}
	both.Wait()
	if a, b := answers[0].Status, answers[1].Status; a+b != 303+404 || a == b {
		t.Fatalf("two at once: %d and %d", a, b)
	}
	for _, a := range answers {
		if a.Status == 303 {
			_, session := cookie(t, a)
			w.Do(Request{Path: a.Header.Get("Location"), Cookie: session}).Expect(t, 200, "Zoo")
		}
	}
	if n := Ask[int](w, `SELECT count(*) FROM users`); n != 1 || Ask[int](w, `SELECT count(*) FROM workspaces`) != 2 {
		t.Errorf("%d users", n)
	}
	w.Do(Request{Path: path}).Expect(t, 404, "setup link")
	w.Do(Request{Method: "POST", Path: path, Form: setupForm("eve@example.com", "eve")}).Expect(t, 404)
}

func TestSetupLinkRunsOut(t *testing.T) {
	w := Empty(t)
	secret, err := w.Auth.SetupSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Forward(24*time.Hour + time.Second)
	w.Do(Request{Path: "/setup/" + secret}).Expect(t, 404)
	w.Do(Request{Method: "POST", Path: "/setup/" + secret, Form: setupForm("zoe@example.com", "zoo")}).Expect(t, 404)
}

// A demo signs in without a password, so a name elsewhere that is made to point here must not reach it.
func TestADemoAnswersUnderNoOtherName(t *testing.T) {
	w := New(t, Demo(web.DemoAccount{Email: "bob@example.com"}))
	choose := Request{Method: "POST", Path: "/sign-in", Form: url.Values{"email": {"bob@example.com"}}, Header: map[string]string{"Host": "evil.example:8080", "Origin": "http://evil.example:8080"}}
	a := w.Do(choose)
	if a.Status != 403 || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d, cookie %q", a.Status, a.Header.Get("Set-Cookie"))
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1", "[::1]:8080"} {
		w.Do(Request{Path: "/sign-in", Header: map[string]string{"Host": host}}).Expect(t, 200)
	}
}
