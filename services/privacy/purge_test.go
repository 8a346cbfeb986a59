package privacy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
)

// TestAPurgeEqualsALoop purges by random filters and periods, and compares what was said before, what is gone, and what is left with a loop.
func TestAPurgeEqualsALoop(t *testing.T) {
	r := feedtest.Random(t)
	c := feedtest.NewCast(t, r, 500)
	p := with(t, c.World, c.Workspaces[0])
	u := c.Users[1]
	p.owner = c.World.Viewer(t, u, p.ws)
	for round := range 12 {
		f := c.AnyFilter(r)
		f.To = c.Bound(r)
		if r.IntN(2) == 0 {
			f.From = feed.Bound{}
		}
		o := c.World.Look(t)
		want := o.Find(func(row feedtest.Row) bool {
			who := access.Principal{User: u}
			return row.WorkspaceID == p.ws.ID && o.May(who, row, f.System) && feedtest.Selects(f, o.As(who, row))
		})
		before := ask[int64](p, `SELECT count(*) FROM activities`)
		preview, err := p.privacy.Preview(t.Context(), doer(p.owner), p.owner, f)
		if err != nil || preview.Rows != int64(len(want)) || preview.Stays != ask[int64](p, `SELECT count(*) FROM activities WHERE workspace_id = $1`, p.ws.ID)-preview.Rows {
			t.Fatalf("%d, %q: the preview is %+v (%v), not %d rows", round, f, preview, err, len(want))
		}
		gone := p.ended(p.purge(f).ID)
		byType := map[string]int64{}
		for _, row := range want {
			byType[row.EntityType]++
		}
		if gone.State != models.PurgeDone || gone.Purged != int64(len(want)) || texts(gone.ByType) != texts(byType) || sum(gone.ByMonth) != gone.Purged {
			t.Fatalf("%d, %q: %+v, not %d rows of %v", round, f, gone, len(want), byType)
		}
		var stones []string
		if err := p.DB.Gorm.Raw(`SELECT uuid::text FROM tombstones WHERE purge_id = ? ORDER BY 1`, gone.ID).Scan(&stones).Error; err != nil || !slices.Equal(stones, uuids(want)) {
			t.Fatalf("%d, %q: what is gone is not what was to go (%v)", round, f, err)
		}
		if after := ask[int64](p, `SELECT count(*) FROM activities`); after != before-int64(len(want))+2 { // and the two acts
			t.Fatalf("%d, %q: %d rows are left of %d", round, f, after, before)
		}
		p.sound()
	}
}

