package erasure_test

import (
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

const assistants = `SELECT string_agg(DISTINCT actor_name, '; ' ORDER BY actor_name) FROM activities WHERE workspace_id = $1 AND NOT system AND actor_name <> 'Command line'`

// recorded is what the actors of a workspace are called.
const recorded = `SELECT string_agg(name, '; ' ORDER BY name) FROM actors WHERE workspace_id = $1 AND external_id !~ '^daybook'`

// sendAs sends an event of each of some actors.
func (w *world) sendAs(actors ...string) {
	w.Helper()
	for _, actor := range actors {
		w.send(w.acme, `{"actor": `+actor+`, "action": "updated", "resource": {"type": "file", "id": "1"}, "description": "Zoë has seen it"}`)
	}
}

// TestOthersAreNotCalledAfterThem: what others are called names the person no more, wherever it is kept; who shares a first name with them keeps theirs.
func TestOthersAreNotCalledAfterThem(t *testing.T) {
	w := newWorld(t)
	w.sendAs(`{"id": "z-1", "name": "Zoë Quixwhistle", "email": "zoe@example.com"}`, `{"id": "as-1", "name": "Assistant of Zoë Quixwhistle"}`, `{"id": "as-1", "name": "Assistant of Zoë Quixwhistle"}`,
		`{"id": "bot", "name": "Bot (zoe@example.com)", "type": "agent"}`, `{"id": "m", "name": "Zoë Miller"}`)
	w.send(w.acme, `{"actor": {"id": "m", "name": "Zoë Miller"}, "on_behalf_of": {"id": "q", "name": "QUIXWHISTLE, Zoe's deputy"}, "action": "signed"}`)
	w.do(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason) SELECT $1, gen_random_uuid(), (SELECT min(id) FROM sources),
		'{"actor": {"id": "as-1", "name": "Assistant of Zoë Quixwhistle", "type": "user"}, "on_behalf_of": {"id": "q", "name": "Zoe Quixwhistle''s deputy", "type": "user"}, "action": "x", "outcome": "success"}', now(), '22023', 'x'`, w.acme.ID)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "z-1")}, "Zoë Quixwhistle")
	if got := ask[string](w, assistants, w.acme.ID); got != "Assistant of Deleted User; Bot (deleted); Deleted User; Zoë Miller" {
		t.Error(got)
	}
	if got := ask[string](w, recorded, w.acme.ID); got != "Assistant of Deleted User; Bot (deleted); Deleted User; Deleted User's deputy; Zoë Miller" {
		t.Error(got)
	}
	if got := ask[string](w, `SELECT (event - 'uuid' - 'description')::text FROM rejected`); got != `{"actor": {"id": "as-1", "name": "Assistant of Deleted User", "type": "user"}, "action": "x", "outcome": "success", "on_behalf_of": {"id": "q", "name": "Deleted User's deputy", "type": "user"}}` {
		t.Error(got)
	}
	for _, d := range w.doubts(e.ID) { // the assistant's Zoë is the person, perhaps; Zoë Miller's is her
		if d.Sample == nil || d.Sample.Place != "/description" {
			t.Errorf("%+v", d)
		}
	}
	if e.Doubts != 4 || e.State != models.ErasureOpen {
		t.Errorf("%+v", e)
	}
	w.sound()
}

// TestADoubtfulNameIsAskedOnce, however much was done under it: what is decided of it is decided of all of that, and of the record. A namesake is never asked
// about.
func TestADoubtfulNameIsAskedOnce(t *testing.T) {
	for _, replace := range []bool{true, false} {
		w := newWorld(t)
		w.send(w.acme, `{"actor": {"id": "z-1", "name": "Zoë Quixwhistle"}, "action": "created"}`, `{"actor": {"id": "z-2", "name": "Zoe Quixwhistle"}, "action": "created"}`,
			`{"actor": {"id": "z-1x", "name": "z-1"}, "action": "created"}`)
		for range 4 {
			w.send(w.acme, `{"actor": {"id": "as-1", "name": "Assistant of Zoë Quixwhistle"}, "action": "created"}`)
		}
		e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "z-1")}, "Zoë Quixwhistle")
		doubts := w.doubts(e.ID)
		if e.State != models.ErasureOpen || len(doubts) != 1 || doubts[0].Sample == nil || doubts[0].Sample.Was != "Zoë Quixwhistle" {
			t.Fatalf("%+v %+v", e, doubts)
		}
		w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.instance), e.ID, []int64{doubts[0].ID}, replace))
		if e = w.settled(e.ID); e.State != models.ErasureDone {
			t.Errorf("%+v", e)
		}
		name := map[bool]string{true: "Assistant of Deleted User", false: "Assistant of Zoë Quixwhistle"}[replace]
		if got := ask[string](w, assistants, w.acme.ID); got != name+"; Deleted User; Zoe Quixwhistle; z-1" {
			t.Error(got)
		}
		if got := ask[string](w, recorded, w.acme.ID); got != name+"; Deleted User; Zoe Quixwhistle; z-1" {
			t.Error(got)
		}
		w.sound()
	}
}
