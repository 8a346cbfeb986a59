package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/ingest"
)

func ready(context.Context) error { return nil }
func stop(_ int, err error) error { return err }

// line makes an event whose entity has this id.
func line(id any) string { return with(fmt.Sprintf(`"entity_type": "a", "entity_id": "%v"`, id)) }

// lines makes n of them, with ids from 1.
func lines(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = line(i + 1)
	}
	return all
}

func (p *place) lines(text string, how ingest.Stream) (ingest.Receipt, error) {
	if how.Ready == nil {
		how.Ready = ready
	}
	if how.Bad == nil {
		how.Bad = stop
	}
	return p.in.SendLines(p.t.Context(), p.token(), strings.NewReader(text), how)
}

func TestLinesAreTakenInChunks(t *testing.T) {
	p := newPlace(t)
	var asked int
	var progress []int
	r, err := p.lines(strings.Join(lines(1234), "\n"), ingest.Stream{
		Ready:    func(context.Context) error { asked++; return nil },
		Progress: func(r ingest.Receipt) { progress = append(progress, r.Accepted) },
	})
	if err != nil || r.Accepted != 1234 || r.Lines != 1234 || r.IDs != nil || p.count() != (count{1234, 1234}) {
		t.Errorf("%+v, %v, %+v", r, err, p.count())
	}
	if asked != 3 || !slices.Equal(progress, []int{500, 1000, 1234}) || p.woken.Load() != 3 {
		t.Errorf("asked %d times, progress %v", asked, progress)
	}
	for i, id := range p.entities() {
		if id != fmt.Sprint(i+1) {
			t.Fatalf("row %d is %s", i, id)
		}
	}
	if r, err := p.lines(strings.Join(lines(1000), "\n"), ingest.Stream{Ready: func(context.Context) error { asked++; return nil }}); err != nil || r.Lines != 1000 || asked != 5 {
		t.Errorf("%+v, %v: asked %d times when two chunks were full", r, err, asked)
	}
}

// Long lines are committed in smaller chunks, so that a stream's memory has a bound.
func TestAChunkHasABoundInBytes(t *testing.T) {
	p := newPlace(t)
	long := with(`"metadata": {"a": ` + pad(60000) + `}`)
	var chunks int
	r, err := p.lines(strings.Repeat(long+"\n", 200), ingest.Stream{Progress: func(ingest.Receipt) { chunks++ }})
	if err != nil || r.Accepted != 200 || chunks < 3 {
		t.Errorf("%+v, %v, %d chunks", r, err, chunks)
	}
}

