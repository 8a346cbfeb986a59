package export_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/export"
)

// What somebody's files take on the disk is bounded, and so is what everybody's take together.
func TestFilesTakeSoMuchRoom(t *testing.T) {
	const most = 1 << 20
	o := newOffice(t, func(c *export.FilesConfig) { c.MaxBytes = most })
	kept := o.ask(o.Bo, everything("csv"))
	o.work(-1)
	refuses := func(u *models.User, takes int64, sentence string) {
		t.Helper()
		o.exec(`UPDATE exports SET bytes = $2 WHERE id = $1`, kept.ID, takes)
		d, v := o.doer(u)
		e, err := o.Files.Make(t.Context(), d, v, everything("csv"))
		var ours *models.Error
		switch {
		case sentence == "" && err != nil, sentence != "" && (!errors.As(err, &ours) || ours.Kind != models.TooMany || !strings.Contains(ours.Detail, sentence)):
			t.Errorf("with %d bytes it is %v", takes, err)
		case err == nil:
			o.exec(`DELETE FROM exports WHERE id = $1`, e.ID)
		}
	}
	refuses(o.Bo, 2*most-1, "")
	refuses(o.Bo, 2*most, "Your files take 2 MiB")
	refuses(o.Ada, 2*most, "")
	refuses(o.Ada, 10*most, "The files of all exports take 10 MiB")
	o.exec(`UPDATE exports SET state = 'expired' WHERE id = $1`, kept.ID)
	refuses(o.Bo, 10*most, "")
}

// What is made does not grow beyond the room that is left, either.
func TestAFileGrowsIntoWhatIsLeft(t *testing.T) {
	const most = 300_000
	o := newOffice(t, func(c *export.FilesConfig) { c.MaxBytes = most })
	kept := o.ask(o.Bo, everything("csv"))
	o.work(-1)
	o.exec(`UPDATE exports SET bytes = $2 WHERE id = $1`, kept.ID, 2*most-10_000)
	e := o.ask(o.Bo, everything("csv"))
	o.work(-1)
	if e = o.one(e); e.State != models.ExportFailed || !strings.Contains(e.Problem, "Remove files") {
		t.Errorf("it is %s, with %d bytes: %s", e.State, e.Bytes, e.Problem)
	}
	o.exec(`UPDATE exports SET bytes = $2 WHERE id = $1`, kept.ID, 1000)
	e = o.ask(o.Bo, everything("csv"))
	o.work(-1)
	if e = o.one(e); e.State != models.ExportDone {
		t.Errorf("it is %s: %s", e.State, e.Problem)
	}
}

// A job that takes too long is to blame for it; one that is stopped with its process is not.
func TestWorkThatTakesTooLongCounts(t *testing.T) {
	o := newOffice(t)
	e := o.ask(o.Ada, everything("csv"))
	o.held(`activities`, func() {
		for name, c := range map[string]struct {
			of       func() (context.Context, context.CancelFunc)
			attempts int
		}{
			"stopped": {func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(100*time.Millisecond, cancel)
				return ctx, cancel
			}, 0},
			"too long": {func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(t.Context(), 100*time.Millisecond)
			}, 1},
		} {
			o.exec(`UPDATE exports SET attempts = 0`)
			ctx, cancel := c.of()
			after, more, err := o.Files.Work(ctx)
			cancel()
			if err != nil || !more || (after > 0) != (c.attempts > 0) {
				t.Error(name, after, more, err)
			}
			var attempts int
			if err := o.DB.Pool.QueryRow(t.Context(), `SELECT attempts FROM exports WHERE id = $1`, e.ID).Scan(&attempts); err != nil || attempts != c.attempts {
				t.Errorf("%s: %d attempts are counted, %v", name, attempts, err)
			}
		}
	})
	o.exec(`UPDATE exports SET heartbeat_at = now() - interval '1 minute'`)
	o.work(-1)
	if o.one(e).State != models.ExportDone {
		t.Error(o.one(e).State)
	}
}

