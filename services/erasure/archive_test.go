package erasure_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/feed"
	"daybook/services/privacy"
	"daybook/services/stats"
)

// archived gives all lines of all archives.
func (w *world) archived() string {
	w.Helper()
	var all bytes.Buffer
	for _, chunk := range ask[[][]byte](w, `SELECT coalesce(array_agg(bytes ORDER BY archive_id, n), '{}') FROM archive_chunks`) {
		r, err := gzip.NewReader(bytes.NewReader(chunk))
		w.must(err)
		_, err = io.Copy(&all, r)
		w.must(err)
	}
	return all.String()
}

// TestArchivesForgetToo: what retention has put aside is gone through like the rest.
func TestArchivesForgetToo(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme,
		`{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt", "role": "chef"}, "action": "created", "resource": {"type": "note", "id": "1"}, "ip_address": "203.0.113.7"}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "note", "id": "2", "name": "For zelie quandt"}, "metadata": {"assignee": "zq71xk9v"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "created", "resource": {"type": "note", "id": "3", "name": "Nobody's"}}`,
		`{"actor": {"id": "zq71xk9v"}, "action": "created", "resource": {"type": "task", "id": "1"}}`)
	w.keepNotes()
	w.has(w.archived(), "Zélie Quandt", "zelie quandt", "zq71xk9v", "Nobody's")
	preview, err := w.erasures.Preview(t.Context(), w.doer(w.acme, w.owner), erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")})
	if err != nil || preview.Archives != 1 {
		t.Errorf("the preview: %+v, %v", preview, err)
	}
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, "Zélie Quandt")
	if e.State != models.ErasureDone || e.Elsewhere["archived"] != 2 || e.Activities != 1 {
		t.Errorf("%+v", e)
	}
	w.has(w.archived(), "!Zélie", "!quandt", "!zq71xk9v", "!203.0.113.7", "!chef", "Nobody's", `"name":"Deleted User"`, "For Deleted User")
	if state := ask[string](w, `SELECT state FROM archives`); state != "done" {
		t.Errorf("the archive is %s", state)
	}
	w.sound()
}

// TestWhatIsArchivedBeforeItIsReached: an activity that an erasure has not reached goes into an archive by the names that were recorded; by these it is known
// when the archive is gone through.
func TestWhatIsArchivedBeforeItIsReached(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt"}, "action": "created", "resource": {"type": "note", "id": "1"}}`,
		`{"actor": {"id": "robot", "type": "agent", "name": "Robot"}, "on_behalf_of": {"id": "zq71xk9v"}, "action": "created", "resource": {"type": "note", "id": "2"}}`)
	w.do(`UPDATE actors SET recorded_as = external_id, recorded_name = name, external_id = 'deleted-1', name = 'Deleted User', erased_at = now() WHERE external_id = 'zq71xk9v'`)
	w.keepNotes()
	w.has(w.archived(), `"actor":{"id":"zq71xk9v","name":"Zélie Quandt"`, `"on_behalf_of":{"id":"zq71xk9v","name":"Zélie Quandt"`, "!deleted-1")
}

// keepNotes has retention put all notes of acme into an archive.
func (w *world) keepNotes() {
	w.Helper()
	reading := feed.New(w.db, auth.NewKeys([]byte(secret)).For("cursors"))
	keeping := privacy.New(w.db, privacy.Parts{Journal: w.journal, Ingest: w.in, Feed: reading, Stats: stats.New(w.db, reading), Now: func() time.Time { return time.Now().Add(72 * time.Hour) }})
	owner := w.doer(w.acme, w.owner)
	was, err := keeping.Retention(w.Context(), owner)
	w.must(err)
	day := 1
	_, err = keeping.SaveRetention(w.Context(), owner, privacy.RetentionOrder{
		Version: was.Version, Rules: []models.RetentionRule{{KeepDays: &day, Types: []string{"note", "workspace_member"}, Archive: true}}, Hour: 2, Confirm: w.acme.Slug,
	})
	w.must(err)
	w.must(keeping.RunNow(w.Context(), owner))
	w.eventually(func() bool { return ask[bool](w, `SELECT EXISTS (SELECT FROM archives WHERE state = 'done')`) })
}

