package web_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/uuid"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// Whoever is given the address of somebody who was anonymised is told of it to who gives it: what applications send with it stays anonymous, and nobody
// sees why.
func TestAForgottenAddressIsWarnedOf(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "ina", Method: "POST", Path: userPage(w.Bob.ID) + "/anonymise", Form: url.Values{"confirm": {"Bob Person"}}}).Expect(t, 303)
	erased(t, w, "/instance/erasures/"+Ask[string](w, `SELECT id::text FROM erasures`), "ina", "open done")
	const warning = "Somebody with this address was anonymised here."
	w.Do(posted("ada", "/w/acme/invitations/new", "email", "bob@example.com", "role", "member", "days", "7")).Expect(t, 200, warning)
	w.Do(posted("ada", "/w/acme/invitations/new", "email", "bobby@example.com", "role", "member", "days", "7")).Expect(t, 200).Lacks(t, warning)
	w.Do(posted("ada", "/w/acme/members/new", "name", "Rob", "email", "bob@example.com", "role", "member")).Expect(t, 200, warning)
	w.Do(posted("ada", "/w/acme/members/new", "name", "Rob", "email", "bobby@example.com", "role", "member")).Expect(t, 200).Lacks(t, warning)
	w.Exec(`DELETE FROM memberships WHERE user_id IN (SELECT id FROM users WHERE email IN ('bob@example.com', 'bobby@example.com'))`)
	w.Do(posted("ada", "/w/acme/members/add", "user", "bob@example.com", "role", "member")).Expect(t, 303)
	w.Do(Request{As: "ada", Path: "/w/acme/people"}).Expect(t, 200, warning)
	w.Do(posted("ada", "/w/acme/members/add", "user", "bobby@example.com", "role", "member")).Expect(t, 303)
	w.Do(Request{As: "ada", Path: "/w/acme/people"}).Expect(t, 200, "is a member now.").Lacks(t, warning)

	w.Exec(`DELETE FROM memberships WHERE user_id IN (SELECT id FROM users WHERE email IN ('bob@example.com', 'bobby@example.com'))`)
	said := `"warning":"` + warning
	json := func(path, body string) Answer {
		return w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme" + path, Body: body})
	}
	json("/invitations", `{"role": "member", "email": "bob@example.com"}`).Expect(t, 200, said)
	json("/invitations", `{"role": "member", "email": "robin@example.com"}`).Expect(t, 200, `"warning":null`)
	json("/invitations", `{"role": "member"}`).Expect(t, 200, `"warning":null`)
	json("/members", `{"user": "bob@example.com", "role": "member"}`).Expect(t, 200, said)
	json("/members", `{"user": "bobby@example.com", "role": "member"}`).Expect(t, 200, `"warning":null`)
}

// An erasure that was not done says so, and why.
func TestAnErasureThatWasNotDone(t *testing.T) {
	w := New(t)
	id := uuid.Must(uuid.NewV7())
	w.Exec(`INSERT INTO erasures (id, workspace_id, state, problem, asked_by, ended_at) VALUES ($1, $2, 'done', 'It was not done: look again.', '{"id": "daybook:cli", "name": "Command line"}', now())`, id, w.Acme.ID)
	w.Do(Request{As: "ada", Path: fmt.Sprintf("/w/acme/erasures/%s", id)}).Expect(t, 200, "Not done", "It was not done: look again.", "is as it was").Lacks(t, "tried again", "Nothing shows")
	w.Do(Request{As: "ada", Path: "/w/acme/privacy"}).Expect(t, 200, "Not done")
}