func TestHowLinesEnd(t *testing.T) {
	p := newPlace(t)
	for text, want := range map[string]struct{ events, lines int }{
		"":                                  {0, 0},
		"\n":                                {0, 1},
		line(1):                             {1, 1},
		line(1) + "\n":                      {1, 1},
		line(1) + "\r\n" + line(2) + "\r\n": {2, 2},
		"\n \n\t\r\n" + line(1) + "\n\n" + line(2): {2, 6},
		"  " + line(1) + "  \n" + line(2) + " ":    {2, 2},
		line(1) + "\n\n\n":                         {1, 3},
	} {
		r, err := p.lines(text, ingest.Stream{})
		if err != nil || r.Accepted != want.events || r.Lines != want.lines {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	}
}

func TestABadLineStopsBehindWhatCameBefore(t *testing.T) {
	p := newPlace(t)
	tooLong := with(`"metadata": {"a": ` + pad(models.MaxEventBytes) + `}`)
	wayTooLong := with(`"metadata": {"a": ` + pad(1<<20) + `}`)
	for _, c := range []struct {
		text  string
		kind  models.Kind
		field string
	}{
		{`{`, models.Malformed, "body"}, {line(1) + line(2), models.Malformed, "body"}, {"\xff", models.Malformed, "body"}, {"\v" + line(1), models.Malformed, "body"},
		{"\u00a0" + line(1), models.Malformed, "body"}, {"\v", models.Malformed, "body"},
		{`[` + line(1) + `]`, models.Invalid, "body"}, {`{}`, models.Invalid, "action"}, {with(`"metadata": {"n": 1e400}`), models.Invalid, "metadata.n"},
		{tooLong, models.TooLarge, "body"}, {wayTooLong, models.TooLarge, "body"},
	} {
		for _, before := range []int{0, 3, 500, 700} {
			p.clear()
			all := append(lines(before), "", c.text, line("after"))
			line := 0
			r, err := p.lines(strings.Join(all, "\n"), ingest.Stream{Bad: func(n int, err error) error { line = n; return err }})
			refused(t, err, c.kind, -1, c.field)
			if r.Accepted != before || r.Lines != before+1 || line != before+2 || p.count() != (count{before, before}) {
				t.Errorf("%.40q behind %d: line %d, %+v, %+v", c.text, before, line, r, p.count())
			}
		}
	}
}

func TestGoingOnBehindBadLines(t *testing.T) {
	p := newPlace(t)
	all := lines(1200)
	want := []int{1, 2, 500, 501, 777, 1200}
	for _, n := range want {
		all[n-1] = `{"action": "created"}`
	}
	all[776] = strings.Repeat("x", 300<<10)
	var bad []int
	r, err := p.lines(strings.Join(all, "\n")+"\n", ingest.Stream{Bad: func(n int, _ error) error { bad = append(bad, n); return nil }})
	if err != nil || !slices.Equal(bad, want) || r.Accepted != 1194 || r.Lines != 1200 || p.count() != (count{1194, 1194}) {
		t.Errorf("%v, %+v, %v, %+v", bad, r, err, p.count())
	}
}

func TestAConflictInsideAChunk(t *testing.T) {
	used := uuid.NewString()
	for _, goOn := range []bool{false, true} {
		p := newPlace(t)
		p.one(with(fmt.Sprintf(`"id": %q, "entity_type": "b"`, used)))
		p.exec(`DELETE FROM inbox`)
		all := lines(20)
		all[4], all[5] = "", with(fmt.Sprintf(`"id": %q`, used)) // line 6
		all[10] = with(fmt.Sprintf(`"id": %q, "entity_type": "b"`, used))
		var bad []int
		r, err := p.lines(strings.Join(all, "\n"), ingest.Stream{Bad: func(n int, err error) error {
			refused(t, err, models.Conflict, -1, "id")
			if bad = append(bad, n); goOn {
				return nil
			}
			return err
		}})
		if !slices.Equal(bad, []int{6}) {
			t.Errorf("bad lines %v", bad)
		}
		if goOn && (err != nil || r.Accepted != 17 || r.Duplicates != 1 || r.Lines != 20 || p.count() != (count{18, 17})) {
			t.Errorf("%+v, %v, %+v", r, err, p.count())
		}
		if !goOn && (models.KindOf(err) != models.Conflict || r.Accepted != 4 || r.Lines != 5 || p.count() != (count{5, 4})) {
			t.Errorf("%+v, %v, %+v", r, err, p.count())
		}
	}
}

func TestTheSameIDTwiceInAChunk(t *testing.T) {
	p := newPlace(t)
	id := uuid.NewString()
	event := func(name string) string { return with(fmt.Sprintf(`"id": %q, "entity_type": %q`, id, name)) }
	var bad []int
	r, err := p.lines(line(1)+"\n"+event("a")+"\n"+event("a")+"\n"+event("b")+"\n"+line(5), ingest.Stream{Bad: func(n int, _ error) error { bad = append(bad, n); return nil }})
	if err != nil || !slices.Equal(bad, []int{4}) || r.Accepted != 3 || r.Duplicates != 1 || r.Lines != 5 {
		t.Errorf("%v, %+v, %v", bad, r, err)
	}
}

func TestImportingAgainIsAllDuplicates(t *testing.T) {
	p := newPlace(t)
	all := lines(700)
	for i := range all {
		all[i] = strings.Replace(all[i], "{", fmt.Sprintf(`{"id": %q, `, uuid.NewString()), 1)
	}
	text := strings.Join(all, "\n")
	if r, err := p.lines(text, ingest.Stream{}); err != nil || r.Accepted != 700 {
		t.Fatalf("%+v, %v", r, err)
	}
	p.nothingWritten(func() {
		if r, err := p.lines(text, ingest.Stream{}); err != nil || r.Accepted != 0 || r.Duplicates != 700 || r.Lines != 700 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	// Another source, which completes events in another way, sends the same ones.
	r, err := p.in.SendLines(t.Context(), p.importer(), strings.NewReader(text), ingest.Stream{Ready: ready, Bad: stop})
	if err != nil || r.Duplicates != 700 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAReaderThatFailsMidway(t *testing.T) {
	p := newPlace(t)
	broken := errors.New("the network is gone")
	known := models.FieldErrorf(models.TooLarge, "body", "is enough")
	for _, c := range []struct {
		err  error
		kind models.Kind
	}{{broken, models.Malformed}, {known, models.TooLarge}, {io.ErrUnexpectedEOF, models.Malformed}} {
		for _, rest := range []string{"", line(8)[:20], line(8), strings.Repeat("x", 300<<10)} {
			p.clear()
			body := io.MultiReader(strings.NewReader(strings.Join(lines(7), "\n")+"\n"+rest), iotest.ErrReader(c.err))
			r, err := p.in.SendLines(t.Context(), p.token(), body, ingest.Stream{Ready: ready, Bad: stop})
			refused(t, err, c.kind, -1, "body")
			if r.Accepted != 7 || r.Lines != 7 || p.count() != (count{7, 7}) {
				t.Errorf("%v behind %d bytes: %+v, %+v", c.err, len(rest), r, p.count())
			}
		}
	}
}

func TestAReaderInSmallPieces(t *testing.T) {
	p := newPlace(t)
	body := iotest.HalfReader(iotest.DataErrReader(bytes.NewReader([]byte(strings.Join(lines(600), "\r\n")))))
	r, err := p.in.SendLines(t.Context(), p.token(), body, ingest.Stream{Ready: ready, Bad: stop})
	if err != nil || r.Accepted != 600 || p.entities()[599] != "600" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestReadyRefusing(t *testing.T) {
	p := newPlace(t)
	full := models.Errorf(models.Unavailable, "The journal is behind.")
	asked := 0
	r, err := p.lines(strings.Join(lines(1300), "\n"), ingest.Stream{Ready: func(context.Context) error {
		if asked++; asked > 2 {
			return full
		}
		return nil
	}})
	if !errors.Is(err, full) || r.Accepted != 1000 || r.Lines != 1000 || p.count() != (count{1000, 1000}) {
		t.Errorf("%+v, %v", r, err)
	}
	p.nothingWritten(func() {
		r, err := p.lines(line(1), ingest.Stream{Ready: func(context.Context) error { return full }})
		if !errors.Is(err, full) || r.Lines != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	// Nothing waits to be committed, so nobody has to wait.
	if r, err := p.lines("\n\n", ingest.Stream{Ready: func(context.Context) error { return full }}); err != nil || r.Lines != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A sender who gives up while lines are being committed hears of each line whether it is in.
func TestGivingUpDuringACommit(t *testing.T) {
	p := newPlace(t)
	id := uuid.New()
	other, err := p.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	if _, err := other.Exec(t.Context(), `INSERT INTO event_ids (workspace_id, uuid) VALUES ($1, $2)`, p.token().Workspace.ID, id); err != nil {
		t.Fatal(err)
	}
	all := lines(700)
	all[3] = strings.Replace(all[3], "{", fmt.Sprintf(`{"id": %q, `, id), 1)

	ctx, giveUp := context.WithCancel(t.Context())
	go func() { // once the first commit waits for the other's claim
		for waiting := 0; waiting == 0; {
			_ = p.db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		}
		giveUp()
		_ = other.Rollback(t.Context())
	}()
	r, err := p.in.SendLines(ctx, p.token(), strings.NewReader(strings.Join(all, "\n")), ingest.Stream{Ready: ready, Bad: stop})
	if !errors.Is(err, context.Canceled) || r.Accepted != 500 || r.Lines != 500 || p.count() != (count{500, 500}) {
		t.Errorf("%+v, %v, %+v", r, err, p.count())
	}
}

func TestABadPersonalLine(t *testing.T) {
	p := newPlace(t)
	r, err := p.in.SendLines(t.Context(), p.person(5, "Amara"), strings.NewReader("{\"action\": \"created\"}\n{\"action\": \"created\", \"actor_id\": \"u1\"}"), ingest.Stream{Ready: ready, Bad: stop})
	refused(t, err, models.Forbidden, -1, "actor.id")
	if r.Accepted != 1 || r.Lines != 1 {
		t.Errorf("%+v", r)
	}
}

func TestADatabaseThatIsGone(t *testing.T) {
	p := newPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.in.SendOne(ctx, p.token(), []byte(line(1)), "")
	if err == nil || models.KindOf(err) != models.Internal {
		t.Errorf("%v", err)
	}
	p.one(line(1))
	asked := 0
	stream := ingest.Stream{Bad: stop, Ready: func(context.Context) error {
		if asked++; asked == 2 {
			p.db.Close()
		}
		return nil
	}}
	r, err := p.lines(strings.Join(lines(1300), "\n"), stream)
	if err == nil || models.KindOf(err) != models.Internal || r.Accepted != 500 || r.Lines != 500 {
		t.Errorf("%+v, %v", r, err)
	}
}
