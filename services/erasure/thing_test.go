package erasure_test

import (
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// TestWhatIsCalledLikeSomebodyStays until it is decided, in their own activities as well: a ticket that has their id, and whose name theirs is a part of. Where it is
// the name of somebody who is known, there is nothing to decide. A long name of one word that nobody else has is no doubt.
func TestWhatIsCalledLikeSomebodyStays(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "pq-4", "name": "Quentin Zarbel"}, "action": "moved", "resource": {"type": "ticket", "id": "pq-4", "name": "pq-4"}, "description": "Quentin Zarbel moved it for Otto-Quentin Zarbel", "metadata": {"ticket_id": "pq-4", "branch": "feature/pq-4-1"}}`,
		`{"actor": {"id": "pq-4", "name": "pq-4"}, "action": "moved", "resource": {"type": "ticket", "id": "pq-4"}}`,
		`{"actor": {"id": "a", "name": "Anna-Quentin Zarbel"}, "action": "created", "description": "Anna-Quentin Zarbel told Quentin Zarbel"}`,
		`{"actor": {"id": "s", "name": "Sukarnova"}, "action": "created"}`,
		`{"actor": {"id": "b", "name": "Bob"}, "action": "created", "description": "Bob told Anna-Quentin Zarbel and Sukarnova"}`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "pq-4")}, ask[string](w, `SELECT name FROM actors WHERE external_id = 'pq-4'`))
	if e.State != models.ErasureOpen {
		t.Errorf("%+v", e)
	}
	texts := ask[string](w, `SELECT string_agg(concat_ws(' ', entity_id, entity_name, description, metadata), E'\n' ORDER BY seq) FROM activities WHERE workspace_id = $1 AND NOT system`, w.acme.ID)
	w.has(texts, "pq-4 pq-4 Deleted User moved it for Otto-Quentin Zarbel", `"ticket_id": "pq-4"`, "feature/pq-4-1", "Anna-Quentin Zarbel told Deleted User", "Bob told Anna-Quentin Zarbel and Sukarnova")
	for _, d := range w.doubts(e.ID) {
		if d.Sample.Was == "Quentin Zarbel" && d.Sample.Lead != "Quentin Zarbel moved it for Otto-" && d.Sample.Lead != "Deleted User moved it for Otto-" {
			t.Errorf("%+v", d)
		}
	}
	w.anonymise(erasure.Target{Actor: w.actor(w.acme, "s")}, "Sukarnova")
	w.has(ask[string](w, `SELECT description FROM activities WHERE workspace_id = $1 AND actor_name = 'Bob'`, w.acme.ID), "Bob told Anna-Quentin Zarbel and Deleted User")
	w.sound()
}
