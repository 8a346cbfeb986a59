package web_test

import (
	"fmt"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// TestWhomTheInstanceManagesInAWorkspace: an instance admin has the pages of whoever the workspace knows, as a former member too, and of nobody else.
func TestWhomTheInstanceManagesInAWorkspace(t *testing.T) {
	w := New(t)
	w.Exec(`DELETE FROM memberships WHERE user_id = $1`, w.Bob.ID) // he is linked to an actor still
	page := func(id int64) string { return fmt.Sprintf("/w/acme/users/%d", id) }
	w.Do(Request{As: "ina", Path: page(w.Bob.ID)}).Expect(t, 200, `/password-link"`)
	w.Do(about(w, "ina", w.Bob, "password-link", seen(w, w.Bob, "user"))).Expect(t, 200, "http://daybook.test/password/")
	w.Do(Request{As: "ina", Path: page(w.Charlie.ID)}).Expect(t, 404)
	w.Do(about(w, "ina", w.Charlie, "password-link", seen(w, w.Charlie, "user"))).Expect(t, 404)
	w.Do(posted("ina", fmt.Sprintf("/instance/users/%d/password-link", w.Charlie.ID))).Expect(t, 200, "http://daybook.test/password/")
}

// TestNobodyIsOfferedAPasswordLinkOfTheirOwn: the account page asks for the password that one has.
func TestNobodyIsOfferedAPasswordLinkOfTheirOwn(t *testing.T) {
	w := New(t)
	own := func(as, page string) {
		t.Helper()
		w.Do(Request{As: as, Path: page}).Expect(t, 200, "eactivate").Lacks(t, `/password-link"`)
		w.Do(posted(as, page+"/password-link", "version", "1")).Expect(t, 403, "account page")
	}
	own("ada", fmt.Sprintf("/w/acme/users/%d", w.Ada.ID))
	w.Do(Request{As: "ina", Path: fmt.Sprintf("/instance/users/%d", w.Bob.ID)}).Expect(t, 200, `/password-link"`)
	w.Do(Request{As: "ina", Path: fmt.Sprintf("/instance/users/%d", w.Ina.ID)}).Expect(t, 200).Lacks(t, `/password-link"`)
	w.Do(posted("ina", fmt.Sprintf("/instance/users/%d/password-link", w.Ina.ID))).Expect(t, 403, "account page")
}
