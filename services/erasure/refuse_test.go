package erasure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
)

// TestWhoIsNotAnonymised: each is refused clearly, and nothing is left of the attempt.
func TestWhoIsNotAnonymised(t *testing.T) {
	w := newWorld(t)
	other := w.workspace("other")
	admin, member := w.member(w.acme, "ada", models.Admin), w.member(w.acme, "bob", models.Member)
	both, elsewhere := w.member(w.acme, "cleo", models.Member), w.member(other, "dan", models.Owner)
	w.join(other, both, models.Member)
	w.send(w.acme, `{"actor": {"id": "plain", "name": "Plain Jane"}, "action": "created"}`, `{"actor": {"id": "robot", "name": "Robot", "type": "agent"}, "action": "created"}`,
		`{"actor": {"id": "app-olive", "name": "Olive P."}, "action": "created"}`, `{"actor": {"id": "held", "name": "Held Hilda"}, "action": "created", "resource": {"type": "case", "id": "1"}}`)
	w.do(`UPDATE actors SET user_id = $2 WHERE id = $1`, w.actor(w.acme, "app-olive"), w.owner.ID)
	w.do(`INSERT INTO holds (workspace_id, name, entity_type, entity_id, placed_by) VALUES ($1, 'Smith v. Jones', 'case', '1', '{}')`, w.acme.ID)
	for _, test := range []struct {
		name  string
		by    account.Doer
		order erasure.Order
		kind  models.Kind
		says  string
	}{
		{"oneself", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: w.owner.ID}, Confirm: w.owner.Name}, models.Conflict, "themselves"},
		{"oneself, by an actor", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "app-olive")}, Confirm: w.owner.Name}, models.Conflict, "themselves"},
		{"the last owner", w.doer(w.acme, w.instance), erasure.Order{Target: erasure.Target{User: w.owner.ID}, Confirm: w.owner.Name}, models.Conflict, "last owner of The acme"},
		{"the last instance admin", account.CommandLine(nil), erasure.Order{Target: erasure.Target{User: w.instance.ID}, Confirm: w.instance.Name}, models.Conflict, "last instance admin"},
		{"an owner, by an admin", w.doer(w.acme, admin), erasure.Order{Target: erasure.Target{User: w.owner.ID}, Confirm: w.owner.Name}, models.Forbidden, "owner"},
		{"by a member", w.doer(w.acme, member), erasure.Order{Target: erasure.Target{User: both.ID}, Confirm: both.Name}, models.Forbidden, "admins and owners"},
		{"somebody of two workspaces", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: both.ID}, Confirm: both.Name}, models.Forbidden, "another workspace"},
		{"somebody of another one", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: elsewhere.ID}, Confirm: elsewhere.Name}, models.NotFound, "no such person"},
		{"an agent", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "robot")}, Confirm: "Robot"}, models.Invalid, "no person"},
		{"Daybook itself", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "daybook:cli")}, Confirm: "Command line"}, models.Invalid, "no person"},
		{"nobody", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: 4711}, Confirm: "x"}, models.NotFound, "no such person"},
		{"no user", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: 4711}, Confirm: "x"}, models.NotFound, "no such person"},
		{"less than nobody", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: -1}, Confirm: "x"}, models.Invalid, "one person"},
		{"neither", w.doer(w.acme, w.owner), erasure.Order{Confirm: "x"}, models.Invalid, "one person"},
		{"both", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: 1, Actor: 1}}, models.Invalid, "one person"},
		{"another name", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "plain")}, Confirm: "plain jane"}, models.Invalid, "must be Plain Jane"},
		{"no name", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "plain")}}, models.Invalid, "confirm"},
		{"held", w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "held")}, Confirm: "Held Hilda"}, models.Conflict, "Smith v. Jones"},
	} {
		_, err := w.erasures.Anonymise(t.Context(), test.by, test.order)
		if err == nil || models.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	w.drain()
	if n := ask[int](w, `SELECT (SELECT count(*) FROM erasures) + (SELECT count(*) FROM activities WHERE action LIKE 'anonym%')`); n != 0 {
		t.Errorf("%d things are left of what was refused", n)
	}
	if _, err := os.Stat(w.ledger); err == nil {
		t.Error("the ledger was begun")
	}
}

// TestTwiceIsOnce: whoever is anonymised, or was, has one erasure.
func TestTwiceIsOnce(t *testing.T) {
	w := newWorld(t)
	bob := w.member(w.acme, "bob", models.Member)
	w.send(w.acme, `{"actor": {"id": "b-17", "name": "Bob P.", "email": "bob@example.com"}, "action": "created"}`, `{"actor": {"id": "bee", "name": "Bobby"}, "action": "created"}`)
	w.must(w.account.Merge(t.Context(), account.CommandLine(&w.acme), account.Merging{Actor: w.actor(w.acme, "bee"), Into: w.actor(w.acme, "b-17")}))
	target := erasure.Target{Actor: w.actor(w.acme, "bee")}
	first, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: target, Confirm: "Bob  Person "})
	w.must(err)
	second, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: bob.ID}})
	if err != nil || second.ID != first.ID {
		t.Errorf("while it goes on: %v, %v", second.ID, err)
	}
	if e := w.settled(first.ID); e.State != models.ErasureDone || e.WorkspaceID == nil || *e.WorkspaceID != w.acme.ID || e.UserID == nil || *e.UserID != bob.ID {
		t.Errorf("%+v", e)
	}
	for _, d := range w.doubts(first.ID) {
		t.Errorf("a doubt: %+v", d.Sample)
	}
	third, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: target})
	if err != nil || third.ID != first.ID || third.State != models.ErasureDone {
		t.Errorf("afterwards: %+v, %v", third, err)
	}
	if _, err := w.erasures.Preview(t.Context(), w.doer(w.acme, w.owner), target); models.KindOf(err) != models.Conflict {
		t.Errorf("the preview of nobody: %v", err)
	}
	if n := ask[int](w, `SELECT count(*) FROM actors WHERE erased_at IS NOT NULL AND name = 'Deleted User' AND recorded_as IS NULL AND external_id = 'deleted-' || id`); n != 3 {
		t.Errorf("%d actors are nobody", n) // two of the application, and the one of the built-in workspace
	}
	if u := ask[string](w, `SELECT concat_ws(' ', email, username, name, password_hash, deactivated_at IS NOT NULL) FROM users WHERE id = $1`, bob.ID); u != "deleted-"+textOf(bob.ID)+"@deleted.invalid Deleted User  t" {
		t.Errorf("the record says %s", u)
	}
	w.sound()
}

