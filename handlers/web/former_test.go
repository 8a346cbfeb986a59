package web_test

import (
	"fmt"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// TestPagesTellNothingOfWhatBecameOfAFormerMember walks whatever shows people to those who administer.
func TestPagesTellNothingOfWhatBecameOfAFormerMember(t *testing.T) {
	w := New(t)
	bob := actorID(w, "bob")
	w.Exec(`UPDATE actors SET email = 'bob@acme.example' WHERE id = $1`, Ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = 'bob'`, w.Acme.ID))
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID)
	w.Exec(`UPDATE users SET name = 'Robert Elsewhere', email = 'robert@newjob.example', username = 'robby', deactivated_at = now() WHERE id = $1`, w.Bob.ID)
	p1 := Ask[int64](w, `SELECT id FROM projects WHERE external_id = 'p1' AND workspace_id = $1`, w.Acme.ID)
	for path, has := range map[string]string{
		"/w/acme/people?kind=outside":                                 "bob@acme.example",
		fmt.Sprintf("/w/acme/users/%d", w.Bob.ID):                     "bob@acme.example",
		"/w/acme/people/" + bob:                                       "no member any more",
		fmt.Sprintf("/w/acme/projects/%d/access", p1):                 "bob",
		"/api/v1/workspaces/acme/people?kind=outside":                 `"email":"bob@acme.example"`,
		fmt.Sprintf("/api/v1/workspaces/acme/projects/%d/access", p1): `"email":"bob@acme.example"`,
	} {
		w.Do(Request{As: "ada", Path: path}).Expect(t, 200, has).Lacks(t, "Robert", "newjob", "robby", `"deactivated":true`, "not any more: deactivated")
	}
	w.Do(Request{As: "ina", Path: "/w/acme/people?kind=deactivated"}).Expect(t, 200, "robert@newjob.example")
}
