package erasure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
	"daybook/services/ingest"
)

// TestAnErasureTakesShortTurnsWhateverWasSent: activities that are nothing but finds take long to look at. It gets on, and leaves room for posting.
func TestAnErasureTakesShortTurnsWhateverWasSent(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "amara", "name": "Amara Okafor", "email": "amara@example.com"}, "action": "created"}`)
	var lines []string
	for n := range 100 {
		text := []string{"amara.", "amara@example.com "}[n%2]
		lines = append(lines, fmt.Sprintf(`{"actor": {"id": "m", "name": "M"}, "action": "created", "metadata": {"a": %q}}`, strings.Repeat(text, 60_000/len(text))))
	}
	w.send(w.acme, lines...)
	e, err := w.erasures.Anonymise(t.Context(), w.doer(w.acme, w.owner), erasure.Order{Target: erasure.Target{Actor: w.actor(w.acme, "amara")}, Confirm: "Amara Okafor"})
	w.must(err)
	seen, posted, slowest := map[int64]bool{}, 0, time.Duration(0)
	for ends := time.Now().Add(3 * time.Minute); time.Now().Before(ends) && (e.State == models.ErasureWaiting || e.State == models.ErasureRunning); {
		begun, before := time.Now(), ask[int64](w, `SELECT seq FROM workspace_heads WHERE workspace_id = $1`, w.acme.ID)
		_, err := w.in.SendOne(t.Context(), ingest.Sender{Workspace: w.acme, Source: ingest.TokenSource(1)}, []byte(`{"actor": {"id": "q", "name": "Q"}, "action": "created"}`), "")
		w.must(err)
		w.eventually(func() bool {
			return ask[int64](w, `SELECT seq FROM workspace_heads WHERE workspace_id = $1`, w.acme.ID) > before
		})
		posted, slowest = posted+1, max(slowest, time.Since(begun))
		e, err = w.erasures.One(t.Context(), account.CommandLine(nil), e.ID)
		w.must(err)
		seen[ask[int64](w, `SELECT done_seq FROM erasure_workspaces WHERE erasure_id = $1 AND workspace_id = $2`, e.ID, w.acme.ID)] = true
	}
	if len(seen) < 5 || posted < 5 {
		t.Errorf("it had %d turns, and %d events were posted meanwhile, the slowest in %s", len(seen), posted, slowest)
	}
	if e.State != models.ErasureOpen || e.Mentions != 50 || e.Doubts < 50 {
		t.Errorf("%+v", e)
	}
	if left := ask[int](w, `SELECT count(*) FROM activities WHERE workspace_id = $1 AND strpos(metadata::text, 'amara@') > 0`, w.acme.ID); left > 0 {
		t.Errorf("%d activities have the address still", left)
	}
	w.hasNo("lost its connection")
	w.sound()
}

// hasNo checks that the log does not say something.
func (w *world) hasNo(text string) {
	w.Helper()
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if strings.Contains(w.log.text.String(), text) {
		w.Errorf("the log says %q: %s", text, w.log.text.String())
	}
}

// TestWhatStandsBesideActivitiesTakesManyTurns: of everything that is there beside them only a part is gone through in one turn, and all of it in the end.
func TestWhatStandsBesideActivitiesTakesManyTurns(t *testing.T) {
	w := newWorld(t)
	w.erasures.TurnsOf(0) // a turn ends with the first piece of work in it
	w.send(w.acme, `{"actor": {"id": "a-1", "name": "Amara Okafor", "email": "amara@example.com"}, "action": "created"}`)
	w.do(`INSERT INTO projects (workspace_id, external_id, name) SELECT $1, 'p-' || n, 'Party ' || n || ' for amara@example.com' FROM generate_series(1, 25) AS n`, w.acme.ID)
	w.do(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason)
		SELECT $1, gen_random_uuid(), (SELECT min(id) FROM sources), jsonb_build_object('actor', '{"id": "bob", "type": "user"}'::jsonb, 'action', 'x', 'outcome', 'success', 'metadata',
			jsonb_build_object('a', 'amara@example.com')), now(), '22023', 'x' FROM generate_series(1, 12)`, w.acme.ID)
	w.do(`CREATE TABLE steps (beside int, after text); CREATE FUNCTION step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO steps VALUES (NEW.beside, NEW.beside_after); RETURN NULL; END';
		CREATE TRIGGER step AFTER UPDATE OF beside ON erasure_workspaces FOR EACH ROW WHEN (NEW.beside > 0 OR NEW.beside_after <> '') EXECUTE FUNCTION step()`)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "a-1")}, "Amara Okafor")
	if e.State != models.ErasureDone || e.Elsewhere["rejected"] != 12 || e.Elsewhere["project_names"] != 25 {
		t.Errorf("%+v", e)
	}
	if n := ask[int](w, `SELECT count(*) FROM steps WHERE after <> ''`); n < 24+11 {
		t.Errorf("it went on %d times where a turn had ended", n)
	}
	if left := ask[int](w, `SELECT (SELECT count(*) FROM rejected WHERE event::text LIKE '%amara%') + (SELECT count(*) FROM projects WHERE name LIKE '%amara%')`); left > 0 {
		t.Errorf("%d are left", left)
	}
}
