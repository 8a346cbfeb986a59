package erasure_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
)

// refused has somebody anonymised, which is to be refused.
func (w *world) refused(d account.Doer, o erasure.Order, kind models.Kind, says string) {
	w.Helper()
	_, err := w.erasures.Anonymise(w.Context(), d, o)
	if err == nil || models.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
		w.Errorf("%+v: %v", o, err)
	}
	if _, err := w.erasures.Preview(w.Context(), d, o.Target); err == nil {
		w.Errorf("%+v is previewed", o)
	}
}

// lastSaid is what the newest activity of a workspace says of who did it.
func (w *world) lastSaid(ws models.Workspace) string {
	w.Helper()
	return ask[string](w, `SELECT actor_name || ' ' || coalesce(host(ip), '-') || ' ' || description FROM activities WHERE workspace_id = $1 AND NOT system ORDER BY seq DESC LIMIT 1`, ws.ID)
}

// waiting keeps erasures of acme from beginning, until the function it gives is called.
func (w *world) waiting() (goOn func()) {
	w.Helper()
	w.do(`INSERT INTO purges (workspace_id, query, to_at, selection, last_seq, asked_by, state) VALUES ($1, '', now(), '{"words": false}', 1, '{}', 'running')`, w.acme.ID)
	return func() {
		w.do(`UPDATE purges SET state = 'done'`)
		w.journal.Wake()
	}
}

// TestNobodyIsBlottedOutByTheirAddress: an actor that has the address of an owner, or of an instance admin, is theirs to be anonymised, and whoever may do
// it forgets the actor alone.
func TestNobodyIsBlottedOutByTheirAddress(t *testing.T) {
	w := newWorld(t)
	admin := w.doer(w.acme, w.member(w.acme, "ada", models.Admin))
	w.send(w.acme, `{"actor": {"id": "x9", "name": "Decoy", "email": "ina@example.com"}, "action": "created"}`, `{"actor": {"id": "Olive@Example.com", "name": "Decoy Two"}, "action": "created"}`)
	w.do(`INSERT INTO links (kind, hash, workspace_id, email, role, expires_at, created_at) VALUES ('invitation', 'h', $1, 'ina@example.com', 'member', now() + interval '1 day', now())`, w.acme.ID)
	for id, name := range map[string]string{"x9": "Decoy", "Olive@Example.com": "Decoy Two"} {
		order := erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, id)}, Confirm: name}
		w.refused(admin, order, models.Conflict, "may not anonymise")
		e, err := w.erasures.Anonymise(t.Context(), account.CommandLine(&w.acme), order)
		w.must(err)
		w.settled(e.ID)
	}
	for _, user := range []string{"ina", "olive"} {
		w.send(w.acme, fmt.Sprintf(`{"actor": {"id": "app-%s", "name": "The %s", "email": "%s@example.com"}, "action": "deleted", "description": "mail %s@example.com"}`, user, user, user, user))
		if said := w.lastSaid(w.acme); said != fmt.Sprintf("The %s - mail %s@example.com", user, user) {
			t.Error(said)
		}
	}
	if n := ask[int](w, `SELECT count(*) FROM links WHERE email = 'ina@example.com' AND revoked_at IS NULL`); n != 1 {
		t.Error("the invitation is withdrawn")
	}
	w.has(w.said(w.acme), "!Decoy")
	w.sound()
}

