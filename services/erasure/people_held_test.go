package erasure_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/stats"
)

// holdOn places a hold on a person, as an owner does.
func (w *world) holdOn(external string) (id int64) {
	w.Helper()
	return ask[int64](w, `INSERT INTO holds (workspace_id, name, actor_id, placed_by) VALUES ($1, 'Case 7', $2, '{}') RETURNING id`, w.acme.ID, w.actor(w.acme, external))
}

func (w *world) lift(hold int64) {
	w.Helper()
	w.do(`UPDATE holds SET lifted_at = clock_timestamp() WHERE id = $1`, hold)
	w.journal.Wake()
}

// stole is who is named in what was stolen.
func (w *world) stole() string {
	w.Helper()
	return ask[string](w, `SELECT string_agg(actor_name, ',' ORDER BY seq) FROM activities WHERE action = 'stole'`)
}

// TestNobodyLeavesAHold: whoever was the same person when a hold was placed, or turned out to be, is held as long as it stands; an admin does not let them
// go by saying that they are somebody else.
func TestNobodyLeavesAHold(t *testing.T) {
	w := newWorld(t)
	admin := w.doer(w.acme, w.member(w.acme, "ada", models.Admin))
	for _, id := range []string{"before", "held", "later", "linked"} {
		w.send(w.acme, `{"actor": {"id": "`+id+`", "name": "Vic `+id+`"}, "action": "stole"}`)
	}
	merge := func(actor, into string) {
		t.Helper()
		w.must(w.account.Merge(t.Context(), admin, account.Merging{Actor: w.actor(w.acme, actor), Into: w.actor(w.acme, into)}))
	}
	merge("before", "held")
	hold := w.holdOn("held")
	merge("later", "held")
	uwe := w.member(w.acme, "uwe", models.Member)
	w.must(w.account.Link(t.Context(), admin, w.actor(w.acme, "held"), uwe.ID, 0))
	w.must(w.account.Link(t.Context(), admin, w.actor(w.acme, "linked"), uwe.ID, 0))
	for _, id := range []string{"before", "later"} {
		w.must(w.account.Unmerge(t.Context(), admin, w.actor(w.acme, id), 0))
	}
	w.must(w.account.Unlink(t.Context(), admin, w.actor(w.acme, "linked"), 0))
	for _, id := range []string{"before", "later", "linked"} {
		order := erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, id)}, Confirm: "Vic " + id}
		if _, err := w.erasures.Anonymise(t.Context(), admin, order); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "Case 7") {
			t.Errorf("%s: %v", id, err)
		}
		order.KeepHeld = true
		e, err := w.erasures.Anonymise(t.Context(), admin, order)
		w.must(err)
		if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held != 1 {
			t.Errorf("%s: %+v", id, e)
		}
	}
	if names := w.stole(); names != "Vic before,Vic held,Vic later,Vic linked" {
		t.Errorf("they are %s", names)
	}
	w.lift(hold)
	w.eventually(func() bool { return w.stole() == "Deleted User,Vic held,Deleted User,Deleted User" })
	w.sound()
}

// TestAHoldIsOnAllActorsOfAUser, whichever of them it was placed on, and they are not merged.
func TestAHoldIsOnAllActorsOfAUser(t *testing.T) {
	w := newWorld(t)
	uwe := w.member(w.acme, "uwe", models.Member)
	w.send(w.acme, `{"actor": {"id": "u1", "name": "Uwe One"}, "action": "stole"}`, `{"actor": {"id": "u2", "name": "Uwe Two"}, "action": "stole"}`,
		`{"actor": {"id": "bot", "type": "agent", "name": "Bot"}, "on_behalf_of": {"id": "u2"}, "action": "stole"}`)
	for _, id := range []string{"u1", "u2"} {
		w.must(w.account.Link(t.Context(), w.doer(w.acme, w.owner), w.actor(w.acme, id), uwe.ID, 0))
	}
	hold := w.holdOn("u1")
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{User: uwe.ID}, Confirm: "Uwe Person", KeepHeld: true})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held < 3 || w.stole() != "Uwe One,Uwe Two,Bot" {
		t.Errorf("%+v: %s", e, w.stole())
	}
	w.lift(hold)
	w.eventually(func() bool { return w.stole() == "Deleted User,Deleted User,Bot" })
	w.settled(e.ID)
	w.sound()
}

// TestHoldsAreOnArchives: lines that a hold is on stay as they are, and their file stays there, until it is lifted.
func TestHoldsAreOnArchives(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt"}, "action": "created", "resource": {"type": "note", "id": "1"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "note", "id": "2", "name": "For zq71xk9v"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "note", "id": "3", "name": "Of zq71xk9v"}, "project": {"id": "p1", "name": "One"}}`)
	w.keepNotes()
	hold := w.holdOn("zq71xk9v")
	project := ask[int64](w, `INSERT INTO holds (workspace_id, name, project_id, from_at, placed_by) SELECT workspace_id, 'Project', id, now() - interval '1 day', '{}' FROM projects RETURNING id`)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, Confirm: "Zélie Quandt", KeepHeld: true})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held != 2 || e.Elsewhere["archived"] != 1 || len(e.HeldBy) != 2 {
		t.Errorf("%+v", e)
	}
	w.has(w.archived(), `"id":"zq71xk9v","name":"Zélie Quandt"`, "!For zq71xk9v", "Of zq71xk9v")
	keys := auth.NewKeys([]byte(secret))
	reading := feed.New(w.db, keys.For("cursors"))
	files := export.NewFiles(w.db, export.FilesParts{Auth: w.auth, Feed: reading, Stats: stats.New(w.db, reading), Ingest: w.in}, export.FilesConfig{})
	list, _, err := files.Archives(t.Context(), w.doer(w.acme, w.owner), uuid.Nil)
	w.must(err)
	remove := func() error { return files.RemoveArchive(t.Context(), w.doer(w.acme, w.owner), list[0].ID) }
	if err := remove(); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "Case 7") {
		t.Error("it can be deleted:", err)
	}
	w.lift(hold)
	w.eventually(func() bool { return !strings.Contains(w.archived(), "Quandt") })
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Held != 1 {
		t.Errorf("%+v", e)
	}
	w.has(w.archived(), "Of zq71xk9v")
	if err := remove(); models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "Project") {
		t.Error("it can be deleted:", err)
	}
	w.lift(project)
	w.eventually(func() bool { return !strings.Contains(w.archived(), "zq71xk9v") })
	if e = w.settled(e.ID); e.State != models.ErasureDone {
		t.Errorf("%+v", e)
	}
	w.wholeArchives()
	other := ask[int64](w, `INSERT INTO holds (workspace_id, name, entity_type, placed_by) VALUES ($1, 'Tasks', 'task', '{}') RETURNING id`, w.acme.ID)
	if err := remove(); err != nil || other == 0 {
		t.Error("a hold on something else:", err)
	}
	w.sound()
}
