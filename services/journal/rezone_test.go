package journal

import (
	"errors"
	"testing"
)

// zones gives the zone that a workspace has, and the one it waits for.
func (w *world) zones() string {
	w.Helper()
	return ask[string](w, `SELECT concat_ws(' → ', time_zone, next_time_zone) FROM workspaces WHERE id = $1`, w.ws.ID)
}

// counted makes sure that the rollups say what the rows say, in the zone that the workspace has.
func (w *world) counted() {
	w.Helper()
	differences, err := w.j.Recount(w.Context())
	if err != nil || len(differences) > 0 {
		w.Fatalf("%v, %v", differences, err)
	}
}

// turn lets the writer count one stretch of some hundred rows.
func (w *world) turn(by *writer) (more bool) {
	w.Helper()
	by.room = 16
	more, err := by.rezone(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return more
}

// left is how many counts of a zone that is no more are lying about.
func (w *world) left() int {
	w.Helper()
	return ask[int](w, `SELECT (SELECT count(*) FROM daily_recounts) + (SELECT count(*) FROM hourly_recounts) + (SELECT count(*) FROM recounts)`)
}

func TestAWorkspaceGetsAnotherZone(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 1000)
	by := w.writer(nil)
	w.drain(by)
	w.counted()
	if w.turn(by) {
		t.Error("there is nothing to do")
	}
	before := ask[string](w, `SELECT md5(string_agg(d::text, '' ORDER BY d::text)) FROM daily_counts d`)
	w.do(`UPDATE workspaces SET next_time_zone = 'Pacific/Auckland' WHERE id = $1`, w.ws.ID)
	for turn := range 3 { // 320 rows each: statistics stay those of the old zone, also of what is posted meanwhile
		if !w.turn(by) || w.zones() != "Canada/Newfoundland → Pacific/Auckland" {
			t.Fatalf("after turn %d: %s", turn, w.zones())
		}
		w.counted()
	}
	if after := ask[string](w, `SELECT md5(string_agg(d::text, '' ORDER BY d::text)) FROM daily_counts d`); after != before {
		t.Error("the counts changed on the way")
	}
	w.fill(bulk, 50)
	w.drain(by)
	w.counted()
	for w.turn(by) {
	}
	if w.zones() != "Pacific/Auckland" || w.left() != 0 {
		t.Errorf("%s, %d left", w.zones(), w.left())
	}
	w.counted()
	if after := ask[string](w, `SELECT md5(string_agg(d::text, '' ORDER BY d::text)) FROM daily_counts d`); after == before {
		t.Error("the days are those of the old zone")
	}
	w.fill(bulk, 50)
	w.drain(by)
	w.counted()
}

func TestAZoneIsChangedOnceMoreOnTheWay(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 700)
	by := w.writer(nil)
	w.drain(by)
	for _, zone := range []string{"Pacific/Auckland", "Asia/Kolkata", "Pacific/Auckland"} {
		w.do(`UPDATE workspaces SET next_time_zone = $2 WHERE id = $1`, w.ws.ID, zone)
		w.turn(by)
		w.turn(by)
		w.counted()
	}
	for w.turn(by) {
	}
	if w.zones() != "Pacific/Auckland" || w.left() != 0 {
		t.Errorf("%s, %d left", w.zones(), w.left())
	}
	w.counted()
	// And back before anything was exchanged: then nothing is left to do but to clear up.
	w.do(`UPDATE workspaces SET next_time_zone = 'Asia/Kolkata' WHERE id = $1`, w.ws.ID)
	w.turn(by)
	w.do(`UPDATE workspaces SET next_time_zone = NULL WHERE id = $1`, w.ws.ID)
	for w.turn(by) {
	}
	if w.zones() != "Pacific/Auckland" || w.left() != 0 {
		t.Errorf("%s, %d left", w.zones(), w.left())
	}
	w.counted()
}

func TestAnEmptyWorkspaceGetsAnotherZone(t *testing.T) {
	w := newWorld(t)
	w.do(`UPDATE workspaces SET next_time_zone = 'Asia/Kolkata' WHERE id = $1`, w.ws.ID)
	by := w.writer(nil)
	for w.turn(by) {
	}
	if w.zones() != "Asia/Kolkata" || w.left() != 0 {
		t.Errorf("%s, %d left", w.zones(), w.left())
	}
}

func TestADeposedWriterGivesNobodyAnotherZone(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 10)
	by := w.writer(nil)
	w.drain(by)
	w.writer(nil)
	w.do(`UPDATE workspaces SET next_time_zone = 'Asia/Kolkata' WHERE id = $1`, w.ws.ID)
	if _, err := by.rezone(t.Context()); !errors.Is(err, errDeposed) {
		t.Error(err)
	}
	if w.zones() != "Canada/Newfoundland → Asia/Kolkata" {
		t.Error(w.zones())
	}
}

// A journal that runs does all of it by itself.
func TestTheJournalGivesAWorkspaceAnotherZone(t *testing.T) {
	w := newWorld(t)
	w.run(w.j)
	w.fill(bulk, 300)
	if err := w.j.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.do(`UPDATE workspaces SET next_time_zone = 'Asia/Kolkata' WHERE id = $1`, w.ws.ID)
	w.eventually("the zone is another one", func() bool { return w.zones() == "Asia/Kolkata" })
	w.counted()
}
