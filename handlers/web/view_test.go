package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/services/savedview"
)

// saving posts a view of created things.
func saving(as, name string, more ...string) Request {
	form := url.Values{"name": {name}, "query": {"actions=created"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return Request{As: as, Method: "POST", Path: "/w/acme/views", Form: form}
}

// saved saves a view and gives its address in the list.
func saved(w *World, as, name string, more ...string) string {
	w.T.Helper()
	w.Do(saving(as, name, more...)).Expect(w.T, 303)
	return fmt.Sprintf("/w/acme/views/%d", Ask[int64](w, `SELECT max(id) FROM saved_views`))
}

func post(as, path string, pairs ...string) Request {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return Request{As: as, Method: "POST", Path: path, Form: form}
}

func TestNewView(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "bob", "name": "Bob <i>"}, "action": "created", "project": {"id": "p1", "name": "Project \"One\""}}`)
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "a filter in words", Request: Request{As: "bob", Path: "/w/acme/views/new?actions=created&actor_id=bob&project_id=p1&entity_type=time_entry&start_date=7d&q=-type%3Atask+%3Cb%3E&cursor=x"}, Status: 200,
			Has:   []string{"Created", "Bob &lt;i&gt;", "Project &#34;One&#34;", "Time entry", "the last 7 days", "-type:task &lt;b&gt;", `name="query" value="actions=created&amp;`},
			Lacks: []string{`name="cursor"`, "<i>"}},
		{Name: "no names of what one cannot see", Request: Request{As: "charlie", Path: "/w/other/views/new?actor_id=bob&project_id=p1"}, Status: 200, Lacks: []string{"Bob &lt;i&gt;", "Project &#34;"}},
		{Name: "no filter", Request: Request{As: "bob", Path: "/w/acme/views/new?view=all"}, Status: 200, Has: []string{"Nothing to save yet"}, Lacks: []string{`name="query"`}},
		{Name: "a filter that cannot be read", Request: Request{As: "bob", Path: "/w/acme/views/new?actions=created&start_date=soon"}, Status: 422, Has: []string{"start_date must be"}},
		{Name: "half an escape", Request: Request{As: "bob", Path: "/w/acme/views/new?actions=%zz"}, Status: 400},
		{Name: "another workspace", Request: Request{As: "bob", Path: "/w/other/views/new?actions=created"}, Status: 404},
	})
}

func TestSavingViews(t *testing.T) {
	w := New(t)
	w.Run(t, []Scenario{
		{Name: "a private one", Request: saving("bob", "Mine <b>"), Status: 303, Headers: map[string]string{"Location": "/w/acme?actions=created"}},
		{Name: "it is said", Request: Request{As: "bob", Path: "/w/acme?actions=created"}, Status: 200, Has: []string{"The view “Mine &lt;b&gt;” is saved."}},
		{Name: "a shared one", Request: saving("bob", "Ours", "shared", "true", "default", "true", "query", "action=paid&type=invoice&entity_type=invoice&include_system=true"), Status: 303,
			Headers: map[string]string{"Location": "/w/acme?actions=paid&include_system=true&resource_types=invoice"}, Records: []string{"acme bob shared"}},
		{Name: "a name that is taken", Request: saving("bob", "MINE <B>"), Status: 409, Has: []string{`id="name-error"`, `value="MINE &lt;B&gt;"`, "have a view called", `value="actions=created"`}},
		{Name: "no name", Request: saving("bob", " "), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "an over-long one", Request: saving("bob", strings.Repeat("ä", 61)), Status: 422, Has: []string{"at most 60 characters"}},
		{Name: "right to left", Request: saving("bob", "فواتير — 42"), Status: 303},
		{Name: "nothing to be seen", Request: saving("bob", "\u200f\u200b"), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "no filter", Request: saving("bob", "x", "query", ""), Status: 422, Has: []string{"Nothing to save yet", "The filter must narrow the feed down"}},
		{Name: "a filter that is none", Request: saving("bob", "x", "query", "start_date=soon&actions=created"), Status: 422, Has: []string{"The filter cannot be read: start_date"}},
		{Name: "half an escape", Request: saving("bob", "x", "query", "%zz"), Status: 422},
		{Name: "from elsewhere", Request: Request{As: "bob", Method: "POST", Path: "/w/acme/views", Form: saving("bob", "evil").Form, Header: map[string]string{"Origin": "https://evil.example"}}, Status: 403},
		{Name: "in another workspace", Request: Request{As: "bob", Method: "POST", Path: "/w/other/views", Form: saving("bob", "x").Form}, Status: 404},
		{Name: "for somebody else, elsewhere", Request: saving("bob", "Slipped in", "user_id", fmt.Sprint(w.Alice.ID), "workspace_id", w.Other.ID.String(), "position", "0", "id", "1"), Status: 303},
	})
	if got := Ask[string](w, `SELECT string_agg(DISTINCT w.slug || ' ' || u.name, ',') FROM saved_views v JOIN workspaces w ON w.id = v.workspace_id JOIN users u ON u.id = v.user_id`); got != "acme Bob Person" {
		t.Error(got)
	}
}

