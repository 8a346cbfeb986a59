package erasure_test

import (
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// leftAlone does the ledger again, and expects one person to be left alone, for a reason.
func (w *world) leftAlone(how erasure.Again, why string) {
	w.Helper()
	r, err := w.erasures.Replay(w.Context(), w.entries(w.ledger), how)
	if err != nil || len(r.Begun) != 0 || r.Kept != 0 || len(r.Left) != 1 || !strings.Contains(r.Left[0].Why, why) {
		w.Errorf("with %+v it came to %+v, %v", how, r, err)
	}
}

// TestWhoCameBackIsNotAnonymisedAgain unasked: a ledger that is gone by with nothing restored.
func TestWhoCameBackIsNotAnonymisedAgain(t *testing.T) {
	w := newWorld(t)
	w.anonymise(erasure.Target{User: w.member(w.acme, "rita", models.Member).ID}, "Rita Person")
	again := w.member(w.acme, "rita", models.Owner)
	w.leftAlone(erasure.Again{KeepHeld: true}, "came back")
	r, err := w.erasures.Replay(t.Context(), w.entries(w.ledger), erasure.Again{})
	if err != nil || len(r.Left) != 1 || r.Left[0].UserID == nil || *r.Left[0].UserID != again.ID || r.Left[0].Name != "Rita Person" || r.Left[0].Erasure != w.entries(w.ledger)[0].Erasure {
		t.Errorf("%+v, %v", r, err)
	}
	w.drain()
	if name := ask[string](w, `SELECT name || ' ' || email FROM users WHERE id = $1`, again.ID); name != "Rita Person rita@example.com" {
		t.Error(name)
	}
	r, err = w.erasures.Replay(t.Context(), w.entries(w.ledger), erasure.Again{Also: []erasure.Target{{User: again.ID}}})
	if err != nil || len(r.Begun) != 1 || len(r.Left) != 0 {
		t.Fatalf("asked for: %+v, %v", r, err)
	}
	w.settled(r.Begun[0])
	if name := ask[string](w, `SELECT name FROM users WHERE id = $1`, again.ID); name != models.DeletedName {
		t.Error(name)
	}
	w.sound()
}

// TestARestoreKeepsThoseInCharge, and those under a hold, as asking for an erasure does.
func TestARestoreKeepsThoseInCharge(t *testing.T) {
	then, ledger, zora := restored(t, func(w *world) {
		w.anonymise(erasure.Target{User: ask[int64](w, `SELECT id FROM users WHERE username = 'zora'`)}, "Zora Person")
	})
	then.ledger = ledger
	then.do(`UPDATE memberships SET role = CASE WHEN user_id = $1 THEN 'owner' ELSE 'member' END`, zora)
	then.leftAlone(erasure.Again{}, "last owner of The acme")
	then.do(`UPDATE memberships SET role = 'owner'`)
	then.do(`INSERT INTO holds (workspace_id, name, actor_id, placed_by) VALUES ($1, 'Smith v. Jones', $2, '{}')`, then.acme.ID, then.actor(then.acme, "z-1"))
	then.leftAlone(erasure.Again{}, "Smith v. Jones")
	if n := ask[int](then, `SELECT count(*) FROM erasures`); n != 0 {
		t.Errorf("%d erasures were begun", n)
	}
	r, err := then.erasures.Replay(t.Context(), then.entries(ledger), erasure.Again{KeepHeld: true})
	if err != nil || len(r.Begun) != 1 || len(r.Left) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if e := then.settled(r.Begun[0]); e.State != models.ErasureOpen || e.Held != 1 {
		t.Errorf("%+v", e)
	}
}
