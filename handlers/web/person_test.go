package web_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// personHere makes a member of acme, and gives their id.
func personHere(w *World, name string) int64 {
	id := Ask[int64](w, `INSERT INTO users (email, name, password_hash) VALUES ($1, $2, '') RETURNING id`, name+"@example.com", strings.ToUpper(name[:1])+name[1:]+" Person")
	w.Exec(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'member')`, w.Acme.ID, id)
	return id
}

// actorAt is a form about an actor, with the version that it has now.
func actorAt(w *World, as, external, what string, more ...string) Request {
	var id, version int64
	id = Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2`, w.Acme.ID, external)
	version = Ask[int64](w, `SELECT version FROM actors WHERE id = $1`, id)
	form := url.Values{"version": {fmt.Sprint(version)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return Request{As: as, Method: "POST", Path: fmt.Sprintf("/w/acme/actors/%d/%s", id, what), Form: form}
}

func actorID(w *World, external string) string {
	return Ask[string](w, `SELECT id::text FROM actors WHERE workspace_id = $1 AND external_id = $2`, w.Acme.ID, external)
}

func actorVersion(w *World, external string) string {
	return Ask[string](w, `SELECT version::text FROM actors WHERE workspace_id = $1 AND external_id = $2`, w.Acme.ID, external)
}

func rows(w *World) string {
	return Ask[string](w, `SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM activities a WHERE workspace_id = $1 AND NOT system`, w.Acme.ID)
}

func TestLinkingMergingAndUndoing(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "b-old", "name": "Bob the Old"}, "action": "created", "resource": {"type": "task", "id": "secret-plan", "name": "The secret plan"}, "project": {"id": "p2", "name": "Project 2"}}`)
	w.Send(`{"actor": {"id": "b-older"}, "action": "updated", "resource": {"type": "task", "id": "older-plan", "name": "The older plan"}}`)
	w.Recorded()
	before := rows(w)
	sees := func(what string, can bool) {
		t.Helper()
		a := w.Do(Request{As: "bob", Path: "/w/acme?view=all"}).Expect(t, 200)
		if strings.Contains(a.Body, what) != can {
			t.Errorf("Bob sees %s: %t", what, !can)
		}
	}
	sees("The secret plan", false)
	bob := fmt.Sprint(w.Bob.ID)
	user := "/w/acme/users/" + bob
	w.Do(Request{As: "ada", Path: user + "/link?q=b-old"}).Expect(t, 200, "Bob the Old", "b-older", "bob@example.com", `name="user" value="`+bob+`"`)
	w.Do(Request{As: "ada", Path: "/w/acme/actors/" + actorID(w, "b-old") + "/link"}).Expect(t, 200, "Bob Person", "bob@example.com").Lacks(t, "Charlie Person")
	preview := "/w/acme/actors/" + actorID(w, "b-older") + "/merge"
	w.Do(Request{As: "ada", Path: preview + "?q=old"}).Expect(t, 200, "Bob the Old", "into="+actorID(w, "b-old"))
	w.Do(Request{As: "ada", Path: preview + "?into=" + actorID(w, "b-old")}).Expect(t, 200, "1 activity", "The older plan", `name="into_version"`)
	for _, step := range []struct {
		r       Request
		records string
		check   func()
	}{
		{actorAt(w, "ada", "b-old", "link", "user", bob), "acme ada linked", func() { sees("The secret plan", true); sees("The older plan", false) }},
		{actorAt(w, "ada", "b-older", "merge", "into", actorID(w, "b-old"), "into_version", "2"), "acme ada merged", func() { sees("The older plan", true) }},
		{Request{}, "", func() {
			w.Do(Request{As: "ada", Path: user}).Expect(t, 200, "merged into Bob the Old", "Undo merge…", "Unlink…")
		}},
		{Request{Path: "unmerge"}, "acme ada merge_undone", func() { sees("The older plan", false); sees("The secret plan", true) }},
		{Request{Path: "unlink"}, "acme ada unlinked", func() { sees("The secret plan", false) }},
	} {
		switch step.r.Path {
		case "unmerge":
			step.r = actorAt(w, "ada", "b-older", "unmerge")
		case "unlink":
			step.r = actorAt(w, "ada", "b-old", "unlink")
		}
		if step.r.Path != "" {
			w.Do(step.r).Expect(t, 303)
			if got := strings.Join(w.Recorded(), ", "); got != step.records {
				t.Errorf("%s: %s", step.r.Path, got)
			}
		}
		step.check()
	}
	if rows(w) != before {
		t.Error("activities changed")
	}
}

func TestWhatIsRefusedAboutActors(t *testing.T) {
	w := New(t)
	for _, a := range []string{"a", "b", "c"} {
		w.Send(`{"actor": {"id": %q}, "action": "created"}`, a)
	}
	w.Send(`{"actor": {"id": "bot", "type": "agent"}, "action": "created"}`)
	w.Do(actorAt(w, "ada", "c", "merge", "into", actorID(w, "b"), "into_version", actorVersion(w, "b"))).Expect(t, 303)
	elsewhere := Ask[string](w, `SELECT id::text FROM actors WHERE external_id = 'charlie'`)
	w.Recorded()
	before := everyone(w)
	bob := fmt.Sprint(w.Bob.ID)
	into := func(external string) []string {
		return []string{"into", actorID(w, external), "into_version", actorVersion(w, external)}
	}
	old := actorAt(w, "ada", "c", "unmerge")
	old.Form.Set("version", "1")
	stale := actorAt(w, "ada", "a", "merge", "into", actorID(w, "b"), "into_version", "99")
	w.Run(t, []Scenario{
		{Name: "with itself", Request: actorAt(w, "ada", "a", "merge", into("a")...), Status: 422, Has: []string{"same person already"}},
		{Name: "preview with itself", Request: Request{As: "ada", Path: "/w/acme/actors/" + actorID(w, "a") + "/merge?into=" + actorID(w, "a")}, Status: 422, Has: []string{"same person already"}},
		{Name: "of another type", Request: actorAt(w, "ada", "bot", "merge", into("a")...), Status: 422, Has: []string{"another type"}},
		{Name: "two who can sign in", Request: actorAt(w, "ada", "bob", "merge", into("ada")...), Status: 409, Has: []string{"both of them can sign in"}},
		{Name: "into one of another workspace", Request: actorAt(w, "ada", "a", "merge", "into", elsewhere, "into_version", "1"), Status: 404},
		{Name: "one of another workspace", Request: Request{As: "ada", Path: "/w/acme/actors/" + elsewhere}, Status: 404},
		{Name: "who changed meanwhile", Request: stale, Status: 409, Has: []string{"Not merged."}},
		{Name: "undone meanwhile", Request: old, Status: 409, Has: []string{"Not saved.", "is merged into"}},
		{Name: "undo of nothing", Request: actorAt(w, "ada", "a", "unmerge"), Status: 409, Has: []string{"is not merged into anybody"}},
		{Name: "link to nobody here", Request: actorAt(w, "ada", "a", "link", "user", fmt.Sprint(w.Charlie.ID)), Status: 422, Has: []string{"must be a member"}},
		{Name: "link to nothing", Request: actorAt(w, "ada", "a", "link", "user", "x"), Status: 422, Has: []string{"must be chosen"}},
		{Name: "link of somebody else's", Request: actorAt(w, "ada", "ada", "link", "user", bob), Status: 409, Has: []string{"linked to somebody else"}},
		{Name: "more than the form has", Request: actorAt(w, "ada", "a", "link", "user", bob, "workspace_id", w.Other.ID.String()), Status: 422, Has: []string{"is no field of this form"}},
		{Name: "a member", Request: actorAt(w, "bob", "a", "link", "user", bob), Status: 403, Records: []string{"acme bob access_denied denied"}},
		{Name: "no number", Request: Request{As: "ada", Path: "/w/acme/actors/" + actorID(w, "a") + "/merge?into=x"}, Status: 400},
	})
	if after := everyone(w); after != before {
		t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
	}
	// A merged one leads to whoever stands for it.
	if to := w.Do(Request{As: "ada", Path: "/w/acme/actors/" + actorID(w, "c")}).Expect(t, 303).Header.Get("Location"); to != "/w/acme/actors/"+actorID(w, "b") {
		t.Error(to)
	}
}

func TestProjectsOfAPerson(t *testing.T) {
	w := New(t)
	for i := range 4 {
		w.Send(`{"actor": {"id": "x"}, "action": "created", "project": {"id": "p%d", "name": "Project %d"}}`, i, i)
	}
	w.Exec(`UPDATE projects SET archived_at = now() WHERE external_id = 'p3'`)
	w.Recorded()
	project := func(external string) string {
		return Ask[string](w, `SELECT id::text FROM projects WHERE external_id = $1`, external)
	}
	page := fmt.Sprintf("/w/acme/users/%d/projects", w.Bob.ID)
	has := func() string {
		return Ask[string](w, `SELECT coalesce(string_agg(p.external_id, ' ' ORDER BY p.external_id), '') FROM project_members m JOIN projects p ON p.id = m.project_id`)
	}
	w.Do(Request{As: "ada", Path: page}).Expect(t, 200, "Project 0", "archived", `name="had" value="`+project("p1")+`"`, `name="had_not" value="`+project("p2")+`"`)
	w.Do(Request{As: "ada", Path: page + "?q=project+2"}).Expect(t, 200, "Project 2").Lacks(t, "Project 0")
	post := func(as string, form url.Values) Request {
		return Request{As: as, Method: "POST", Path: page, Form: form}
	}
	w.Run(t, []Scenario{
		{Name: "many at once", Request: post("ada", url.Values{"had": {project("p1")}, "had_not": {project("p0"), project("p2")}, "project": {project("p0"), project("p2")}}), Status: 303,
			Records: []string{"acme ada access_changed", "acme ada access_changed", "acme ada access_changed"}},
		{Name: "as it is", Request: post("ada", url.Values{"had_not": {project("p0")}, "project": {project("p0")}}), Status: 303},
		{Name: "archived", Request: post("ada", url.Values{"had_not": {project("p3"), project("p1")}, "project": {project("p3"), project("p1")}}), Status: 409, Has: []string{"is archived"}},
		{Name: "of another workspace", Request: post("ada", url.Values{"had_not": {"424242"}, "project": {"424242"}}), Status: 422, Has: []string{"none of this workspace"}},
		{Name: "not shown", Request: post("ada", url.Values{"project": {project("p1")}}), Status: 422},
		{Name: "no number", Request: post("ada", url.Values{"project": {"x"}}), Status: 422},
		{Name: "other fields", Request: post("ada", url.Values{"actor_id": {"1"}}), Status: 422},
		{Name: "a member", Request: post("bob", url.Values{"had_not": {project("p1")}, "project": {project("p1")}}), Status: 403, Records: []string{"acme bob access_denied denied"}},
	})
	if got := has(); got != "p0 p2" {
		t.Error(got)
	}
	actor := "/w/acme/actors/" + actorID(w, "x") + "/projects"
	w.Do(Request{As: "ada", Path: actor}).Expect(t, 200, "Project 0")
	w.Do(Request{As: "ada", Method: "POST", Path: actor, Form: url.Values{"had_not": {project("p1")}, "project": {project("p1")}}}).Expect(t, 303)
	if got := has(); got != "p0 p1 p2" {
		t.Error(got)
	}
}

func TestSessionsAndTokensOfSomebody(t *testing.T) {
	w := New(t)
	there := w.Session(w.Bob).Get("Cookie")
	id, _, _ := strings.Cut(strings.TrimPrefix(there, "daybook="), ".")
	page := fmt.Sprintf("/w/acme/users/%d", w.Bob.ID)
	w.Do(Request{As: "ada", Path: page + "/sessions"}).Expect(t, 200, id, "bob-read", "Revoke…").Lacks(t, strings.TrimPrefix(there, "daybook="))
	post := func(as, path string) Request {
		return Request{As: as, Method: "POST", Path: path, Form: url.Values{}}
	}
	w.Do(post("ada", page+"/sessions/"+id+"/end")).Expect(t, 303)
	w.Do(Request{Cookie: there, Path: "/account"}).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/account"}).Expect(t, 200) // the other one
	token := Ask[int64](w, `SELECT id FROM tokens WHERE name = 'bob-read'`)
	w.Do(post("ada", fmt.Sprintf("%s/tokens/%d/revoke", page, token))).Expect(t, 303)
	w.Do(Request{As: "bob-read", Path: "/api/activities"}).Expect(t, 401)
	if got := strings.Join(w.Recorded(), ", "); got != "daybook Ada Person sessions_ended, daybook Ada Person revoked" {
		t.Error(got)
	}
	// Those of others are not among them.
	alices := w.Session(w.Alice).Get("Cookie")
	foreign, _, _ := strings.Cut(strings.TrimPrefix(alices, "daybook="), ".")
	service := Ask[int64](w, `SELECT id FROM tokens WHERE name = 'service'`)
	for _, path := range []string{page + "/sessions/" + foreign + "/end", fmt.Sprintf("%s/tokens/%d/revoke", page, service)} {
		w.Do(post("ada", path)).Expect(t, 303)
		w.Do(Request{As: "ada", Path: page}).Expect(t, 200, "notice-danger")
	}
	w.Do(Request{Cookie: alices, Path: "/account"}).Expect(t, 200)
	w.Do(Request{As: "service-read", Path: "/api/v1/workspaces/acme/activity"}).Expect(t, 200)
	if got := w.Recorded(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// Whoever knew the session of a member must not hold that of an admin.
func TestARoleChangeRotatesTheSession(t *testing.T) {
	w := New(t)
	old := w.Session(w.Bob).Get("Cookie")
	w.Do(about(w, "alice", w.Bob, "role", seen(w, w.Bob, "member", "role", "admin"))).Expect(t, 303)
	a := w.Do(Request{Cookie: old, Path: "/w/acme/people"}).Expect(t, 200)
	c, value := cookie(t, a)
	if value == old || c.MaxAge <= 0 || !c.HttpOnly {
		t.Fatalf("the cookie is %s", c)
	}
	w.Do(Request{Cookie: old, Path: "/w/acme/people"}).Expect(t, 303) // asked to sign in
	w.Do(Request{Cookie: old, Path: "/api/v1/workspaces/acme/people"}).Expect(t, 401)
	if a := w.Do(Request{Cookie: value, Path: "/w/acme/people"}).Expect(t, 200); a.Header.Get("Set-Cookie") != "" {
		t.Error("it rotates again")
	}
	// A form sent with the first request after the change is done, and its answer has the new cookie alone.
	w.Do(about(w, "alice", w.Bob, "role", seen(w, w.Bob, "member", "role", "member"))).Expect(t, 303)
	a = w.Do(Request{Cookie: value, Method: "POST", Path: "/account/preferences", Form: preferences(nil).Form}).Expect(t, 303)
	if got := a.Header.Values("Set-Cookie"); len(got) != 1 {
		t.Errorf("%q", got)
	}
	_, value = cookie(t, a)
	w.Do(Request{Cookie: value, Path: "/account"}).Expect(t, 200, "Your preferences are saved.")
}

// What one does to oneself must not leave one on a page that is not one's to see.
func TestWhatAdminsDoToThemselves(t *testing.T) {
	w := New(t)
	for _, c := range []struct{ what, of, role, to string }{
		{"role", "member", "member", "/w/acme"}, {"sign-out", "user", "", "/sign-in?out=everywhere"}, {"deactivate", "user", "", "/sign-in?out=everywhere"}, {"remove", "member", "", "/"},
	} {
		w.Exec(`UPDATE users SET deactivated_at = NULL WHERE id = $1`, w.Ada.ID)
		w.Exec(`UPDATE memberships SET role = 'admin' WHERE user_id = $1`, w.Ada.ID)
		me := w.Session(w.Ada).Get("Cookie")
		form := seen(w, w.Ada, c.of)
		if c.role != "" {
			form.Set("role", c.role)
		}
		r := about(w, "", w.Ada, c.what, form)
		r.Cookie = me
		if to := w.Do(r).Expect(t, 303).Header.Get("Location"); to != c.to {
			t.Errorf("%s leads to %s", c.what, to)
		}
	}
	me := w.Session(w.Alice).Get("Cookie")
	id, _, _ := strings.Cut(strings.TrimPrefix(me, "daybook="), ".")
	if to := w.Do(Request{Cookie: me, Method: "POST", Path: fmt.Sprintf("/w/acme/users/%d/sessions/%s/end", w.Alice.ID, id), Form: url.Values{}}).Expect(t, 303).Header.Get("Location"); to != "/sign-in" {
		t.Error(to)
	}
}

func TestHostilePeopleStayText(t *testing.T) {
	w := New(t)
	for i, text := range []string{`<script>alert(1)</script>`, `"><img src=x onerror="alert(1)">`, "javascript:alert(1)", "\u202egnp.exe", strings.Repeat("Unbreakable", 20), "../../x?y=z&a=b#c", "0", "%zz"} {
		event, _ := json.Marshal(map[string]any{"actor": map[string]any{"id": text, "name": text, "role": text[:min(len(text), 60)]}, "action": "created", "project": map[string]any{"id": text, "name": text}})
		w.Do(Request{As: "service", Method: "POST", Path: "/api/v1/workspaces/acme/activity", Body: string(event)}).Expect(t, 201)
		w.Drain()
		w.Exec(`UPDATE users SET name = $1 WHERE id = $2`, text, w.Bob.ID)
		actor, bob := "/w/acme/actors/"+actorID(w, text), fmt.Sprintf("/w/acme/users/%d", w.Bob.ID)
		for _, path := range []string{
			"/w/acme/people", "/w/acme/people?q=" + url.QueryEscape(text), actor, actor + "/projects", actor + "/link", actor + "/merge", actor + "/merge?into=" + actorID(w, "bob"),
			bob, bob + "/projects?q=" + url.QueryEscape(text), bob + "/sessions", bob + "/link",
		} {
			d := document(t, w.Do(Request{As: "ina", Path: path}).Expect(t, 200))
			inert(t, d)
			if !strings.Contains(d.Text(), text) {
				t.Errorf("%d: %q is not to be read at %s", i, text, path)
			}
		}
		d := document(t, w.Do(about(w, "ina", w.Bob, "edit", url.Values{"version": {"1"}, "name": {text}, "email": {text}, "username": {text}, text: {text}})).Expect(t, 422))
		inert(t, d)
	}
}
