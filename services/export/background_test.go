package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/export"
	"daybook/services/feed/feedtest"
)

// However often the work is broken off, and by a process that dies, the file is byte for byte what it is when it is made at once; its sum is of these bytes.
func TestAFileIsTheSameHoweverOftenItsWorkIsBrokenOff(t *testing.T) {
	o := newOffice(t)
	for _, format := range export.Formats {
		for _, packed := range []bool{false, true} {
			order := everything(format)
			order.GZIP = packed
			slow := o.ask(o.Ada, order)
			if o.work(1); o.one(slow).State != models.ExportRunning {
				t.Fatalf("%s is %s after one bit", format, o.one(slow).State)
			}
			o.exec(`UPDATE exports SET worker = gen_random_uuid(), heartbeat_at = now() - interval '1 minute' WHERE id = $1`, slow.ID) // it died
			if bits := o.work(-1); bits < 3 {
				t.Errorf("%s was made in %d bits: nothing is shown", format, bits)
			}
			quick := o.ask(o.Ada, order)
			o.Files = o.files(func(c *export.FilesConfig) { c.Piece = time.Hour })
			o.work(-1)
			a, b := o.file(o.Ada, slow), o.file(o.Ada, quick)
			slow = o.one(slow)
			if sum := sha256.Sum256(a); hex.EncodeToString(sum[:]) != hex.EncodeToString(slow.SHA256) || slow.Rows < officeRows || *slow.Expected != slow.Rows {
				t.Errorf("%s: the manifest says %d rows of %d, %x", format, slow.Rows, *slow.Expected, slow.SHA256)
			}
			if packed {
				a, b = unpacked(t, a), unpacked(t, b)
			}
			if !bytes.Equal(a, b) {
				t.Errorf("%s: made at once it has %d bytes, in bits %d", format, len(b), len(a))
			}
			if format == export.JSON && !json.Valid(a) {
				t.Error("that is no JSON")
			}
			o.Files = o.files()
		}
	}
	if said := o.recorded(); said != strings.Repeat("exported success, ", 11)+"exported success" {
		t.Error("recorded:", said)
	}
}

// An empty list is a file like any other.
func TestNothingIsAFileToo(t *testing.T) {
	o := newOffice(t)
	for _, format := range export.Formats {
		order := everything(format)
		order.GZIP, order.Filter.Actions = true, []string{"nothing"}
		e := o.ask(o.Ada, order)
		o.work(-1)
		text := unpacked(t, o.file(o.Ada, e))
		if want := map[string]string{"json": "[\n]\n", "ndjson": ""}[format]; format != "csv" && string(text) != want {
			t.Errorf("%s: %q", format, text)
		}
	}
}

// What is recorded after an export was asked for is not in it.
func TestAFileIsOfTheMomentItWasAskedFor(t *testing.T) {
	o := newOffice(t)
	e := o.ask(o.Ada, everything("ndjson"))
	o.work(1)
	o.Send(t, o.WS, feedtest.Event{"actor": feedtest.Event{"id": "late"}, "action": "created", "occurred_at": "2023-01-01T00:00:00Z"})
	o.work(-1)
	if n := bytes.Count(o.file(o.Ada, e), []byte("\n")); n != officeRows {
		t.Errorf("%d rows", n)
	}
}