// held does something while nobody else can use a table.
func (o *office) held(table string, do func()) {
	o.Helper()
	err := pgx.BeginFunc(o.Context(), o.DB.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(o.Context(), `LOCK TABLE `+pgx.Identifier{table}.Sanitize()+` IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
		do()
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
}

// Exports that ended long ago are forgotten, however they ended and went out.
func TestForgetting(t *testing.T) {
	o := newOffice(t)
	for state, kind := range map[models.ExportState]models.ExportKind{"done": models.ExportStream, "failed": models.ExportStream, "expired": models.ExportFile} {
		for _, days := range []int{91, 89} {
			o.exec(`INSERT INTO exports (id, workspace_id, kind, state, user_id, asked_by, query, selection, scope, newest, format, ended_at)
				SELECT gen_random_uuid(), $1, $2, $3, $4, '{"id": "ada"}', '', '{}', '{}', 1, 'csv', now() - make_interval(days => $5) FROM generate_series(1, 700)`, o.WS.ID, kind, state, o.Ada.ID, days)
		}
	}
	sweep(o)
	var left, old int
	err := o.DB.Pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE ended_at < now() - interval '90 days') FROM exports`).Scan(&left, &old)
	if err != nil || left != 2100 || old != 0 {
		t.Errorf("%d are left, %d of them old: %v", left, old, err)
	}
}

// However many files expire at once, all of them go.
func TestManyExpire(t *testing.T) {
	o := newOffice(t)
	o.exec(`INSERT INTO exports (id, workspace_id, kind, state, user_id, asked_by, query, selection, scope, newest, format, chunks, ended_at, expires_at)
		SELECT gen_random_uuid(), $1, 'file', 'done', $2, '{"id": "ada"}', '', '{}', '{}', 1, 'csv', 1, now(), now() - interval '1 hour' FROM generate_series(1, 350)`, o.WS.ID, o.Ada.ID)
	o.exec(`INSERT INTO export_chunks SELECT id, 0, 0, 'abc' FROM exports`)
	sweep(o)
	o.expectNoChunks()
}

// Who deletes what is somebody else's is recorded; that somebody deletes their own is not.
func TestAFileThatAnotherRemoves(t *testing.T) {
	o := newOffice(t)
	for _, by := range []*models.User{o.Bo, o.Ada} {
		e := o.ask(o.Bo, everything("csv"))
		o.work(-1)
		d, v := o.doer(by)
		removed, err := o.Files.Remove(t.Context(), d, v, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if removed.RemovedAt == nil || len(removed.SHA256) == 0 || !removed.ExpiresAt.After(*removed.RemovedAt) {
			t.Errorf("%+v", removed)
		}
	}
	if said := o.recorded(); said != "exported success, exported success, export_removed success" {
		t.Error("recorded:", said)
	}
	var who string
	if err := o.DB.Pool.QueryRow(t.Context(), `SELECT actor_name FROM activities WHERE action = 'export_removed'`).Scan(&who); err != nil || who != "ada" {
		t.Error(who, err)
	}
}

// What is recorded of an export gives away nothing that is counted across workspaces.
func TestTheRecordKeepsTheNumberToItself(t *testing.T) {
	o := newOffice(t)
	o.ask(o.Ada, everything("csv"))
	o.work(-1)
	o.recorded()
	var tells int
	if err := o.DB.Pool.QueryRow(t.Context(), `SELECT count(*) FROM activities WHERE entity_type = 'export' AND metadata ? 'newest'`).Scan(&tells); err != nil || tells != 0 {
		t.Error(tells, err)
	}
}

// How wide the rows of others' files are is nobody's business.
func TestTheWidthOfRowsIsThatOfOnesOwn(t *testing.T) {
	o := newOffice(t)
	o.ask(o.Ada, everything("csv"))
	o.work(-1)
	widths := map[string]float64{}
	for _, u := range []*models.User{o.Ada, o.Bo} {
		_, v := o.doer(u)
		for name, rows := range map[string]int{"wide": 100, "wider": 60} {
			o.exec(`UPDATE exports SET rows = $1`, rows)
			width, err := o.Files.BytesPerRow(t.Context(), v, everything("csv"))
			if err != nil {
				t.Fatal(err)
			}
			widths[u.Name+" "+name] = width
		}
	}
	if widths["ada wide"] >= widths["ada wider"] || widths["bo wide"] != widths["bo wider"] {
		t.Error(widths)
	}
}

// Whoever has too many streams is told so before anything is looked up for one more.
func TestStreamsAreCountedFirst(t *testing.T) {
	o := newOffice(t)
	for range 2 {
		o.exec(`INSERT INTO exports (id, workspace_id, kind, state, user_id, asked_by, query, selection, scope, newest, format, heartbeat_at)
			SELECT gen_random_uuid(), $1, 'stream', 'running', $2, '{"id": "ada"}', '', '{}', '{}', 1, 'csv', now()`, o.WS.ID, o.Ada.ID)
	}
	d, v := o.doer(o.Ada)
	o.exec(`ALTER TABLE journal_head RENAME TO elsewhere`) // who looks up anything fails
	_, err := o.Files.Stream(t.Context(), d, v, everything("csv"))
	o.exec(`ALTER TABLE elsewhere RENAME TO journal_head`)
	if models.KindOf(err) != models.TooMany {
		t.Error(err)
	}
}

// A process that ends begins no stream any more.
func TestNoStreamBeginsAfterTheEnd(t *testing.T) {
	o := newOffice(t)
	d, v := o.doer(o.Ada)
	o.Files.EndStreams()
	s, err := o.Files.Stream(t.Context(), d, v, everything("csv"))
	if models.KindOf(err) != models.Unavailable {
		t.Error(s, err)
	}
	var left int
	if err := o.DB.Pool.QueryRow(t.Context(), `SELECT count(*) FROM exports WHERE state = 'running'`).Scan(&left); err != nil || left > 0 {
		t.Error(left, err)
	}
}
