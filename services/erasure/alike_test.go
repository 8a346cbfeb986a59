package erasure_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
)

// TestNobodyIsBlottedOutBySpelling: an actor with the address of an owner but for an accent, in letters of another width, or with something behind a plus is one whom only
// those may anonymise who may anonymise the owner; and even then the owner's address stays.
func TestNobodyIsBlottedOutBySpelling(t *testing.T) {
	w := newWorld(t)
	admin := w.doer(w.acme, w.member(w.acme, "ada", models.Admin))
	said := `paid on the word of olive@example.com, not of olivé@example.com olive@example.com`
	for id, actor := range map[string]string{
		"x9": `{"id": "x9", "name": "Decoy", "email": "olivé@example.com"}`, "ólive@example.com": `{"id": "ólive@example.com", "name": "Decoy"}`, "olive@example.com": `{"id": "olive@example.com", "name": "Decoy"}`,
		"olive+work@example.com": `{"id": "olive+work@example.com", "name": "Decoy"}`, "x10": `{"id": "x10", "name": "Olive@example.com"}`, "O\u200dlive@example.com": `{"id": "O\u200dlive@example.com", "name": "Decoy"}`,
	} {
		w.send(w.acme, `{"actor": `+actor+`, "action": "created"}`, fmt.Sprintf(`{"actor": {"id": "bob", "name": "Bob B"}, "action": "approved", "description": %q, "metadata": {"approver": "olive@example.com"}}`, said))
		name := ask[string](w, `SELECT name FROM actors WHERE workspace_id = $1 AND external_id = $2`, w.acme.ID, id)
		order := erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, id)}, Confirm: name}
		w.refused(admin, order, models.Conflict, "may not anonymise")
		e, err := w.erasures.Anonymise(t.Context(), account.CommandLine(&w.acme), order)
		w.must(err)
		if e = w.settled(e.ID); e.State != models.ErasureDone {
			t.Errorf("%s: %+v", id, w.doubts(e.ID))
		}
		is := ask[string](w, `SELECT description || ' ' || (metadata ->> 'approver') FROM activities WHERE workspace_id = $1 AND action = 'approved' ORDER BY seq DESC LIMIT 1`, w.acme.ID)
		if !strings.HasPrefix(is, "paid on the word of olive@example.com, ") || !strings.HasSuffix(is, " olive@example.com") {
			t.Errorf("%s: %s", id, is)
		}
		if id == "x9" && strings.Contains(is, "olivé") {
			t.Errorf("their own address is left: %s", is)
		}
	}
	w.sound()
}

// TestTheSubAddressOfSomebodyElse stays theirs, when whoever has the address before its plus is anonymised.
func TestTheSubAddressOfSomebodyElse(t *testing.T) {
	w := newWorld(t)
	anna, ben := w.member(w.acme, "anna", models.Member), w.member(w.acme, "ben", models.Member)
	w.addressed(anna, "info@example.com")
	w.addressed(ben, "info+ben@example.com")
	w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob B"}, "action": "noted", "description": "info+ben@example.com, info+anna@example.com, info [at] example.com and info+crm@example.com", "metadata": {"by": "info+ben@example.com"}}`,
		`{"actor": {"id": "crm", "name": "The CRM", "email": "Info+CRM@example.com"}, "action": "created"}`)
	e := w.anonymise(erasure.Target{User: anna.ID}, "Anna Person")
	if e.State != models.ErasureDone {
		t.Errorf("%+v", w.doubts(e.ID))
	}
	if is := ask[string](w, `SELECT description || metadata::text FROM activities WHERE action = 'noted'`); is != `info+ben@example.com, deleted, deleted and info+crm@example.com{"by": "info+ben@example.com"}` {
		t.Error(is)
	}
	if is := ask[string](w, `SELECT string_agg(changes::text, ' ') FROM activities WHERE entity_type = 'user' AND entity_id = $1 AND action = 'updated'`, fmt.Sprint(ben.ID)); !strings.Contains(is, "info+ben@example.com") {
		t.Error(is)
	}
	w.sound()
}

// TestTheIdOfAThingIsNoPersons: an actor with the id of a payment says nothing of the payment, but where a key says that somebody is meant.
func TestTheIdOfAThingIsNoPersons(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob B"}, "action": "paid", "resource": {"type": "payment", "id": "PAY2024X17", "name": "Payment 17"}, "description": "Wire pay2024x17", "metadata": {"ref": "pay2024x17", "payment_id": "pay2024x17", "approver": "páy2024x17"}}`,
		`{"actor": {"id": "páy2024x17", "name": "Shelly Company"}, "action": "created"}`, `{"actor": {"id": "own7person3", "name": "Own Person"}, "action": "created", "resource": {"type": "user", "id": "own7person3"}}`,
		`{"actor": {"id": "bob", "name": "Bob B"}, "action": "told", "description": "of own7person3"}`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "páy2024x17")}, "Shelly Company")
	is := ask[string](w, `SELECT entity_id || ' ' || description || ' ' || metadata::text FROM activities WHERE action = 'paid'`)
	if e.State != models.ErasureOpen || e.Doubts != 4 || is != fmt.Sprintf(`PAY2024X17 Wire pay2024x17 {"ref": "pay2024x17", "approver": "%s", "payment_id": "pay2024x17"}`, ask[string](w, `SELECT external_id FROM actors WHERE name = 'Deleted User'`)) {
		t.Errorf("%s: %+v", is, w.doubts(e.ID))
	}
	if e = w.anonymise(erasure.Target{Actor: w.actor(w.acme, "own7person3")}, "Own Person"); e.State != models.ErasureDone {
		t.Errorf("%+v", w.doubts(e.ID))
	}
	w.sound()
}

// TestAnIdInAnotherCase is somebody else's, and what is somebody's username is in doubt.
func TestAnIdInAnotherCase(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "bob", "name": "Bob B"}, "action": "noted", "metadata": {"owner": "Kx4", "reviewer": "kx4", "assignee": "olive"}}`, `{"actor": {"id": "Kx4", "name": "Kim Ex"}, "action": "created"}`,
		`{"actor": {"id": "kx4", "name": "Kay Ex"}, "action": "created"}`, `{"actor": {"id": "olive", "name": "Decoy"}, "action": "created"}`)
	kim := w.actor(w.acme, "Kx4")
	if e := w.anonymise(erasure.Target{Actor: kim}, "Kim Ex"); e.State != models.ErasureDone {
		t.Errorf("%+v", w.doubts(e.ID))
	}
	is := ask[string](w, `SELECT metadata::text FROM activities WHERE action = 'noted'`)
	if is != fmt.Sprintf(`{"owner": "deleted-%d", "assignee": "olive", "reviewer": "kx4"}`, kim) {
		t.Error(is)
	}
	if e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "olive")}, "Decoy"); e.State != models.ErasureOpen || e.Doubts != 1 {
		t.Errorf("%+v: %+v", e, w.doubts(e.ID))
	}
	w.sound()
}