// Many workers in two processes make the files of several people; each file is whole, and nobody has two made at once.
func TestManyWorkersMakeManyFiles(t *testing.T) {
	o := newOffice(t)
	var made []models.Export
	for range 3 {
		made = append(made, o.ask(o.Ada, everything("csv")), o.ask(o.Bo, everything("csv")))
	}
	var all sync.WaitGroup
	for range 3 {
		for _, files := range []*export.Files{o.Files, o.files()} {
			all.Go(func() {
				for idle := 0; idle < 3; {
					_, more, err := files.Work(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if !more {
						idle++
					}
				}
			})
		}
	}
	all.Wait()
	o.work(-1)
	for i, e := range made {
		u := []*models.User{o.Ada, o.Bo}[i%2]
		if text := o.file(u, e); !bytes.Equal(text, o.file(u, made[i%2])) {
			t.Errorf("file %d has %d bytes", i, len(text))
		}
	}
	if n := bytes.Count(o.file(o.Bo, made[1]), []byte("\r\n")); n != officeRows/2+1 {
		t.Errorf("the member's file has %d lines", n)
	}
}

// A process that stood still and was taken for dead writes nothing when it goes on.
func TestWhoWasTakenForDeadWritesNothing(t *testing.T) {
	o := newOffice(t)
	e := o.ask(o.Ada, everything("csv"))
	goOn, err := o.Files.Frozen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.work(-1) != 0 {
		t.Fatal("two work on it")
	}
	o.exec(`UPDATE exports SET heartbeat_at = now() - interval '16 seconds'`)
	o.work(1)
	if err := goOn(); !errors.Is(err, export.TakenAway) {
		t.Errorf("it goes on: %v", err)
	}
	o.work(-1)
	if n := bytes.Count(o.file(o.Ada, e), []byte("\r\n")); n != officeRows+1 {
		t.Errorf("%d lines", n)
	}
}

func TestCancelling(t *testing.T) {
	o := newOffice(t)
	mine, others := o.ask(o.Bo, everything("csv")), o.ask(o.Ada, everything("csv"))
	o.work(3)
	d, v := o.doer(o.Bo)
	if _, err := o.Files.Remove(t.Context(), d, v, others.ID); models.KindOf(err) != models.NotFound {
		t.Error("a member cancels an admin's:", err)
	}
	for _, by := range []*models.User{o.Ada, o.Bo} { // once is enough
		d, v := o.doer(by)
		e, err := o.Files.Remove(t.Context(), d, v, mine.ID)
		if by == o.Ada && (err != nil || e.State != models.ExportCancelled) || by == o.Bo && models.KindOf(err) != models.Conflict {
			t.Error(by.Name, e.State, err)
		}
	}
	if kind := o.refused(o.Bo, mine); kind != models.Gone {
		t.Error("what was cancelled is", kind)
	}
	d, v = o.doer(o.Ada)
	if _, err := o.Files.Remove(t.Context(), d, v, others.ID); err != nil {
		t.Error(err)
	}
	o.expectNoChunks()
	if o.work(-1) != 0 {
		t.Error("it is gone on with")
	}
	if said := o.recorded(); said != "export_cancelled success, export_cancelled success" {
		t.Error("recorded:", said)
	}
}

func TestExpiring(t *testing.T) {
	o := newOffice(t)
	e := o.ask(o.Ada, everything("csv"))
	if o.refused(o.Ada, e) != models.Conflict {
		t.Error("a file that is not begun is", o.refused(o.Ada, e))
	}
	o.work(1)
	if o.refused(o.Ada, e) != models.Conflict {
		t.Error("half a file is", o.refused(o.Ada, e))
	}
	o.work(-1)
	o.ahead.Store(int64(export.FileLife - time.Minute))
	sweep(o)
	o.file(o.Ada, e)
	o.ahead.Store(int64(export.FileLife + time.Minute))
	if o.refused(o.Ada, e) != models.Gone {
		t.Error("a file of last week is", o.refused(o.Ada, e))
	}
	sweep(o)
	o.expectNoChunks()
	if o.one(e).State != models.ExportExpired || o.one(e).Bytes == 0 || o.one(e).RemovedAt != nil {
		t.Errorf("%+v", o.one(e))
	}
	o.ahead.Store(int64(91 * 24 * time.Hour))
	sweep(o)
	_, v := o.doer(o.Ada)
	if list, _, err := o.Files.List(t.Context(), v, export.Listing{}); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
}

func sweep(o *office) {
	o.Helper()
	if err := o.Files.Sweep(o.Context()); err != nil {
		o.Fatal(err)
	}
}

// A file that becomes too large fails with a sentence, and nothing of it stays.
func TestTheSizeHasALimit(t *testing.T) {
	o := newOffice(t, func(c *export.FilesConfig) { c.MaxBytes = 100_000 })
	e := o.ask(o.Ada, everything("ndjson"))
	o.work(-1)
	if e = o.one(e); e.State != models.ExportFailed || !strings.Contains(e.Problem, "larger than") {
		t.Errorf("%s: %s", e.State, e.Problem)
	}
	o.expectNoChunks()
	if said := o.recorded(); said != "exported failure" {
		t.Error("recorded:", said)
	}
}

// Whoever loses access loses what is being made for them, and what was made.
func TestLosingAccess(t *testing.T) {
	for name, lose := range map[string]string{
		"the project": `DELETE FROM project_members`, "the membership": `DELETE FROM memberships WHERE role = 'member'`,
		"everything": `UPDATE users SET deactivated_at = now() WHERE name = 'bo'`, "the actor": `UPDATE actors SET user_id = NULL`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			done := o.ask(o.Bo, everything("csv"))
			o.work(-1)
			o.file(o.Bo, done)
			half := o.ask(o.Bo, everything("csv"))
			o.work(1)
			o.exec(lose)
			o.work(-1)
			if e := o.one(half); e.State != models.ExportFailed || !strings.Contains(e.Problem, "changed") {
				t.Errorf("%s: %s", e.State, e.Problem)
			}
			if name == "the project" || name == "the actor" {
				if kind := o.refused(o.Bo, done); kind != models.Forbidden {
					t.Error("what was made before is", kind)
				}
			}
			if said := o.recorded(); said != "exported success, exported failure" {
				t.Error("recorded:", said)
			}
		})
	}
}

