package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/proof"
)

// erasure begins one that goes through the workspace, asked for elsewhere.
func (w *world) erasure() uuid.UUID {
	w.Helper()
	return w.erasureOf(w.ws.ID)
}

func (w *world) erasureOf(workspace uuid.UUID) uuid.UUID {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	w.do(`INSERT INTO erasures (id, state, asked_by) VALUES ($1, 'running', '{}')`, id)
	w.do(`INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) VALUES ($1, $2, '{}')`, id, workspace)
	err := pgx.BeginFunc(w.Context(), w.db.Pool, func(tx pgx.Tx) error {
		return w.in.Record(w.Context(), database.PgxTx(tx), ingest.Act{Workspace: models.BuiltInWorkspace, Part: "erasure", UUID: proof.StartOf(id), Event: models.Event{Actor: admin, Action: proof.Started}})
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

var admin = models.ActorRef{ID: "admin", Name: "Ada", Type: models.ActorUser}

// erase has a writer replace content of these rows in its turn.
func (w *world) erase(by *writer, erasure uuid.UUID, seqs []int64, change func(*proof.Subject)) error {
	w.Helper()
	due := func(context.Context, pgx.Tx) (bool, error) { return true, nil }
	_, err := by.inTurn(w.Context(), due, func(tx pgx.Tx) error {
		subjects, err := proof.SubjectsAt(w.Context(), tx, w.ws.ID, seqs)
		if err != nil {
			return err
		}
		e := Erasing{Workspace: w.ws.ID, Erasure: erasure, By: admin}
		for _, was := range subjects {
			is, a := was, *was.Activity
			is.Activity = &a
			change(&is)
			e.Rows = append(e.Rows, ErasedRow{Was: was, Is: is})
		}
		return w.j.Erase(w.Context(), tx, e)
	})
	return err
}

// replacements change one group each.
var replacements = map[proof.Group]func(*proof.Subject, string){
	proof.Who: func(s *proof.Subject, to string) {
		s.Activity.ActorName, s.Activity.ActorRole, s.Activity.IP, s.Activity.UserAgent = to, nil, nil, nil
	},
	proof.Entity: func(s *proof.Subject, to string) {
		s.Activity.EntityID, s.Activity.EntityName, s.Activity.EntityURL = nil, &to, nil
	},
	proof.Text: func(s *proof.Subject, to string) { s.Activity.Description = "With " + to + ` <b>&"\` },
	proof.Data: func(s *proof.Subject, to string) {
		text, _ := json.Marshal(map[string]any{"n": 10.50, to: []any{to, nil, 1e21}})
		s.Activity.Metadata, s.Activity.CorrelationID = text, nil
		s.Activity.Changes = []models.Change{{Field: "owner", Before: json.RawMessage(`1.10`), After: text}}
	},
}

// fixedParts is everything of the activities that no erasure may change.
const fixedParts = `SELECT md5(string_agg(concat_ws(' ', id, seq, uuid, actor_id, on_behalf_of_id, action, entity_type, project_id, outcome, system, source_id,
	occurred_at, recorded_at, leaf), ',' ORDER BY seq)) FROM activities WHERE workspace_id = $1 AND seq <= 120`

// TestWhateverIsErasedEverythingElseIsProved erases random groups of random rows, again and again.
func TestWhateverIsErasedEverythingElseIsProved(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 120)
	by := w.writer(nil)
	w.drain(by)
	fixed := ask[string](w, fixedParts, w.ws.ID)
	r := rand.New(rand.NewPCG(6, 2026)) //nolint:gosec // the same each time
	touched := map[int64]bool{}
	for round := range 12 {
		var seqs []int64
		parts := map[int64]map[proof.Group]bool{}
		for seq := range int64(120) {
			if r.IntN(4) > 0 {
				continue
			}
			seqs = append(seqs, seq+1)
			parts[seq+1] = map[proof.Group]bool{}
			for _, g := range proof.Groups {
				if parts[seq+1][g] = r.IntN(3) == 0; parts[seq+1][g] {
					touched[seq+1] = true
				}
			}
		}
		err := w.erase(by, w.erasure(), seqs, func(s *proof.Subject) {
			for g, is := range parts[s.Activity.Seq] {
				if is {
					replacements[g](s, fmt.Sprint("Word", round))
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID); err != nil || !v.OK() || v.Erased != int64(len(touched)) {
			t.Fatalf("round %d, while its record waits: %+v, %v; %d rows were touched", round, v, err, len(touched))
		}
		w.drain(by)
	}
	w.sound()
	v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID)
	if err != nil || v.Erased != int64(len(touched)) || v.Rows != 132 {
		t.Errorf("%+v, %v", v, err)
	}
	if again := ask[string](w, fixedParts, w.ws.ID); again != fixed {
		t.Error("an erasure changed what it may not touch")
	}
	if n := ask[int](w, `SELECT erasures FROM workspace_heads WHERE workspace_id = $1`, w.ws.ID); n != 12 {
		t.Errorf("%d erasures are counted", n)
	}
	w.wordsAreThoseOfTheRows()
}

// wordsAreThoseOfTheRows makes the index again and compares.
func (w *world) wordsAreThoseOfTheRows() {
	w.Helper()
	w.do(`CREATE TABLE words_before AS SELECT * FROM activity_words; DELETE FROM activity_words; UPDATE workspace_heads SET words_missing = seq`)
	by := w.writer(nil)
	for more := true; more; {
		var err error
		if more, err = by.index(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	// Positions of words in different members of an object follow from no order.
	if n := ask[int](w, `SELECT count(*) FROM words_before b FULL JOIN activity_words w USING (workspace_id, seq) WHERE strip(b.words) IS DISTINCT FROM strip(w.words)`); n != 0 {
		w.Errorf("the words of %d activities are not those of what they say", n)
	}
}

func TestWhatAnErasureTells(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 5)
	by := w.writer(nil)
	w.drain(by)
	id := w.erasure()
	err := w.erase(by, id, []int64{1, 2, 3}, func(s *proof.Subject) {
		if s.Activity.Seq != 2 {
			replacements[proof.Who](s, models.DeletedName)
		}
		if s.Activity.Seq == 3 {
			replacements[proof.Data](s, "nobody")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.drain(by)
	text := ask[string](w, `SELECT concat_ws(' ', actor_name, action, entity_type, entity_id, system, metadata - 'digest') FROM activities WHERE workspace_id = $1 AND seq = 6`, w.ws.ID)
	if want := fmt.Sprintf(`Ada erased erasure %s t {"rows": 2, "groups": {"who": 2, "data": 1}, "erasure": "%s"}`, id, id); text != want {
		t.Errorf("%s\ninstead of\n%s", text, want)
	}
	if n := ask[int](w, `SELECT count(*) FROM activities WHERE workspace_id = $1 AND row_key IS NULL AND seq IN (1, 3)`, w.ws.ID); n != 2 {
		t.Errorf("%d keys are gone", n)
	}
	if n := ask[int](w, `SELECT count(*) FROM event_ids e JOIN activities a USING (workspace_id, uuid) WHERE e.mac IS NOT NULL AND a.seq IN (1, 3) AND a.workspace_id = $1`, w.ws.ID); n != 0 {
		t.Errorf("%d fingerprints are left", n)
	}
	if err := w.erase(by, id, []int64{1, 2}, func(*proof.Subject) {}); err != nil {
		t.Error(err)
	}
	if n := ask[int](w, `SELECT count(*) FROM inbox`); n != 0 {
		t.Error("that nothing was erased is recorded")
	}
	w.sound()
}

// TestOnlyWhatIsUnderWayErases: another workspace, an erasure that has ended, rows under a hold, and a change of what is fixed are refused, and leave
// everything as it was.
func TestOnlyWhatIsUnderWayErases(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 5)
	by := w.writer(nil)
	w.drain(by)
	all := `SELECT md5(string_agg(a::text, ',' ORDER BY seq)) FROM activities a`
	before := ask[string](w, all)
	refused := func(why string, erasure uuid.UUID, change func(*proof.Subject)) {
		t.Helper()
		if err := w.erase(by, erasure, []int64{1, 2}, change); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("not refused with %q: %v", why, err)
		}
	}
	nobody := func(s *proof.Subject) { replacements[proof.Who](s, "nobody") }
	refused("no erasure", uuid.New(), nobody)
	ended := w.erasure()
	w.do(`UPDATE erasures SET state = 'done' WHERE id = $1`, ended)
	refused("no erasure", ended, nobody)
	refused("no erasure", w.erasureOf(w.workspace("other").ID), nobody)
	id := w.erasure()
	refused("fixed part", id, func(s *proof.Subject) { s.Activity.Action = "denied" })
	w.do(`INSERT INTO holds (workspace_id, name, entity_type, entity_id, placed_by) VALUES ($1, 'The matter', 'file', '2', '{}')`, w.ws.ID)
	refused("held", id, nobody)
	if after := ask[string](w, all); after != before || ask[int](w, `SELECT count(*) FROM erased_groups`) > 0 || ask[int](w, `SELECT count(*) FROM inbox WHERE workspace_id = $1`, w.ws.ID) > 0 {
		t.Error("what was refused has left something")
	}
	w.do(`UPDATE holds SET lifted_at = now()`)
	if err := w.erase(by, id, []int64{1, 2}, nobody); err != nil {
		t.Error(err)
	}
}

// TestTwoPeopleAreErasedAtOnce: while actors are called something else already, each row is proved with the id that it has.
func TestTwoPeopleAreErasedAtOnce(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		for _, names := range [][2]string{{"amara", "bob"}, {"bob", "amara"}, {"amara", "carol"}, {"carol", "bob"}, {"amara", "amara"}} {
			w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 0, $1, gen_random_uuid(), 1, jsonb_build_object('action', 'created', 'description', 'x', 'outcome', 'success',
				'actor', jsonb_build_object('id', $2::text, 'type', 'user'), 'on_behalf_of', jsonb_build_object('id', $3::text, 'type', 'user'))`, w.ws.ID, names[0], names[1])
		}
	}
	by := w.writer(nil)
	w.drain(by)
	sound := func(when string) {
		t.Helper()
		if v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID); err != nil || !v.OK() {
			t.Errorf("%s: %+v, %v", when, v, err)
		}
	}
	person := func(was, is string) func(*proof.Subject) {
		return func(s *proof.Subject) {
			if s.ActorID == was {
				s.ActorID, s.Activity.ActorName = is, models.DeletedName
			}
			if s.OnBehalfOf != nil && *s.OnBehalfOf == was {
				s.OnBehalfOf = &is
			}
		}
	}
	for was, is := range map[string]string{"amara": "deleted-1", "bob": "deleted-2"} {
		w.do(`UPDATE actors SET recorded_as = external_id, external_id = $2, name = 'Deleted User' WHERE external_id = $1`, was, is)
	}
	sound("both are called something else")
	first, second := w.erasure(), w.erasure()
	some := []int64{1, 2, 3, 4, 5, 6, 7}
	if err := w.erase(by, first, some, person("amara", "deleted-1")); err != nil {
		t.Fatal(err)
	}
	sound("one is erased in half of the rows")
	if err := w.erase(by, second, some[2:], person("bob", "deleted-2")); err != nil {
		t.Fatal(err)
	}
	sound("and the other in some of them")
	w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 0, $1, gen_random_uuid(), 1, '{"action": "created", "description": "x", "outcome": "success", "actor": {"id": "deleted-1", "type": "user"}}'`, w.ws.ID)
	w.drain(by)
	sound("one was posted under the new id")
	all := make([]int64, 20)
	for i := range all {
		all[i] = int64(i + 1)
	}
	for id, change := range map[uuid.UUID]func(*proof.Subject){first: person("amara", "deleted-1"), second: person("bob", "deleted-2")} {
		if err := w.erase(by, id, all, change); err != nil {
			t.Fatal(err)
		}
	}
	w.do(`UPDATE actors SET recorded_as = NULL`)
	sound("both are erased everywhere")
	w.drain(by)
	w.sound()
}
