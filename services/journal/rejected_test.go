package journal

import (
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// bad puts an event into the inbox that cannot be posted.
func (w *world) bad() {
	w.Helper()
	w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (0, $1, gen_random_uuid(), 1,
		'{"actor": {"id": "a", "type": "user"}, "action": "created", "outcome": "none", "description": "x"}')`, w.ws.ID)
}

func (w *world) rejected(d account.Doer) []Rejected {
	w.Helper()
	list, err := w.j.Rejected(w.Context(), d, 0, 0)
	if err != nil {
		w.Fatal(err)
	}
	return list
}

func TestRejectedEventsAreRetriedOrDismissed(t *testing.T) {
	w := newWorld(t)
	admin := account.CommandLine(&w.ws)
	by := w.writer(nil)
	for range 3 {
		w.bad()
	}
	w.drain(by)
	list := w.rejected(admin)
	if len(list) != 3 || list[0].ID < list[1].ID || list[0].SQLState != "23514" || list[0].Reason == "" || list[0].Source.Kind != "daybook" || len(list[0].Event) == 0 {
		t.Fatalf("%+v", list)
	}
	if page, err := w.j.Rejected(t.Context(), admin, list[0].ID, 1); err != nil || len(page) != 1 || page[0].ID != list[1].ID {
		t.Errorf("%+v, %v", page, err)
	}
	// Nothing has changed: it comes back under its own id.
	if err := w.j.Retry(t.Context(), admin, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if len(w.rejected(admin)) != 2 {
		t.Error("it is in the list and in the inbox")
	}
	w.drain(by)
	again := w.rejected(admin)
	if len(again) != 3 || again[0].UUID != list[0].UUID || !again[0].ReceivedAt.Equal(list[0].ReceivedAt) {
		t.Errorf("%+v", again)
	}
	// What was wrong is right now.
	w.do(`UPDATE rejected SET event = event || '{"outcome": "success"}' WHERE id = $1`, again[0].ID)
	if err := w.j.Retry(t.Context(), admin, again[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.j.Dismiss(t.Context(), admin, list[1].ID); err != nil {
		t.Fatal(err)
	}
	w.drain(by)
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE uuid = $1`, list[0].UUID); n != 1 || len(w.rejected(admin)) != 1 {
		t.Errorf("%d activities, %d rejected", n, len(w.rejected(admin)))
	}
	acts := ask[string](w, `SELECT string_agg(action || ' ' || actor_name || ' ' || system || ' ' || (entity_type = 'rejected_event') || ' ' || (changes -> 0 ->> 'before'), ', ' ORDER BY seq) FROM activities WHERE action <> 'created'`)
	if acts != "retried Command line true true 23514, retried Command line true true 23514, dismissed Command line true true 23514" {
		t.Error(acts)
	}
	w.sound()
}

func TestRejectedEventsAreForThoseWhoAdminister(t *testing.T) {
	w := newWorld(t)
	by := w.writer(nil)
	w.bad()
	w.drain(by)
	id := w.rejected(account.CommandLine(&w.ws))[0].ID
	other := w.workspace("globex")
	for kind, d := range map[models.Kind]account.Doer{models.Forbidden: {Workspace: &w.ws, Role: access.Program}, models.NotFound: account.CommandLine(&other)} {
		for _, err := range []error{w.j.Retry(t.Context(), d, id), w.j.Dismiss(t.Context(), d, id)} {
			if models.KindOf(err) != kind {
				t.Errorf("%d: %v", kind, err)
			}
		}
	}
	if _, err := w.j.Rejected(t.Context(), account.Doer{Workspace: &w.ws, Role: access.Member}, 0, 0); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
	if list := w.rejected(account.CommandLine(&other)); len(list) != 0 || len(w.rejected(account.CommandLine(&w.ws))) != 1 {
		t.Error(list)
	}
}
