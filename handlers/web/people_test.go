package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
	"daybook/models"
)

// listed gives the names on a list of people, in order.
func listed(d *goquery.Document) string {
	return strings.Join(d.Find("table.people tbody th a.name").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), ", ")
}

func TestTheListOfPeople(t *testing.T) {
	w := New(t)
	for i, id := range []string{"anna-1", "anna-2"} {
		w.Send(`{"actor": {"id": %q, "name": "Anna Schmidt", "email": %s}, "action": "created"}`, id, []string{`"anna@elsewhere.example"`, "null"}[i])
	}
	w.Send(`{"actor": {"id": "bot", "type": "agent", "name": "Robot"}, "on_behalf_of": {"id": "bob", "name": "Bob Person"}, "action": "created"}`)
	page := func(query string) *goquery.Document {
		return document(t, w.Do(Request{As: "ada", Path: "/w/acme/people" + query}).Expect(t, 200))
	}
	for query, want := range map[string]string{
		"":                     "Ada Person, Alice Person, Anna Schmidt, Anna Schmidt, Bob Person, Command line, Dora Person, Robot",
		"?kind=users":          "Ada Person, Alice Person, Bob Person",
		"?kind=agents":         "Command line, Robot",
		"?kind=recorded":       "Anna Schmidt, Anna Schmidt",
		"?kind=deactivated":    "Dora Person",
		"?role=admin":          "Ada Person",
		"?role=member":         "Bob Person, Dora Person",
		"?linked=true":         "Ada Person, Bob Person, Dora Person",
		"?q=anna-2":            "Anna Schmidt",
		"?q=ELSEWHERE.example": "Anna Schmidt",
		"?q=robot&role=owner":  "",
	} {
		d := page(query)
		if got := listed(d); got != want {
			t.Errorf("%s: %s\nwant %s", query, got, want)
		}
		if query != "" && d.Find(".tab[aria-current] .count").Text() != fmt.Sprint(len(d.Find("table.people tbody tr").Nodes)) {
			t.Errorf("%s: the tab counts %s", query, d.Find(".tab[aria-current]").Text())
		}
	}
	d := page("")
	var apart []string
	d.Find(".namesake").Each(func(_ int, s *goquery.Selection) { apart = append(apart, s.Text()) })
	slices.Sort(apart)
	if !slices.Equal(apart, []string{"anna-2", "anna@elsewhere.example"}) {
		t.Errorf("the two Annas are told apart by %q", apart)
	}
	robot := page("?kind=agents&q=robot").Find("tbody tr").Text()
	if !strings.Contains(robot, "for 1 person") || !strings.Contains(robot, "Software") {
		t.Error(robot)
	}
	// A count leads to as many rows as it says, and every link of the page opens.
	a := page("?q=bot&kind=agents").Find("td.num a")
	if n := document(t, w.Do(Request{As: "ada", Path: a.AttrOr("href", "") + "&fold=no"}).Expect(t, 200)).Find(".entry").Length(); fmt.Sprint(n) != a.Text() {
		t.Errorf("%s leads to %d rows", a.Text(), n)
	}
	d.Find("main a[href^='/']").Each(func(_ int, s *goquery.Selection) {
		if to, _, _ := strings.Cut(s.AttrOr("href", ""), "#"); !strings.Contains(to, "/invitations") {
			w.Do(Request{As: "ada", Path: to}).Expect(t, 200)
		}
	})
	for _, wrong := range []string{"?role=king", "?kind=x", "?linked=maybe", "?cursor=x"} {
		w.Do(Request{As: "ada", Path: "/w/acme/people" + wrong}).Expect(t, 400)
	}
	w.Do(Request{As: "bob", Path: "/w/acme/people"}).Expect(t, 403).Lacks(t, "Alice Person")
	w.Do(Request{As: "charlie", Path: "/w/acme/people"}).Expect(t, 404)
}