func TestTheListOfViews(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "bob", Path: "/w/acme/views"}).Expect(t, 200, "No saved views yet")
	private, shared := saved(w, "bob", "Private <b>"), saved(w, "bob", "Shared \u202e", "shared", "true")
	w.Do(Request{As: "bob", Path: "/w/acme/views"}).Expect(t, 200, "Private &lt;b&gt;", "Shared \u202e", private+"/rename", shared+"/share", `href="/w/acme?actions=created"`).Lacks(t, "<b>Private", "Shared by others")
	admins := w.Do(Request{As: "ada", Path: "/w/acme/views"}).Expect(t, 200, "Shared by others", "Bob Person", shared+"/delete", shared+"/default")
	admins.Lacks(t, "Private", private, shared+"/rename", shared+"/share")
	saved(w, "alice", "Hers", "shared", "true")
	w.Do(Request{As: "bob", Path: "/w/acme/views"}).Expect(t, 200, "Hers", "Alice Person").Lacks(t, fmt.Sprintf("/w/acme/views/%d/delete", Ask[int64](w, `SELECT max(id) FROM saved_views`)))
	w.Do(Request{As: "charlie", Path: "/w/other/views"}).Expect(t, 200, "No saved views yet")
	w.Exec(`UPDATE users SET deactivated_at = now() WHERE id = $1`, w.Bob.ID)
	w.Do(Request{As: "ada", Path: "/w/acme/views"}).Expect(t, 200, "Hers").Lacks(t, "Shared \u202e")
}

