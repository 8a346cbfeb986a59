package platform_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

const loginPath = "/api/v1/auth/login"

func login(body string) Request { return Request{Method: "POST", Path: loginPath, Body: body} }

func alice(password string) string {
	return `{"email": "alice@example.com", "password": "` + password + `"}`
}

// signIn signs in and gives the headers of the program's requests.
func signIn(t testing.TB, w *World, body string) map[string]string {
	t.Helper()
	a := w.Do(login(body)).Expect(t, 200)
	if a.Header.Get("Set-Cookie") != "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", a.Header)
	}
	var answer struct {
		Token     string
		ExpiresAt time.Time `json:"expires_at"`
		User      map[string]any
	}
	a.Read(t, &answer)
	if left := answer.ExpiresAt.Sub(w.Clock.Now()); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("it ends in %s", left)
	}
	if _, text := answer.User["id"].(string); !text || answer.User["name"] == "" {
		t.Errorf("%v", answer.User)
	}
	return map[string]string{"Authorization": "Bearer " + answer.Token}
}

func TestSigningInOverJSON(t *testing.T) {
	w := New(t)
	stale := login(alice(Password))
	stale.Header = map[string]string{"Authorization": "Bearer dbs_old.one"}
	basic := login(alice(Password))
	basic.Header = map[string]string{"Authorization": "Basic eDp5"}
	foreign := login(alice(Password))
	foreign.Header = map[string]string{"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"}
	expired := login(alice(Password))
	expired.As = "expired"
	signedIn := []string{"daybook Alice Person signed_in"}
	w.Run(t, []Scenario{
		{Name: "a stale session", Request: stale, Status: 200, Has: []string{`"token":"dbs_`, `"email":"alice@example.com"`, `"avatar_url":null`}, Records: signedIn},
		{Name: "another scheme", Request: basic, Status: 200, Records: signedIn},
		{Name: "somebody else's token", Request: foreign, Status: 200, Records: signedIn},
		{Name: "an expired token", Request: expired, Status: 200, Records: signedIn},
		{Name: "by username, with a key that is not known", Request: login(`{"email": "Alice ", "password": "` + Password + `", "remember": true}`), Status: 200, Records: signedIn},
		{Name: "wrong", Request: login(alice("wrong")), Status: 401, Has: []string{"is not right"}, Records: []string{"daybook Alice Person sign_in_failed failure"}},
		{Name: "nobody", Request: login(`{"email": "x@example.com", "password": "x"}`), Status: 401, Has: []string{"is not right"}, Records: []string{"daybook Daybook sign_in_failed failure"}},
		{Name: "deactivated", Request: login(`{"email": "dora", "password": "` + Password + `"}`), Status: 401, Has: []string{"is not right"}, Records: []string{"daybook Dora Person sign_in_failed failure"}},
		{Name: "without", Request: login(`{}`), Status: 422, Fields: []string{"email", "password"}},
		{Name: "empty", Request: login(`{"email": "", "password": null}`), Status: 422, Fields: []string{"email", "password"}},
		{Name: "another type", Request: login(`{"email": 7, "password": "x"}`), Status: 422, Fields: []string{"email"}},
		{Name: "another type behind", Request: login(`{"email": "alice", "password": true}`), Status: 422, Fields: []string{"password"}},
		{Name: "twice", Request: login(`{"email": "alice", "password": "x", "password": "` + Password + `"}`), Status: 422, Fields: []string{"password"}},
		{Name: "no object", Request: login(`null`), Status: 400, Fields: []string{"body"}},
		{Name: "no JSON", Request: login(`{"email"`), Status: 400, Fields: []string{"body"}},
		{Name: "two", Request: login(`{} {}`), Status: 400, Fields: []string{"body"}},
		{Name: "nothing at all", Request: login(``), Status: 400, Fields: []string{"body"}},
		{Name: "much", Request: login(`{"email": "` + strings.Repeat("x", 20<<10) + `"}`), Status: 413, Fields: []string{"body"}},
		{Name: "a form", Request: Request{Method: "POST", Path: loginPath, Body: "email=alice", Type: "application/x-www-form-urlencoded"}, Status: 415},
		{Name: "from another site", Request: Request{Method: "POST", Path: loginPath, Body: alice(Password), Header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, Status: 403},
	})
}

func TestSigningInWaitsAfterFailuresHoweverOneSignsIn(t *testing.T) {
	w := New(t)
	for range 6 {
		w.Do(login(alice("wrong"))).Expect(t, 401)
	}
	if a := w.Do(login(alice(Password))).Expect(t, 429); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	w.Do(Request{Method: "POST", Path: "/api/auth/token", Form: map[string][]string{"username": {"alice"}, "password": {Password}}}).Expect(t, 429)
	w.Do(Request{Method: "POST", Path: "/sign-in", Form: map[string][]string{"login": {"alice"}, "password": {Password}}}).Expect(t, 429)
}

func TestWhatAProgramMayThatSignedIn(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "ada"}, "action": "created", "description": "somebody else's"}`)
	header := signIn(t, w, alice(Password))
	do := func(method, path, body string) Answer {
		t.Helper()
		return w.Do(Request{Method: method, Path: path, Body: body, Header: header})
	}
	do("GET", "/api/v1/auth/me", "").Expect(t, 200, `"email":"alice@example.com"`)
	do("GET", "/api/auth/users/me", "").Expect(t, 200, `"username":"alice"`)
	do("GET", "/api/v1/workspaces/acme/activity", "").Expect(t, 200, "somebody else's")
	do("GET", "/api/v1/workspaces/acme/settings", "").Expect(t, 200) // as an owner
	do("POST", "/api/v1/workspaces/acme/activity", `{"action": "created", "description": "by Alice"}`).Expect(t, 201)
	do("GET", "/api/v1/workspaces/acme/export?format=csv", "").Expect(t, 200, "somebody else's")
	do("GET", "/api/v1/users/me/tokens", "").Expect(t, 200)
	do("GET", "/api/v1/workspaces/other/activity", "").Expect(t, 404)
	do("GET", "/api/v1/instance/users", "").Expect(t, 403)
	do("GET", "/w/acme", "").Expect(t, 403) // pages are for browsers
	do("POST", "/account/password", "").Expect(t, 403)
	do("GET", "/sign-in", "").Expect(t, 200)
	for name, cookie := range map[string]string{"as a cookie": "daybook=" + strings.TrimPrefix(header["Authorization"], "Bearer "), "without its head": "daybook=" + strings.TrimPrefix(header["Authorization"], "Bearer dbs_")} {
		if a := w.Do(Request{Path: "/api/v1/auth/me", Cookie: cookie}); a.Status != 401 {
			t.Errorf("%s it is answered with %d", name, a.Status)
		}
	}
	w.Do(Request{As: "service", Path: "/api/v1/auth/me"}).Expect(t, 403)
	w.Do(Request{As: "bob-read", Path: "/api/v1/auth/me"}).Expect(t, 200, `"username":"bob"`)
}

// A program's session is one of somebody's sessions: they see it on their account, and it ends with the others.
func TestAProgramsSessionIsListedAndEnds(t *testing.T) {
	w := New(t)
	me := func(header map[string]string) Request { return Request{Path: "/api/v1/auth/me", Header: header} }
	first := signIn(t, w, alice(Password))
	page := w.Do(Request{As: "alice", Path: "/account"}).Expect(t, 200, "over the API")
	_, rest, _ := strings.Cut(page.Body, "/account/sessions/")
	for rest != "" && !strings.HasPrefix(strings.TrimPrefix(first["Authorization"], "Bearer dbs_"), strings.SplitN(rest, "/end", 2)[0]) {
		_, rest, _ = strings.Cut(rest, "/account/sessions/")
	}
	if rest == "" {
		t.Fatal("it is not on the page of the account")
	}
	w.Do(me(first)).Expect(t, 200)
	w.Do(Request{As: "alice", Method: "POST", Path: "/account/sessions/" + strings.SplitN(rest, "/end", 2)[0] + "/end"}).Expect(t, 303)
	w.Do(me(first)).Expect(t, 401)

	second := signIn(t, w, alice(Password))
	w.Do(Request{As: "alice", Method: "POST", Path: "/account/sessions/end-others"}).Expect(t, 303)
	w.Do(me(second)).Expect(t, 401)

	third := signIn(t, w, alice(Password))
	w.Clock.Forward(24*time.Hour + time.Second)
	a := w.Do(me(third)).Expect(t, 401, "has ended")
	if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("%v", a.Header)
	}
}

// A role in a workspace, which any of its admins can give, ends no program of anybody; becoming an instance admin does.
func TestAProgramsSessionAndRoles(t *testing.T) {
	w := New(t)
	program := signIn(t, w, alice(Password))
	me := Request{Path: "/api/v1/auth/me", Header: program}
	w.Do(Request{As: "ina", Method: "POST", Path: "/api/v1/workspaces/other/members", Body: `{"user": "alice@example.com", "role": "admin"}`}).Expect(t, 200)
	w.Do(me).Expect(t, 200)
	w.Do(Request{Path: "/api/v1/workspaces/other/settings", Header: program}).Expect(t, 200)
	user := fmt.Sprintf("/api/v1/instance/users/%d", w.Alice.ID)
	var now struct{ Version int64 }
	w.Do(Request{As: "ina", Path: user}).Expect(t, 200).Read(t, &now)
	w.Do(Request{As: "ina", Method: "PUT", Path: user + "/instance-admin", Body: fmt.Sprintf(`{"instance_admin": true, "version": %d}`, now.Version)}).Expect(t, 204)
	w.Do(me).Expect(t, 401)
}
