package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

var madeToken = regexp.MustCompile(`<code id="secret">(dbk_[A-Za-z0-9_-]{43})</code>`)

// tokenIn gives the token that an answer shows, which must be kept nowhere.
func tokenIn(t *testing.T, w *World, a Answer) string {
	t.Helper()
	found := madeToken.FindStringSubmatch(a.Body)
	if a.Status != 200 || found == nil {
		t.Fatalf("%d shows no token: %.900s", a.Status, a.Body)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", a.Header)
	}
	w.Drain()
	for _, table := range []string{"activities", "tokens"} {
		if n := Ask[int](w, `SELECT count(*) FROM `+table+` t WHERE strpos(t::text, $1) > 0`, found[1][4:]); n != 0 {
			t.Errorf("the token stands in %s", table)
		}
	}
	if n := Ask[int](w, `SELECT count(*) FROM sessions WHERE strpos(encode(values, 'escape'), $1) > 0`, found[1][4:]); n != 0 {
		t.Error("the secret stands in a session")
	}
	if strings.Contains(w.Log.String(), found[1][4:]) {
		t.Error("the token is logged")
	}
	return found[1]
}

func read(w *World, token, path string) Answer {
	return w.Do(Request{Path: path, Header: map[string]string{"Authorization": "Bearer " + token}})
}

func TestPersonalTokens(t *testing.T) {
	w := New(t)
	ask := func(as string, fields ...string) Request { return posted(as, "/account/tokens", fields...) }
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, "/account/tokens", "You have 5.")
	w.Do(Request{As: "bob", Path: "/account/tokens"}).Expect(t, 200, "bob-read").Lacks(t, "ada-read", `value="admin"`, "dbk_")
	w.Do(Request{As: "ada", Path: "/account/tokens"}).Expect(t, 200, `value="admin"`)
	w.Run(t, []Scenario{
		{Name: "nothing", Request: ask("bob", "days", "30"), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "no scope", Request: ask("bob", "name", "mine", "days", "30"), Status: 422, Has: []string{`id="scopes-error"`, `value="mine"`}},
		{Name: "an unknown scope", Request: ask("bob", "name", "mine", "scopes", "root", "days", "30"), Status: 422, Has: []string{`id="scopes-error"`}},
		{Name: "a member's with the scope admin", Request: ask("bob", "name", "mine", "scopes", "admin", "days", "30"), Status: 422, Has: []string{`id="scopes-error"`}},
		{Name: "a member's with access:write", Request: ask("bob", "name", "mine", "scopes", "activity:read", "scopes", "access:write"), Status: 422, Has: []string{`id="scopes-error"`}},
		{Name: "a workspace of others", Request: ask("bob", "name", "mine", "scopes", "activity:read", "workspace", w.Other.ID.String()), Status: 422, Has: []string{`id="workspace-error"`}},
		{Name: "a workspace that is none", Request: ask("bob", "name", "mine", "scopes", "activity:read", "workspace", "nothing"), Status: 422, Has: []string{`id="workspace-error"`}},
		{Name: "for somebody else", Request: ask("bob", "name", "mine", "scopes", "activity:read", "user_id", "1"), Status: 422},
		{Name: "days", Request: ask("bob", "name", "mine", "scopes", "activity:read", "days", "-1"), Status: 422, Has: []string{`id="days-error"`}},
		{Name: "somebody else's is revoked", Request: posted("bob", "/account/tokens/"+Ask[string](w, `SELECT id::text FROM tokens WHERE name = 'ada-read'`)+"/revoke"), Status: 303},
	})
	a := w.Do(ask("bob", "name", "mine <b>", "scopes", "activity:read", "workspace", w.Acme.ID.String(), "days", "30"))
	token := tokenIn(t, w, a)
	if got := strings.Join(w.Recorded(), ", "); got != "acme bob created" && got != "acme Bob Person created" {
		t.Error(got)
	}
	read(w, token, "/api/v1/workspaces/acme/activity").Expect(t, 200)
	w.Do(Request{As: "bob", Path: "/account/tokens"}).Expect(t, 200, "mine &lt;b&gt;", "The acme").Lacks(t, token, "<b>mine")
	w.Clock.Forward(31 * 24 * time.Hour)
	read(w, token, "/api/v1/workspaces/acme/activity").Expect(t, 401)
}

func TestATokenIsWorthNoMoreThanItsMakerIsNow(t *testing.T) {
	w := New(t)
	token := tokenIn(t, w, w.Do(posted("ada", "/account/tokens", "name", "all", "scopes", "admin", "scopes", "activity:read", "scopes", "access:write")))
	const people, list = "/api/v1/workspaces/acme/people", "/api/v1/workspaces/acme/activity"
	read(w, token, people).Expect(t, 200)
	w.Exec(`UPDATE memberships SET role = 'member' WHERE user_id = $1`, w.Ada.ID)
	read(w, token, people).Expect(t, 403)
	read(w, token, "/api/v1/workspaces/acme/settings").Expect(t, 403)
	read(w, token, list).Expect(t, 200)
	w.Do(Request{Method: "PUT", Path: "/api/v1/workspaces/acme/projects/p1/members", Body: `{"actor_ids": []}`, Header: map[string]string{"Authorization": "Bearer " + token}}).Expect(t, 403)
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Ada.ID)
	read(w, token, list).Expect(t, 404)
	w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Ada.ID)
	read(w, token, list).Expect(t, 401)
	w.Do(Request{As: "ada", Path: "/account/tokens"}).Expect(t, 303)
}
