package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func preferences(change func(url.Values)) Request {
	form := url.Values{"name": {"Bob Person"}, "time_zone": {""}, "theme": {"system"}, "date_format": {"words"}}
	if change != nil {
		change(form)
	}
	return Request{As: "bob", Method: "POST", Path: "/account/preferences", Form: form}
}

func TestPreferences(t *testing.T) {
	w := New(t)
	set := func(name, value string) Request {
		return preferences(func(f url.Values) { f.Set(name, value) })
	}
	w.Run(t, []Scenario{
		{Name: "page", Request: Request{As: "bob", Path: "/account"}, Status: 200, Has: []string{`value="Bob Person"`, `<option value="Asia/Kathmandu">`, "bob@example.com", `value="words" checked`}},
		{Name: "another name", Request: set("name", "Bobby <b>"), Status: 303, Headers: map[string]string{"Location": "/account"}, Records: []string{"daybook Bobby <b> updated"}},
		{Name: "it is shown", Request: Request{As: "bob", Path: "/account"}, Status: 200, Has: []string{"Your preferences are saved.", "Bobby &lt;b&gt;"}, Lacks: []string{"<b>Bobby", "Bobby <b>"}},
		{Name: "200 characters", Request: set("name", strings.Repeat("ä", 200)), Status: 303, Records: []string{"daybook " + strings.Repeat("ä", 200) + " updated"}},
		{Name: "200 of three bytes", Request: set("name", strings.Repeat("漢", 200)), Status: 303, Records: []string{"daybook " + strings.Repeat("漢", 166) + " updated"}},
		{Name: "all of it is shown", Request: Request{As: "bob", Path: "/account"}, Status: 200, Has: []string{`value="` + strings.Repeat("漢", 200) + `"`}},
		{Name: "one too many", Request: set("name", strings.Repeat("ä", 201)), Status: 422, Has: []string{`id="name-error"`, "at most 200 characters", strings.Repeat("ä", 201)}},
		{Name: "none", Request: set("name", " "), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "right to left", Request: set("name", "مشروع \u202e"), Status: 303, Records: []string{"daybook مشروع \u202e updated"}},
		{Name: "a zone that is none", Request: set("time_zone", `Mars/Phobos"><script>`), Status: 422, Has: []string{`id="time_zone-error"`, `value="Mars/Phobos&#34;&gt;&lt;script&gt;"`}, Lacks: []string{`"><script>`}},
		{Name: "a theme that is none", Request: set("theme", "sepia"), Status: 422, Has: []string{`id="theme-error"`}},
		{Name: "a format that is none", Request: set("date_format", "x"), Status: 422, Has: []string{`id="date_format-error"`}},
		{Name: "from elsewhere", Request: Request{As: "bob", Method: "POST", Path: "/account/preferences", Form: preferences(nil).Form, Header: map[string]string{"Origin": "https://evil.example"}}, Status: 403},
		{Name: "for somebody else", Status: 303, Request: preferences(func(f url.Values) {
			f.Set("name", "Mallory")
			f.Set("user_id", "1")
			f.Set("id", "1")
			f.Set("email", "mallory@example.com")
			f.Set("instance_admin", "true")
		}), Records: []string{"daybook Mallory updated"}},
	})
	if got := Ask[string](w, `SELECT string_agg(name || email || instance_admin, ' ' ORDER BY id) FROM users WHERE name NOT LIKE '% Person'`); got != "Mallorybob@example.comfalse" {
		t.Error(got)
	}
}

