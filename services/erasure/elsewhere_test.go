package erasure_test

import (
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// TestDoubtsBesideActivities: what people typed is asked about like what was sent, with what stands there, and replaced where it belongs.
func TestDoubtsBesideActivities(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created", "project": {"id": "p", "name": "Party for Amara Okafor"}}`, `{"actor": {"id": "a-2", "name": "Amara Okafor"}, "action": "created"}`)
	for name, query := range map[string]string{"Okafor, Amara": "q=actor%3A%22Amara+Okafor%22", "Hers": "actor_id=a-1&q=%22thanks+amara+okafor%22", "Others": "actor_id=a-2", "Broken": "q=actor%3A%22Amara+Okafor"} {
		w.do(`INSERT INTO saved_views (workspace_id, user_id, name, query, position) VALUES ($1, $2, $3, $4, 1)`, w.acme.ID, w.owner.ID, name, query)
	}
	w.do(`INSERT INTO tokens (workspace_id, name, hash, scopes) VALUES ($1, 'Sync of Amara Okafor', 'x', 'activity:read')`, w.acme.ID)
	w.do(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason) SELECT $1, gen_random_uuid(), id, '{"actor": {"id": "bob", "type": "user"}, "action": "x", "description": "of Amara Okafor", "outcome": "success"}', now(), '22023', 'x' FROM sources LIMIT 1`, w.acme.ID)
	w.do(`INSERT INTO holds (workspace_id, name, entity_type, placed_by, lifted_at) VALUES ($1, 'Okafor v. Amara Okafor', 'case', '{}', now())`, w.acme.ID)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "a-1")}, "Amara Okafor")
	targets := map[string]int{}
	for _, d := range w.doubts(e.ID) {
		targets[d.Target]++
		if d.Sample == nil || !strings.Contains(d.Sample.Was, "kafor") && !strings.Contains(d.Sample.Was, "a-1") {
			t.Errorf("%+v shows %+v", d, d.Sample)
			continue
		}
		w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.owner), e.ID, []int64{d.ID}, true))
	}
	for _, target := range []string{"view", "project", "token", "rejected", "hold"} {
		if targets[target] == 0 {
			t.Errorf("nothing was asked about a %s: %v", target, targets)
		}
	}
	if e = w.settled(e.ID); e.State != models.ErasureDone {
		t.Fatalf("%+v: %+v", e, w.doubts(e.ID))
	}
	for _, text := range []string{
		ask[string](w, `SELECT string_agg(name || ' ' || query, E'\n' ORDER BY id) FROM saved_views`), ask[string](w, `SELECT string_agg(name, E'\n') FROM projects`), ask[string](w, `SELECT string_agg(name, E'\n') FROM tokens`),
		ask[string](w, `SELECT string_agg(event::text || ' ' || reason, E'\n') FROM rejected`), ask[string](w, `SELECT string_agg(name, E'\n') FROM holds`),
	} {
		w.has(strings.ToLower(text), "!amara", "!a-1", "deleted")
	}
	w.has(ask[string](w, `SELECT string_agg(query, ' ') FROM saved_views`), "actor_id=a-2", "actor%3A%22Deleted+User%22", "actor_id=deleted-")
	w.has(ask[string](w, `SELECT string_agg(actor_name, ' ') FROM activities WHERE NOT system`), "Amara Okafor")
	w.sound()
}
