package web_test

import (
	"fmt"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

func TestInstanceWorkspaces(t *testing.T) {
	w := New(t)
	found := func(as string, fields ...string) Request { return posted(as, "/instance/workspaces", fields...) }
	w.Run(t, []Scenario{
		{Name: "list", Request: Request{As: "ina", Path: "/instance/workspaces"}, Status: 200, Has: []string{"The acme", "The other", "Daybook’s own"}},
		{Name: "search", Request: Request{As: "ina", Path: "/instance/workspaces?q=OTH"}, Status: 200, Has: []string{"The other"}, Lacks: []string{`>The acme</a></th>`}},
		{Name: "none", Request: Request{As: "ina", Path: "/instance/workspaces?state=archived"}, Status: 200, Has: []string{"No workspace is like that", "Show all"}},
		{Name: "a state that is none", Request: Request{As: "ina", Path: "/instance/workspaces?state=x"}, Status: 400},
		{Name: "a cursor that is none", Request: Request{As: "ina", Path: "/instance/workspaces?cursor=x"}, Status: 400},
		{Name: "an owner looks", Request: Request{As: "alice", Path: "/instance/workspaces"}, Status: 403, Records: []string{"daybook Alice Person access_denied denied"}},
		{Name: "an owner makes one", Request: found("alice", "name", "New", "slug", "new"), Status: 403, Records: []string{"daybook Alice Person access_denied denied"}},
		{Name: "all is wrong", Request: found("ina", "name", " ", "slug", "A b", "time_zone", "Mars"), Status: 422, Has: []string{`id="name-error"`, `id="slug-error"`, `id="time_zone-error"`, `value="A b"`}},
		{Name: "a taken slug", Request: found("ina", "name", "New", "slug", "acme"), Status: 409, Has: []string{`id="slug-error"`}},
		{Name: "an owner that is nobody", Request: found("ina", "name", "New", "slug", "new", "owner", "nobody@example.com"), Status: 422, Has: []string{`id="owner-error"`}},
		{Name: "an owner that is deactivated", Request: found("ina", "name", "New", "slug", "new", "owner", "dora"), Status: 422, Has: []string{`id="owner-error"`}},
		{Name: "an id of one's own choice", Request: found("ina", "name", "New", "slug", "new", "id", w.Acme.ID.String()), Status: 422},
		{Name: "made", Request: found("ina", "name", " New ", "slug", "new", "time_zone", "tokyo", "owner", "charlie"), Status: 303, Records: []string{"new Ina Person created", "new Ina Person member_added"}},
	})
	if got := Ask[string](w, `SELECT name || time_zone || role FROM workspaces JOIN memberships ON workspace_id = id WHERE slug = 'new'`); got != "NewAsia/Tokyoowner" {
		t.Error(got)
	}
}

func TestInstanceUsers(t *testing.T) {
	w := New(t)
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Dora.ID)
	user := func(id int64, act string) string { return fmt.Sprintf("/instance/users/%d/%s", id, act) }
	w.Do(posted("ina", user(w.Dora.ID, "password-link"))).Expect(t, 303)
	w.Do(Request{As: "ina", Path: fmt.Sprintf("/instance/users/%d", w.Dora.ID)}).Expect(t, 200, "notice-danger", "is deactivated")
	w.Run(t, []Scenario{
		{Name: "list", Request: Request{As: "ina", Path: "/instance/users"}, Status: 200, Has: []string{"bob@example.com", "Instance admin", "Deactivated", fmt.Sprintf("/w/acme/users/%d", w.Bob.ID)}},
		{Name: "search", Request: Request{As: "ina", Path: "/instance/users?q=CHARLIE"}, Status: 200, Has: []string{"charlie@example.com"}, Lacks: []string{"bob@example.com"}},
		{Name: "nowhere", Request: Request{As: "ina", Path: "/instance/users?state=nowhere"}, Status: 200, Has: []string{"dora@example.com"}, Lacks: []string{"bob@example.com"}},
		{Name: "an owner looks", Request: Request{As: "alice", Path: user(w.Bob.ID, "")}, Status: 403, Records: []string{"daybook Alice Person access_denied denied"}},
		{Name: "an owner makes themselves one", Request: posted("alice", user(w.Alice.ID, "instance-admin"), "admin", "true", "version", "1"), Status: 403, Records: []string{"daybook Alice Person access_denied denied"}},
		{Name: "the last one", Request: posted("ina", user(w.Ina.ID, "instance-admin"), "admin", "false", "version", "1"), Status: 303},
		{Name: "is told", Request: Request{As: "ina", Path: "/"}, Status: 200, Lacks: []string{"no instance admin any more"}},
		{Name: "an old version", Request: posted("ina", user(w.Bob.ID, "deactivate"), "version", "7"), Status: 303},
		{Name: "more than a button sends", Request: posted("ina", user(w.Bob.ID, "deactivate"), "version", "1", "instance_admin", "true"), Status: 303},
		{Name: "another", Request: posted("ina", user(w.Alice.ID, "instance-admin"), "admin", "true", "version", "1"), Status: 303, Records: []string{"daybook Ina Person role_changed"}},
		{Name: "edited", Request: posted("ina", user(w.Dora.ID, "edit"), "name", "Theodora", "email", "theo@example.com", "version", "1"), Status: 303, Records: []string{"daybook Ina Person updated"}},
		{Name: "edited by a second one", Request: posted("ina", user(w.Dora.ID, "edit"), "name", "Dorothy", "email", "dora@example.com", "version", "1"), Status: 409,
			Has: []string{"Somebody else changed this while you did.", "Theodora, theo@example.com", `value="Dorothy"`, `name="version" value="2"`}},
		{Name: "a taken address", Request: posted("ina", user(w.Dora.ID, "edit"), "name", "D", "email", "bob@example.com", "version", "2"), Status: 409, Has: []string{`id="email-error"`, `value="bob@example.com"`}},
		{Name: "mass assignment", Request: posted("ina", user(w.Dora.ID, "edit"), "name", "D", "email", "d@example.com", "version", "2", "password_hash", "x"), Status: 422},
		{Name: "reactivated", Request: posted("ina", user(w.Dora.ID, "reactivate"), "version", "2"), Status: 303, Records: []string{"daybook Ina Person reactivated"}},
		{Name: "nobody", Request: posted("ina", user(4711, "deactivate"), "version", "1"), Status: 404},
	})
	path := linkIn(t, w, w.Do(posted("ina", user(w.Dora.ID, "password-link"))))
	w.Do(Request{Path: path}).Expect(t, 200, "theo@example.com")
	w.Do(posted("ina", user(w.Bob.ID, "deactivate"), "version", "1")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/w/acme"}).Expect(t, 303)
	w.Do(Request{As: "bob-read", Path: "/api/v1/workspaces/acme/activity"}).Expect(t, 401)
	// The link ends with the right to make it.
	w.Exec(`UPDATE users SET instance_admin = false WHERE id = $1`, w.Ina.ID)
	w.Do(Request{Path: path}).Expect(t, 404)
	w.Do(Request{As: "ina", Path: "/instance/users"}).Expect(t, 403)
}

func TestAnInstanceAdminStepsDown(t *testing.T) {
	w := New(t)
	w.Exec(`UPDATE users SET instance_admin = true WHERE id IN ($1, $2)`, w.Alice.ID, w.Ada.ID)
	own := fmt.Sprintf("/instance/users/%d/", w.Ina.ID)
	if to := w.Do(posted("ina", own+"instance-admin", "admin", "false", "version", "1")).Expect(t, 303).Header.Get("Location"); to != "/" {
		t.Error(to)
	}
	w.Do(Request{As: "ina", Path: "/instance/users"}).Expect(t, 403)
	w.Do(Request{As: "ina-admin", Path: "/api/v1/instance/users"}).Expect(t, 403)
	own = fmt.Sprintf("/instance/users/%d/", w.Ada.ID)
	if to := w.Do(posted("ada", own+"sign-out")).Expect(t, 303).Header.Get("Location"); to != "/sign-in" {
		t.Error(to)
	}
	again := w.Session(w.Ada).Get("Cookie")
	w.Do(Request{Method: "POST", Path: own + "deactivate", Cookie: again, Form: posted("", "", "version", "2").Form}).Expect(t, 303)
	w.Do(Request{Path: "/w/acme", Cookie: again}).Expect(t, 303)
}

func TestListsOfTheInstanceByPages(t *testing.T) {
	w := New(t)
	w.Exec(`INSERT INTO users (email, name, password_hash) SELECT 'u' || n || '@example.net', CASE WHEN n % 3 = 0 THEN 'Same Name' ELSE 'User ' || n END, '' FROM generate_series(1, 120) AS n`)
	seen, cursor := map[int64]bool{}, ""
	for range 100 {
		var page struct {
			Users      []struct{ ID int64 }
			NextCursor *string `json:"next_cursor"`
		}
		w.Do(Request{As: "ina", Path: "/api/v1/instance/users?limit=7&cursor=" + cursor}).Expect(t, 200).Read(t, &page)
		for _, u := range page.Users {
			if seen[u.ID] {
				t.Errorf("%d comes twice", u.ID)
			}
			seen[u.ID] = true
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if n := Ask[int](w, `SELECT count(*) FROM users`); len(seen) != n {
		t.Errorf("%d of %d", len(seen), n)
	}
	w.Do(Request{As: "ina", Path: "/instance/users"}).Expect(t, 200, "cursor=", `rel="next"`)
	if strings.Contains(w.Do(Request{As: "ina", Path: "/api/v1/instance/users?limit=200"}).Expect(t, 200, `"next_cursor":null`).Body, "hash") {
		t.Error("hashes are shown")
	}
}