// What is chosen holds on every page, at once.
func TestPreferencesAreUsed(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "task", "id": "1", "name": "A task"}, "occurred_at": "2026-01-31T20:05:06Z"}`)
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200, "Saturday 31 January", ">16:35<").Lacks(t, "data-theme")
	w.Do(preferences(func(f url.Values) {
		f.Set("time_zone", "Asia/Kathmandu")
		f.Set("theme", "dark")
		f.Set("date_format", "american")
	})).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200, `data-theme="dark"`, "Sunday, February 1", "1:50\u00a0AM")
	w.Do(Request{As: "bob", Path: "/nothing"}).Expect(t, 404, `data-theme="dark"`)
	w.Do(Request{As: "alice", Path: "/w/acme"}).Expect(t, 200, "Saturday 31 January").Lacks(t, "data-theme")
}

func TestTheme(t *testing.T) {
	w := New(t)
	choose := func(theme, next string) Request {
		return Request{As: "bob", Method: "POST", Path: "/account/theme", Form: url.Values{"theme": {theme}, "next": {next}}}
	}
	w.Do(Request{As: "bob", Path: "/w/acme?actions=created&q=%22a%22"}).Expect(t, 200, `name="next" value="/w/acme?actions=created&amp;q=%22a%22"`)
	for next, to := range map[string]string{"/w/acme?actions=created": "/w/acme?actions=created", "": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/"} {
		if got := w.Do(choose("dark", next)).Expect(t, 303).Header.Get("Location"); got != to {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, `data-theme="dark"`, `value="dark" aria-pressed="true"`)
	w.Do(choose("sepia", "/")).Expect(t, 422)
	w.Do(choose("light", "/")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, `data-theme="light"`)
	if got := w.Recorded(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestOnesSessions(t *testing.T) {
	w := New(t)
	there, foreign := w.Session(w.Bob).Get("Cookie"), w.Session(w.Alice).Get("Cookie")
	id := func(cookie string) string {
		id, _, _ := strings.Cut(strings.TrimPrefix(cookie, "daybook="), ".")
		return id
	}
	post := func(path string) Request { return Request{As: "bob", Method: "POST", Path: path, Form: url.Values{}} }
	page := w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, id(there), "This one", "one other place", "An unknown device")
	page.Lacks(t, id(foreign), strings.TrimPrefix(there, "daybook="))
	for _, other := range []string{id(foreign), "x", "%00", url.PathEscape("'; --")} {
		w.Do(post("/account/sessions/"+other+"/end")).Expect(t, 303)
		w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, "notice-danger", "has ended already")
	}
	w.Do(Request{Path: "/account", Cookie: foreign}).Expect(t, 200)
	if got := w.Recorded(); len(got) != 0 {
		t.Errorf("what ended nothing is recorded: %q", got)
	}
	elsewhere := post("/account/sessions/" + id(there) + "/end")
	elsewhere.Header = map[string]string{"Sec-Fetch-Site": "cross-site"}
	w.Do(elsewhere).Expect(t, 403)
	w.Do(Request{Path: "/account", Cookie: there}).Expect(t, 200)
	w.Do(post("/account/sessions/"+id(there)+"/end")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, "The session has ended.", "nowhere else")
	w.Do(Request{Path: "/account", Cookie: there}).Expect(t, 303)
	w.Do(Request{Path: "/sign-in", Cookie: there}).Expect(t, 200, "Your session here has ended")
	w.Do(Request{Path: "/sign-in"}).Expect(t, 200).Lacks(t, "has ended")
	if got := w.Recorded(); len(got) != 1 || got[0] != "daybook Bob Person sessions_ended" {
		t.Errorf("%q", got)
	}
}

func TestSigningOutElsewhereAndEverywhere(t *testing.T) {
	w := New(t)
	others := []string{w.Session(w.Bob).Get("Cookie"), w.Session(w.Bob).Get("Cookie")}
	post := func(path string) Request {
		return Request{As: "bob", Method: "POST", Path: path, Form: url.Values{"user_id": {"1"}}}
	}
	w.Do(post("/account/sessions/end-others")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, "2 other sessions have ended.")
	for _, cookie := range others {
		w.Do(Request{Path: "/account", Cookie: cookie}).Expect(t, 303)
	}
	w.Do(post("/account/sessions/end-others")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200, "There was no other session.")
	a := w.Do(post("/account/sessions/end-all")).Expect(t, 303)
	if c, _ := cookie(t, a); c.MaxAge >= 0 || a.Header.Get("Location") != "/sign-in?out=everywhere" {
		t.Errorf("%v", a.Header)
	}
	w.Do(Request{Path: "/sign-in?out=everywhere"}).Expect(t, 200, "signed out everywhere")
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 303)
	w.Do(Request{As: "alice", Path: "/account"}).Expect(t, 200)
	if got := strings.Join(w.Recorded(), ", "); got != "daybook Bob Person sessions_ended, daybook Bob Person sessions_ended" {
		t.Errorf("%q", got)
	}
}

// The cookie would end thirty days after the sign-in, however much the session is used.
func TestTheCookieOfASessionInUseIsRenewed(t *testing.T) {
	w := New(t, At("https://daybook.test"))
	for range 3 {
		if a := w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200); a.Header.Get("Set-Cookie") != "" {
			t.Error("it is sent more often than once a day")
		}
		w.Clock.Forward(25 * time.Hour)
		c, value := cookie(t, w.Do(Request{As: "bob", Path: "/api/activities"}).Expect(t, 200))
		if c.MaxAge != 30*24*3600 || !c.Secure || !c.HttpOnly || value != w.Credentials("bob").Get("Cookie") {
			t.Errorf("%s", c)
		}
	}
	w.Clock.Forward(25 * time.Hour)
	if c, _ := cookie(t, w.Do(Request{As: "bob", Method: "POST", Path: "/sign-out", Form: url.Values{}}).Expect(t, 303)); c.MaxAge >= 0 {
		t.Errorf("signing out sends %s", c)
	}
}
