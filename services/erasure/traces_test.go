package erasure_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// rows are all activities of a workspace that are not Daybook's own, as text.
func (w *world) rows(ws models.Workspace) string {
	w.Helper()
	return ask[string](w, `SELECT string_agg((to_jsonb(a) - 'row_key' - 'leaf')::text, E'\n' ORDER BY seq) FROM activities a WHERE workspace_id = $1 AND NOT system`, ws.ID)
}

const zoe = `"actor": {"id": "ab12cd34", "name": "Zoë Quixwhistle", "email": "zoe.quix@uniq.example"}`

// TestNoTraceInAnyField: role and agent of others' activities, what others call them as a thing, and their addresses in the network.
func TestNoTraceInAnyField(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{`+zoe+`, "action": "created", "ip_address": "203.0.113.77", "description": "From 203.0.113.77 and the office at 10.0.0.5"}`,
		`{`+zoe+`, "action": "created", "ip_address": "10.0.0.5"}`,
		`{"actor": {"id": "bob", "name": "Bob", "role": "assistant of Zoë Quixwhistle"}, "action": "noted", "ip_address": "10.0.0.5", "user_agent": "bot/1 (zoe.quix+bot@uniq.example)",
			"description": "Sign-in from 203.0.113.77, not 203.0.113.7", "metadata": {"from": "::ffff:cb00:714d", "office": "10.0.0.5"}}`,
		`{"actor": {"id": "bob", "name": "Bob", "role": "assistant of Zoë Quixwhistle"}, "action": "invited", "resource": {"type": "user", "id": "ab12cd34", "name": "Z. Quix", "url": "https://x.example/u/ab12cd34"}}`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "ab12cd34")}, "Zoë Quixwhistle")
	if e.State != models.ErasureDone || e.Activities != 2 || e.Mentions != 2 {
		t.Errorf("%+v: %+v", e, w.doubts(e.ID))
	}
	all := w.rows(w.acme)
	w.has(strings.ToLower(all), "!quix", "!ab12cd34", "!203.0.113.77", "!cb00", "203.0.113.7", "assistant of deleted user", "bot/1 (deleted)", "from deleted and the office at deleted", `"office": "10.0.0.5"`)
	if who := ask[string](w, `SELECT host(ip) FROM activities WHERE actor_name = 'Bob' AND ip IS NOT NULL`); who != "10.0.0.5" {
		t.Errorf("Bob was at %s", who)
	}
	if role := ask[string](w, `SELECT role FROM actors WHERE name = 'Bob'`); role != "assistant of Deleted User" {
		t.Errorf("Bob is %s", role)
	}
	w.send(w.acme, `{`+zoe+`, "action": "returned", "ip_address": "198.51.100.4", "description": "From 198.51.100.4", "metadata": {"ip": "198.51.100.4"}}`)
	w.has(w.rows(w.acme), "!198.51.100.4", "From deleted")
	w.sound()
}

// TestWordsOfANameAreAskedAbout: one by one or all together, but where somebody else bears them.
func TestWordsOfANameAreAskedAbout(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{`+zoe+`, "action": "created"}`,
		`{"actor": {"id": "zm", "name": "Zoë Miller"}, "action": "noted", "description": "Zoë said hi"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Zoë said hi; Ms Quixwhistle agreed"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Z. Quixwhistle met Zoë Miller"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "invited", "resource": {"type": "user", "id": "zed", "name": "Zoe Zed"}, "description": "Invited Zoë"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "see zoe.quix@uniq.example-foo", "metadata": {"zoe": "quixwhistle"}}`)
	w.do(`INSERT INTO saved_views (workspace_id, user_id, name, query, position) VALUES ($1, $2, 'Hers', 'q=quixwhistle', 1)`, w.acme.ID, w.owner.ID)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "ab12cd34")}, "Zoë Quixwhistle")
	var asked []string
	for _, d := range w.doubts(e.ID) {
		asked = append(asked, fmt.Sprintf("%s %s %s", d.Target, d.Kind, d.Sample.Was))
	}
	if got, want := strings.Join(asked, "; "), "activity part Zoë; activity part Z. Quixwhistle; activity email zoe.quix@uniq.example; view part quixwhistle"; got != want || e.State != models.ErasureOpen {
		t.Fatalf("%s: %s\ninstead of %s", e.State, got, want)
	}
	for _, kind := range []string{"part", "email"} {
		w.must(w.erasures.DecideAll(t.Context(), w.doer(w.acme, w.owner), e.ID, kind, true))
	}
	if e = w.settled(e.ID); e.State != models.ErasureDone {
		t.Errorf("%+v: %+v", e, w.doubts(e.ID))
	}
	w.has(w.said(w.acme), "Zoë Miller: Zoë said hi", "Bob: Deleted User said hi; Ms Deleted User agreed", "Bob: Deleted User met Zoë Miller", "Bob: Invited Zoë", "see deleted-foo", `"zoe": "quixwhistle"`)
	w.has(ask[string](w, `SELECT query FROM saved_views WHERE name = 'Hers'`), "!quixwhistle", "Deleted")
	w.sound()
}
