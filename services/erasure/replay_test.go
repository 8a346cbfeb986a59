package erasure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/erasure"
)

func (w *world) entries(file string) []erasure.Entry {
	w.Helper()
	f, err := os.Open(file)
	w.must(err)
	defer f.Close()
	entries, broken, err := erasure.ReadLedger(f)
	if err != nil || broken != 0 {
		w.Fatalf("%d lines are broken: %v", broken, err)
	}
	return entries
}

func (w *world) replay(file string) erasure.Replay {
	w.Helper()
	r, err := w.erasures.Replay(w.Context(), w.entries(file), erasure.Again{})
	w.must(err)
	for _, id := range r.Begun {
		if e := w.settled(id); e.State != models.ErasureDone {
			w.Errorf("done again: %+v, %+v", e, w.doubts(id))
		}
	}
	return r
}

// TestARestoreIsFollowedByTheLedger: the people of the ledger who are there again go again, with what was decided then; the rest is left alone; and whoever
// never was there stays anonymous when they come.
func TestARestoreIsFollowedByTheLedger(t *testing.T) {
	w, ledger, user := restored(t, func(w *world) {
		e := w.anonymise(erasure.Target{User: ask[int64](w, `SELECT id FROM users WHERE username = 'zora'`)}, "Zora Person")
		for _, d := range w.doubts(e.ID) {
			w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.instance), e.ID, []int64{d.ID}, strings.Contains(d.Sample.Lead, "yes")))
		}
		if e = w.settled(e.ID); e.State != models.ErasureDone {
			t.Fatalf("%+v", e)
		}
		w.has(w.said(w.acme), "yes Deleted User", "no Zora Person")
		w.send(w.acme, `{"actor": {"id": "late-comer-1", "name": "Late Lulu"}, "action": "created"}`)
		w.anonymise(erasure.Target{Actor: w.actor(w.acme, "late-comer-1")}, "Late Lulu")
	})
	text, err := os.ReadFile(ledger)
	if err != nil || strings.Contains(strings.ToLower(string(text)), "zora") || strings.Count(string(text), "\n") != 3 {
		t.Errorf("the ledger says %s: %v", text, err)
	}
	ws := w.acme
	w.has(w.said(ws), "yes Zora Person", "no Zora Person")
	r := w.replay(ledger)
	if r.Entries != 2 || len(r.Begun) != 1 || r.Kept != 1 || r.Known != 0 {
		t.Errorf("%+v", r)
	}
	w.has(w.said(ws), "yes Deleted User", "no Zora Person", "Zora Person: ", "Deleted User: ")
	if name := ask[string](w, `SELECT name FROM users WHERE id = $1`, user); name != models.DeletedName {
		t.Error(name)
	}
	w.send(ws, `{"actor": {"id": "late-comer-1", "name": "Late Lulu"}, "action": "arrived"}`)
	w.has(w.said(ws), "!Lulu")
	if r := w.replay(ledger); len(r.Begun) != 0 || r.Kept != 0 || r.Known != 2 {
		t.Errorf("once more: %+v", r)
	}
	w.sound()
	anew := filepath.Join(t.TempDir(), "anew.ndjson")
	recorded, err := w.erasures.Recorded(t.Context())
	w.must(err)
	w.must(erasure.CreateLedger(anew, recorded))
	if again := w.entries(anew); len(again) != 2 || !sameEntries(again, w.entries(ledger)) {
		t.Errorf("made anew it says\n%+v, not\n%+v", again, w.entries(ledger))
	}
	if err := erasure.CreateLedger(anew, recorded); err == nil {
		t.Error("a ledger was written over")
	}
}

// sameEntries compares who, and what was decided. A ledger may say less of a workspace whose people were not there.
func sameEntries(some, others []erasure.Entry) bool {
	by := map[uuid.UUID]erasure.Entry{}
	for _, e := range others {
		by[e.Erasure] = e
	}
	for _, e := range some {
		other := by[e.Erasure]
		if textOf(e.Stays) != textOf(other.Stays) || len(e.Stays) == 0 || e.At.Sub(other.At).Abs() > time.Minute || len(e.Workspaces) != len(other.Workspaces) || len(e.Decisions) != len(other.Decisions) {
			return false
		}
		for id, hashes := range e.Workspaces {
			if len(hashes) != len(other.Workspaces[id]) {
				return false
			}
		}
	}
	return true
}

// restored fills a world, backs it up, does something, and gives another world with what was backed up, and the ledger of the first one.
func restored(t *testing.T, do func(w *world)) (then *world, ledger string, user int64) {
	t.Helper()
	w := newWorld(t)
	zora := w.member(w.acme, "zora", models.Member)
	w.member(w.acme, "zoe", models.Member)
	w.send(w.acme, `{"actor": {"id": "z-1", "name": "Zora Person", "email": "zora@example.com"}, "action": "created"}`, `{"actor": {"id": "z-2", "name": "Zora Person"}, "action": "created"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "yes Zora Person"}`, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "no Zora Person"}`)
	file := filepath.Join(t.TempDir(), "backup")
	w.must(w.db.Backup(t.Context(), file))
	do(w)
	then = &world{TB: t, db: dbtest.Empty(t), ledger: filepath.Join(t.TempDir(), "erasures.ndjson"), log: &record{}, acme: w.acme, owner: w.owner, instance: w.instance}
	w.must(database.Restore(t.Context(), database.Config{URL: then.db.URL()}, file))
	then.compose()
	then.run()
	return then, w.ledger, zora.ID
}

// TestABrokenLineOfTheLedger is passed over, and what is written behind it is whole.
func TestABrokenLineOfTheLedger(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "plain", "name": "Plain Jane"}, "action": "created"}`)
	w.must(os.MkdirAll(filepath.Dir(w.ledger), 0o700))
	w.must(os.WriteFile(w.ledger, []byte(`{"time":"2026-01-31T09:00:00Z","erasu`), 0o600))
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "plain")}, "Plain Jane")
	f, err := os.Open(w.ledger)
	w.must(err)
	defer f.Close()
	entries, broken, err := erasure.ReadLedger(f)
	if err != nil || broken != 1 || len(entries) != 1 || entries[0].Erasure != e.ID || len(entries[0].Workspaces[w.acme.ID]) != 1 {
		t.Errorf("%+v, %d, %v", entries, broken, err)
	}
}
