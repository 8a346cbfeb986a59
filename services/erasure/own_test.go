package erasure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
)

// sendMany sends so many events, all at once.
func (w *world) sendMany(ws models.Workspace, n int, event func(n int) string) {
	w.Helper()
	lines := make([]string, n)
	for i := range lines {
		lines[i] = event(i)
	}
	_, err := w.in.SendArray(w.Context(), ingest.Sender{Workspace: ws, Source: ingest.TokenSource(1)}, []byte("["+strings.Join(lines, ",")+"]"))
	w.must(err)
	w.drain()
}

// watchOwn keeps how far the person's own are after each turn.
func (w *world) watchOwn() {
	w.do(`CREATE TABLE own_steps (n int GENERATED ALWAYS AS IDENTITY, workspace uuid, list int, at timestamptz, id bigint, own_done bigint, done_seq bigint, own_rows bigint);
		CREATE FUNCTION own_step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
			INSERT INTO own_steps (workspace, list, at, id, own_done, done_seq, own_rows) VALUES (NEW.workspace_id, NEW.own, NEW.own_at, NEW.own_id, NEW.own_done, NEW.done_seq, NEW.own_rows); RETURN NULL; END';
		CREATE TRIGGER own_step AFTER UPDATE OF own, done_seq ON erasure_workspaces FOR EACH ROW EXECUTE FUNCTION own_step()`)
}

// TestWhatSomebodyDidGoesFirst, wherever it is: by a few large pieces, each of it once, before the pass begins; what the pass finds then is counted once.
func TestWhatSomebodyDidGoesFirst(t *testing.T) {
	w := newWorld(t)
	w.erasures.TurnsOf(time.Hour)
	w.watchOwn()
	const rows = 990
	for range 3 {
		w.sendMany(w.acme, rows, func(n int) string {
			switch {
			case n%30 == 0:
				return `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created", "occurred_at": "2026-03-01T10:00:00Z", "metadata": {"note": "Amara asked"}}`
			case n%30 == 1:
				return fmt.Sprintf(`{"actor": {"id": "bot", "name": "Bot", "type": "agent"}, "on_behalf_of": {"id": "a-1", "name": "Amara Okafor"}, "action": "updated", "occurred_at": "2026-03-%02dT10:00:00Z"}`, 1+n%20)
			case n%30 == 2:
				return `{"actor": {"id": "a-1", "name": "Amara Okafor"}, "on_behalf_of": {"id": "a-2", "name": "A. Okafor"}, "action": "viewed"}`
			case n%30 == 3:
				return `{"actor": {"id": "a-2", "name": "A. Okafor"}, "action": "viewed", "system": true}`
			}
			return fmt.Sprintf(`{"actor": {"id": "b-%d", "name": "Bea"}, "action": "created"}`, n%7)
		})
	}
	w.must(w.account.Merge(t.Context(), w.doer(w.acme, w.owner), account.Merging{Actor: w.actor(w.acme, "a-2"), Into: w.actor(w.acme, "a-1")}))
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "a-1")}, "Amara Okafor")
	if e.State != models.ErasureOpen || e.Activities != 3*3*rows/30 || e.Mentions != 3*rows/30+1 || e.Doubts != 3*rows/30 { // the merge names them, too
		t.Errorf("%+v", e)
	}
	if before := ask[int](w, `SELECT count(*) FROM activities WHERE workspace_id = $1 AND actor_name LIKE '%Okafor'`, w.acme.ID); before > 0 {
		t.Errorf("%d of theirs have the name still", before)
	}
	if records := ask[int](w, `SELECT count(*) FROM activities WHERE workspace_id = $1 AND action = 'erased'`, w.acme.ID); records > 12 {
		t.Errorf("there were %d pieces", records)
	}
	if again := ask[int](w, `SELECT count(*) FROM erased_groups WHERE workspace_id = $1 AND part = 'who' AND n > 1`, w.acme.ID); again > 0 {
		t.Errorf("%d went twice", again)
	}
	// In each list it goes down, and never back; the pass begins when it has ended.
	if back := ask[int](w, `SELECT count(*) FROM own_steps s JOIN own_steps before ON before.n < s.n AND before.workspace = s.workspace
		WHERE s.list < before.list OR s.list = before.list AND before.id > 0 AND (s.at, s.id) > (before.at, before.id)`); back > 0 {
		t.Errorf("it went back %d times", back)
	}
	if early := ask[int](w, `SELECT count(*) FROM own_steps WHERE workspace = $1 AND list < 8 AND done_seq > 0`, w.acme.ID); early > 0 {
		t.Error("the pass began before theirs were done")
	}
	if over := ask[int](w, `SELECT count(*) FROM erasure_workspaces WHERE own_done > own_rows`); over > 0 || e.DoneSeq > e.TotalSeq {
		t.Errorf("it is further than it can be: %d of %d", e.DoneSeq, e.TotalSeq)
	}
	w.sound()
}

// TestWhatIsHeldIsCountedOnce, and what of theirs is posted meanwhile is found by the pass; when the hold is lifted theirs go first once more.
func TestWhatIsHeldOfTheirsIsCountedOnce(t *testing.T) {
	w := newWorld(t)
	w.erasures.TurnsOf(0) // one activity a turn
	w.watchOwn()
	w.sendMany(w.acme, 40, func(n int) string {
		return fmt.Sprintf(`{"actor": {"id": "a-1", "name": "Amara Okafor"}, "action": "created", "resource": {"type": "case", "id": "c%d"}}`, n%4)
	})
	w.do(`INSERT INTO holds (workspace_id, name, entity_type, entity_id, placed_by) VALUES ($1, 'Case 0', 'case', 'c0', '{}')`, w.acme.ID)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.instance), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "a-1")}, Confirm: "Amara Okafor", KeepHeld: true})
	w.must(err)
	if e = w.settled(e.ID); e.State != models.ErasureOpen || e.Activities != 30 || e.Held != 10 {
		t.Errorf("%+v", e)
	}
	if n := ask[int](w, `SELECT count(*) FROM own_steps WHERE list = 0 AND workspace = $1`, w.acme.ID); n < 30 {
		t.Errorf("theirs went in %d turns", n)
	}
	w.do(`UPDATE holds SET lifted_at = now()`)
	w.journal.Wake()
	w.eventually(func() bool {
		e = w.settled(e.ID)
		return e.State == models.ErasureDone
	})
	if e.Activities != 40 || e.Held != 0 {
		t.Errorf("%+v", e)
	}
	w.sound()
}

// TestTheirsAreReadByIndex: the next of theirs cost the same wherever they are, and whatever others did.
func TestTheirsAreReadByIndex(t *testing.T) {
	w := feedtest.NewLarge(t, 20_000)
	var actor int64
	err := w.DB.Pool.QueryRow(t.Context(), `SELECT actor_id FROM activities WHERE workspace_id = $1 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`, w.Workspaces[0].ID).Scan(&actor)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range erasure.OwnKeys() {
		for _, at := range []string{"infinity", "2020-01-01"} {
			plan, text := w.Explain(t, feedtest.Statement{SQL: sql, Args: []any{w.Workspaces[0].ID, actor, false, at, int64(0), 200}})
			plan.Walk(func(n feedtest.Node) {
				if n.Removed+n.Recheck > 0 || n.Type == "Sort" || n.Type == "Seq Scan" || n.Relation != "" && n.Index != "activities_actor" && n.Index != "activities_behalf" {
					t.Error(text)
				}
			})
		}
	}
}
