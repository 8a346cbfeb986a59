package journal

import (
	"maps"
	"slices"
	"testing"

	"daybook/models"
	"daybook/services/proof"
)

func TestARecountFindsWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 2000)
	w.drain(w.writer(nil))
	w.sound()
	w.do(`UPDATE daily_counts SET count = count + 1 WHERE ctid = (SELECT min(ctid) FROM daily_counts)`)
	w.do(`DELETE FROM hourly_counts WHERE ctid = (SELECT max(ctid) FROM hourly_counts)`)
	w.do(`INSERT INTO hourly_counts VALUES ($1, '2001-01-01', 0, 1, 0, 'success', false, 7)`, w.ws.ID)
	w.do(`INSERT INTO daily_counts VALUES ($1, '2031-01-01', 0, 1, 0, 'file', 'created', 'success', false, 5)`, models.BuiltInWorkspace)
	w.do(`INSERT INTO hourly_totals VALUES ($1, '2031-01-01', 'success', false, 5)`, w.ws.ID)
	w.do(`INSERT INTO daily_totals VALUES ($1, 2, '2031-01-01', false, 7, '', '', '', 5)`, w.ws.ID)
	differences, err := w.j.Recount(t.Context())
	found := map[string]int{}
	for _, d := range differences {
		found[d.Rollup]++
	}
	// The totals follow: a wrong count of a day is wrong in three sums, one of an hour in one.
	if want := map[string]int{"daily_counts": 2, "daily_totals": 7, "hourly_counts": 2, "hourly_totals": 3}; err != nil || !maps.Equal(found, want) {
		t.Fatalf("%v: %v, %v", found, differences, err)
	}
	for _, d := range differences {
		if d.Recorded == d.Counted || d.Key == "" || d.String() == "" {
			t.Errorf("%+v", d)
		}
	}
}

func TestAProofFindsWhatWasAltered(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 2500)
	w.drain(w.writer(nil))
	w.sound()
	w.do(`ALTER TABLE activities DISABLE TRIGGER USER`)
	w.do(`UPDATE activities SET entity_name = 'Another' WHERE seq = 7 AND workspace_id = $1`, w.ws.ID)
	w.do(`UPDATE activities SET occurred_at = occurred_at + interval '1 microsecond' WHERE seq = 1000 AND workspace_id = $1`, w.ws.ID)
	w.do(`UPDATE activities SET metadata = '{"n": 1001.5}' WHERE seq = 1001 AND workspace_id = $1`, w.ws.ID)
	w.do(`UPDATE actors SET external_id = 'somebody else' WHERE id = (SELECT actor_id FROM activities WHERE seq = 1500 AND workspace_id = $1)`, w.ws.ID)
	theirs := ask[int64](w, `SELECT count(*) FROM activities WHERE actor_id = (SELECT id FROM actors WHERE external_id = 'somebody else') AND seq NOT IN (7, 1000, 1001)`)
	w.do(`UPDATE activities SET row_key = NULL WHERE seq = 1200 AND workspace_id = $1`, w.ws.ID)
	w.do(`DELETE FROM activities WHERE workspace_id = $1 AND (seq = 2000 OR seq > 2490)`, w.ws.ID)
	gone := ask[int64](w, `SELECT $1 - count(*) FROM activities WHERE actor_id = (SELECT id FROM actors WHERE external_id = 'somebody else') AND seq NOT IN (7, 1000, 1001, 1200)`, theirs)
	v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, w.ws.ID)
	if err != nil || v.OK() || v.Rows != 2489 || v.Missing != 11 || v.Erased != 0 || v.Altered != 4+theirs-gone {
		t.Errorf("%+v, %v; %d rows of another actor, %d of them gone", v, err, theirs, gone)
	}
	for _, seq := range []int64{7, 1000, 1001, 1200, 1500, 2000} {
		if !slices.ContainsFunc(v.Flaws, func(f proof.Flaw) bool { return f.First <= seq && seq <= f.Last }) {
			t.Errorf("%d is not named", seq)
		}
	}
	if v, err := proof.VerifyWorkspace(t.Context(), w.db.Pool, models.BuiltInWorkspace); err != nil || !v.OK() || v.Rows != 0 {
		t.Errorf("a workspace without a row: %+v, %v", v, err)
	}
}
