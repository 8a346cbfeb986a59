package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

var madeLink = regexp.MustCompile(`<code id="secret">http://daybook\.test(/(?:invitation|password)/([A-Za-z0-9_-]{32}))</code>`)

// linkIn gives the path of the link that an answer shows, which must be kept nowhere.
func linkIn(t *testing.T, w *World, a Answer) string {
	t.Helper()
	found := madeLink.FindStringSubmatch(a.Body)
	if a.Status != 200 || found == nil {
		t.Fatalf("%d shows no link: %.900s", a.Status, a.Body)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Location") != "" {
		t.Errorf("%v", a.Header)
	}
	w.Drain()
	for _, table := range []string{"activities", "links", "users"} {
		if n := Ask[int](w, `SELECT count(*) FROM `+table+` t WHERE strpos(t::text, $1) > 0`, found[2]); n != 0 {
			t.Errorf("the secret stands in %s", table)
		}
	}
	if n := Ask[int](w, `SELECT count(*) FROM sessions WHERE strpos(encode(values, 'escape'), $1) > 0`, found[2]); n != 0 {
		t.Error("the secret stands in a session")
	}
	if strings.Contains(w.Log.String(), found[2]) {
		t.Error("the secret is logged")
	}
	return found[1]
}

func posted(as, path string, fields ...string) Request {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return Request{As: as, Method: "POST", Path: path, Form: form}
}

// invite makes an invitation of Ada's.
func invite(t *testing.T, w *World, email string) string {
	t.Helper()
	path := linkIn(t, w, w.Do(posted("ada", "/w/acme/invitations/new", "email", email, "role", "member", "days", "7")))
	w.Recorded()
	return path
}

func TestSomebodyNewFollowsAnInvitation(t *testing.T) {
	w := New(t)
	a := w.Do(posted("ada", "/w/acme/invitations/new", "email", " Dana@Example.com ", "role", "member", "days", "1"))
	path := linkIn(t, w, a)
	a.Expect(t, 200, "a member of", "dana@example.com", "It works once")
	w.Recorded()
	w.Do(Request{As: "ada", Path: "/w/acme/invitations"}).Expect(t, 200, "dana@example.com", "Ada Person").Lacks(t, path)
	page := w.Do(Request{Path: path}).Expect(t, 200, "Join The acme", `value="dana@example.com"`, "/sign-in?next=%2Finvitation%2F")
	if page.Header.Get("Cache-Control") != "no-store" || page.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v", page.Header)
	}
	w.Run(t, []Scenario{
		{Name: "bad fields", Request: posted("", path, "name", " ", "password", "short"), Status: 422, Has: []string{`id="name-error"`, `id="password-error"`, `value="dana@example.com"`}, Lacks: []string{"short"}},
		{Name: "a role is not asked for", Request: posted("", path, "name", "Dana", "password", Password, "role", "owner"), Status: 422},
		{Name: "nor is_admin", Request: posted("", path, "name", "Dana", "password", Password, "instance_admin", "true"), Status: 422},
		{Name: "another address is not taken", Request: posted("", path, "name", "Dana", "password", Password, "email", "other@example.com"), Status: 303,
			Headers: map[string]string{"Location": "/w/acme"}, Records: []string{"daybook Daybook created", "acme Dana member_added"},
			After: func(t *testing.T, w *World, a Answer) {
				_, value := cookie(t, a)
				w.Do(Request{Path: "/w/acme", Cookie: value}).Expect(t, 200, "Dana")
			}},
		{Name: "used", Request: Request{Path: path}, Status: 404, Has: []string{"This invitation is over", "Ask whoever sent it", "/sign-in"}},
		{Name: "used, again", Request: posted("", path, "name", "Eve", "email", "eve@example.com", "password", Password), Status: 404, Has: []string{"This invitation is over"}},
		{Name: "used, by somebody signed in", Request: posted("charlie", path), Status: 404, Has: []string{"This invitation is over", "Open Daybook"}},
	})
	if got := Ask[string](w, `SELECT string_agg(email || instance_admin || role, ' ') FROM users JOIN memberships ON user_id = id WHERE name = 'Dana'`); got != "dana@example.comfalsemember" {
		t.Error(got)
	}
}

