package privacy_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/export"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/privacy"
	"daybook/services/stats"
)

func (p *place) exports() *export.Files {
	users := auth.New(p.DB, p.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now)
	return export.NewFiles(p.DB, export.FilesParts{Access: p.Access, Auth: users, Feed: p.Feed, Stats: stats.New(p.DB, p.Feed), Ingest: p.Ingest},
		export.FilesConfig{Log: slog.New(slog.NewTextHandler(p.Output(), nil)), Now: time.Now})
}

// download gives the bytes of an archive as its owner gets them, after checking them against what is said of them.
func (p *place) download(id uuid.UUID) []byte {
	p.Helper()
	x, err := p.exports().OpenArchive(p.Context(), doer(p.owner), p.owner, id)
	if err != nil {
		p.Fatal(err)
	}
	whole := p.part(x, 0, x.Bytes)
	if sum := sha256.Sum256(whole); !bytes.Equal(sum[:], x.SHA256) || int64(len(whole)) != x.Bytes {
		p.Fatalf("%d bytes with the sum %x, not %d with %s", len(whole), sum, x.Bytes, x.Sum())
	}
	if some := p.part(x, x.Bytes/3, x.Bytes/2); !bytes.Equal(some, whole[x.Bytes/3:x.Bytes/3+x.Bytes/2]) {
		p.Fatal("a part of it is another one")
	}
	return whole
}

func (p *place) part(x export.ArchiveFile, from, n int64) []byte {
	p.Helper()
	r, err := x.Read(p.Context(), from, n)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	if err != nil {
		p.Fatal(err)
	}
	return text
}

func (p *place) unpack(packed []byte) []byte {
	p.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		p.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		p.Fatal(err)
	}
	return text
}