// TestAPurgeSurvivesItsWriter ends the writer's connection after each piece, as a crash would.
func TestAPurgeSurvivesItsWriter(t *testing.T) {
	p := newPlace(t)
	p.files(9000)
	f := until(t, "2025-12-31")
	f.Types = []string{"file"}
	id := p.purge(f).ID
	crashes, at := 0, int64(-1)
	p.eventually("the purge is done", func() bool {
		now := p.one(id)
		if now.DoneSeq != at && now.UnderWay() {
			at = now.DoneSeq
			crashes += ask[int](p, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'daybook journal') AS killed`)
		}
		return !now.UnderWay()
	})
	done := p.ended(id)
	if done.State != models.PurgeDone || done.Purged != 4500 || done.ByType["file"] != 4500 || crashes == 0 {
		t.Errorf("%+v after %d crashes", done, crashes)
	}
	if done.ByMonth["2024-01"] == 0 || sum(done.ByMonth) != 4500 {
		t.Error(done.ByMonth)
	}
	want := []string{fmt.Sprintf("alice purge_started Purge %d success", id), fmt.Sprintf("alice purged Purge %d 4500 success", id)}
	if got := p.recorded(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	p.sound()
}

// TestSendingGoesOnDuringAPurge sends while rows are deleted; nothing recorded after the confirmation is touched.
func TestSendingGoesOnDuringAPurge(t *testing.T) {
	p := newPlace(t)
	p.files(7000)
	var sending sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	sent := 0
	id := p.purge(until(t, "2030-12-31")).ID
	sending.Go(func() {
		for ctx.Err() == nil {
			event := feedtest.Event{"actor": feedtest.Event{"id": "u1"}, "action": "updated", "occurred_at": "2024-01-01T00:00:00Z"}
			if err := p.Put(t.Context(), p.ws, []feedtest.Event{event, event}); err != nil {
				t.Error(err)
				return
			}
			sent += 2
		}
	})
	p.eventually("it is done", func() bool { return !p.one(id).UnderWay() })
	stop()
	sending.Wait()
	done := p.ended(id)
	if left := ask[int](p, `SELECT count(*) FROM activities WHERE action = 'updated'`); done.Purged != 7000 || left != sent || sent == 0 {
		t.Errorf("%+v: %d rows are left of %d that were sent", done, left, sent)
	}
	p.sound()
}

// TestAPurgeIsCancelled holds the writer back, so that the purge waits when it is cancelled.
func TestAPurgeIsCancelled(t *testing.T) {
	p := newPlace(t)
	p.files(10)
	hold, err := p.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), `SELECT FROM journal_head FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	id := p.purge(until(t, "2030-12-31")).ID
	_, err = p.privacy.Purge(t.Context(), doer(p.owner), p.owner, privacy.Order{Filter: until(t, "2020-12-31"), Confirm: "acme"})
	if models.KindOf(err) != models.Conflict {
		t.Errorf("a second one: %v", err)
	}
	if err := p.privacy.Cancel(t.Context(), doer(p.owner), id); err != nil {
		t.Fatal(err)
	}
	if err := p.privacy.Cancel(t.Context(), doer(p.owner), id); models.KindOf(err) != models.Conflict {
		t.Errorf("twice: %v", err)
	}
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done := p.ended(id); done.State != models.PurgeCancelled || done.Purged != 0 {
		t.Errorf("%+v", done)
	}
	p.ended(p.purge(until(t, "2024-01-01")).ID) // another one may begin; the days are UTC's
	if left := ask[int](p, `SELECT count(*) FROM activities WHERE action = 'created'`); left != 0 {
		t.Errorf("%d are left", left)
	}
	want := []string{"alice purge_started Purge 1 success", "alice purge_cancelled Purge 1 0 success", "alice purge_started Purge 3 success", "alice purged Purge 3 10 success"}
	if got := p.recorded(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	p.sound()
}

// TestWhatIsRefused names who may not purge, and what cannot be.
func TestWhatIsRefused(t *testing.T) {
	p := newPlace(t)
	p.files(3)
	admin, member, ina := p.User(t, "ada", false), p.User(t, "bob", false), p.User(t, "ina", true)
	p.Member(t, p.ws, admin, models.Admin)
	p.Member(t, p.ws, member, models.Member)
	good := privacy.Order{Filter: until(t, "2030-12-31"), Confirm: "acme"}
	for name, c := range map[string]struct {
		by    access.Viewer
		order privacy.Order
		kind  models.Kind
		field string
	}{
		"an admin":               {p.Viewer(t, admin, p.ws), good, models.Forbidden, ""},
		"a member":               {p.Viewer(t, member, p.ws), good, models.Forbidden, ""},
		"another word":           {p.owner, privacy.Order{Filter: good.Filter, Confirm: "Acme"}, models.Invalid, "confirm"},
		"no word":                {p.owner, privacy.Order{Filter: good.Filter}, models.Invalid, "confirm"},
		"no end":                 {p.owner, privacy.Order{Filter: feed.Filter{From: good.Filter.To}, Confirm: "acme"}, models.Invalid, "end_date"},
		"a number that is none":  {p.owner, privacy.Order{Filter: good.Filter, Confirm: "acme", UpTo: -1}, models.Invalid, "up_to"},
		"nobody's purge: a list": {p.Viewer(t, admin, p.ws), privacy.Order{}, models.Forbidden, ""},
	} {
		_, err := p.privacy.Purge(t.Context(), doer(c.by), c.by, c.order)
		if models.KindOf(err) != c.kind || c.field != "" && !strings.HasPrefix(err.Error(), c.field+":") {
			t.Errorf("%s: %v", name, err)
		}
		if c.kind != models.Forbidden {
			continue
		}
		if _, err := p.privacy.Preview(t.Context(), doer(c.by), c.by, good.Filter); models.KindOf(err) != c.kind {
			t.Errorf("%s looks: %v", name, err)
		}
		if _, err := p.privacy.Purges(t.Context(), doer(c.by), 0); models.KindOf(err) != c.kind {
			t.Errorf("%s lists: %v", name, err)
		}
	}
	if n := ask[int](p, `SELECT count(*) FROM purges`); n != 0 {
		t.Errorf("%d purges were begun", n)
	}
	p.owner = p.Viewer(t, ina, p.ws)
	if done := p.ended(p.purge(good.Filter).ID); done.Purged != 3 {
		t.Errorf("an instance admin: %+v", done)
	}
	if _, err := p.privacy.One(t.Context(), doer(p.owner), 999); models.KindOf(err) != models.NotFound {
		t.Error(err)
	}
}

// TestWordsThatAreNotIndexedYet: a row without words would be passed over, or taken for one that lacks a word.
func TestWordsThatAreNotIndexedYet(t *testing.T) {
	p := newPlace(t)
	f := until(t, "2030-12-31")
	f.Not.Words = []feed.Word{{Text: "ferry"}}
	if _, err := p.DB.Pool.Exec(t.Context(), `INSERT INTO workspace_heads (workspace_id, seq, words_missing) SELECT id, 0, 0 FROM workspaces ON CONFLICT DO NOTHING`); err != nil {
		t.Fatal(err)
	}
	err := pgx.BeginFunc(t.Context(), p.DB.Pool, func(tx pgx.Tx) error { // what the writer is about to fill is locked, so that it stays as it is
		_, err := tx.Exec(t.Context(), `SELECT FROM journal_head FOR UPDATE`)
		if err == nil {
			_, err = p.DB.Pool.Exec(t.Context(), `UPDATE workspace_heads SET words_missing = 5 WHERE workspace_id = $1`, p.ws.ID)
		}
		if err != nil {
			return err
		}
		if _, err = p.privacy.Preview(t.Context(), doer(p.owner), p.owner, f); models.KindOf(err) != models.Conflict {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingElseDeletes: by hand neither rows nor tombstones can be changed, and the one way in needs a purge of that workspace.
func TestNothingElseDeletes(t *testing.T) {
	p := newPlace(t)
	p.files(4)
	id := p.ended(p.purge(until(t, "2024-01-01")).ID).ID
	p.files(2)
	for _, sql := range []string{
		`DELETE FROM activities`, `UPDATE activities SET action = 'x'`, `TRUNCATE activities`, `DELETE FROM activities WHERE false`,
		`DELETE FROM tombstones`, `UPDATE tombstones SET seq = 1`, `TRUNCATE tombstones`,
		fmt.Sprintf(`SELECT purge_activities('%s', '{5}', %d)`, p.ws.ID, id), // it has ended
		fmt.Sprintf(`SELECT purge_activities('%s', '{5}', 999)`, p.ws.ID),
	} {
		if _, err := p.DB.Pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	p.sound()
}

// TestAReaderAtAPurgedPositionIsToldWhereToGoOn follows from before, in and behind a purged stretch.
func TestAReaderAtAPurgedPositionIsToldWhereToGoOn(t *testing.T) {
	p := newPlace(t)
	p.files(6) // numbers 1 to 6, files and tasks in turn
	ids := make([]string, 7)
	for seq := 1; seq <= 6; seq++ {
		ids[seq] = ask[string](p, `SELECT uuid::text FROM activities WHERE workspace_id = $1 AND seq = $2`, p.ws.ID, seq)
	}
	f := until(t, "2030-12-31")
	f.Types = []string{"file"}
	p.ended(p.purge(f).ID) // 1, 3, 5
	for seq, want := range map[int]string{1: "after_id=0,", 3: "after_id=" + ids[2], 5: "after_id=" + ids[4]} {
		_, err := p.Follow(t.Context(), p.owner, feed.Filter{}, ids[seq], 50)
		if models.KindOf(err) != models.Gone || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v", seq, err)
		}
	}
	entries, err := p.Follow(t.Context(), p.owner, feed.Filter{}, ids[2], 50)
	if err != nil || len(entries) != 2 || entries[0].UUID.String() != ids[4] {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestAPurgeDuringARecount asks for another time zone while a purge is under way, and the other way round: the counts are those of the rows.
func TestAPurgeDuringARecount(t *testing.T) {
	p := newPlace(t)
	p.files(6000)
	move := func(zone string) {
		t.Helper()
		if _, err := p.DB.Pool.Exec(t.Context(), `UPDATE workspaces SET next_time_zone = $2 WHERE id = $1`, p.ws.ID, zone); err != nil {
			t.Fatal(err)
		}
	}
	f := until(t, "2030-12-31")
	f.Types = []string{"task"}
	id := p.purge(f).ID
	p.eventually("it is running", func() bool { return p.one(id).DoneSeq > 0 })
	move("Asia/Kolkata")
	p.ended(id)
	p.eventually("the zone is another one", func() bool {
		return ask[string](p, `SELECT time_zone FROM workspaces WHERE id = $1`, p.ws.ID) == "Asia/Kolkata"
	})
	p.owner.Workspace.TimeZone = "Asia/Kolkata"
	f.Types = []string{"file"}
	p.held(func(pgx.Tx) {
		id = p.purge(f).ID
		move("Pacific/Auckland")
	})
	second := p.ended(id)
	p.eventually("the zone is the third one", func() bool {
		return ask[string](p, `SELECT time_zone FROM workspaces WHERE id = $1`, p.ws.ID) == "Pacific/Auckland"
	})
	if second.Purged != 3000 || sum(second.ByMonth) != 3000 {
		t.Errorf("%+v", second)
	}
	p.sound()
}

// TestWhatIsConfirmedIsWhatWasShown: rows that came after the preview stay, although they came before the confirmation.
func TestWhatIsConfirmedIsWhatWasShown(t *testing.T) {
	p := newPlace(t)
	p.files(4)
	f := until(t, "2030-12-31")
	preview, err := p.privacy.Preview(t.Context(), doer(p.owner), p.owner, f)
	if err != nil || preview.UpTo != 4 || len(preview.Samples) != 4 {
		t.Fatal(preview, err)
	}
	p.files(3)
	made, err := p.privacy.Purge(t.Context(), doer(p.owner), p.owner, privacy.Order{Filter: f, Confirm: "acme", UpTo: preview.UpTo})
	if err != nil {
		t.Fatal(err)
	}
	if done := p.ended(made.ID); done.Purged != preview.Rows || ask[int](p, `SELECT count(*) FROM activities WHERE action = 'created'`) != 3 {
		t.Errorf("%+v", done)
	}
	p.sound()
}

// TestASelectionIsThatOfItsConfirmation renames the actor that was named, and merges another one into it, before the first piece.
func TestASelectionIsThatOfItsConfirmation(t *testing.T) {
	p := newPlace(t)
	p.files(14) // each of u0 to u6 twice
	hold, err := p.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), `SELECT FROM journal_head FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	f := until(t, "2030-12-31")
	f.ActorNames = []string{"u1"}
	id := p.purge(f).ID
	for _, sql := range []string{
		`UPDATE actors SET name = 'u1', external_id = 'other' WHERE external_id = 'u2'`,
		`UPDATE actors SET name = 'nobody' WHERE external_id = 'u1'`,
		`UPDATE actors SET merged_into = (SELECT id FROM actors WHERE external_id = 'u1') WHERE external_id = 'u3'`,
	} {
		if _, err := p.DB.Pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done := p.ended(id); done.Purged != 2 || ask[int](p, `SELECT count(*) FROM activities a JOIN actors w ON w.id = a.actor_id WHERE w.external_id = 'u1'`) != 0 {
		t.Errorf("%+v", done)
	}
}