func TestSomebodySignedInFollowsAnInvitation(t *testing.T) {
	w := New(t)
	open, bound := invite(t, w, ""), invite(t, w, "dana@example.com")
	w.Run(t, []Scenario{
		{Name: "for another address", Request: Request{As: "charlie", Path: bound}, Status: 200, Has: []string{"is for another address", "charlie@example.com"}, Lacks: []string{"Join as"}},
		{Name: "for another address, sent", Request: posted("charlie", bound), Status: 403, Records: []string{"daybook Charlie Person access_denied denied"}},
		{Name: "a member already", Request: posted("bob", open), Status: 409, Has: []string{"You are a member of The acme already."}},
		{Name: "page", Request: Request{As: "charlie", Path: open}, Status: 200, Has: []string{"Join as Charlie Person"}, Lacks: []string{`name="password"`}},
		{Name: "from elsewhere", Request: Request{As: "charlie", Method: "POST", Path: open, Form: url.Values{}, Header: map[string]string{"Origin": "https://evil.example"}}, Status: 403},
	})
	w.Do(posted("charlie", open)).Expect(t, 303)
	if got := w.Recorded(); len(got) != 1 || !strings.HasSuffix(got[0], "member_added") {
		t.Errorf("%q", got)
	}
	w.Do(Request{As: "charlie", Path: "/w/acme"}).Expect(t, 200, "You are a member of The acme now.")
}

func TestAnInvitationIsFollowedByWayOfSigningIn(t *testing.T) {
	w := New(t)
	path := invite(t, w, "")
	in := signIn("charlie@example.com", Password)
	in.Form.Set("next", path)
	a := w.Do(in).Expect(t, 303)
	if to := a.Header.Get("Location"); to != path {
		t.Errorf("signing in leads to %s", to)
	}
	_, value := cookie(t, a)
	w.Do(Request{Path: path, Cookie: value}).Expect(t, 200, "Join as Charlie Person", "Not you? Sign out")
	w.Recorded()
	w.Do(Request{Method: "POST", Path: path, Cookie: value, Form: url.Values{"role": {"owner"}}}).Expect(t, 422)
	w.Do(Request{Method: "POST", Path: path, Cookie: value, Form: url.Values{}}).Expect(t, 303)
	if got := Ask[string](w, `SELECT role FROM memberships WHERE user_id = $1 AND workspace_id = $2`, w.Charlie.ID, w.Acme.ID); got != "member" {
		t.Error(got)
	}
}

// Whatever is wrong with a link, the page is the same.
func TestInvitationsThatAreOver(t *testing.T) {
	w := New(t)
	revoked, late, demoted := invite(t, w, ""), invite(t, w, "late@example.com"), ""
	a := w.Do(posted("alice", "/w/acme/invitations/new", "role", "admin", "days", "30"))
	demoted = linkIn(t, w, a)
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "withdrawn by a member", Request: posted("bob", "/w/acme/invitations/1/revoke"), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "withdrawn in another workspace", Request: posted("ina", "/w/other/invitations/1/revoke"), Status: 303},
		{Name: "withdrawn", Request: posted("ada", "/w/acme/invitations/1/revoke"), Status: 303, Records: []string{"acme ada invitation_revoked"}},
		{Name: "withdrawn twice", Request: posted("ada", "/w/acme/invitations/1/revoke"), Status: 303},
	})
	w.Do(Request{As: "ada", Path: "/w/acme/invitations"}).Expect(t, 200, "There is no such invitation", "late@example.com")
	w.Exec(`UPDATE links SET expires_at = now() WHERE email = 'late@example.com'`)
	w.Exec(`UPDATE memberships SET role = 'member' WHERE user_id = $1`, w.Alice.ID)
	pages := map[string]bool{}
	id := regexp.MustCompile(`[0-9a-f-]{36}`)
	for _, path := range []string{revoked, late, demoted, "/invitation/nothing", "/invitation/%00"} {
		pages[id.ReplaceAllString(w.Do(Request{Path: path}).Expect(t, 404, "This invitation is over").Body, "")] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d different pages", len(pages))
	}
}

// Who asks for many links that open nothing has to wait, and so has who asks for many addresses.
func TestGuessingIsSlowed(t *testing.T) {
	w := New(t)
	good := invite(t, w, "")
	for range 20 {
		w.Do(Request{Path: "/invitation/guessed"}).Expect(t, 404)
	}
	w.Do(Request{Path: "/password/guessed"}).Expect(t, 404)
	if a := w.Do(Request{Path: good}).Expect(t, 429, "Too many failed tries"); a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
	w.Do(Request{Path: "/api/v1/invitations/guessed"}).Expect(t, 429)
	w.Clock.Forward(2 * time.Second)
	for range 30 { // one that is good costs nothing
		w.Do(Request{Path: good}).Expect(t, 200)
	}
	w.Do(signIn("bob@example.com", Password)).Expect(t, 303) // which is another matter
	add := posted("ada", "/w/acme/members/add", "user", "nobody@example.com", "role", "member")
	for range 21 {
		w.Do(add).Expect(t, 404)
	}
	w.Do(add).Expect(t, 429)
	w.Do(posted("alice", "/w/acme/members/add", "user", "nobody@example.com", "role", "member")).Expect(t, 404)
}

