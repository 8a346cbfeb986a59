package web_test

import (
	"net/url"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Each error page says what happened, what follows, and where to go on.
func TestWaysOnFromAnError(t *testing.T) {
	w := New(t)
	sent := func(from string) Request {
		return Request{Method: "POST", Path: "/account/preferences", Form: url.Values{"name": {"x"}}, Header: map[string]string{"Referer": from}}
	}
	crossSite := Request{As: "bob", Method: "POST", Path: "/account/theme", Form: url.Values{"theme": {"dark"}}, Header: map[string]string{"Sec-Fetch-Site": "cross-site"}}
	w.Run(t, []Scenario{
		{Name: "a form after the session ended", Request: sent("http://daybook.test/account?a=b"), Status: 401,
			Has: []string{"You are signed out", "send the form again", `href="/sign-in?next=%2Faccount%3Fa%3Db"`}, Lacks: []string{"Bearer"}},
		{Name: "from an address that is none", Request: sent("javascript:alert(1)"), Status: 401, Has: []string{`href="/sign-in"`}, Lacks: []string{"javascript"}},
		{Name: "from a path that would lead away", Request: sent("http://daybook.test//evil.example"), Status: 401, Has: []string{`href="/sign-in"`}, Lacks: []string{"evil"}},
		{Name: "from nowhere", Request: sent(""), Status: 401, Has: []string{`href="/sign-in"`}},
		{Name: "another site", Request: crossSite, Status: 403, Has: []string{"came from another site", "Nothing was changed.", "Open Daybook"}, Lacks: []string{"was recorded"}},
		{Name: "nothing there, in a workspace", Request: Request{As: "bob", Path: "/w/acme/views/1"}, Status: 404, Has: []string{"There is nothing here", "Back to the feed"}},
		{Name: "no such view", Request: post("bob", "/w/acme/views/1/delete"), Status: 404, Has: []string{"no such saved view", `href="/w/acme">Back to the feed`}},
		{Name: "no such project", Request: Request{As: "ada", Path: "/w/acme/projects/999/edit"}, Status: 404, Has: []string{"There is no such project here."}, Lacks: []string{"project: there"}},
		{Name: "nothing there, for nobody", Request: Request{Path: "/nothing"}, Status: 404, Has: []string{`href="/sign-in"`}},
	})
}

func TestTheAttemptWasRecorded(t *testing.T) {
	w := New(t)
	shared := saved(w, "bob", "Shared", "shared", "true")
	w.Recorded()
	w.Do(post("ada", shared+"/rename", "name", "Stolen")).Expect(t, 403, "somebody else", "the attempt was recorded", `href="/w/acme"`)
	if got := w.Recorded(); len(got) != 1 || got[0] != "acme ada access_denied denied" {
		t.Errorf("%q", got)
	}
}

func TestWhileTheDatabaseIsAway(t *testing.T) {
	w := New(t)
	w.DB.Pool.Close()
	a := w.Do(Request{As: "bob", Path: "/w/acme?actions=created"})
	if a.Status < 500 {
		t.Fatalf("%d", a.Status)
	}
	a.Expect(t, a.Status, `href="/w/acme?actions=created">Try again`, "What was accepted is safe").Lacks(t, "Sign in")
}