// However many somebody asks for at once, three are under way; others have their own three.
func TestEverybodyHasAFewAtOnce(t *testing.T) {
	o := newOffice(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	kinds := map[models.Kind]int{}
	d, v := o.doer(o.Bo)
	for range 9 {
		all.Go(func() {
			_, err := o.Files.Make(t.Context(), d, v, everything("csv"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				kinds[models.KindOf(err)]++
			}
		})
	}
	all.Wait()
	if len(kinds) != 1 || kinds[models.TooMany] != 6 {
		t.Errorf("refused: %v", kinds)
	}
	o.ask(o.Ada, everything("csv"))
	o.work(-1)
	o.ask(o.Bo, everything("csv"))
}

// The disk that is full is told of in words, at once; what was kept goes.
func TestAFullDisk(t *testing.T) {
	o := newOffice(t)
	e := o.ask(o.Ada, everything("csv"))
	o.work(2)
	o.exec(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$`)
	o.exec(`CREATE TRIGGER full_disk BEFORE INSERT ON export_chunks FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`)
	if _, _, err := o.Files.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e = o.one(e); e.State != models.ExportFailed || !strings.HasPrefix(e.Problem, "The disk was full. Remove files") {
		t.Errorf("%s: %s", e.State, e.Problem)
	}
	o.expectNoChunks()
}

// Only the asker gets the file; whoever administers the workspace sees that it is there.
func TestWhoseAFileIs(t *testing.T) {
	o := newOffice(t)
	admins, members := o.ask(o.Ada, everything("csv")), o.ask(o.Bo, everything("csv"))
	o.work(-1)
	if o.refused(o.Ada, members) != models.Forbidden || o.refused(o.Bo, admins) != models.NotFound {
		t.Error(o.refused(o.Ada, members), o.refused(o.Bo, admins))
	}
	for u, want := range map[*models.User]int{o.Ada: 2, o.Bo: 1} {
		_, v := o.doer(u)
		if list, _, err := o.Files.List(t.Context(), v, export.Listing{}); err != nil || len(list) != want {
			t.Errorf("%s sees %d: %v", u.Name, len(list), err)
		}
	}
}

// Any part of a file can be read, and one that is deleted meanwhile ends in an error.
func TestReadingParts(t *testing.T) {
	o, random := newOffice(t), feedtest.Random(t)
	e := o.ask(o.Ada, everything("csv"))
	o.work(-1)
	whole := o.file(o.Ada, e)
	d, v := o.doer(o.Ada)
	x, err := o.Files.Open(t.Context(), v, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		from := random.Int64N(x.Bytes)
		bytesOf := 1 + random.Int64N(x.Bytes-from)
		part, err := io.ReadAll(o.reader(x, from, bytesOf))
		if err != nil || !bytes.Equal(part, whole[from:from+bytesOf]) {
			t.Fatal(from, bytesOf, len(part), err)
		}
	}
	r := o.reader(x, 0, x.Bytes)
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Files.Remove(t.Context(), d, v, e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); err == nil {
		t.Error("a file that is gone has an end")
	}
}

// A stream whose process died is ended by another one, and recorded; one that is heard of goes on.
func TestAStreamOfADeadProcess(t *testing.T) {
	o := newOffice(t)
	for _, at := range []string{"61 seconds", "5 seconds"} {
		o.exec(`INSERT INTO exports (id, workspace_id, kind, state, user_id, asked_by, query, selection, scope, newest, format, rows, heartbeat_at)
			SELECT gen_random_uuid(), $1, 'stream', 'running', $2, jsonb_build_object('id', 'ada', 'type', 'user'), '', '{}', '{}', 1, 'csv', 7, now() - $3::text::interval`, o.WS.ID, o.Ada.ID, at)
	}
	for range 2 {
		if err := o.Files.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var failed, running int
	err := o.DB.Pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE state = 'failed' AND problem <> ''), count(*) FILTER (WHERE state = 'running') FROM exports`).Scan(&failed, &running)
	if err != nil || failed != 1 || running != 1 {
		t.Error(failed, running, err)
	}
	if said := o.recorded(); said != "exported failure" {
		t.Error("recorded:", said)
	}
}
