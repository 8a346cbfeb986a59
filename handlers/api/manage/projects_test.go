package manage_test

import (
	"testing"

	"daybook/handlers/handlerstest"
)

// TestProjectsTokensAndRejectedOverJSON is what an application that administers does, and what it is refused.
func TestProjectsTokensAndRejectedOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	p1 := handlerstest.Ask[int64](w, `SELECT id FROM projects WHERE external_id = 'p1' AND workspace_id = $1`, w.Acme.ID)
	w.Run(t, []handlerstest.Scenario{
		{Request: request("ada-admin", "POST", "/projects", `{"external_id": "crm/7", "name": "CRM"}`), Status: 200, Has: []string{`"external_id":"crm/7"`, `"visibility":"members"`, `"version":1`}, Records: []string{"acme ada created"}},
		{Request: request("ada", "POST", "/projects", `{"external_id": "crm/7"}`), Status: 409, Fields: []string{"external_id"}},
		{Request: request("ada", "POST", "/projects", `{"external_id": "", "visibility": "all"}`), Status: 422, Fields: []string{"external_id", "name", "visibility"}},
		{Request: request("ada", "POST", "/projects", `{"external_id": "x", "workspace_id": "y"}`), Status: 400, Fields: []string{"workspace_id"}},
		{Request: request("ada", "GET", "/projects?state=active&q=crm&limit=1", ""), Status: 200, Has: []string{`"name":"CRM"`, `"next_cursor":null`}},
		{Request: request("ada", "GET", "/projects?state=both", ""), Status: 400, Fields: []string{"state"}},
		{Request: request("ada", "GET", "/projects?limit=x", ""), Status: 400, Fields: []string{"limit"}},
		{Request: request("ada", "GET", "/projects/%d", "", p1), Status: 200, Has: []string{`"external_id":"p1"`, `"members":1`}},
		{Request: request("ada", "GET", "/projects/4711/access", ""), Status: 404, Fields: []string{"project"}},
		{Request: request("ada", "GET", "/projects/%d/access", "", p1), Status: 200, Has: []string{`"name":"Bob Person"`, `"known_as":"bob"`, `"role":"member"`}, Lacks: []string{"Ada", `"granted_at":null`}},
		{Request: request("ada", "GET", "/projects/%d/access?granted=false", "", p1), Status: 200, Has: []string{"Ada Person", `"granted_at":null`}, Lacks: []string{"Bob"}},
		{Request: request("ada", "POST", "/projects/%d/access", `{"grant_users": [%d], "grant_named": ["alice@example.com"], "revoke_users": [%d], "version": 1}`, p1, w.Ada.ID, w.Bob.ID), Status: 200,
			Has: []string{`"added":2`, `"removed":1`}, Records: []string{"acme ada access_changed"}},
		{Request: request("ada", "POST", "/projects/%d/access", `{"grant_named": ["bob"], "version": 1}`, p1), Status: 409, Fields: []string{"version"}},
		{Request: request("ada", "POST", "/projects/%d/access", `{"grant_named": ["bob", "nobody@example.com"]}`, p1), Status: 422, Fields: []string{"grant_named"}},
		{Request: request("ada", "PATCH", "/projects/%d", `{"name": "One", "visibility": "members", "archived": true, "version": 2}`, p1), Status: 204, Records: []string{"acme ada updated"}},
		{Request: request("ada", "POST", "/projects/%d/access", `{"grant_named": ["bob"]}`, p1), Status: 409, Fields: []string{"project"}},
		{Request: request("service-access", "PUT", "/projects/p1/members", `{"actor_ids": ["bob"]}`), Status: 409, Fields: []string{"project"}},
		{Request: request("ada", "POST", "/tokens", `{"name": "App", "scopes": ["activity:write"], "expires_in": 3600}`), Status: 200,
			Has: []string{`"token":"dbk_`, `"name":"App"`, `"revoked_at":null`, `"id":`}, Headers: map[string]string{"Cache-Control": "no-store"}, Records: []string{"acme ada created"}},
		{Request: request("ada", "POST", "/tokens", `{"name": "App", "scopes": ["activity:write"], "expires_in": -1}`), Status: 422, Fields: []string{"expires_in"}},
		{Request: request("ada", "POST", "/tokens", `{"name": "", "scopes": []}`), Status: 422, Fields: []string{"name"}},
		{Request: request("ada", "POST", "/rejected/dismiss", `{"ids": []}`), Status: 422, Fields: []string{"ids"}},
		{Request: request("ada", "GET", "/rejected?before=-1", ""), Status: 400, Fields: []string{"before"}},
	})
}

// TestAProjectKeepsWhatAPatchDoesNotName: whoever renames an archived project does not take it out of the archive by that.
func TestAProjectKeepsWhatAPatchDoesNotName(t *testing.T) {
	w := handlerstest.New(t)
	p1 := handlerstest.Ask[int64](w, `SELECT id FROM projects WHERE external_id = 'p1' AND workspace_id = $1`, w.Acme.ID)
	patch := func(body string) handlerstest.Request { return request("ada", "PATCH", "/projects/%d", body, p1) }
	is := func(what string) func(*testing.T, *handlerstest.World, handlerstest.Answer) {
		return func(t *testing.T, w *handlerstest.World, _ handlerstest.Answer) {
			if got := handlerstest.Ask[string](w, `SELECT name || ' ' || visibility || CASE WHEN archived_at IS NULL THEN '' ELSE ' archived' END FROM projects WHERE id = $1`, p1); got != what {
				t.Errorf("%q instead of %q", got, what)
			}
		}
	}
	w.Run(t, []handlerstest.Scenario{
		{Request: patch(`{"name": "One", "version": 1}`), Status: 204, Records: []string{"acme ada updated"}, After: is("One members")},
		{Request: patch(`{"archived": true, "version": 2}`), Status: 204, Records: []string{"acme ada updated"}, After: is("One members archived")},
		{Request: patch(`{"name": "Two", "version": 3}`), Status: 204, Records: []string{"acme ada updated"}, After: is("Two members archived")},
		{Request: patch(`{"visibility": "workspace", "version": 4}`), Status: 204, Records: []string{"acme ada updated"}, After: is("Two workspace archived")},
		{Request: patch(`{"version": 5}`), Status: 204, After: is("Two workspace archived")},
		{Request: patch(`{"name": "", "visibility": "", "version": 5}`), Status: 422, Fields: []string{"name", "visibility"}, After: is("Two workspace archived")},
		{Request: patch(`{"archived": false, "version": 5}`), Status: 204, Records: []string{"acme ada updated"}, After: is("Two workspace")},
	})
}