// TestAFormerAddressIsSomebodyElses now: neither what they did nor what they do later is taken for that of who had it before.
func TestAFormerAddressIsSomebodyElses(t *testing.T) {
	w := newWorld(t)
	anna, ben := w.member(w.acme, "anna", models.Member), w.member(w.acme, "ben", models.Member)
	for _, step := range []struct {
		user        *models.User
		email, name string
	}{{anna, "info@example.com", "front7desk"}, {anna, "anna2@example.com", "anna2"}, {ben, "info@example.com", "front7desk"}} {
		version := ask[int64](w, `SELECT version FROM users WHERE id = $1`, step.user.ID)
		w.must(w.account.EditUser(t.Context(), w.doer(w.acme, w.owner), step.user.ID, account.UserEdit{Name: step.user.Name, Email: step.email, Username: &step.name, Version: version}))
	}
	event := `{"actor": {"id": "b-1", "name": "Ben Person", "email": "info@example.com"}, "action": "noted", "description": "write to info@example.com or front7desk, not anna2@example.com", "ip_address": "203.0.113.9"}`
	w.send(w.acme, event)
	if e := w.anonymise(erasure.Target{User: anna.ID}, "Anna Person"); e.State != models.ErasureDone {
		t.Errorf("%+v", e)
	}
	if said := w.lastSaid(w.acme); said != "Ben Person 203.0.113.9 write to info@example.com or front7desk, not deleted" {
		t.Error(said)
	}
	w.send(w.acme, event)
	if said := w.lastSaid(w.acme); !strings.HasPrefix(said, "Ben Person 203.0.113.9") {
		t.Errorf("afterwards: %s", said)
	}
	w.sound()
}

// TestAnAddressOfTwoActors names neither.
func TestAnAddressOfTwoActors(t *testing.T) {
	w := newWorld(t)
	event := `{"actor": {"id": "b-1", "name": "Bea", "email": "info@example.com"}, "action": "noted", "description": "write to info@example.com, or to cora@example.com"}`
	w.send(w.acme, `{"actor": {"id": "c-1", "name": "Cora", "email": "info@example.com"}, "action": "created"}`, `{"actor": {"id": "cora@example.com", "name": "Cora"}, "action": "created"}`, event)
	w.must(w.account.Merge(t.Context(), w.doer(w.acme, w.owner), account.Merging{Actor: w.actor(w.acme, "cora@example.com"), Into: w.actor(w.acme, "c-1")}))
	w.anonymise(erasure.Target{Actor: w.actor(w.acme, "c-1")}, "Cora")
	w.send(w.acme, event)
	if said := w.lastSaid(w.acme); !strings.HasPrefix(said, "Bea - write to info@example.com, or to ") {
		t.Error(said)
	}
	w.has(w.said(w.acme), "Bea: write to info@example.com, or to deleted ")
	w.sound()
}

// TestNobodyAnonymisesThemselvesByUnlinking, or by undoing a merge: whom an actor was said to be, it is still when somebody asks to be rid of it.
func TestNobodyAnonymisesThemselvesByUnlinking(t *testing.T) {
	w := newWorld(t)
	ada := w.member(w.acme, "ada", models.Admin)
	d, owner := w.doer(w.acme, ada), w.doer(w.acme, w.owner)
	w.send(w.acme, `{"actor": {"id": "app-ada", "name": "Ada P."}, "action": "deleted"}`, `{"actor": {"id": "ada-2", "name": "Ada Two"}, "action": "deleted"}`,
		`{"actor": {"id": "mail-ada", "name": "Ada Mail", "email": "ada@example.com"}, "action": "deleted"}`, `{"actor": {"id": "app-olive", "name": "Olive P."}, "action": "deleted"}`)
	w.must(w.account.Link(t.Context(), d, w.actor(w.acme, "app-ada"), ada.ID, 0))
	w.must(w.account.Merge(t.Context(), d, account.Merging{Actor: w.actor(w.acme, "ada-2"), Into: w.actor(w.acme, "app-ada")}))
	w.must(w.account.Unmerge(t.Context(), d, w.actor(w.acme, "ada-2"), 0))
	w.must(w.account.Unlink(t.Context(), d, w.actor(w.acme, "app-ada"), 0))
	w.must(w.account.Unlink(t.Context(), d, w.actor(w.acme, "mail-ada"), 0))
	w.must(w.account.Link(t.Context(), owner, w.actor(w.acme, "app-olive"), w.owner.ID, 0))
	w.must(w.account.Unlink(t.Context(), owner, w.actor(w.acme, "app-olive"), 0))
	for id, name := range map[string]string{"app-ada": "Ada P.", "ada-2": "Ada Two", "mail-ada": "Ada Mail"} {
		w.refused(d, erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, id)}, Confirm: name}, models.Conflict, "themselves")
	}
	w.refused(d, erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "app-olive")}, Confirm: "Olive P."}, models.Conflict, "may not anonymise")
	w.refused(owner, erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "app-olive")}, Confirm: "Olive P."}, models.Conflict, "themselves")
	e, err := w.erasures.Anonymise(t.Context(), owner, erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "app-ada")}, Confirm: "Ada P."})
	w.must(err)
	w.settled(e.ID)
	if name := ask[string](w, `SELECT name || ' ' || email FROM users WHERE id = $1`, ada.ID); name != "Ada Person ada@example.com" {
		t.Errorf("the user is %s", name)
	}
}

