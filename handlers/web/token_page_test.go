package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

var tokenText = regexp.MustCompile(`dbk_[A-Za-z0-9_-]{43}`)

// mintToken makes a service token on the page and gives its text.
func mintToken(w *World, pairs ...string) (string, Answer) {
	w.T.Helper()
	a := w.Do(filled("ada", "/w/acme/tokens", append([]string{"name", "App <b>", "expires", "90"}, pairs...)...))
	a.Expect(w.T, 200)
	return tokenText.FindString(a.Body), a
}

func TestAServiceTokenIsShownOnce(t *testing.T) {
	w := New(t)
	text, a := mintToken(w, "scopes", "activity:write", "scopes", "activity:read")
	if text == "" {
		t.Fatal("the page has no token")
	}
	a.Expect(t, 200, "App &lt;b&gt;", "data-copy", "It is shown this one time.", "http://daybook.test/api/v1/workspaces/acme/activity").Lacks(t, "App <b>", "YOUR_TOKEN")
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Location") != "" || strings.Contains(fmt.Sprint(a.Header), text) {
		t.Error(a.Header)
	}
	list := w.Do(Request{As: "ada", Path: "/w/acme/tokens"}).Expect(t, 200, "App &lt;b&gt;", "by Ada Person", "activity:read")
	list.Lacks(t, text, text[4:], "dbk_")
	if strings.Contains(w.Log.String(), text[4:]) {
		t.Error("the token is in the log")
	}
	for _, table := range []string{"tokens", "activities", "sessions", "inbox"} {
		if n := Ask[int](w, `SELECT count(*) FROM `+table+` t WHERE strpos(t::text, $1) > 0`, text[4:]); n != 0 {
			t.Errorf("the token is in %s", table)
		}
	}
	w.Recorded()
	w.Do(Request{Method: "POST", Path: "/api/v1/workspaces/acme/activity", Header: map[string]string{"Authorization": "Bearer " + text}, Body: `{"actor": {"id": "a"}, "action": "created"}`}).Expect(t, 201)
	w.Do(Request{As: "ada", Path: "/w/acme/tokens"}).Expect(t, 200, "just now", "127.0.0.1")
	id := Ask[int64](w, `SELECT max(id) FROM tokens`)
	w.Drain()
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "revoked", Request: filled("ada", fmt.Sprintf("/w/acme/tokens/%d/revoke", id)), Status: 303, Headers: map[string]string{"Location": "/w/acme/tokens"}, Records: []string{"acme ada revoked"}},
		{Name: "and worth nothing", Request: Request{Method: "POST", Path: "/api/v1/workspaces/acme/activity", Header: map[string]string{"Authorization": "Bearer " + text}, Body: `{}`}, Status: 401},
		{Name: "twice", Request: filled("ada", fmt.Sprintf("/w/acme/tokens/%d/revoke", id)), Status: 303},
		{Name: "is told", Request: Request{As: "ada", Path: "/w/acme/tokens"}, Status: 200, Has: []string{"revoked already", "Revoked"}},
		{Name: "another workspace's", Request: filled("ada", fmt.Sprintf("/w/acme/tokens/%d/revoke", Ask[int64](w, `SELECT id FROM tokens WHERE name = 'service-other'`))), Status: 303},
		{Name: "which stays", Request: Request{As: "service-other", Path: "/api/v1/workspaces/other/activity"}, Status: 200},
	})
}

func TestWhatATokenCanBe(t *testing.T) {
	w := New(t)
	good := []string{"name", "App", "scopes", "activity:write"}
	mint := func(more ...string) Request { return filled("ada", "/w/acme/tokens", append(good, more...)...) }
	tomorrow := w.Clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	w.Run(t, []Scenario{
		{Name: "the form", Request: Request{As: "ada", Path: "/w/acme/tokens/new"}, Status: 200, Has: []string{`value="activity:write" checked`, "viewer:mint", `value="365" checked`}, Lacks: []string{`value="admin"`}},
		{Name: "without end", Request: mint("expires", "never"), Status: 200, Has: []string{"It has no end"}, Records: []string{"acme ada created"}},
		{Name: "until a day", Request: mint("expires", "date", "until", tomorrow), Status: 200, Has: []string{"Good until"}, Records: []string{"acme ada created"}},
		{Name: "a day gone by", Request: mint("expires", "date", "until", "2020-01-01"), Status: 422, Has: []string{`id="until-error"`, `value="2020-01-01"`, `value="App"`, `value="date" checked`}},
		{Name: "no day", Request: mint("expires", "date"), Status: 422, Has: []string{`id="until-error"`}},
		{Name: "the end of time", Request: mint("expires", "date", "until", "9999-12-31"), Status: 422, Has: []string{`id="until-error"`}},
		{Name: "another end", Request: mint("expires", "-1"), Status: 422, Has: []string{`id="expires-error"`}},
		{Name: "too many days", Request: mint("expires", "99999999999999999999"), Status: 422, Has: []string{`id="expires-error"`}},
		{Name: "no scope", Request: filled("ada", "/w/acme/tokens", "name", "App", "expires", "30"), Status: 422, Has: []string{`id="scopes-error"`}},
		{Name: "a scope beyond", Request: filled("ada", "/w/acme/tokens", "name", "App", "expires", "30", "scopes", "admin"), Status: 422, Has: []string{`id="scopes-error"`}},
		{Name: "no name", Request: filled("ada", "/w/acme/tokens", "scopes", "activity:read", "expires", "30"), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "another workspace", Request: mint("expires", "30", "workspace_id", "x"), Status: 422, Has: []string{"is no field of this form"}},
		{Name: "a member", Request: filled("bob", "/w/acme/tokens", good...), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "one that only reads has no snippets", Request: filled("ada", "/w/acme/tokens", "name", "App", "scopes", "activity:read", "expires", "30"), Status: 200, Has: []string{"dbk_"}, Lacks: []string{"snippet"}, Records: []string{"acme ada created"}},
	})
	end := Ask[time.Time](w, `SELECT expires_at FROM tokens WHERE name = 'App' AND expires_at IS NOT NULL ORDER BY id LIMIT 1`)
	zone, err := time.LoadLocation("America/St_Johns")
	if err != nil {
		t.Fatal(err)
	}
	if at := end.In(zone); at.Round(time.Minute).Format("15:04") != "00:00" {
		t.Error("a token does not end with the day in the reader's zone:", at)
	}
}
