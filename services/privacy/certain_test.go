package privacy_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
	"daybook/services/privacy"
)

// do changes the database behind everybody's back.
func (p *place) do(sql string, args ...any) {
	p.Helper()
	if _, err := p.DB.Pool.Exec(p.Context(), sql, args...); err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
}

// held does something while the writer may not post, index or purge.
func (p *place) held(do func(tx pgx.Tx)) {
	p.Helper()
	err := pgx.BeginFunc(p.Context(), p.DB.Pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(p.Context(), `SELECT FROM journal_head FOR UPDATE`)
		if err == nil {
			do(tx)
		}
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}

// lives gives the workspace a zone, and shows it to the owner.
func (p *place) lives(zone string) {
	p.Helper()
	p.do(`UPDATE workspaces SET time_zone = $2 WHERE id = $1`, p.ws.ID, zone)
	p.ws.TimeZone, p.owner.Workspace.TimeZone = zone, zone
}

func (p *place) left() string {
	p.Helper()
	return ask[string](p, `SELECT coalesce(string_agg(entity_id, ' ' ORDER BY entity_id), '') FROM activities WHERE entity_type = 'file'`)
}

func file(id, at, text string) feedtest.Event {
	return feedtest.Event{
		"actor": feedtest.Event{"id": "u"}, "action": "created", "resource": feedtest.Event{"type": "file", "id": id}, "occurred_at": at, "description": text,
	}
}

// TestAPurgeByHourKeepsTheZoneOfItsConfirmation changes the zone before the first piece: other rows are of that hour then, and of that month.
func TestAPurgeByHourKeepsTheZoneOfItsConfirmation(t *testing.T) {
	p := newPlace(t)
	p.lives("UTC")
	p.Send(p, p.ws, file("three", "2024-01-01T03:30:00Z", ""), file("eight", "2024-01-01T08:30:00Z", ""))
	f := until(t, "2024-12-31")
	f.Hours = []int{3}
	var id int64
	p.held(func(pgx.Tx) {
		id = p.purge(f).ID
		p.do(`UPDATE workspaces SET next_time_zone = 'America/New_York' WHERE id = $1`, p.ws.ID)
	})
	done := p.ended(id)
	if zone := ask[string](p, `SELECT time_zone FROM workspaces WHERE id = $1`, p.ws.ID); zone != "America/New_York" {
		t.Errorf("the zone is %s still", zone) // then this test shows nothing
	}
	if done.Purged != 1 || p.left() != "eight" || texts(done.ByMonth) != `{"2024-01":1}` {
		t.Errorf("%+v; left is %s", done, p.left())
	}
	p.sound()
}

// TestAPurgeIsNotBegunInAnotherZoneThanItsPreview: what was shown is not what would be deleted.
func TestAPurgeIsNotBegunInAnotherZoneThanItsPreview(t *testing.T) {
	p := newPlace(t)
	p.lives("UTC")
	p.Send(p, p.ws, file("three", "2024-01-01T03:30:00Z", ""))
	order := privacy.Order{Filter: until(t, "2024-12-31"), Confirm: "acme"}
	order.Filter.Hours = []int{3}
	preview, err := p.privacy.Preview(t.Context(), doer(p.owner), p.owner, order.Filter)
	if err != nil || preview.Zone != "UTC" || preview.Rows != 1 {
		t.Fatalf("%+v, %v", preview, err)
	}
	order.Zone = preview.Zone
	refused := func(when string) {
		t.Helper()
		if _, err := p.privacy.Purge(t.Context(), doer(p.owner), p.owner, order); models.KindOf(err) != models.Conflict {
			t.Errorf("%s: %v", when, err)
		}
	}
	p.held(func(pgx.Tx) { // or the zone would be there at once
		p.do(`UPDATE workspaces SET next_time_zone = 'Asia/Tokyo' WHERE id = $1`, p.ws.ID)
		refused("while it changes")
		p.do(`UPDATE workspaces SET next_time_zone = NULL WHERE id = $1`, p.ws.ID)
	})
	p.do(`UPDATE workspaces SET time_zone = 'Asia/Tokyo' WHERE id = $1`, p.ws.ID)
	order.Zone = ""
	refused("by who read the workspace before it changed")
	p.owner.Workspace.TimeZone = "Asia/Tokyo"
	order.Zone = preview.Zone
	refused("by who confirms an old preview")
	if n := ask[int](p, `SELECT count(*) FROM purges`); n != 0 {
		t.Errorf("%d purges were begun", n)
	}
}

// TestAPurgeWaitsForWordsThatGoMissingLater: the index may lose what a writer without it recorded, after the confirmation.
func TestAPurgeWaitsForWordsThatGoMissingLater(t *testing.T) {
	p := newPlace(t)
	for i := range 4 {
		p.Send(p, p.ws, file(fmt.Sprint(i), "2024-01-01T03:30:00Z", []string{"by ferry", "by train"}[i%2]))
	}
	words, types := until(t, "2024-12-31"), until(t, "2024-12-31")
	words.Not.Words, types.Types = []feed.Word{{Text: "ferry"}}, []string{"task"}
	due := func(tx pgx.Tx) bool {
		t.Helper()
		due, err := privacy.Due(p.privacy, t.Context(), tx)
		if err != nil {
			t.Error(err)
		}
		return due
	}
	missing := func() { // which the next writer finds out
		p.do(`UPDATE workspace_heads SET words_missing = seq WHERE workspace_id = $1`, p.ws.ID)
		p.do(`DELETE FROM activity_words WHERE workspace_id = $1`, p.ws.ID)
		p.do(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'daybook journal'`)
	}
	var id int64
	p.held(func(tx pgx.Tx) {
		id = p.purge(words).ID
		if !due(tx) {
			t.Error("it is not due while all words are there")
		}
		missing()
		if due(tx) {
			t.Error("it is due while words are missing")
		}
	})
	if done := p.ended(id); done.State != models.PurgeDone || done.Purged != 2 || p.left() != "0 2" {
		t.Errorf("%+v; left is %s", done, p.left())
	}
	p.held(func(tx pgx.Tx) {
		id = p.purge(types).ID
		missing()
		if !due(tx) {
			t.Error("one that asks for no words waits for them")
		}
	})
	p.ended(id)
	p.eventually("all have words", func() bool { return ask[int64](p, `SELECT max(words_missing) FROM workspace_heads`) == 0 })
	p.sound()
}

// TestAPurgeSparesRowsWhoseWordsAreUnknown: PostgreSQL refused the words of one row, and another one has none; what they say, nobody has looked.
func TestAPurgeSparesRowsWhoseWordsAreUnknown(t *testing.T) {
	p := newPlace(t)
	for _, id := range []string{"known", "refused", "unknown"} {
		p.Send(p, p.ws, file(id, "2024-01-01T03:30:00Z", "by train"))
	}
	p.do(`UPDATE activity_words w SET words = '' FROM activities a WHERE a.workspace_id = w.workspace_id AND a.seq = w.seq AND a.entity_id = 'refused'`)
	p.do(`DELETE FROM activity_words w USING activities a WHERE a.workspace_id = w.workspace_id AND a.seq = w.seq AND a.entity_id = 'unknown'`)
	f := until(t, "2024-12-31")
	f.Not.Words = []feed.Word{{Text: "ferry"}}
	preview, err := p.privacy.Preview(t.Context(), doer(p.owner), p.owner, f)
	if err != nil || preview.Rows != 1 {
		t.Errorf("%+v, %v", preview, err)
	}
	if done := p.ended(p.purge(f).ID); done.Purged != 1 || p.left() != "refused unknown" {
		t.Errorf("%+v; left is %s", done, p.left())
	}
}

// TestAfterAPurgeTheContentCannotBeGuessed: sending a guess under the same id must not tell whether it is right.
func TestAfterAPurgeTheContentCannotBeGuessed(t *testing.T) {
	p := newPlace(t)
	const gone, stays = "6f1c1f0e-6f37-4a5e-9d0b-0123456789ab", "6f1c1f0e-6f37-4a5e-9d0b-0123456789ac"
	sent := func(id, at, text string) feedtest.Event {
		e := file(id, at, text)
		e["id"] = id
		return e
	}
	p.Send(p, p.ws, sent(gone, "2024-01-01T03:30:00Z", "secret 4711"), sent(stays, "2025-06-01T03:30:00Z", "secret 4711"))
	p.ended(p.purge(until(t, "2024-12-31")).ID)
	for _, guess := range []string{"secret 4710", "secret 4711"} {
		text := texts([]feedtest.Event{sent(gone, "2024-01-01T03:30:00Z", guess)})
		r, err := p.Ingest.SendArray(t.Context(), ingest.Sender{Workspace: p.ws, Source: ingest.ImportSource(p.ws.ID)}, []byte(text))
		if err != nil || r.Accepted != 0 {
			t.Errorf("%s: %d accepted, %v", guess, r.Accepted, err)
		}
	}
	if err := p.Put(t.Context(), p.ws, []feedtest.Event{sent(stays, "2025-06-01T03:30:00Z", "secret 4710")}); models.KindOf(err) != models.Conflict {
		t.Errorf("other content for an activity that is there: %v", err)
	}
	if err := p.Journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.left() != stays {
		t.Errorf("left is %s", p.left())
	}
	if kept := ask[string](p, `SELECT string_agg(uuid::text, ' ') FROM event_ids WHERE uuid = ANY ($1::text[]::uuid[]) AND (mac_key IS NOT NULL OR mac IS NOT NULL)`, []string{gone, stays}); kept != stays {
		t.Errorf("fingerprints are kept of %s", kept)
	}
	p.sound()
}