func TestPagesOfTheListOfPeople(t *testing.T) {
	w := New(t)
	for i := range 60 {
		w.Exec(`INSERT INTO actors (workspace_id, external_id, type, name) VALUES ($1, $2, 'user', 'Same')`, w.Acme.ID, fmt.Sprint("same-", i))
	}
	first := document(t, w.Do(Request{As: "ada", Path: "/w/acme/people?kind=recorded"}).Expect(t, 200))
	next := first.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	second := document(t, w.Do(Request{As: "ada", Path: next}).Expect(t, 200))
	seen := map[string]bool{}
	for _, d := range []*goquery.Document{first, second} {
		d.Find("tbody th a").Each(func(_ int, s *goquery.Selection) { seen[s.AttrOr("href", "")] = true })
	}
	if len(seen) != 60 || first.Find("tbody tr").Length() != 50 || second.Find(`.pager a[rel="next"]`).Length() != 0 || second.Find(`.pager a[rel="prev"]`).Length() != 1 {
		t.Errorf("%d people on two pages", len(seen))
	}
}

// about is a form about one of the cast.
func about(_ *World, as string, u *models.User, what string, form url.Values) Request {
	return Request{As: as, Method: "POST", Path: fmt.Sprintf("/w/acme/users/%d/%s", u.ID, what), Form: form}
}