func TestChangingViews(t *testing.T) {
	w := New(t)
	private, shared := saved(w, "bob", "Private"), saved(w, "bob", "Shared", "shared", "true")
	w.Recorded()
	for _, each := range []struct{ what, field, value string }{
		{"/rename", "name", "Stolen"}, {"/move", "direction", "up"}, {"/share", "shared", "true"}, {"/default", "default", "true"}, {"/delete", "", ""},
	} {
		for _, as := range []string{"ada", "alice", "ina"} { // a private one does not exist, not for those who administer either
			w.Do(post(as, private+each.what, each.field, each.value)).Expect(t, 404)
		}
		w.Do(post("charlie", strings.Replace(private, "acme", "other", 1)+each.what, each.field, each.value)).Expect(t, 404)
		w.Do(post("charlie", strings.Replace(shared, "acme", "other", 1)+each.what, each.field, each.value)).Expect(t, 404)
		for _, id := range []string{"0", "-1", "99999999999999999999", "x", "%00", "9223372036854775807"} {
			w.Do(post("bob", "/w/acme/views/"+id+each.what, each.field, each.value)).Expect(t, 404)
		}
		elsewhere := post("bob", private+each.what, each.field, each.value)
		elsewhere.Header = map[string]string{"Sec-Fetch-Site": "cross-site"}
		w.Do(elsewhere).Expect(t, 403)
	}
	for _, each := range []struct{ what, field, value string }{{"/rename", "name", "Stolen"}, {"/move", "direction", "up"}, {"/share", "shared", "false"}} {
		w.Do(post("ada", shared+each.what, each.field, each.value)).Expect(t, 403)
	}
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "rename", Request: post("bob", private+"/rename", "name", "Names & more", "query", "actions=deleted", "user_id", "1"), Status: 303, Headers: map[string]string{"Location": "/w/acme/views"}},
		{Name: "to one that is taken", Request: post("bob", private+"/rename", "name", "shared"), Status: 409, Has: []string{"have a view called", `value="shared"`, `aria-invalid="true"`, `details class="saved-change" name="view" open`}},
		{Name: "to an over-long one", Request: post("bob", private+"/rename", "name", strings.Repeat("x", 61)), Status: 422, Has: []string{"at most 60 characters"}},
		{Name: "move up", Request: post("bob", shared+"/move", "direction", "up"), Status: 303, Headers: map[string]string{"Location": strings.Replace(shared, "views/", "views#view-", 1)}},
		{Name: "move nowhere", Request: post("bob", shared+"/move", "direction", "sideways"), Status: 422},
		{Name: "share", Request: post("bob", private+"/share", "shared", "true"), Status: 303, Records: []string{"acme bob shared"}},
		{Name: "stop sharing", Request: post("bob", private+"/share", "shared", "false"), Status: 303, Records: []string{"acme bob unshared"}},
		{Name: "share perhaps", Request: post("bob", private+"/share", "shared", "perhaps"), Status: 422},
		{Name: "somebody's default", Request: post("ada", shared+"/default", "default", "true"), Status: 303},
		{Name: "it is marked", Request: Request{As: "ada", Path: "/w/acme/views"}, Status: 200, Has: []string{"Default", "opens first from now on"}},
		{Name: "no default", Request: post("ada", shared+"/default", "default", "false"), Status: 303},
		{Name: "an admin deletes a shared one", Request: post("ada", shared+"/delete"), Status: 303, Records: []string{"acme ada deleted"}},
		{Name: "it is gone", Request: post("bob", shared+"/delete"), Status: 404},
		{Name: "delete", Request: post("bob", private+"/delete"), Status: 303},
	})
	if n := Ask[int](w, `SELECT count(*) FROM saved_views`); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// A shared view shows each reader what they may see anyway.
func TestASharedViewWidensNothing(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "somebody"}, "action": "created", "resource": {"type": "task", "id": "1", "name": "Secret task"}}`)
	saved(w, "alice", "All of it", "shared", "true", "query", "actions=created&include_system=true")
	w.Do(Request{As: "alice", Path: "/w/acme?actions=created&include_system=true"}).Expect(t, 200, "Secret task")
	w.Do(Request{As: "bob", Path: "/w/acme?actions=created&include_system=true"}).Expect(t, 200).Lacks(t, "Secret task")
	w.Do(Request{As: "charlie", Path: "/w/acme?actions=created"}).Expect(t, 404)
}

func TestAsManyViewsAsThereCanBe(t *testing.T) {
	w := New(t)
	for i := range savedview.MostViews {
		w.Exec(`INSERT INTO saved_views (workspace_id, user_id, name, query, position) VALUES ($1, $2, $3, 'actions=created', $4)`, w.Acme.ID, w.Bob.ID, fmt.Sprint(strings.Repeat("W", 57), i), i+1)
	}
	w.Do(Request{As: "bob", Path: "/w/acme/views"}).Expect(t, 200, "You have 50 views")
	w.Do(saving("bob", "one more")).Expect(t, 409, `id="name-error"`, "as many as there can be")
}

// The default view opens where a workspace is named and nothing else; "everything" is one tab away.
func TestTheDefaultViewOpensFirst(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200)
	saved(w, "bob", "Mine", "default", "true")
	for _, path := range []string{"/w/acme", "/"} {
		if got := w.Do(Request{As: "bob", Path: path}).Expect(t, 303).Header.Get("Location"); got != "/w/acme?actions=created" {
			t.Errorf("%s leads to %s", path, got)
		}
	}
	all := w.Do(Request{As: "bob", Path: "/w/acme?view=all"}).Expect(t, 200, `href="/w/acme?view=all"`, `href="/w/acme?actions=created"`, ">Mine<")
	all.Lacks(t, "redirect")
	w.Do(Request{As: "ada", Path: "/w/acme"}).Expect(t, 200).Lacks(t, ">Mine<")
	w.Do(post("bob", fmt.Sprintf("/w/acme/views/%d/default", Ask[int64](w, `SELECT max(id) FROM saved_views`)), "default", "false")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 200)
}