// TestNobodyElseGoesWithThem: while somebody is about to be anonymised, nobody is said to be them.
func TestNobodyElseGoesWithThem(t *testing.T) {
	w := newWorld(t)
	other := w.workspace("other")
	admin, boss, bob := w.member(w.acme, "ada", models.Admin), w.member(other, "boss", models.Owner), w.member(w.acme, "bob", models.Member)
	w.join(w.acme, boss, models.Member)
	w.send(w.acme, `{"actor": {"id": "dummy", "name": "Dummy D"}, "action": "created"}`, `{"actor": {"id": "vic", "name": "Victor Victim"}, "action": "created"}`)
	d, dummy, vic := w.doer(w.acme, admin), w.actor(w.acme, "dummy"), w.actor(w.acme, "vic")
	goOn := w.waiting()
	one, err := w.erasures.Anonymise(t.Context(), d, erasure.Order{Target: erasure.Target{Actor: dummy}, Confirm: "Dummy D"})
	w.must(err)
	two, err := w.erasures.Anonymise(t.Context(), d, erasure.Order{Target: erasure.Target{User: bob.ID}, Confirm: "Bob Person"})
	w.must(err)
	for what, err := range map[string]error{
		"link to another user":   w.account.Link(t.Context(), d, dummy, boss.ID, 0),
		"link another actor":     w.account.Link(t.Context(), d, vic, bob.ID, 0),
		"merge":                  w.account.Merge(t.Context(), d, account.Merging{Actor: vic, Into: dummy}),
		"merge into another one": w.account.Merge(t.Context(), d, account.Merging{Actor: dummy, Into: vic}),
		"join":                   w.account.AddMember(t.Context(), account.NewMember{Workspace: &other, User: bob, Role: models.Owner}, models.CommandLine),
		"administer":             w.account.SetInstanceAdmin(t.Context(), account.CommandLine(nil), bob.ID, true, 0),
	} {
		if models.KindOf(err) != models.Conflict || !strings.Contains(fmt.Sprint(err), "about to be anonymised") {
			t.Errorf("%s: %v", what, err)
		}
	}
	goOn()
	for _, e := range []models.Erasure{one, two} {
		if e = w.settled(e.ID); e.State != models.ErasureDone || e.Problem != "" {
			t.Errorf("%+v", e)
		}
	}
	w.has(w.said(w.acme), "Victor Victim")
	if n := ask[int](w, `SELECT count(*) FROM users WHERE id = $1 AND name = 'Boss Person'`, boss.ID); n != 1 {
		t.Error("the boss went")
	}
}

