package journal

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

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
	page, err := w.j.Rejected(w.Context(), d, RejectedAsk{})
	if err != nil {
		w.Fatal(err)
	}
	if page.Total != int64(len(page.Events)) {
		w.Errorf("%d are counted, %d are there", page.Total, len(page.Events))
	}
	return page.Events
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
	page, err := w.j.Rejected(t.Context(), admin, RejectedAsk{Before: list[0].ID, Limit: 1})
	if err != nil || len(page.Events) != 1 || page.Events[0].ID != list[1].ID || page.Prev != list[1].ID || page.Next != list[1].ID {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = w.j.Rejected(t.Context(), admin, RejectedAsk{After: page.Prev, Limit: 1}); err != nil || len(page.Events) != 1 || page.Events[0].ID != list[0].ID || page.Prev != 0 || page.Next != list[0].ID {
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
	if len(again) != 3 || again[0].UUID != list[0].UUID || !again[0].ReceivedAt.Equal(list[0].ReceivedAt) || again[0].Retries != 1 || again[1].Retries != 0 {
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
	if _, err := w.j.Rejected(t.Context(), account.Doer{Workspace: &w.ws, Role: access.Member}, RejectedAsk{}); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
	if list := w.rejected(account.CommandLine(&other)); len(list) != 0 || len(w.rejected(account.CommandLine(&w.ws))) != 1 {
		t.Error(list)
	}
}

func TestManyRejectedEventsAreSettledAtOnce(t *testing.T) {
	w := newWorld(t)
	admin := account.CommandLine(&w.ws)
	by := w.writer(nil)
	for range 4 {
		w.bad()
	}
	w.drain(by)
	list := w.rejected(admin)
	if n, err := w.j.DismissAll(t.Context(), admin, []int64{list[0].ID, list[1].ID, list[0].ID, 4711}); n != 2 || err != nil {
		t.Error(n, err)
	}
	if n, err := w.j.RetryAll(t.Context(), admin, []int64{list[1].ID, list[2].ID, list[3].ID}); n != 2 || err != nil {
		t.Error(n, err)
	}
	w.drain(by)
	if again := w.rejected(admin); len(again) != 2 || again[0].Retries != 1 || again[1].Retries != 1 {
		t.Errorf("%+v", again)
	}
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE action IN ('retried', 'dismissed')`); n != 4 {
		t.Errorf("%d are recorded", n)
	}
	other := w.workspace("globex")
	if n, err := w.j.DismissAll(t.Context(), account.CommandLine(&other), []int64{w.rejected(admin)[0].ID}); n != 0 || err != nil {
		t.Error(n, err)
	}
	for kind, c := range map[models.Kind]struct {
		d   account.Doer
		ids []int64
	}{models.Forbidden: {account.Doer{Workspace: &w.ws, Role: access.Program}, []int64{1}}, models.Invalid: {admin, nil}} {
		if _, err := w.j.RetryAll(t.Context(), c.d, c.ids); models.KindOf(err) != kind {
			t.Errorf("%d: %v", kind, err)
		}
	}
	w.sound()
}

// Whatever an event was rejected for, people are told in a sentence that has nothing of the database in it.
func TestWhyIsASentence(t *testing.T) {
	w := newWorld(t)
	by := w.writer(nil)
	for _, p := range poisons {
		w.poison(bulk, p.event)
	}
	w.drain(by)
	inside := regexp.MustCompile(`(?i)sqlstate|error:|json|unmarshal|\brelation|column|\bpg|parsing|models\.|Go `)
	for _, r := range w.rejected(account.CommandLine(&w.ws)) {
		why := r.Why()
		if inside.MatchString(why) || !strings.HasSuffix(why, ".") || strings.HasSuffix(why, "..") || why[:1] != strings.ToUpper(why[:1]) {
			t.Errorf("%s %q: %s", r.SQLState, r.Reason, why)
		}
	}
	for _, r := range []Rejected{{}, {SQLState: "2"}, {SQLState: "22999", Reason: "ERROR: x (SQLSTATE 22999)"}, {SQLState: "99999", Reason: "ERROR: x"}} {
		if why := r.Why(); len(why) < 20 || inside.MatchString(why) {
			t.Error(why)
		}
	}
}

func TestTheLatestArrival(t *testing.T) {
	w := newWorld(t)
	admin := account.CommandLine(&w.ws)
	by := w.writer(nil)
	w.bad()
	w.drain(by)
	if err := w.j.Dismiss(t.Context(), admin, w.rejected(admin)[0].ID); err != nil {
		t.Fatal(err)
	}
	w.drain(by)
	if a, err := w.j.LatestArrival(t.Context(), admin); a != nil || err != nil {
		t.Errorf("what Daybook records itself is no arrival: %+v, %v", a, err)
	}
	token := ask[int64](w, `INSERT INTO tokens (workspace_id, name, hash, scopes) VALUES ($1, 'App', 'x', 'activity:write') RETURNING id`, w.ws.ID)
	source := ask[int64](w, `INSERT INTO sources (kind, key) VALUES ('token', $1::bigint::text) RETURNING id`, token)
	sent := ask[uuid.UUID](w, `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (0, $1, gen_random_uuid(), $2, $3) RETURNING uuid`, w.ws.ID, source, good)
	w.drain(by)
	a, err := w.j.LatestArrival(t.Context(), admin)
	if err != nil || a == nil || a.UUID != sent || a.Source.Name != "App" || a.Source.Kind != "token" || a.Source.Personal {
		t.Errorf("%+v, %v", a, err)
	}
	other := w.workspace("globex")
	if a, err := w.j.LatestArrival(t.Context(), account.CommandLine(&other)); a != nil || err != nil {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := w.j.LatestArrival(t.Context(), account.Doer{Workspace: &w.ws, Role: access.Member}); models.KindOf(err) != models.Forbidden {
		t.Error(err)
	}
}

// TestARejectedEventIsNotRetriedInAnArchivedWorkspace: it takes no activities by this way either; one that is open again does.
func TestARejectedEventIsNotRetriedInAnArchivedWorkspace(t *testing.T) {
	w := newWorld(t)
	admin := account.CommandLine(&w.ws)
	by := w.writer(nil)
	for range 3 {
		w.bad()
	}
	w.drain(by)
	list := w.rejected(admin)
	w.do(`UPDATE rejected SET event = event || '{"outcome": "success"}'`)
	w.do(`UPDATE workspaces SET archived_at = now() WHERE id = $1`, w.ws.ID)
	if err := w.j.Retry(t.Context(), admin, list[0].ID); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "archived") {
		t.Error(err)
	}
	if n, err := w.j.RetryAll(t.Context(), admin, []int64{list[0].ID, list[1].ID}); n != 0 || models.KindOf(err) != models.Conflict {
		t.Error(n, err)
	}
	if err := w.j.Dismiss(t.Context(), admin, list[2].ID); err != nil {
		t.Error(err)
	}
	w.drain(by)
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE action = 'created'`); n != 0 || len(w.rejected(admin)) != 2 {
		t.Errorf("%d were posted, %d are rejected", n, len(w.rejected(admin)))
	}
	w.do(`UPDATE workspaces SET archived_at = NULL WHERE id = $1`, w.ws.ID)
	if n, err := w.j.RetryAll(t.Context(), admin, []int64{list[0].ID, list[1].ID}); n != 2 || err != nil {
		t.Error(n, err)
	}
	w.drain(by)
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE action = 'created'`); n != 2 {
		t.Errorf("%d were posted", n)
	}
}
