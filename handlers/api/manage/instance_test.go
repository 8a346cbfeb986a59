package manage_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
)

func at(as, method, path, body string, args ...any) handlerstest.Request {
	path, body, _ = strings.Cut(fmt.Sprintf(path+"\n"+body, args...), "\n")
	return handlerstest.Request{As: as, Method: method, Path: path, Body: body}
}

func TestAnInstanceAdminRunsTheInstance(t *testing.T) {
	w := handlerstest.New(t)
	const users = "/api/v1/instance/users"
	w.Run(t, []handlerstest.Scenario{
		{Request: at("ina-admin", "GET", "/api/v1/instance/workspaces?q=acm", ""), Status: 200, Has: []string{`"slug":"acme"`, `"members":`, `"next_cursor":null`}, Lacks: []string{`"slug":"other"`}},
		{Request: at("ina", "POST", "/api/v1/instance/workspaces", `{"name": "New", "slug": "new", "time_zone": "Asia/Tokyo", "owner": "bob@example.com"}`), Status: 200, Has: []string{`"slug":"new"`},
			Records: []string{"new Ina Person created", "new Ina Person member_added"}},
		{Request: at("ina", "POST", "/api/v1/instance/workspaces", `{"name": "New", "slug": "new"}`), Status: 409, Fields: []string{"slug"}},
		{Request: at("ina", "GET", users+"?state=admins", ""), Status: 200, Has: []string{"ina@example.com"}, Lacks: []string{"bob@"}},
		{Request: at("ina", "GET", users+"?state=x", ""), Status: 400, Fields: []string{"state"}},
		{Request: at("ina", "GET", users+"?serach=x", ""), Status: 400, Fields: []string{"serach"}},
		{Request: at("ina", "GET", users+"/%d", "", w.Bob.ID), Status: 200, Has: []string{`"has_password":true`, `{"slug":"acme","name":"The acme","role":"member"}`}},
		{Request: at("ina", "PATCH", users+"/%d", `{"name": "Rob", "email": "rob@example.com"}`, w.Bob.ID), Status: 422, Fields: []string{"version"}},
		{Request: at("ina", "PATCH", users+"/%d", `{"name": "Rob", "email": "rob@example.com", "version": 1, "instance_admin": true}`, w.Bob.ID), Status: 400, Fields: []string{"instance_admin"}},
		{Request: at("ina-admin", "PATCH", users+"/%d", `{"name": "Rob", "email": "rob@example.com", "version": 1}`, w.Bob.ID), Status: 204, Records: []string{"daybook Ina Person updated"}},
		{Request: at("ina", "PUT", users+"/%d/instance-admin", `{"instance_admin": true}`, w.Bob.ID), Status: 422, Fields: []string{"version"}},
		{Request: at("ina", "PUT", users+"/%d/instance-admin", `{"instance_admin": true, "version": 2}`, w.Bob.ID), Status: 204, Records: []string{"daybook Ina Person role_changed"}},
		{Request: at("ina", "POST", users+"/%d/password-link", ``, w.Bob.ID), Status: 200, Has: []string{"/password/"}, Records: []string{"daybook Ina Person password_link_made"}},
		{Request: at("ina", "POST", users+"/%d/sign-out", ``, w.Bob.ID), Status: 204, Records: []string{"daybook Ina Person signed_out_everywhere"}},
		{Request: at("ina", "POST", users+"/%d/deactivate", `{}`, w.Charlie.ID), Status: 422, Fields: []string{"version"}},
		{Request: at("ina", "POST", users+"/%d/deactivate", `{"version": 1}`, w.Charlie.ID), Status: 204, Records: []string{"daybook Ina Person deactivated"}},
		{Request: at("ina", "POST", users+"/%d/reactivate", `{"version": 2}`, w.Charlie.ID), Status: 204, Records: []string{"daybook Ina Person reactivated"}},
		{Name: "a token without the scope", Request: at("ina-read", "GET", users, ""), Status: 403, Records: []string{"daybook Ina Person access_denied denied"}},
		{Name: "an owner", Request: at("alice", "GET", users, ""), Status: 403, Records: []string{"daybook Alice Person access_denied denied"}},
		{Name: "a token of an admin of a workspace", Request: at("ada-admin", "GET", users, ""), Status: 403, Records: []string{"daybook Ada Person access_denied denied"}},
	})
	w.Exec(`UPDATE tokens SET workspace_id = $1 WHERE name = 'ina-admin'`, w.Acme.ID)
	w.Do(at("ina-admin", "GET", users, "")).Expect(t, 403) // bound to a workspace, it is worth nothing beside it
	w.Do(at("ina-admin", "GET", acme+"/people", "")).Expect(t, 200)
	w.Do(at("ina-admin", "GET", "/api/v1/users/me/tokens", "")).Expect(t, 403)
}

func TestLinksOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	link := func(a handlerstest.Answer) string {
		var made struct{ URL string }
		a.Expect(t, 200).Read(t, &made)
		w.Recorded()
		return made.URL[strings.LastIndex(made.URL, "/")+1:]
	}
	bound := link(w.Do(request("ada", "POST", "/invitations", `{"role": "member", "email": "dana@example.com", "expires_in": 3600}`)))
	open := link(w.Do(request("ada", "POST", "/invitations", `{"role": "member"}`)))
	password := link(w.Do(request("ada", "POST", "/users/%d/password-link", "", w.Bob.ID)))
	w.Run(t, []handlerstest.Scenario{
		{Name: "too long", Request: request("ada", "POST", "/invitations", `{"role": "member", "expires_in": 99999999999}`), Status: 422, Fields: []string{"expires_in"}},
		{Name: "not long enough", Request: request("ada", "POST", "/invitations", `{"role": "member", "expires_in": -1}`), Status: 422, Fields: []string{"expires_in"}},
		{Request: at("", "GET", "/api/v1/invitations/"+bound, ""), Status: 200, Has: []string{`"email":"dana@example.com"`, `"role":"member"`, "The acme"}},
		{Name: "is_admin", Request: at("", "POST", "/api/v1/invitations/"+bound+"/accept", `{"name": "D", "password": "long enough indeed", "instance_admin": true}`), Status: 400, Fields: []string{"instance_admin"}},
		{Name: "short", Request: at("", "POST", "/api/v1/invitations/"+bound+"/accept", `{"name": "D", "password": "short"}`), Status: 422, Fields: []string{"password"}},
		{Name: "somebody else", Request: at("charlie", "POST", "/api/v1/invitations/"+bound+"/accept", `{}`), Status: 403, Records: []string{"daybook Charlie Person access_denied denied"}},
		{Name: "somebody signed in, with a name", Request: at("charlie", "POST", "/api/v1/invitations/"+open+"/accept", `{"name": "X"}`), Status: 422, Fields: []string{"name"}},
		{Name: "somebody signed in, with a password", Request: at("charlie", "POST", "/api/v1/invitations/"+open+"/accept", `{"email": "x@example.com", "password": "long enough indeed"}`), Status: 422, Fields: []string{"email", "password"}},
		{Name: "nobody in particular", Request: at("", "POST", "/api/v1/invitations/"+open+"/accept", `{}`), Status: 422, Fields: []string{"email", "name", "password"}},
		{Name: "new", Request: at("", "POST", "/api/v1/invitations/"+bound+"/accept", `{"name": "Dana", "email": "other@example.com", "password": "long enough indeed"}`), Status: 200,
			Has: []string{`"email":"dana@example.com"`, `"slug":"acme"`}, Lacks: []string{"long enough"}, Records: []string{"daybook Daybook created", "acme Dana member_added"}},
		{Name: "used", Request: at("", "POST", "/api/v1/invitations/"+bound+"/accept", `{"name": "Eve", "email": "eve@example.com", "password": "long enough indeed"}`), Status: 404},
		{Name: "a taken address", Request: at("", "POST", "/api/v1/invitations/"+open+"/accept", `{"name": "Eve", "email": "bob@example.com", "password": "long enough indeed"}`), Status: 409, Fields: []string{"email"}},
		{Name: "signed in", Request: at("charlie", "POST", "/api/v1/invitations/"+open+"/accept", `{}`), Status: 200, Records: []string{"acme Charlie Person member_added"}},
		{Name: "a short password", Request: at("", "POST", "/api/v1/password-links/"+password, `{"password": "short"}`), Status: 422, Fields: []string{"password"}},
		{Name: "a password", Request: at("", "POST", "/api/v1/password-links/"+password, `{"password": "long enough indeed"}`), Status: 204, Records: []string{"daybook Bob Person password_changed"}},
		{Name: "a password again", Request: at("", "POST", "/api/v1/password-links/"+password, `{"password": "long enough indeed"}`), Status: 404},
		{Name: "the sessions have ended", Request: at("bob", "GET", acme+"/activity", ""), Status: 401},
	})
}

func TestPersonalTokensOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	const own = "/api/v1/users/me/tokens"
	theirs := handlerstest.Ask[int64](w, `SELECT id FROM tokens WHERE name = 'bob-read'`)
	var made struct {
		ID    int64
		Token string
	}
	w.Run(t, []handlerstest.Scenario{
		{Name: "a member's with admin", Request: at("bob", "POST", own, `{"name": "x", "scopes": ["admin"]}`), Status: 422, Fields: []string{"scopes"}},
		{Name: "a workspace of others", Request: at("bob", "POST", own, `{"name": "x", "scopes": ["activity:read"], "workspace": "other"}`), Status: 422, Fields: []string{"workspace"}},
		{Name: "a workspace that is none", Request: at("bob", "POST", own, `{"name": "x", "scopes": ["activity:read"], "workspace": "nothing"}`), Status: 422, Fields: []string{"workspace"}},
		{Name: "user_id", Request: at("bob", "POST", own, `{"name": "x", "scopes": ["activity:read"], "user_id": 1}`), Status: 400, Fields: []string{"user_id"}},
		{Name: "beyond the token that asks", Request: at("ada-admin", "POST", own, `{"name": "x", "scopes": ["activity:write"]}`), Status: 403, Fields: []string{"scopes"}, Records: []string{"daybook Ada Person access_denied denied"}},
		{Name: "a token without admin", Request: at("bob-read", "POST", own, `{"name": "x", "scopes": ["activity:read"]}`), Status: 403, Records: []string{"daybook Bob Person access_denied denied"}},
		{Name: "made", Request: at("bob", "POST", own, `{"name": "x", "scopes": ["activity:read"], "workspace": "acme", "expires_in": 60}`), Status: 200, Has: []string{"dbk_"}, Records: []string{"acme Bob Person created"},
			After: func(t *testing.T, _ *handlerstest.World, a handlerstest.Answer) { a.Read(t, &made) }},
		{Name: "list", Request: at("bob", "GET", own, ""), Status: 200, Has: []string{`"name":"x"`, `"scopes":["activity:read"]`}, Lacks: []string{"dbk_", "hash", "ada-read"}},
		{Name: "somebody else's", Request: at("alice", "DELETE", fmt.Sprint(own, "/", theirs), ""), Status: 404},
	})
	w.Do(at("bob", "DELETE", fmt.Sprint(own, "/", made.ID), "")).Expect(t, 204)
	w.Do(handlerstest.Request{Path: acme + "/activity", Header: map[string]string{"Authorization": "Bearer " + made.Token}}).Expect(t, 401)
}
