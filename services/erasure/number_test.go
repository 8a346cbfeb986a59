package erasure_test

import (
	"fmt"
	"testing"

	"daybook/models"
	"daybook/services/erasure"
)

// changeRole has the owner change somebody's role, which is recorded with the number of their record.
func (w *world) changeRole(u *models.User, to models.Role) {
	w.Helper()
	version := ask[int64](w, `SELECT version FROM memberships WHERE user_id = $1`, u.ID)
	w.must(w.account.ChangeRole(w.Context(), w.doer(w.acme, w.owner), u.ID, to, version))
	w.drain()
}

// TestAnIDThatIsTheNumberOfSomebodyElsesRecord leaves what Daybook recorded of that one as it is, before and after, in activities and in archives.
func TestAnIDThatIsTheNumberOfSomebodyElsesRecord(t *testing.T) {
	w := newWorld(t)
	carl := w.member(w.acme, "carl", models.Member)
	w.changeRole(carl, models.Admin)
	w.send(w.acme,
		fmt.Sprintf(`{"actor": {"id": "%d", "name": "Somebody Else"}, "action": "created"}`, carl.ID),
		fmt.Sprintf(`{"actor": {"id": "bob", "name": "Bob"}, "action": "invited", "resource": {"type": "user", "id": "%d"}, "metadata": {"user_id": %[1]d}}`, carl.ID),
		`{"actor": {"id": "carl-1", "name": "Carl"}, "action": "created"}`)
	w.must(w.account.Link(t.Context(), w.doer(w.acme, w.owner), w.actor(w.acme, "carl-1"), carl.ID, 0)) // tells {"user_id": n}
	w.drain()
	const own = `SELECT coalesce(string_agg(action || ' ' || entity_type || ' ' || entity_id || ' ' || entity_name || ' ' || description || changes || metadata, E'\n' ORDER BY a.seq), '')
		FROM activities a JOIN sources s ON s.id = a.source_id WHERE a.workspace_id = $1 AND s.kind = 'daybook' AND a.entity_type IN ('workspace_member', 'actor')`
	before := ask[string](w, own, w.acme.ID)
	w.has(before, "Carl Person", fmt.Sprintf(`"user_id": %d`, carl.ID))
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, textOf(carl.ID))}, "Somebody Else")
	if e.State != models.ErasureDone || e.Activities != 1 || e.Mentions != 1 {
		t.Errorf("%+v: %+v", e, w.doubts(e.ID))
	}
	if after := ask[string](w, own, w.acme.ID); after != before {
		t.Errorf("what is recorded of Carl became\n%s\ninstead of\n%s", after, before)
	}
	w.changeRole(carl, models.Member)
	member := ask[string](w, `SELECT entity_id || ' ' || entity_name FROM activities WHERE workspace_id = $1 AND action = 'role_changed' ORDER BY seq DESC LIMIT 1`, w.acme.ID)
	if want := fmt.Sprintf("%d Carl Person", carl.ID); member != want {
		t.Errorf("later the role of %s was changed, not of %s", member, want)
	}
	is := ask[string](w, `SELECT external_id FROM actors WHERE id = $1`, e.ActorIDs[0])
	w.send(w.acme, fmt.Sprintf(`{"actor": {"id": "bob", "name": "Bob"}, "action": "invited", "resource": {"type": "user", "id": "%d"}}`, carl.ID))
	if invited := ask[string](w, `SELECT string_agg(DISTINCT entity_id, ' ') FROM activities WHERE workspace_id = $1 AND action = 'invited'`, w.acme.ID); invited != is {
		t.Errorf("applications invited %s", invited)
	}
	w.sound()
}

// TestWhatDaybookRecordsOfSomebodyForgotten still tells of which record, and nothing else of them, when it is posted later.
func TestWhatDaybookRecordsOfSomebodyForgotten(t *testing.T) {
	w := newWorld(t)
	anna := w.member(w.acme, "anna", models.Member)
	w.changeRole(anna, models.Admin)
	row := ask[string](w, `SELECT i.id::text FROM sources i WHERE kind = 'daybook' AND key = 'account'`)
	w.anonymise(erasure.Target{User: anna.ID}, "Anna Person")
	w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (0, $1, gen_random_uuid(), $2::bigint, $3::text::jsonb)`, w.acme.ID, row, fmt.Sprintf(
		`{"action": "role_changed", "outcome": "success", "description": "Changed the role of Anna Person", "actor": {"id": "daybook:cli", "name": "Command line", "type": "system"}, "entity": {"type": "workspace_member", "id": "%d", "name": "Anna Person"}}`, anna.ID))
	w.journal.Wake()
	w.drain()
	said := ask[string](w, `SELECT string_agg(entity_id || ' ' || entity_name || ': ' || description, ', ' ORDER BY seq) FROM activities WHERE workspace_id = $1 AND action = 'role_changed'`, w.acme.ID)
	w.has(said, fmt.Sprintf("%d Deleted User: ", anna.ID), "!Anna", "!deleted-")
}
