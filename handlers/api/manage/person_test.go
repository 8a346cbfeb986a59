package manage_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
)

func TestSessionsTokensAndProjectsOfSomebody(t *testing.T) {
	w := handlerstest.New(t)
	p2 := handlerstest.Ask[int64](w, `INSERT INTO projects (workspace_id, external_id, name) VALUES ($1, 'p2', 'Two') RETURNING id`, w.Acme.ID)
	p1 := handlerstest.Ask[int64](w, `SELECT id FROM projects WHERE external_id = 'p1'`)
	cookie := w.Session(w.Bob).Get("Cookie")
	session, secret, _ := strings.Cut(strings.TrimPrefix(cookie, "daybook="), ".")
	token := handlerstest.Ask[int64](w, `SELECT id FROM tokens WHERE name = 'bob-read'`)
	alices := handlerstest.Ask[string](w, `SELECT id FROM sessions WHERE user_id = $1`, w.Alice.ID)
	bob := fmt.Sprintf("/users/%d", w.Bob.ID)
	actor := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'bob'`)
	elsewhere := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'charlie'`)
	w.Run(t, []handlerstest.Scenario{
		{Request: request("ada", "GET", bob+"/sessions", ""), Status: 200, Has: []string{session}, Lacks: []string{secret, "hash"}},
		{Request: request("ada", "DELETE", bob+"/sessions/"+alices, ""), Status: 404},
		{Request: request("ada", "DELETE", bob+"/sessions/"+session, ""), Status: 204, Records: []string{"daybook Ada Person sessions_ended"}},
		{Request: handlerstest.Request{Cookie: cookie, Path: acme + "/activity"}, Status: 401},
		{Request: request("ada", "GET", bob+"/tokens", ""), Status: 200, Has: []string{"bob-read", `"revoked_at":null`}, Lacks: []string{"dbk_", "hash"}},
		{Request: request("ada", "DELETE", bob+"/tokens/%d", "", token), Status: 204, Records: []string{"daybook Ada Person revoked"}},
		{Request: request("ada", "GET", "/users/%d/sessions", "", w.Alice.ID), Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Request: request("alice", "GET", "/users/%d/tokens", "", w.Charlie.ID), Status: 404},
		{Request: request("ada", "GET", bob+"/projects?q=p1", ""), Status: 200, Has: []string{`"external_id":"p1"`, `"granted":true`}, Lacks: []string{`"p2"`}},
		{Request: request("ada", "POST", bob+"/projects", `{"grant": [%d], "revoke": [%d]}`, p2, p1), Status: 200, Has: []string{`"granted":1`, `"revoked":1`}, Records: []string{"acme ada access_changed", "acme ada access_changed"}},
		{Request: request("ada", "POST", bob+"/projects", `{"grant": [%d], "revoke": [%d]}`, p2, p2), Status: 422, Fields: []string{"project"}},
		{Request: request("ada", "POST", bob+"/projects", `{"grant": [424242]}`), Status: 404, Fields: []string{"project"}},
		{Request: request("ada", "POST", "/actors/%d/projects", `{"revoke": [%d]}`, actor, p2), Status: 200, Records: []string{"acme ada access_changed"}},
		{Request: request("ada", "GET", "/actors/%d/projects", "", elsewhere), Status: 404},
		{Request: request("ada", "PATCH", bob, `{"name": "Bob Person", "email": "bob@example.com", "username": "bobby", "version": 2}`), Status: 204, Records: []string{"daybook Ada Person updated"}},
		{Request: request("ada", "GET", "/people?kind=users&q=bobby", ""), Status: 200, Has: []string{`"username":"bobby"`, `"kind":"users"`, `"activities_30_days":0`}},
		{Request: request("ada", "GET", "/people?kind=kings&role=x&state=y", ""), Status: 400, Fields: []string{"kind", "role", "state"}},
		{Request: request("ada", "GET", "/people?serach=bob", ""), Status: 400, Fields: []string{"serach"}},
	})
}