// TestAnErasureThatHasGrownIsNotDone: whatever way somebody else got into it.
func TestAnErasureThatHasGrownIsNotDone(t *testing.T) {
	w := newWorld(t)
	bob := w.member(w.acme, "bob", models.Member)
	w.send(w.acme, `{"actor": {"id": "dummy", "name": "Dummy D"}, "action": "created"}`, `{"actor": {"id": "dora", "name": "Dora D"}, "action": "created"}`, `{"actor": {"id": "vic", "name": "Victor Victim"}, "action": "created"}`)
	goOn := w.waiting()
	for external, grow := range map[string]string{
		"dummy": fmt.Sprintf(`UPDATE actors SET user_id = %d WHERE external_id = 'dummy'`, bob.ID), "dora": `UPDATE actors SET merged_into = (SELECT id FROM actors WHERE external_id = 'dora') WHERE external_id = 'vic'`,
	} {
		name := strings.ToUpper(external[:1]) + external[1:] + " D"
		_, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, external)}, Confirm: name})
		w.must(err)
		w.do(grow)
	}
	goOn()
	w.eventually(func() bool {
		return ask[int](w, `SELECT count(*) FROM erasures WHERE state = 'done' AND terms IS NULL AND problem LIKE 'It was not done%'`) == 2
	})
	w.has(w.said(w.acme), "Dummy D", "Dora D", "Victor Victim")
	if n := ask[int](w, `SELECT (SELECT count(*) FROM forgotten) + (SELECT count(*) FROM actors WHERE erased_at IS NOT NULL) + (SELECT count(*) FROM users WHERE erased_at IS NOT NULL)`); n != 0 {
		t.Errorf("%d things are left of it", n)
	}
	w.do(`UPDATE actors SET user_id = NULL WHERE external_id = 'dummy'`)
	if e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "dummy")}, "Dummy D"); e.State != models.ErasureDone || e.Problem != "" || e.Activities != 1 {
		t.Errorf("asked for again: %+v", e)
	}
	w.sound()
}

// TestAnErasureOfElsewhereIsNotShown to who asks for it again and may not know of it.
func TestAnErasureOfElsewhereIsNotShown(t *testing.T) {
	w := newWorld(t)
	other := w.workspace("other")
	admin, cleo := w.doer(w.acme, w.member(w.acme, "ada", models.Admin)), w.member(w.acme, "cleo", models.Member)
	w.join(other, cleo, models.Member)
	w.send(w.acme, `{"actor": {"id": "c1", "name": "Cleo Person", "email": "cleo@example.com"}, "action": "created"}`)
	order := erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "c1")}, Confirm: "Cleo Person"}
	goOn := w.waiting()
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.instance), order)
	w.must(err)
	w.refused(admin, order, models.Conflict, "or is about to be")
	goOn()
	w.settled(e.ID)
	w.refused(admin, order, models.Conflict, "anonymised already")
	if again, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.instance), order); err != nil || again.ID != e.ID {
		t.Errorf("an instance admin is told %+v, %v", again, err)
	}
}