// TestWhoKnowsOfAnErasure: those of the workspace where it was asked for, and instance admins.
func TestWhoKnowsOfAnErasure(t *testing.T) {
	w := newWorld(t)
	other := w.workspace("other")
	both, dan := w.member(w.acme, "cleo", models.Member), w.member(other, "dan", models.Owner)
	w.join(other, both, models.Member)
	w.send(w.acme, `{"actor": {"id": "plain", "name": "Plain Jane"}, "action": "created"}`)
	here := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "plain")}, "Plain Jane")
	anywhere := w.anonymise(erasure.Target{User: both.ID}, both.Name)
	if here.WorkspaceID == nil || anywhere.WorkspaceID != nil {
		t.Errorf("%v, %v", here.WorkspaceID, anywhere.WorkspaceID)
	}
	for _, test := range []struct {
		name string
		by   account.Doer
		want []uuid.UUID
	}{
		{"the owner", w.doer(w.acme, w.owner), []uuid.UUID{here.ID}},
		{"an owner elsewhere", w.doer(other, dan), nil},
		{"an instance admin here", w.doer(w.acme, w.instance), []uuid.UUID{anywhere.ID, here.ID}},
		{"an instance admin there", w.doer(other, w.instance), []uuid.UUID{anywhere.ID}},
		{"an instance admin", account.CommandLine(nil), []uuid.UUID{anywhere.ID, here.ID}},
	} {
		list, err := w.erasures.Erasures(t.Context(), test.by, uuid.Nil)
		w.must(err)
		var got []uuid.UUID
		for _, e := range list {
			got = append(got, e.ID)
		}
		if textOf(got) != textOf(test.want) {
			t.Errorf("%s knows of %v, not of %v", test.name, got, test.want)
		}
		if _, err := w.erasures.One(t.Context(), test.by, here.ID); (err == nil) != strings.Contains(textOf(test.want), here.ID.String()) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := w.erasures.Erasures(t.Context(), w.doer(w.acme, dan), uuid.Nil); models.KindOf(err) != models.Forbidden {
		t.Errorf("an outsider: %v", err)
	}
}

// TestNothingGoesBeforeTheLedgerIsWritten: and it says so, and goes on by itself.
func TestNothingGoesBeforeTheLedgerIsWritten(t *testing.T) {
	w := newWorld(t)
	w.must(os.WriteFile(filepath.Dir(w.ledger), nil, 0o600)) // no folder
	w.send(w.acme, `{"actor": {"id": "plain", "name": "Plain Jane"}, "action": "created"}`)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "plain")}, Confirm: "Plain Jane"})
	w.must(err)
	w.eventually(func() bool {
		e, err = w.erasures.One(t.Context(), account.CommandLine(nil), e.ID)
		return err == nil && strings.Contains(e.Problem, "ledger")
	})
	if name := ask[string](w, `SELECT name FROM actors WHERE external_id = 'plain'`); name != "Plain Jane" || e.State != models.ErasureWaiting {
		t.Errorf("%s, %+v", name, e)
	}
	w.must(os.Remove(filepath.Dir(w.ledger)))
	w.erasures.Hurry()
	w.journal.Wake()
	if e := w.settled(e.ID); e.State != models.ErasureDone || e.Problem != "" {
		t.Errorf("%+v", e)
	}
	if info, err := os.Stat(w.ledger); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestWhoeverAnonymisedOthersIsForgottenToo: as the one who asked, and who decided.
func TestWhoeverAnonymisedOthersIsForgottenToo(t *testing.T) {
	w := newWorld(t)
	ada := w.member(w.acme, "ada", models.Admin)
	w.send(w.acme, `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created"}`, `{"actor": {"id": "a-2", "name": "Amara Okafor"}, "action": "created"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Thanks to Amara Okafor"}`)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, ada), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "a-1")}, Confirm: "Amara Okafor"})
	w.must(err)
	e = w.settled(e.ID)
	w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, ada), e.ID, []int64{w.doubts(e.ID)[0].ID}, false))
	if e = w.settled(e.ID); e.State != models.ErasureDone || e.AskedBy.Name != "Ada Person" {
		t.Errorf("%+v", e)
	}
	if last := w.anonymise(erasure.Target{User: ada.ID}, "Ada Person"); last.State != models.ErasureDone {
		t.Errorf("%+v", last)
	}
	refs := ask[string](w, `SELECT string_agg(asked_by::text, ' ') || (SELECT string_agg(coalesce(decided_by::text, ''), ' ') FROM erasure_doubts) FROM erasures WHERE id = $1`, e.ID)
	if strings.Contains(refs, "Ada") || strings.Contains(refs, "daybook:user") || strings.Count(refs, models.DeletedName) != 2 {
		t.Errorf("it was asked by, and decided by %s", refs)
	}
	w.sound()
}