// Whoever administers one workspace does not learn of who is in none of theirs.
func TestAddingTellsNothingOfStrangers(t *testing.T) {
	w := New(t)
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Dora.ID)
	add := func(as, user string, more ...string) Request {
		return posted(as, "/w/acme/members/add", append([]string{"user", user, "role", "member"}, more...)...)
	}
	said := regexp.MustCompile(`id="user-error"[^§]*?</p>`)
	unknown, gone := w.Do(add("ada", "nobody@example.com")).Expect(t, 404), w.Do(add("ada", "dora@example.com")).Expect(t, 404)
	if a, b := said.FindString(unknown.Body), said.FindString(gone.Body); a == "" || a != b {
		t.Errorf("%q, %q", a, b)
	}
	for name, body := range map[string]string{"stranger": `{"role": "member", "email": "charlie@example.com"}`, "nobody": `{"role": "member", "email": "nobody@example.com"}`} {
		a := w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/invitations", Body: body}).Expect(t, 200, `"url":"http://daybook.test/invitation/`)
		if strings.Contains(a.Body, "charlie") {
			t.Error(name)
		}
	}
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "a member already", Request: add("ada", "bob@example.com"), Status: 409, Has: []string{`id="user-error"`, "is a member already"}},
		{Name: "an admin makes an owner", Request: posted("ada", "/w/acme/members/add", "user", "charlie@example.com", "role", "owner"), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "an admin invites an admin", Request: posted("ada", "/w/acme/invitations/new", "role", "admin", "days", "7"), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "an unknown role", Request: posted("ada", "/w/acme/members/add", "user", "charlie@example.com", "role", "king"), Status: 422, Has: []string{`id="role-error"`, `value="charlie@example.com"`}},
		{Name: "workspace_id", Request: add("ada", "charlie@example.com", "workspace_id", w.Other.ID.String()), Status: 422},
		{Name: "is_admin", Request: add("ada", "charlie@example.com", "is_admin", "true"), Status: 422},
		{Name: "a member adds", Request: add("bob", "charlie@example.com"), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "somebody of another workspace adds", Request: add("charlie", "charlie@example.com"), Status: 404},
		{Name: "a bad address", Request: posted("ada", "/w/acme/invitations/new", "email", "x y", "role", "member", "days", "7"), Status: 422, Has: []string{`id="email-error"`, `value="x y"`}},
		{Name: "a bad time", Request: posted("ada", "/w/acme/invitations/new", "role", "member", "days", "3650"), Status: 422, Has: []string{`id="days-error"`}},
		{Name: "done", Request: add("ada", "charlie"), Status: 303, Headers: map[string]string{"Location": "/w/acme/people"}, Records: []string{"acme ada member_added"}},
	})
}

func TestAnAccountIsMadeWithALinkForItsPassword(t *testing.T) {
	w := New(t)
	create := func(as string, fields ...string) Request { return posted(as, "/w/acme/members/new", fields...) }
	w.Run(t, []Scenario{
		{Name: "somebody is here", Request: create("ada", "name", "Bob", "email", "BOB@example.com", "role", "member"), Status: 409, Has: []string{`id="email-error"`, `value="BOB@example.com"`}},
		{Name: "an owner, by an admin", Request: create("ada", "name", "Dana", "email", "dana@example.com", "role", "owner"), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Name: "with a password", Request: create("ada", "name", "Dana", "email", "dana@example.com", "role", "member", "password", Password), Status: 422},
	})
	if n := Ask[int](w, `SELECT count(*) FROM users WHERE email LIKE 'dana%'`); n != 0 {
		t.Error("something was written")
	}
	path := linkIn(t, w, w.Do(create("ada", "name", "Dana", "email", "dana@example.com", "role", "member")))
	if got := strings.Join(w.Recorded(), ", "); got != "daybook Ada Person created, acme ada member_added, daybook Ada Person password_link_made" {
		t.Error(got)
	}
	w.Do(signIn("dana@example.com", "")).Expect(t, 401)
	w.Recorded()
	w.Do(Request{Path: path}).Expect(t, 200, "dana@example.com", "Set a password")
	w.Do(posted("", path, "password", "short")).Expect(t, 422, `id="password-error"`)
	w.Do(posted("", path, "password", "quite long enough", "user_id", "1")).Expect(t, 422)
	if got := w.Do(posted("", path, "password", "quite long enough")).Expect(t, 303).Header.Get("Location"); got != "/sign-in?out=password" {
		t.Error(got)
	}
	w.Do(Request{Path: "/sign-in?out=password"}).Expect(t, 200, "The password is set.")
	w.Do(signIn("dana@example.com", "quite long enough")).Expect(t, 303)
	w.Do(posted("", path, "password", "another long one")).Expect(t, 404, "no use any more")
	if got := strings.Join(w.Recorded(), ", "); got != "daybook Dana password_changed, daybook Dana signed_in" {
		t.Error(got)
	}
}
