package manage_test

import (
	"testing"

	"daybook/handlers/handlerstest"
)

// TestABoundTokenOfAnInstanceAdminReachesOneWorkspace: in the workspace that it is bound to it is an owner's, and nothing elsewhere.
func TestABoundTokenOfAnInstanceAdminReachesOneWorkspace(t *testing.T) {
	w := handlerstest.New(t)
	w.Exec(`UPDATE tokens SET workspace_id = $1 WHERE name = 'ina-admin'`, w.Acme.ID)
	w.Exec(`INSERT INTO memberships VALUES ($1, $2, 'member')`, w.Acme.ID, w.Ina.ID)
	before := state(w)
	for name, c := range map[string]struct {
		handlerstest.Request
		status int
	}{
		"the instance":                         {handlerstest.Request{As: "ina-admin", Path: "/api/v1/instance/users"}, 403},
		"another workspace":                    {handlerstest.Request{As: "ina-admin", Path: "/api/v1/workspaces/other/people"}, 404},
		"the password of a stranger":           {request("ina-admin", "POST", "/users/%d/password-link", "", w.Charlie.ID), 404},
		"the address of a stranger":            {request("ina-admin", "PATCH", "/users/%d", `{"name": "C", "email": "c@example.com", "version": 1}`, w.Charlie.ID), 404},
		"the sessions of a stranger":           {request("ina-admin", "GET", "/users/%d/sessions", "", w.Charlie.ID), 404},
		"the tokens of a stranger":             {request("ina-admin", "GET", "/users/%d/tokens", "", w.Charlie.ID), 404},
		"the password of an instance admin":    {request("ina-admin", "POST", "/users/%d/password-link", "", w.Ina.ID), 403},
		"a stranger, by a session of the same": {request("ina", "POST", "/users/%d/password-link", "", w.Charlie.ID), 404},
		"a token for the built-in workspace":   {handlerstest.Request{As: "ina", Method: "POST", Path: "/api/v1/workspaces/daybook/tokens", Body: `{"name": "x", "scopes": ["activity:write"]}`}, 422},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.In(t)
			w.Do(c.Request).Expect(t, c.status)
			if after := state(w); after != before {
				t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
	w.Do(request("ina-admin", "POST", "/users/%d/password-link", "", w.Bob.ID)).Expect(t, 200, "/password/")
}

// TestATokenPassesOnWhatItHas: the scope admin alone is none to read or send with, and its end is that of what it makes.
func TestATokenPassesOnWhatItHas(t *testing.T) {
	w := handlerstest.New(t)
	w.Exec(`UPDATE tokens SET scopes = 'admin', expires_at = now() + interval '1 hour' WHERE name = 'ada-admin'`)
	mint := func(body string) handlerstest.Answer {
		return w.Do(request("ada-admin", "POST", "/tokens", "%s", body))
	}
	mint(`{"name": "x", "scopes": ["activity:read"], "expires_in": 60}`).Expect(t, 403).ExpectFields(t, "scopes")
	mint(`{"name": "x", "scopes": ["access:write"]}`).Expect(t, 403).ExpectFields(t, "expires_in")
	mint(`{"name": "x", "scopes": ["access:write"], "expires_in": 60}`).Expect(t, 200, "dbk_")
	w.Do(request("ada-admin", "POST", "/users/%d/password-link", "", w.Ada.ID)).Expect(t, 403, "account page")
	w.Do(request("ada-admin", "PATCH", "/users/%d", `{"name": "Ada", "email": "thief@example.com", "version": 1}`, w.Ada.ID)).Expect(t, 403).ExpectFields(t, "email")
}