// TestDoubtsInArchivesAreAsked, one by one and with what stands there, and what was decided is done in the archive. Numbers of Daybook's own records are doubts there,
// for a line does not say who sent it.
func TestDoubtsInArchivesAreAsked(t *testing.T) {
	w := newWorld(t)
	carl := w.member(w.acme, "carl", models.Member)
	w.send(w.acme,
		fmt.Sprintf(`{"actor": {"id": "%d", "name": "Amara Okafor"}, "action": "created", "resource": {"type": "note", "id": "1"}}`, carl.ID),
		`{"actor": {"id": "a-2", "name": "Amara Okafor"}, "action": "created", "resource": {"type": "note", "id": "2"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Thanks to Amara Okafor", "resource": {"type": "note", "id": "3"}}`,
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Regards to Amara Okafor", "resource": {"type": "note", "id": "4"}}`)
	w.keepNotes()
	member := fmt.Sprintf(`{"type":"workspace_member","id":"%d","name":"Carl Person"`, carl.ID)
	w.has(w.archived(), member)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, textOf(carl.ID))}, "Amara Okafor")
	asked := map[string]bool{}
	for _, d := range w.doubts(e.ID) {
		if d.Target != "archive" || d.Sample == nil {
			t.Fatalf("%+v shows %+v", d, d.Sample)
		}
		asked[d.Sample.Lead+d.Sample.Was] = true
		w.must(w.erasures.Decide(t.Context(), w.doer(w.acme, w.owner), e.ID, []int64{d.ID}, d.Sample.Lead == "Thanks to "))
	}
	if want := map[string]bool{"Thanks to Amara Okafor": true, "Regards to Amara Okafor": true, textOf(carl.ID): true}; e.State != models.ErasureOpen || e.Doubts != 3 || !maps.Equal(asked, want) {
		t.Errorf("asked about %v: %+v", asked, e)
	}
	if e = w.settled(e.ID); e.State != models.ErasureDone || e.Elsewhere["archived"] != 2 {
		t.Errorf("%+v: %+v", e, w.doubts(e.ID))
	}
	w.has(w.archived(), "Thanks to Deleted User", "!Thanks to Amara", "Regards to Amara Okafor", member, `"id":"a-2","name":"Amara Okafor"`)
	w.wholeArchives()
	w.sound()
}

// TestAnArchiveIsGoneThroughInShortTurns: as many lines as there is time for.
func TestAnArchiveIsGoneThroughInShortTurns(t *testing.T) {
	w := newWorld(t)
	w.send(w.acme, `{"actor": {"id": "zq71xk9v", "name": "Zélie Quandt"}, "action": "created"}`)
	for n := range 40 {
		w.send(w.acme, fmt.Sprintf(`{"actor": {"id": "bob", "name": "Bob"}, "action": "noted", "description": "Note %d of zq71xk9v", "resource": {"type": "note", "id": "%[1]d"}}`, n))
	}
	w.keepNotes()
	w.do(`CREATE TABLE steps (line integer)`)
	w.do(`CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO steps VALUES (new.line); RETURN new; END $$`)
	w.do(`CREATE TRIGGER note_step AFTER INSERT OR UPDATE ON archive_passes FOR EACH ROW EXECUTE FUNCTION note_step()`)
	w.erasures.TurnsOf(time.Nanosecond)
	e := w.anonymise(erasure.Target{Actor: w.actor(w.acme, "zq71xk9v")}, "Zélie Quandt")
	if steps := ask[int](w, `SELECT count(DISTINCT line) FROM steps`); e.State != models.ErasureDone || e.Elsewhere["archived"] != 40 || steps < 40 {
		t.Errorf("in %d steps: %+v", steps, e)
	}
	w.has(w.archived(), "!zq71xk9v", "Note 0 of deleted-", "Note 39 of deleted-")
	w.wholeArchives()
}

// wholeArchives checks that the sums of archives are those of what is in them.
func (w *world) wholeArchives() {
	w.Helper()
	if n := ask[int](w, `SELECT count(*) FROM archives a WHERE state <> 'done' OR sha256 IS DISTINCT FROM (SELECT sha256(string_agg(bytes, ''::bytea ORDER BY n)) FROM archive_chunks c WHERE c.archive_id = a.id)
		OR bytes <> (SELECT sum(length(c.bytes)) FROM archive_chunks c WHERE c.archive_id = a.id)`); n != 0 {
		w.Errorf("%d archives are not whole", n)
	}
}
