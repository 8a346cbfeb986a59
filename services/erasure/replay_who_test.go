package erasure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/erasure"
)

// addressed changes the address of a user.
func (w *world) addressed(u *models.User, email string) {
	w.Helper()
	version := ask[int64](w, `SELECT version FROM users WHERE id = $1`, u.ID)
	w.must(w.account.EditUser(w.Context(), w.doer(w.acme, w.instance), u.ID, account.UserEdit{Name: u.Name, Email: email, Version: version}))
}

// backedUp makes a backup of a world now; what it gives brings it up elsewhere.
func (w *world) backedUp() (restore func() *world) {
	w.Helper()
	w.drain()
	file := filepath.Join(w.TempDir(), "backup")
	w.must(w.db.Backup(w.Context(), file))
	return func() *world {
		w.Helper()
		then := &world{TB: w.TB, db: dbtest.Empty(w), ledger: w.ledger, log: &record{}, acme: w.acme, owner: w.owner, instance: w.instance}
		w.must(database.Restore(w.Context(), database.Config{URL: then.db.URL()}, file))
		then.compose()
		then.run()
		return then
	}
}

// TestWhoHadTheAddressBeforeIsLeftAlone: a restore brings back who had the address of somebody who was anonymised later. They are somebody else, who is neither anonymised nor
// kept anonymous; whoever was anonymised is, by their record.
func TestWhoHadTheAddressBeforeIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	anna, ben := w.member(w.acme, "anna", models.Member), w.member(w.acme, "ben", models.Member)
	w.addressed(ben, "info@example.com")
	restore := w.backedUp()
	w.addressed(ben, "ben2@example.com")
	w.addressed(anna, "info@example.com")
	w.anonymise(erasure.Target{User: anna.ID}, "Anna Person")
	then := restore()
	r, err := then.erasures.Replay(t.Context(), then.entries(then.ledger), erasure.Again{})
	if err != nil || len(r.Begun) != 1 || len(r.Left) != 1 || r.Left[0].UserID == nil || *r.Left[0].UserID != ben.ID || !strings.Contains(r.Left[0].Why, "somebody else") {
		t.Fatalf("%+v, %v", r, err)
	}
	then.settled(r.Begun[0])
	if names := ask[string](then, `SELECT string_agg(name || ' ' || email, ', ' ORDER BY id) FROM users WHERE id IN ($1, $2)`, anna.ID, ben.ID); !strings.HasPrefix(names, "Deleted User deleted-") || !strings.HasSuffix(names, ", Ben Person info@example.com") {
		t.Error(names)
	}
	then.send(then.acme, `{"actor": {"id": "b-1", "name": "Ben Person", "email": "info@example.com"}, "action": "came"}`, `{"actor": {"id": "a-1", "name": "Anna P.", "email": "anna@example.com"}, "action": "came"}`)
	if who := ask[string](then, `SELECT string_agg(actor_name, ', ' ORDER BY seq) FROM activities WHERE action = 'came'`); who != "Ben Person, Deleted User" {
		t.Error(who)
	}
	then.sound()
	again, err := then.erasures.Recorded(t.Context())
	then.must(err)
	if first := then.entries(then.ledger)[0]; len(again) != 1 || again[0].At.Sub(first.At).Abs() > 1e6 || textOf(again[0].Stays) != textOf(first.Stays) {
		t.Errorf("%+v, not %+v", again, first)
	}
	if r, err = then.erasures.Replay(t.Context(), then.entries(then.ledger), erasure.Again{Also: []erasure.Target{{User: ben.ID}}}); err != nil || len(r.Begun) != 1 || len(r.Left) != 0 {
		t.Fatalf("named: %+v, %v", r, err)
	}
	then.settled(r.Begun[0])
	if name := ask[string](then, `SELECT name FROM users WHERE id = $1`, ben.ID); name != models.DeletedName {
		t.Error(name)
	}
}

// TestWhoWasAlsoSomebodyElseIsLeftAlone: an actor who was Ben's when the backup was made is no reason to anonymise Ben.
func TestWhoWasAlsoSomebodyElseIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	anna, ben := w.member(w.acme, "anna", models.Member), w.member(w.acme, "ben", models.Member)
	w.send(w.acme, `{"actor": {"id": "app-1", "name": "A. P."}, "action": "created"}`)
	d := w.doer(w.acme, w.owner)
	w.must(w.account.Link(t.Context(), d, w.actor(w.acme, "app-1"), ben.ID, 0))
	restore := w.backedUp()
	w.must(w.account.Unlink(t.Context(), d, w.actor(w.acme, "app-1"), 0))
	w.must(w.account.Link(t.Context(), d, w.actor(w.acme, "app-1"), anna.ID, 0))
	w.anonymise(erasure.Target{User: anna.ID}, "Anna Person")
	then := restore()
	r, err := then.erasures.Replay(t.Context(), then.entries(then.ledger), erasure.Again{})
	if err != nil || len(r.Begun) != 1 || len(r.Left) != 1 || *r.Left[0].UserID != ben.ID {
		t.Fatalf("%+v, %v", r, err)
	}
	then.settled(r.Begun[0])
	if name := ask[string](then, `SELECT name FROM users WHERE id = $1`, ben.ID); name != "Ben Person" {
		t.Error(name)
	}
}

// TestALedgerWithoutRecords leaves everybody to whoever reads what it came to.
func TestALedgerWithoutRecords(t *testing.T) {
	then, ledger, _ := restored(t, func(w *world) {
		w.anonymise(erasure.Target{User: ask[int64](w, `SELECT id FROM users WHERE username = 'zora'`)}, "Zora Person")
	})
	entries := then.entries(ledger)
	entries[0].Stays = nil
	r, err := then.erasures.Replay(t.Context(), entries, erasure.Again{})
	if err != nil || len(r.Begun) != 0 || r.Kept != 0 || len(r.Left) != 1 || !strings.Contains(r.Left[0].Why, "which record") {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestALedgerTakesBack: what was written of an erasure that was not done after all is no entry.
func TestALedgerTakesBack(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "plain", "name": "Plain Jane"}, "action": "created"}`, `{"actor": {"id": "other", "name": "Plain Joe"}, "action": "created"}`)
	goOn := w.waiting()
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "plain")}, Confirm: "Plain Jane"})
	w.must(err)
	w.do(`UPDATE actors SET merged_into = $1 WHERE id = $2`, w.actor(w.acme, "plain"), w.actor(w.acme, "other"))
	// a turn that wrote the ledger, and was broken off
	line := `{"time":"2026-01-31T09:00:00Z","erasure":"` + e.ID.String() + `","workspaces":{"` + w.acme.ID.String() + `":["00"]}}` + "\n"
	w.must(os.MkdirAll(filepath.Dir(w.ledger), 0o700))
	w.must(os.WriteFile(w.ledger, []byte(line), 0o600))
	if len(w.entries(w.ledger)) != 1 {
		t.Fatal("it is no entry")
	}
	goOn()
	if e = w.settled(e.ID); !e.Undone() {
		t.Errorf("%+v", e)
	}
	if left := w.entries(w.ledger); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}
