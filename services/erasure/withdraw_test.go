package erasure_test

import (
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/erasure"
)

// file is a file of an export of acme, as if it had been made now.
func (w *world) file(state string) uuid.UUID {
	w.Helper()
	return ask[uuid.UUID](w, `INSERT INTO exports (id, workspace_id, user_id, asked_by, kind, state, name, query, selection, format, newest, scope, started_at)
		VALUES (gen_random_uuid(), $1, $2, '{"id":"x","name":"x","type":"user"}', 'file', $3, 'f', '', '{}', 'ndjson', 0, '{}', CASE WHEN $3 <> 'waiting' THEN now() END) RETURNING id`, w.acme.ID, w.owner.ID, state)
}

func (w *world) stateOf(file uuid.UUID) string {
	w.Helper()
	return ask[string](w, `SELECT state FROM exports WHERE id = $1`, file)
}

// TestFilesMadeMeanwhileAreWithdrawn: a file of an export that was made while an erasure was under way, or left open, has the person as they were. One that is not begun, and
// one in which nothing was replaced since, stay.
func TestFilesMadeMeanwhileAreWithdrawn(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "zq71xk9v", "name": "Zelie Quandt"}, "action": "created", "resource": {"type": "note", "id": "1"}}`, `{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Quandt called"}`)
	hold := ask[int64](w, `INSERT INTO holds (workspace_id, name, actor_id, placed_by) VALUES ($1, 'Case 7', $2, '{}') RETURNING id`, w.acme.ID, w.actor(w.acme, "zq71xk9v"))
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, Confirm: "Zelie Quandt", KeepHeld: true})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held != 1 || e.Doubts != 1 {
		t.Fatalf("%+v", e)
	}
	left := w.file("done")
	w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.owner), e.ID, []int64{w.doubts(e.ID)[0].ID}, false))
	if e = w.settled(e.ID); w.stateOf(left) != "done" {
		t.Error("a file is withdrawn, though nothing was replaced")
	}
	made, running, waiting := w.file("done"), w.file("running"), w.file("waiting")
	w.do(`UPDATE holds SET lifted_at = clock_timestamp() WHERE id = $1`, hold)
	w.journal.Wake()
	w.eventually(func() bool { return ask[string](w, `SELECT state FROM erasures WHERE id = $1`, e.ID) != "open" })
	if e = w.settled(e.ID); e.State != models.ErasureDone {
		t.Fatalf("%+v", e)
	}
	if states := []string{w.stateOf(left), w.stateOf(made), w.stateOf(running), w.stateOf(waiting)}; textOf(states) != "[expired expired failed waiting]" || e.Elsewhere["exports"] != 3 {
		t.Errorf("%v, %v", states, e.Elsewhere)
	}
	w.sound()
}

// TestAFileMadeWhileItGoesOn is withdrawn at its end.
func TestAFileMadeWhileItGoesOn(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "zq71xk9v", "name": "Zelie Quandt"}, "action": "created"}`)
	w.do(`CREATE FUNCTION made() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO exports (id, workspace_id, user_id, asked_by, kind, state, name, query, selection, format, newest, scope)
		SELECT gen_random_uuid(), workspace_id, user_id, '{"id":"x","name":"x","type":"user"}', 'file', 'done', 'f', '', '{}', 'ndjson', 0, '{}' FROM memberships LIMIT 1;
		RETURN NULL; END $$`)
	w.do(`CREATE TRIGGER made AFTER UPDATE ON erasures FOR EACH ROW WHEN (OLD.state = 'waiting' AND NEW.state = 'running') EXECUTE FUNCTION made()`)
	w.anonymise(erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, "Zelie Quandt")
	if states := ask[[]string](w, `SELECT array_agg(state) FROM exports`); textOf(states) != "[expired]" {
		t.Error(states)
	}
}