// seen is a form with the version of a user's record, or of their membership, as it is now.
func seen(w *World, u *models.User, of string, more ...string) url.Values {
	column := map[string]string{"user": `SELECT version FROM users WHERE id = $1`, "member": `SELECT version FROM memberships WHERE user_id = $1 AND workspace_id = '` + w.Acme.ID.String() + `'`}[of]
	form := url.Values{"version": {fmt.Sprint(Ask[int64](w, column, u.ID))}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

// everyone is what the tables say about who may do what.
func everyone(w *World) string {
	return Ask[string](w, `SELECT (SELECT string_agg(concat_ws('|', id, email, username, name, instance_admin, deactivated_at, version, password_hash), ' ' ORDER BY id) FROM users)
		|| (SELECT string_agg(m::text, ' ' ORDER BY m::text) FROM memberships m) || (SELECT string_agg(concat_ws('|', id, user_id, merged_into, version), ' ' ORDER BY id) FROM actors WHERE external_id NOT LIKE 'daybook:%')
		|| coalesce((SELECT string_agg(p::text, ' ' ORDER BY p::text) FROM project_members p), '') || (SELECT count(*) FROM links)`)
}

func TestWhatAdminsDoAboutSomebody(t *testing.T) {
	w := New(t)
	page := fmt.Sprintf("/w/acme/users/%d", w.Bob.ID)
	w.Do(Request{As: "ada", Path: page}).Expect(t, 200, "Bob Person", `value="bob@example.com"`, "Deactivate…", "Remove from workspace…", "Their access to 1 project ends").
		Lacks(t, "instance admin…", `value="owner"`)
	w.Do(Request{As: "alice", Path: page}).Expect(t, 200, `value="owner"`)
	w.Do(Request{As: "ina", Path: page}).Expect(t, 200, "Make instance admin…")
	for _, step := range []struct {
		as, what, of string
		more         []string
		records      string
		said         string
	}{
		{"ada", "edit", "user", []string{"name", "Robert <b>", "email", "Robert@Example.com", "username", "rob"}, "daybook Ada Person updated", "The record is saved."},
		{"alice", "role", "member", []string{"role", "admin"}, "acme Alice Person role_changed", "is admin now."},
		{"ina", "instance-admin", "user", []string{"instance_admin", "true"}, "daybook Ina Person role_changed", "is an instance admin now."},
		{"ina", "instance-admin", "user", []string{"instance_admin", "false"}, "daybook Ina Person role_changed", "no instance admin any more."},
		{"ada", "role", "member", []string{"role", "member"}, "acme ada role_changed", "is member now."},
		{"ada", "sign-out", "user", nil, "daybook Ada Person signed_out_everywhere", "have ended."},
		{"ada", "deactivate", "user", nil, "daybook Ada Person deactivated", "cannot sign in any more."},
		{"ada", "reactivate", "user", nil, "daybook Ada Person reactivated", "can sign in again."},
		{"ada", "remove", "member", nil, "acme ada member_removed", "is no member"},
	} {
		a := w.Do(about(w, step.as, w.Bob, step.what, seen(w, w.Bob, step.of, step.more...))).Expect(t, 303)
		if got := strings.Join(w.Recorded(), ", "); got != step.records {
			t.Errorf("%s: %s", step.what, got)
		}
		w.Do(Request{As: step.as, Path: a.Header.Get("Location")}).Expect(t, 200, step.said)
	}
	if got := Ask[string](w, `SELECT concat_ws(' ', name, email, username, deactivated_at, instance_admin) FROM users WHERE id = $1`, w.Bob.ID); got != "Robert <b> robert@example.com rob f" {
		t.Error(got)
	}
	w.Do(Request{As: "ada", Path: page}).Expect(t, 200, "No access", "no member of this workspace").Lacks(t, "Save record", "Remove from workspace", "Robert <b>")
}

func TestAPasswordLinkIsShownOnce(t *testing.T) {
	w := New(t)
	a := w.Do(about(w, "ada", w.Bob, "password-link", seen(w, w.Bob, "user"))).Expect(t, 200, "http://daybook.test/password/")
	link := document(t, a).Find("#secret").Text()
	secret := link[strings.LastIndex(link, "/")+1:]
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" || len(secret) < 20 {
		t.Errorf("%q %v", link, a.Header)
	}
	if got := strings.Join(w.Recorded(), ", "); got != "daybook Ada Person password_link_made" {
		t.Error(got)
	}
	w.Do(Request{As: "ada", Path: fmt.Sprintf("/w/acme/users/%d", w.Bob.ID)}).Expect(t, 200).Lacks(t, secret)
	everything := Ask[string](w, `SELECT (SELECT string_agg(a::text, ' ') FROM activities a) || (SELECT string_agg(encode("values", 'escape'), ' ') FROM sessions) || (SELECT string_agg(l::text, ' ') FROM links l)`)
	if strings.Contains(everything, secret) || strings.Contains(w.Log.String(), secret) {
		t.Error("the secret is kept somewhere")
	}
	w.Do(Request{Method: "POST", Path: "/password/" + secret, Form: url.Values{"password": {"another long password"}}}).Expect(t, 303)
	w.Do(Request{Method: "POST", Path: "/sign-in", Form: url.Values{"login": {"bob@example.com"}, "password": {"another long password"}}}).Expect(t, 303)
}

// Nothing of this changes anything; what is refused is recorded as that and nothing else.
func TestWhatIsRefusedAboutSomebody(t *testing.T) {
	w := New(t)
	eve := personHere(w, "eve")
	w.Exec(`INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, 'member')`, w.Other.ID, eve)
	both := &models.User{ID: eve}
	gus := &models.User{ID: personHere(w, "gus")}
	w.Exec(`UPDATE users SET instance_admin = true WHERE id = $1`, gus.ID)
	record := []string{"name", "Mallory", "email", "mallory@example.com", "username", ""}
	denied := func(as string) []string { return []string{"acme " + as + " access_denied denied"} }
	foreign := url.Values{"version": {"1"}, "role": {"member"}}
	var scenarios []Scenario
	add := func(name string, r Request, status int, records []string, has ...string) {
		scenarios = append(scenarios, Scenario{Name: name, Request: r, Status: status, Records: records, Has: has})
	}
	add("a member changes a role", about(w, "bob", w.Bob, "role", seen(w, w.Bob, "member", "role", "admin")), 403, denied("bob"))
	add("a member removes an owner", about(w, "bob", w.Alice, "remove", seen(w, w.Alice, "member")), 403, denied("bob"))
	add("an admin makes an owner", about(w, "ada", w.Bob, "role", seen(w, w.Bob, "member", "role", "owner")), 403, denied("ada"))
	add("an admin removes an owner", about(w, "ada", w.Alice, "remove", seen(w, w.Alice, "member")), 403, denied("ada"))
	add("an admin edits an owner", about(w, "ada", w.Alice, "edit", seen(w, w.Alice, "user", record...)), 403, denied("ada"))
	add("an owner makes an instance admin", about(w, "alice", w.Bob, "instance-admin", seen(w, w.Bob, "user", "instance_admin", "true")), 403, denied("Alice Person"))
	add("the password of somebody who is elsewhere too", about(w, "ada", both, "password-link", seen(w, both, "user")), 403, denied("ada"))
	add("the password of an instance admin", about(w, "alice", gus, "password-link", seen(w, gus, "user")), 403, denied("Alice Person"))
	add("the record of somebody who is elsewhere too", about(w, "alice", both, "edit", seen(w, both, "user", record...)), 403, denied("Alice Person"))
	add("the sessions of somebody who is elsewhere too", Request{As: "alice", Path: fmt.Sprintf("/w/acme/users/%d/sessions", both.ID)}, 403, denied("Alice Person"))
	add("oneself", about(w, "ada", w.Ada, "role", seen(w, w.Ada, "member", "role", "owner")), 403, nil) // the same route, within the minute
	add("the last owner", about(w, "alice", w.Alice, "role", seen(w, w.Alice, "member", "role", "member")), 409, nil, "last owner")
	add("the last owner is removed", about(w, "alice", w.Alice, "remove", seen(w, w.Alice, "member")), 409, nil, "last owner", "open")
	add("the last owner is deactivated", about(w, "ina", w.Alice, "deactivate", seen(w, w.Alice, "user")), 409, nil, "last owner")
	add("somebody of another workspace", about(w, "alice", w.Charlie, "role", foreign), 404, nil)
	add("their page", Request{As: "alice", Path: fmt.Sprintf("/w/acme/users/%d", w.Charlie.ID)}, 404, nil)
	add("an unknown role", about(w, "alice", w.Bob, "role", seen(w, w.Bob, "member", "role", "king")), 422, nil, "role-error")
	add("a duplicate address", about(w, "alice", w.Bob, "edit", seen(w, w.Bob, "user", "name", "Bob Two", "email", "charlie@example.com", "username", "bob")), 409, nil, "email-error", `value="Bob Two"`, `value="charlie@example.com"`)
	add("a duplicate username", about(w, "alice", w.Bob, "edit", seen(w, w.Bob, "user", "name", "Bob", "email", "bob@example.com", "username", "ALICE")), 409, nil, "username-error")
	add("all wrong", about(w, "alice", w.Bob, "edit", seen(w, w.Bob, "user", "name", " ", "email", "x", "username", "a b")), 422, nil, "name-error", "email-error", "username-error")
	add("without a version", about(w, "alice", w.Bob, "deactivate", url.Values{}), 422, nil, "open the page again")
	for _, extra := range []string{"is_admin", "instance_admin", "workspace_id", "id", "user_id", "role", "password_hash", "deactivated_at"} {
		add("a form with "+extra, about(w, "alice", w.Bob, "edit", seen(w, w.Bob, "user", append([]string{extra, "true"}, record...)...)), 422, nil, "is no field of this form")
	}
	add("a role with a workspace", about(w, "alice", w.Bob, "role", seen(w, w.Bob, "member", "role", "admin", "workspace_id", w.Other.ID.String())), 422, nil, "is no field of this form")
	w.Recorded()
	before := everyone(w)
	w.Run(t, scenarios)
	if after := everyone(w); after != before {
		t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
	}
}

func TestTwoEditorsOfAPerson(t *testing.T) {
	w := New(t)
	saw, sawRole := seen(w, w.Bob, "user"), seen(w, w.Bob, "member", "role", "owner")
	w.Do(about(w, "ada", w.Bob, "edit", seen(w, w.Bob, "user", "name", "Robert", "email", "bob@example.com", "username", "bob"))).Expect(t, 303)
	w.Do(about(w, "alice", w.Bob, "role", seen(w, w.Bob, "member", "role", "admin"))).Expect(t, 303)
	before := everyone(w)
	late := url.Values{"name": {"Bobby"}, "email": {"bob@example.com"}, "username": {"bob"}, "version": saw["version"]}
	a := w.Do(about(w, "alice", w.Bob, "edit", late)).Expect(t, 409, "Not saved.", "Robert, bob@example.com, active", `value="Bobby"`, "<h1", "Robert")
	d := document(t, a)
	if now := d.Find(`form[action$="/edit"] input[name="version"]`).AttrOr("value", ""); now == saw.Get("version") {
		t.Error("sending again would be refused again")
	}
	w.Do(about(w, "ina", w.Bob, "edit", late)).Expect(t, 409, "The last change: Ada Person", "/w/daybook/entity?")
	w.Do(about(w, "alice", w.Bob, "role", sawRole)).Expect(t, 409, "Not saved.", "is admin now", "The last change: Alice Person")
	w.Do(about(w, "alice", w.Bob, "remove", url.Values{"version": sawRole["version"]})).Expect(t, 409, "Not saved.")
	w.Do(about(w, "alice", w.Bob, "deactivate", url.Values{"version": saw["version"]})).Expect(t, 409, "Not saved.")
	if after := everyone(w); after != before {
		t.Error("the second editor overwrote the first")
	}
}