// TestWhatIsArchivedIsWhatWasThere: the archive of a run has exactly the lines that an export of the same rows has, whatever crashes meanwhile; it can be
// imported into another workspace, and says the same there.
func TestWhatIsArchivedIsWhatWasThere(t *testing.T) {
	p := newPlace(t)
	p.files(6000)
	p.hold(privacy.HoldOrder{Name: "A few", EntityType: "file", EntityID: "8"})
	var before bytes.Buffer
	f := until(t, "2030-12-31")
	f.Types = []string{"file"}
	s, err := p.exports().Stream(t.Context(), doer(p.owner), p.owner, export.Order{Filter: f, Layout: export.Layout{Format: export.NDJSON, Form: export.EventForm}})
	if err == nil {
		_, err = io.Copy(&before, s)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.keep(models.RetentionRule{KeepDays: days(3), Types: []string{"file"}, Archive: true}, models.RetentionRule{KeepDays: days(3), Types: []string{"task"}})
	p.ahead.Store(int64(4 * 24 * time.Hour))
	if err := p.privacy.RunNow(t.Context(), doer(p.owner)); err != nil {
		t.Fatal(err)
	}
	crashes, at := 0, int64(-1)
	p.eventually("the run is done", func() bool {
		if len(p.runs()) == 0 {
			return false
		}
		now := p.runs()[0]
		if now.UnderWay() && now.DoneSeq != at {
			at = now.DoneSeq
			crashes += ask[int](p, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'daybook journal') AS killed`)
		}
		return !now.UnderWay()
	})
	done := p.ended(p.runs()[0].ID)
	if done.State != models.PurgeDone || done.Purged != 5999 || done.Held != 1 || done.Archive == nil || crashes == 0 {
		t.Fatalf("%+v after %d crashes", done, crashes)
	}
	text := p.unpack(p.download(*done.Archive))
	lines := map[string]bool{}
	for line := range strings.Lines(before.String()) {
		lines[line] = true
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; !lines[line] {
			t.Fatalf("line %d was not exported: %s", n, line)
		}
		delete(lines, line)
	}
	if len(lines) != 1 || n != 2999 {
		t.Errorf("%d lines are archived, and %d are left over; one is held", n, len(lines))
	}
	taking := ingest.Stream{Ready: func(context.Context) error { return nil }, Bad: func(line int, err error) error { return fmt.Errorf("line %d: %w", line, err) }, Progress: func(ingest.Receipt) {}}
	again, err := p.Ingest.SendLines(t.Context(), ingest.Sender{Workspace: p.ws, Source: ingest.ImportSource(p.ws.ID)}, bytes.NewReader(text), taking)
	if err != nil || again.Duplicates != n {
		t.Error("their ids are taken in the workspace they are from:", again, err)
	}
	other := p.Workspace(t, "restored", "UTC")
	taken, err := p.Ingest.SendLines(t.Context(), ingest.Sender{Workspace: other, Source: ingest.ImportSource(other.ID)}, bytes.NewReader(text), taking)
	if err != nil || taken.Accepted != n {
		t.Fatal(taken, err)
	}
	p.drained()
	if same := ask[int](p, `SELECT count(*) FROM tombstones t JOIN activities a ON a.uuid = t.uuid AND a.workspace_id = $1 WHERE t.workspace_id = $2`, other.ID, p.ws.ID); same != n {
		t.Errorf("%d of %d are there again", same, n)
	}
	if told := ask[string](p, `SELECT metadata -> 'archive' ->> 'sha256' FROM activities WHERE action = 'purged'`); told != fmt.Sprintf("%x", ask[[]byte](p, `SELECT sha256 FROM archives`)) {
		t.Error("the record says another sum:", told)
	}
	p.sound()
}

// archivedRows are enough for several pieces of a run, which have more rows as long as they are quick.
const archivedRows = 9000

// archived makes an archive of some chunks: each piece of a run is one.
func archived(t *testing.T, p *place) uuid.UUID {
	t.Helper()
	p.files(archivedRows)
	p.keep(models.RetentionRule{KeepDays: days(1), Types: []string{"file", "task"}, Archive: true})
	p.ahead.Store(int64(2 * 24 * time.Hour))
	return *p.run().Archive
}

// rewriting changes a line, or leaves it.
type rewriting = func(at export.ArchiveLine, line []byte) ([]byte, bool, error)

// rewrite goes through all archives, a chunk in each transaction.
func (p *place) rewrite(pass uuid.UUID, line rewriting) (lines int64, turns int) {
	p.Helper()
	for more := true; more; turns++ {
		done := p.step(export.Rewriting{Pass: pass, Line: line})
		lines, more = lines+done.Lines, done.More
	}
	p.drained()
	return lines, turns
}

// step does the next piece.
func (p *place) step(r export.Rewriting) (done export.Rewritten) {
	p.Helper()
	r.Workspace, r.Record, r.By = p.ws.ID, p.Ingest, models.Itself
	err := pgx.BeginFunc(p.Context(), p.DB.Pool, func(tx pgx.Tx) (err error) {
		done, err = export.RewriteArchives(p.Context(), tx, r)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return done
}

// nobodyFor puts nobody in the place of a text.
func nobodyFor(from string) rewriting {
	return func(_ export.ArchiveLine, line []byte) ([]byte, bool, error) {
		if !bytes.Contains(line, []byte(from)) {
			return nil, false, nil
		}
		return bytes.ReplaceAll(line, []byte(from), []byte(`"nobody at all"`)), true, nil
	}
}

// TestSomebodyIsTakenOutOfArchives: the lines about them are others, everything else is as it was, and so is the manifest.
func TestSomebodyIsTakenOutOfArchives(t *testing.T) {
	p := newPlace(t)
	id := archived(t, p)
	was := p.unpack(p.download(id))
	chunks := ask[int](p, `SELECT chunks FROM archives`)
	if chunks < 3 {
		t.Fatalf("%d chunks", chunks)
	}
	seen := 0
	change := func(_ export.ArchiveLine, line []byte) ([]byte, bool, error) {
		var e struct{ Actor struct{ ID string } }
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, false, err
		}
		seen++
		if e.Actor.ID != "u3" {
			return nil, false, nil
		}
		return bytes.ReplaceAll(line, []byte(`"u3"`), []byte(`"deleted-4, whoever that was"`)), true, nil
	}
	pass := uuid.New()
	lines, turns := p.rewrite(pass, change)
	want := bytes.ReplaceAll(was, []byte(`"u3"`), []byte(`"deleted-4, whoever that was"`))
	if got := p.unpack(p.download(id)); !bytes.Equal(got, want) || lines < 400 || turns < chunks || seen != archivedRows {
		t.Fatalf("%d lines were changed, %d seen in %d turns", lines, seen, turns)
	}
	if n, turns := p.rewrite(pass, change); n != 0 || turns != 1 || seen != archivedRows {
		t.Error("once more by the same pass:", n, turns, seen)
	}
	sum := ask[[]byte](p, `SELECT sha256 FROM archives`)
	if n, _ := p.rewrite(uuid.New(), change); n != 0 || seen != 2*archivedRows || !bytes.Equal(sum, ask[[]byte](p, `SELECT sha256 FROM archives`)) {
		t.Error("once more by another:", n, seen)
	}
	if told := ask[string](p, `SELECT string_agg(metadata ->> 'changed' || ' ' || (metadata ->> 'sha256'), ', ') FROM activities WHERE action = 'archive_rewritten'`); told != fmt.Sprintf("%d %x", lines, sum) {
		t.Errorf("recorded is %q", told)
	}
}

// TestPassesOvertakeEachOther: whichever is ahead, and wherever in a chunk their time is over, they end in the same, and in what was to become of it.
func TestPassesOvertakeEachOther(t *testing.T) {
	p, r := newPlace(t), feedtest.Random(t)
	id := archived(t, p)
	want := p.unpack(p.download(id))
	under := map[string]uuid.UUID{`"u1"`: uuid.New(), `"id":"7"`: uuid.New(), `"id":"4000"`: uuid.New()} // in every chunk, and in one each
	for from := range under {
		want = bytes.ReplaceAll(want, []byte(from), []byte(`"nobody at all"`))
	}
	for range ask[int](p, `SELECT chunks - 1 FROM archives`) {
		p.step(export.Rewriting{Pass: under[`"u1"`], Line: nobodyFor(`"u1"`)})
	}
	p.step(export.Rewriting{Pass: under[`"id":"7"`], Line: nobodyFor(`"id":"7"`)})              // far behind,
	if p.step(export.Rewriting{Pass: under[`"u1"`], Line: nobodyFor(`"u1"`)}); r.IntN(2) == 0 { // and what is ahead ends first
		p.step(export.Rewriting{Pass: under[`"id":"4000"`], Line: nobodyFor(`"id":"4000"`)})
	}
	delete(under, `"u1"`)
	for len(under) > 0 {
		from := feedtest.Pick(r, slices.Sorted(maps.Keys(under))...)
		left := r.IntN(6000)
		over := func() bool { left--; return left < 0 }
		if !p.step(export.Rewriting{Pass: under[from], Line: nobodyFor(from), Over: over}).More {
			delete(under, from)
		}
	}
	if got := p.unpack(p.download(id)); !bytes.Equal(got, want) {
		t.Error("it has not become what it should")
	}
	p.drained()
}

// TestTwoAreTakenOutAtOnce: passes that take turns, of which one stands still in the middle, end in the same.
func TestTwoAreTakenOutAtOnce(t *testing.T) {
	p := newPlace(t)
	id := archived(t, p)
	want := p.unpack(p.download(id))
	first, second := uuid.New(), uuid.New()
	step := func(pass uuid.UUID, from string) bool {
		t.Helper()
		return p.step(export.Rewriting{Pass: pass, Line: nobodyFor(from)}).More
	}
	step(first, `"u1"`)
	step(first, `"u1"`)
	if _, err := p.exports().OpenArchive(t.Context(), doer(p.owner), p.owner, id); models.KindOf(err) != models.Conflict {
		t.Error("it is given out in the middle:", err)
	}
	for step(second, `"u2"`) {
	}
	p.download(id)
	for step(first, `"u1"`) {
		step(second, `"u2"`)
	}
	for _, from := range []string{`"u1"`, `"u2"`} {
		want = bytes.ReplaceAll(want, []byte(from), []byte(`"nobody at all"`))
	}
	if got := p.unpack(p.download(id)); !bytes.Equal(got, want) {
		t.Error("it has not become what it should")
	}
}

func TestAnArchiveIsDeletedByHand(t *testing.T) {
	p := newPlace(t)
	id := archived(t, p)
	files := p.exports()
	list, more, err := files.Archives(t.Context(), doer(p.owner), uuid.Nil)
	if err != nil || more || len(list) != 1 || list[0].ID != id || list[0].Rows != archivedRows {
		t.Error(list, more, err)
	}
	d := doer(p.owner)
	d.Role--
	if _, err := files.Archive(t.Context(), d, id); models.KindOf(err) != models.Forbidden {
		t.Error("an admin:", err)
	}
	if err := files.RemoveArchive(t.Context(), d, id); models.KindOf(err) != models.Forbidden {
		t.Error("an admin:", err)
	}
	x, err := files.OpenArchive(t.Context(), doer(p.owner), p.owner, id)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := x.Read(t.Context(), 0, x.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.RemoveArchive(t.Context(), doer(p.owner), id); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(reading); err == nil {
		t.Error("it could be read to its end after it was deleted")
	}
	_ = reading.Close()
	if err := files.RemoveArchive(t.Context(), doer(p.owner), id); models.KindOf(err) != models.Gone {
		t.Error("twice:", err)
	}
	if _, err := files.OpenArchive(t.Context(), doer(p.owner), p.owner, id); models.KindOf(err) != models.Gone {
		t.Error("it is still given out:", err)
	}
	p.drained()
	if n, told := ask[int](p, `SELECT count(*) FROM archive_chunks`), ask[int](p, `SELECT count(*) FROM activities WHERE action = 'archive_removed' AND actor_name = 'alice'`); n != 0 || told != 1 {
		t.Error(n, told)
	}
}

// TestTwoProcesses have the same rules and clocks: each night is one run, whoever of them is elected, and none of it is done twice.
func TestTwoProcesses(t *testing.T) {
	p := newPlace(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	other := journal.New(p.DB, log)
	other.RecordWith(ingest.New(p.DB, other.Wake, time.Now, log))
	privacy.New(p.DB, privacy.Parts{Journal: other, Ingest: p.Ingest, Feed: p.Feed, Stats: stats.New(p.DB, p.Feed), Now: p.now})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); other.Run(ctx) }()
	defer func() { stop(); <-ended }()
	p.files(4000)
	p.nightly(models.RetentionRule{KeepDays: days(2), Types: []string{"file"}, Archive: true})
	p.ahead.Store(int64(3 * 24 * time.Hour))
	crashes := 0
	p.eventually("the night is over", func() bool {
		crashes += ask[int](p, `SELECT count(*) FROM (SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid
			WHERE l.locktype = 'advisory' AND l.granted AND s.datname = current_database() AND s.application_name = 'daybook journal' AND random() < 0.02) AS killed`)
		return len(p.runs()) == 1 && !p.runs()[0].UnderWay()
	})
	done := p.ended(p.runs()[0].ID)
	if done.State != models.PurgeDone || done.Purged != 2000 || len(p.runs()) != 1 {
		t.Errorf("%+v after %d crashes", done, crashes)
	}
	if n := bytes.Count(p.unpack(p.download(*done.Archive)), []byte("\n")); n != 2000 {
		t.Errorf("%d lines are archived", n)
	}
	p.sound()
}
