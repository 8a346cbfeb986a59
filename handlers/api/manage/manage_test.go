package manage_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daybook/handlers/handlerstest"
)

const acme = "/api/v1/workspaces/acme"

// request asks for a change in acme; path and body together are a format.
func request(as, method, path, body string, args ...any) handlerstest.Request {
	path, body, _ = strings.Cut(fmt.Sprintf(acme+path+"\n"+body, args...), "\n")
	return handlerstest.Request{As: as, Method: method, Path: path, Body: body}
}

// TestWhatIsRefused names what must never work. Nothing is changed, and the attempt of somebody signed in is recorded once.
func TestWhatIsRefused(t *testing.T) {
	w := handlerstest.New(t)
	elsewhere := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 LIMIT 1`, w.Other.ID)
	other := handlerstest.Ask[int64](w, `SELECT id FROM tokens WHERE name = 'service-other'`)
	here := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = 'bob'`, w.Acme.ID)
	w.Exec(`INSERT INTO memberships VALUES ($1, $2, 'member')`, w.Acme.ID, w.Ina.ID)
	both := handlerstest.Ask[int64](w, `INSERT INTO users (email, name, password_hash) VALUES ('both@example.com', 'Both', '') RETURNING id`)
	w.Exec(`INSERT INTO memberships VALUES ($1, $2, 'member'), ($3, $2, 'member')`, w.Acme.ID, both, w.Other.ID)
	before := state(w)
	for name, c := range map[string]struct {
		handlerstest.Request
		status int
		fields []string
	}{
		"a member renames the workspace":                  {request("bob", "PATCH", "/settings", `{"name": "Mine", "version": 1}`), 403, nil},
		"a member archives the workspace":                 {request("bob", "POST", "/archive", `{"archived": true, "version": 1}`), 403, nil},
		"an admin archives the workspace":                 {request("ada", "POST", "/archive", `{"archived": true, "version": 1}`), 403, nil},
		"a member removes an owner":                       {request("bob", "DELETE", "/members/%d?version=1", ``, w.Alice.ID), 403, nil},
		"an admin removes an owner":                       {request("ada", "DELETE", "/members/%d?version=1", ``, w.Alice.ID), 403, nil},
		"a member raises their own role":                  {request("bob", "PATCH", "/members/%d", `{"role": "owner", "version": 1}`, w.Bob.ID), 403, nil},
		"an admin raises their own role":                  {request("ada", "PATCH", "/members/%d", `{"role": "owner", "version": 1}`, w.Ada.ID), 403, []string{"role"}},
		"an admin makes an owner":                         {request("ada", "PATCH", "/members/%d", `{"role": "owner", "version": 1}`, w.Bob.ID), 403, []string{"role"}},
		"an admin invites an owner":                       {request("ada", "POST", "/invitations", `{"role": "owner"}`), 403, []string{"role"}},
		"a password of somebody elsewhere too":            {request("ada", "POST", "/users/%d/password-link", ``, both), 403, nil},
		"a password of an instance admin":                 {request("alice", "POST", "/users/%d/password-link", ``, w.Ina.ID), 403, nil},
		"a password of an owner, by an admin":             {request("ada", "POST", "/users/%d/password-link", ``, w.Alice.ID), 403, nil},
		"somebody of another workspace is deactivated":    {request("alice", "POST", "/users/%d/deactivate", `{"version": 1}`, w.Charlie.ID), 404, nil},
		"a member of another workspace is removed":        {request("alice", "DELETE", "/members/%d?version=1", ``, w.Charlie.ID), 404, nil},
		"an actor of another workspace is linked":         {request("alice", "POST", "/actors/%d/link", `{"user_id": 1, "version": 1}`, elsewhere), 404, []string{"actor"}},
		"an actor is merged into another workspace's":     {request("alice", "POST", "/actors/%d/merge", `{"into": %d, "version": 2, "into_version": 1}`, here, elsewhere), 404, []string{"into"}},
		"an actor is linked to a stranger":                {request("alice", "POST", "/actors/%d/link", `{"user_id": %d, "version": 2}`, here, w.Charlie.ID), 422, []string{"user_id"}},
		"an actor is merged with itself":                  {request("alice", "POST", "/actors/%d/merge", `{"into": %d, "version": 2, "into_version": 2}`, here, here), 422, []string{"into"}},
		"a token of another workspace is revoked":         {request("alice", "DELETE", "/tokens/%d", ``, other), 404, nil},
		"a deactivated user's session":                    {request("dora", "GET", "/people", ``), 401, nil},
		"a deactivated user's token":                      {request("dora-token", "GET", "/people", ``), 401, nil},
		"a token beyond its maker's role":                 {request("bob-admin", "GET", "/people", ``), 403, nil},
		"a token without the scope":                       {request("ada-read", "GET", "/people", ``), 403, nil},
		"a service token administers":                     {request("service", "POST", "/tokens", `{"name": "x", "scopes": ["activity:read"]}`), 403, nil},
		"a service token with the scope admin":            {request("alice", "POST", "/tokens", `{"name": "x", "scopes": ["admin"]}`), 422, []string{"scopes"}},
		"members are set without the scope":               {request("service", "PUT", "/projects/p1/members", `{"actor_ids": []}`), 403, nil},
		"members are set by a member's token":             {request("bob-access", "PUT", "/projects/p1/members", `{"actor_ids": []}`), 403, nil},
		"members are set by a member":                     {request("bob", "PUT", "/projects/p1/members", `{"actor_ids": []}`), 403, nil},
		"is_admin in an edit":                             {request("alice", "PATCH", "/users/%d", `{"name": "B", "email": "b@example.com", "version": 1, "is_admin": true}`, w.Bob.ID), 400, []string{"is_admin"}},
		"instance_admin in an edit":                       {request("alice", "PATCH", "/users/%d", `{"name": "B", "email": "b@example.com", "version": 1, "instance_admin": true}`, w.Bob.ID), 400, []string{"instance_admin"}},
		"workspace_id in an invitation":                   {request("alice", "POST", "/invitations", `{"role": "member", "workspace_id": %q}`, w.Other.ID), 400, []string{"workspace_id"}},
		"workspace_id in a token":                         {request("alice", "POST", "/tokens", `{"name": "x", "scopes": ["activity:read"], "workspace_id": %q}`, w.Other.ID), 400, []string{"workspace_id"}},
		"a change without a version":                      {request("alice", "PATCH", "/members/%d", `{"role": "admin"}`, w.Bob.ID), 422, []string{"version"}},
		"a member removed without a version":              {request("alice", "DELETE", "/members/%d", ``, w.Bob.ID), 422, []string{"version"}},
		"somebody deactivated without a version":          {request("alice", "POST", "/users/%d/deactivate", `{}`, w.Bob.ID), 422, []string{"version"}},
		"an actor merged without a version":               {request("alice", "POST", "/actors/%d/merge", `{"into": 1}`, here), 422, []string{"into_version", "version"}},
		"an actor merged into one that was not looked at": {request("alice", "POST", "/actors/%d/merge", `{"into": 1, "version": 2}`, here), 422, []string{"into_version"}},
		"archived without a version":                      {request("alice", "POST", "/archive", `{"archived": true}`), 422, []string{"version"}},
		"the workspace of others is renamed by id":        {handlerstest.Request{As: "alice", Method: "PATCH", Path: "/api/v1/workspaces/" + w.Other.ID.String() + "/settings", Body: `{"name": "Mine", "version": 1}`}, 404, nil},
		"an outdated version":                             {request("alice", "PATCH", "/members/%d", `{"role": "admin", "version": 7}`, w.Bob.ID), 409, []string{"version"}},
		"an unknown role":                                 {request("alice", "PATCH", "/members/%d", `{"role": "king", "version": 1}`, w.Bob.ID), 422, []string{"role"}},
		"a taken address":                                 {request("alice", "PATCH", "/users/%d", `{"name": "B", "email": "ada@example.com", "version": 1}`, w.Bob.ID), 409, []string{"email"}},
		"a taken slug":                                    {request("alice", "PATCH", "/settings", `{"slug": "other", "version": 1}`), 409, []string{"slug"}},
		"the last owner steps down":                       {request("alice", "PATCH", "/members/%d", `{"role": "member", "version": 1}`, w.Alice.ID), 409, []string{"role"}},
		"what cannot be stored":                           {request("alice", "PATCH", "/settings", `{"addresses": "forget", "agents": "truncate", "denied_keys": ["ok", "a*b"], "version": 1}`), 422, []string{"addresses", "agents", "denied_keys"}},
		"a text that is a number":                         {request("alice", "PATCH", "/settings", `{"name": 5, "version": 1}`), 422, []string{"name"}},
		"a key that is empty":                             {request("alice", "PATCH", "/settings", `{"denied_keys": ["pin", " "], "version": 1}`), 422, []string{"denied_keys[1]"}},
		"two keys in one":                                 {request("alice", "PATCH", "/settings", `{"denied_keys": ["pin\ntan"], "version": 1}`), 422, []string{"denied_keys[0]"}},
		"a key that is a number":                          {request("alice", "PATCH", "/settings", `{"addresses": "keep", "denied_keys": ["pin", 5], "version": 1}`), 422, []string{"denied_keys[1]"}},
		"days that are a text":                            {request("alice", "PUT", "/retention", `{"version": 0, "rules": [{"keep_days": 3, "types": ["a", "b"]}, {"types": [], "keep_days": "x"}]}`), 422, []string{"rules[1].keep_days"}},
		"a rule that is a text":                           {request("alice", "PUT", "/retention", `{"rules": ["x"]}`), 422, []string{"rules[0]"}},
		"rules that are an object":                        {request("alice", "PUT", "/retention", `{"version": 0, "rules": {"a": 1}}`), 422, []string{"rules"}},
		"a list in place of an object":                    {request("alice", "PUT", "/retention", `[{"rules": 1}]`), 400, []string{"body"}},
		"no object":                                       {request("alice", "PATCH", "/settings", `null`), 400, []string{"body"}},
		"a key in other letters":                          {request("alice", "PATCH", "/settings", `{"Name": "Mine", "version": 1}`), 400, []string{"Name"}},
		"a key twice":                                     {request("alice", "PATCH", "/settings", `{"version": 1, "name": "Mine", "version": 2}`), 422, []string{"version"}},
		"a key of a rule twice":                           {request("alice", "PUT", "/retention", `{"version": 0, "rules": [{}, {"keep_days": 3, "keep_days": 4}]}`), 422, []string{"rules[1].keep_days"}},
		"a key of a rule in other letters":                {request("alice", "PUT", "/retention", `{"version": 0, "confirm": "acme", "rules": [{"KEEP_DAYS": 4}]}`), 400, []string{"rules[0].KEEP_DAYS"}},
		"a rule that is none":                             {request("alice", "PUT", "/retention", `{"version": 0, "confirm": "acme", "rules": [null]}`), 422, []string{"rules[0]"}},
		"a member without a name":                         {request("alice", "POST", "/members", `{"role": "member"}`), 422, []string{"user"}},
		"a member whose name is empty":                    {request("alice", "POST", "/members", `{"role": "member", "user": ""}`), 422, []string{"user"}},
		"an actor is linked and merged at once":           {request("alice", "POST", "/actors/%d/link", `{"user_id": %d, "version": 2, "into": 1}`, here, w.Bob.ID), 400, []string{"into"}},
		"an actor is linked to nobody":                    {request("alice", "POST", "/actors/%d/link", `{"version": 2}`, here), 422, []string{"user_id"}},
		"an actor is merged into nobody":                  {request("alice", "POST", "/actors/%d/merge", `{"into": null, "version": 2, "into_version": 1}`, here), 422, []string{"into"}},
		"a token without scopes":                          {request("alice", "POST", "/tokens", `{"name": "x"}`), 422, []string{"scopes"}},
		"a token with none":                               {request("alice", "POST", "/tokens", `{"name": "x", "scopes": []}`), 422, []string{"scopes"}},
		"two objects":                                     {request("alice", "PATCH", "/settings", `{"version": 1} {}`), 400, []string{"body"}},
		"an id that is no number":                         {request("alice", "DELETE", "/members/x?version=1", ``), 404, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.In(t)
			a := w.Do(c.Request).Expect(t, c.status)
			a.ExpectFields(t, c.fields...)
			if after := state(w); after != before {
				t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
	denied := map[string]int{}
	for _, line := range w.Recorded() {
		denied[line]++
	}
	for line := range denied {
		if !strings.HasSuffix(line, "access_denied denied") {
			t.Error(line)
		}
	}
}

// state is what administration changes.
func state(w *handlerstest.World) string {
	var out []string
	for _, table := range []string{"workspaces", "users", "memberships", "actors", "projects", "project_members", "links"} {
		out = append(out, handlerstest.Ask[string](w, `SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM `+table+` t WHERE t::text NOT LIKE '%daybook:%'`))
	}
	return strings.Join(append(out, handlerstest.Ask[string](w, `SELECT string_agg(id || ' ' || scopes || coalesce(revoked_at::text, ''), ',' ORDER BY id) FROM tokens`)), "\n")
}

// TestAnAdminRunsAWorkspace goes through what an admin does, by session and by token, and what that records.
func TestAnAdminRunsAWorkspace(t *testing.T) {
	w := handlerstest.New(t)
	bob := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = 'bob'`, w.Acme.ID)
	w.Send(`{"actor": {"id": "bob.old"}, "action": "created"}`)
	old := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'bob.old'`)
	w.Recorded()
	var token struct{ Token string }
	var invitation struct {
		ID  int64
		URL string
	}
	w.Run(t, []handlerstest.Scenario{
		{Request: request("ada", "GET", "/people?q=BOB", ""), Status: 200, Has: []string{`"external_id":"bob.old"`, `"role":"member"`}, Lacks: []string{"alice"}},
		{Request: request("ada-admin", "GET", "/people?limit=1", ""), Status: 200, Has: []string{`"next_cursor":"`}},
		{Request: request("ada", "GET", "/actors/%d/merge-preview?into=%d", "", old, bob), Status: 200, Has: []string{`"activities":1`}},
		{Request: request("ada", "POST", "/actors/%d/merge", `{"into": %d, "version": 1, "into_version": %d}`, old, bob, handlerstest.Ask[int64](w, `SELECT version FROM actors WHERE id = $1`, bob)), Status: 204, Records: []string{"acme ada merged"}},
		{Request: handlerstest.Request{As: "bob", Path: acme + "/activity?actor_id=bob"}, Status: 200, Has: []string{`"bob.old"`}}, // own at once
		{Request: request("ada", "POST", "/actors/%d/unmerge", `{"version": 2}`, old), Status: 204, Records: []string{"acme ada merge_undone"}},
		{Request: handlerstest.Request{As: "bob", Path: acme + "/activity?actor_id=bob.old"}, Status: 200, Lacks: []string{`"bob.old"`}},
		{Request: request("alice", "PATCH", "/members/%d", `{"role": "admin", "version": 1}`, w.Bob.ID), Status: 204, Records: []string{"acme Alice Person role_changed"}},
		{Request: request("alice", "PATCH", "/members/%d", `{"role": "member", "version": 2}`, w.Bob.ID), Status: 204, Records: []string{"acme Alice Person role_changed"}},
		{Request: request("ada", "PATCH", "/users/%d", `{"name": "Robert", "email": "robert@example.com", "version": 1}`, w.Bob.ID), Status: 204, Records: []string{"daybook Ada Person updated"}},
		{Request: request("ada", "POST", "/invitations", `{"role": "member", "email": "new@example.com"}`), Status: 200, Records: []string{"acme ada invited"},
			After: func(t *testing.T, _ *handlerstest.World, a handlerstest.Answer) { a.Read(t, &invitation) }},
		{Request: request("ada", "GET", "/invitations", ""), Status: 200, Has: []string{"new@example.com"}},
		{Request: request("ada", "DELETE", "/invitations/1", ""), Status: 204, Records: []string{"acme ada invitation_revoked"}},
		{Request: request("ada", "DELETE", "/invitations/1", ""), Status: 404},
		{Request: request("ada", "POST", "/users/%d/password-link", "", w.Bob.ID), Status: 200, Has: []string{"http://daybook.test/password/"}, Records: []string{"daybook Ada Person password_link_made"}},
		{Request: request("ada", "PATCH", "/settings", `{"name": "Acme", "rankings": false, "version": 1}`), Status: 200, Has: []string{`"rankings":false`, `"version":2`, `"slug":"acme"`}, Records: []string{"acme ada settings_updated"}},
		{Request: request("ada", "PATCH", "/settings", `{"addresses": "truncate", "agents": "drop", "denied_keys": ["pin", " *secret* ", "pin"], "version": 2}`), Status: 200,
			Has: []string{`"addresses":"truncate","agents":"drop","denied_keys":["pin","*secret*"]`, `"version":3`}, Records: []string{"acme ada settings_updated"}},
		{Request: request("ada-admin", "PATCH", "/settings", `{"denied_keys": [], "version": 3}`), Status: 200, Has: []string{`"addresses":"truncate","agents":"drop","denied_keys":[]`}, Records: []string{"acme ada settings_updated"}},
		{Request: request("service-access", "PUT", "/projects/crm%%2F7/members", `{"actor_ids": ["bob", "someone new"]}`), Status: 200, Has: []string{`"added":2`}, Records: []string{"acme service-access access_changed"}},
		{Request: request("ada-admin", "PUT", "/projects/crm%%2F7/members", `{"actor_ids": ["bob"]}`), Status: 200, Has: []string{`"removed":1`}, Records: []string{"acme ada access_changed"}},
		{Request: request("ada", "GET", "/projects?q=crm", ""), Status: 200, Has: []string{`"external_id":"crm/7"`, `"members":1`}},
		{Request: request("ada", "POST", "/tokens", `{"name": "App", "scopes": ["activity:write"], "expires_in": 3600}`), Status: 200, Has: []string{"dbk_"}, Records: []string{"acme ada created"},
			After: func(t *testing.T, _ *handlerstest.World, a handlerstest.Answer) { a.Read(t, &token) }},
		{Request: request("ada", "GET", "/tokens", ""), Status: 200, Has: []string{`"name":"App"`}, Lacks: []string{"dbk_", "hash"}},
		{Request: request("ada", "GET", "/rejected", ""), Status: 200, Has: []string{`"rejected":[]`}},
		{Request: request("ada", "POST", "/users/%d/deactivate", `{"version": 3}`, w.Bob.ID), Status: 204, Records: []string{"daybook Ada Person deactivated"}},
		{Request: handlerstest.Request{As: "bob", Path: acme + "/activity"}, Status: 401},
		{Request: handlerstest.Request{As: "bob-read", Path: acme + "/activity"}, Status: 401},
		{Request: request("alice", "DELETE", "/members/%d?version=3", "", w.Bob.ID), Status: 204, Records: []string{"acme Alice Person member_removed"}},
		{Request: request("alice", "POST", "/archive", `{"archived": true, "version": 4}`), Status: 204, Records: []string{"acme Alice Person archived"}},
		{Request: request("service", "POST", "/activity", `{"actor": {"id": "a"}, "action": "created"}`), Status: http.StatusConflict, Has: []string{"archived"}},
		{Request: request("ada", "GET", "/activity", ""), Status: 200},
	})
	for _, secret := range []string{token.Token[4:], invitation.URL[strings.LastIndex(invitation.URL, "/")+1:]} {
		if n := handlerstest.Ask[int](w, `SELECT count(*) FROM activities a WHERE strpos(a::text, $1) > 0`, secret); n != 0 || len(secret) < 20 {
			t.Errorf("a secret of %d characters stands in %d activities", len(secret), n)
		}
	}
}

func TestWhoSeesStatistics(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "created"}`)
	look := func(as string, status int, has ...string) {
		t.Helper()
		w.Do(handlerstest.Request{As: as, Path: "/api/activities/stats?workspace_id=acme"}).Expect(t, status, has...)
	}
	look("bob", 200, `"total_activities":`, `"user_activity":[]`)
	look("ada", 200, `"username":"bob"`)
	w.Do(request("ada", "PATCH", "/settings", `{"rankings": false, "statistics": "admins", "version": 1}`)).Expect(t, 200)
	look("bob", 403)
	look("ada", 200, `"total_activities":`, `"user_activity":[]`)
	look("service", 200, `"total_activities":`)
}