// TestSomebodyWithoutANameIsConfirmedByTheirID, and not by leaving the field empty.
func TestSomebodyWithoutANameIsConfirmedByTheirID(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "n-1", "name": "Nobody"}, "action": "created"}`)
	w.do(`UPDATE actors SET name = E' \u00a0' WHERE external_id = 'n-1'`)
	target := erasure.Target{Actor: w.actor(w.acme, "n-1")}
	if v, err := w.erasures.Preview(t.Context(), w.doer(w.acme, w.owner), target); err != nil || v.Name != "n-1" {
		t.Errorf("%+v, %v", v, err)
	}
	for _, typed := range []string{"", " "} {
		if _, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: target, Confirm: typed}); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", typed, err)
		}
	}
	w.anonymise(target, "n-1")
}

// TestAdminsLearnNothingOfTheWholeInstance: neither what agents of others are called, nor how much is recorded of it, nor whether somebody is known elsewhere
// because an application says so.
func TestAdminsLearnNothingOfTheWholeInstance(t *testing.T) {
	w := newWorld(t)
	other := w.workspace("other")
	bob, carl := w.member(w.acme, "bob", models.Member), w.member(w.acme, "carl", models.Member)
	owner := w.doer(w.acme, w.owner)
	w.send(other, `{"actor": {"id": "x", "name": "Xenia"}, "action": "role_changed", "resource": {"type": "workspace_member", "id": "`+textOf(bob.ID)+`"}}`,
		`{"actor": {"id": "secret-bot", "name": "Secret Bot", "type": "agent"}, "action": "created"}`)
	w.do(`UPDATE actors SET user_id = $1 WHERE external_id = 'secret-bot'`, carl.ID)
	for _, name := range []string{"Bobby Person", "Bob Person"} { // of which the log of the instance tells
		version := ask[int64](w, `SELECT version FROM users WHERE id = $1`, bob.ID)
		w.must(w.account.EditUser(t.Context(), owner, bob.ID, account.UserEdit{Name: name, Email: bob.Email, Version: version}))
	}
	w.drain()
	v, err := w.erasures.Preview(t.Context(), owner, erasure.Target{User: bob.ID})
	if head := ask[int64](w, `SELECT seq FROM workspace_heads WHERE workspace_id = $1`, w.acme.ID); err != nil || v.Of != head || v.Looked != head {
		t.Errorf("of %d: %+v, %v", head, v, err)
	}
	all, err := w.erasures.Preview(t.Context(), w.doer(w.acme, w.instance), erasure.Target{User: bob.ID})
	if err != nil || all.Of <= v.Of || all.Mentions <= v.Mentions {
		t.Errorf("an instance admin is told no more: %+v, %v", all, err)
	}
	_, err = w.erasures.Anonymise(t.Context(), owner, erasure.Order{Target: erasure.Target{User: carl.ID}, Confirm: carl.Name})
	if models.KindOf(err) != models.Invalid || strings.Contains(err.Error(), "Secret") {
		t.Errorf("of an agent elsewhere: %v", err)
	}
}

// TestAnAdminDecidesForOneWorkspace alone, also of what comes later.
func TestAnAdminDecidesForOneWorkspace(t *testing.T) {
	w := newWorld(t)
	bob := w.member(w.acme, "bob", models.Member)
	w.user("bobby")
	w.do(`UPDATE users SET name = 'Bob Person' WHERE username = 'bobby'`)
	note := func(ws models.Workspace) {
		w.send(ws, `{"actor": {"id": "n-2", "name": "Nora"}, "action": "noted", "description": "Thanks to Bob Person"}`)
	}
	builtIn := models.Workspace{ID: models.BuiltInWorkspace}
	w.send(w.acme, `{"actor": {"id": "b-2", "name": "Bob Person"}, "action": "created"}`)
	note(w.acme)
	note(builtIn)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: bob.ID}, Confirm: bob.Name})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Doubts < 2 {
		t.Fatalf("%+v", e)
	}
	w.must(w.erasures.DecideAll(t.Context(), w.doer(w.acme, w.owner), e.ID, "name", true))
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Doubts == 0 {
		t.Fatalf("those of the instance were decided too: %+v", e)
	}
	note(w.acme)
	note(builtIn)
	w.must(w.erasures.DecideAll(t.Context(), w.doer(w.acme, w.owner), e.ID, "name", true))
	e = w.settled(e.ID)
	w.has(w.said(w.acme), "!Thanks to Bob")
	if said := w.said(builtIn); strings.Count(said, "Thanks to Bob Person") != 2 {
		t.Error(said)
	}
	w.must(w.erasures.DecideAll(t.Context(), w.doer(w.acme, w.instance), e.ID, "name", false))
	if e = w.settled(e.ID); e.State != models.ErasureDone {
		t.Errorf("%+v", e)
	}
	if said := w.said(builtIn); strings.Count(said, "Thanks to Bob Person") != 2 {
		t.Error(said)
	}
	w.sound()
}
