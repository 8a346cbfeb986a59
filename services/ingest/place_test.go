package ingest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
)

// now is when every test happens.
var now = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// place is a workspace on a database of its own, with the service under test.
type place struct {
	t     testing.TB
	db    *database.Database
	in    *ingest.Service
	ws    models.Workspace
	woken atomic.Int64 // how often the journal was told of something new
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t), ws: models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "acme", Name: "Acme", TimeZone: "Canada/Newfoundland"}}
	if err := p.db.Gorm.Create(&p.ws).Error; err != nil {
		t.Fatal(err)
	}
	p.in = p.service()
	return p
}

// service makes another service on the same database, as another process would.
func (p *place) service() *ingest.Service {
	return ingest.New(p.db, func() { p.woken.Add(1) }, func() time.Time { return now }, slog.New(slog.NewTextHandler(p.t.Output(), nil)))
}

// token is a service token of the workspace.
func (p *place) token() ingest.Sender {
	return ingest.Sender{Workspace: p.ws, Source: ingest.TokenSource(1), IP: "192.0.2.1", UserAgent: "a program"}
}

// importer is the import of the command line.
func (p *place) importer() ingest.Sender {
	return ingest.Sender{Workspace: p.ws, Source: ingest.ImportSource(p.ws.ID)}
}

// person is somebody's session.
func (p *place) person(id int64, name string) ingest.Sender {
	self := models.UserActor(&models.User{ID: id, Name: name})
	return ingest.Sender{Workspace: p.ws, Source: ingest.UserSource(id), Self: &self, IP: "192.0.2.7", UserAgent: "a browser"}
}

// one sends a single event by the service token, which must be taken.
func (p *place) one(text string) ingest.Receipt {
	p.t.Helper()
	r, err := p.in.SendOne(p.t.Context(), p.token(), []byte(text), "")
	if err != nil {
		p.t.Fatalf("%.200s: %v", text, err)
	}
	return r
}

// row is what the inbox holds of an event.
type row struct {
	lane   int
	kind   string // of the source
	key    string // of the source
	text   string
	event  models.Event
	claims int // rows of event_ids with its id
}

// stored reads what became of an event.
func (p *place) stored(id uuid.UUID) row {
	p.t.Helper()
	var r row
	err := p.db.Pool.QueryRow(p.t.Context(), `SELECT lane, kind, key, event::text, (SELECT count(*) FROM event_ids e WHERE e.uuid = i.uuid AND e.workspace_id = i.workspace_id)
		FROM inbox i JOIN sources s ON s.id = source_id WHERE uuid = $1`, id).Scan(&r.lane, &r.kind, &r.key, &r.text, &r.claims)
	if err != nil {
		p.t.Fatalf("the inbox has no event %s: %v", id, err)
	}
	if err := json.Unmarshal([]byte(r.text), &r.event); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// sent sends a single event and gives what is stored of it.
func (p *place) sent(text string) models.Event {
	p.t.Helper()
	return p.stored(p.one(text).IDs[0]).event
}

// count is how many rows there are.
type count struct{ ids, inbox int }

func (p *place) count() (c count) {
	p.t.Helper()
	err := p.db.Pool.QueryRow(p.t.Context(), `SELECT (SELECT count(*) FROM event_ids), (SELECT count(*) FROM inbox)`).Scan(&c.ids, &c.inbox)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// exec runs SQL behind the service's back.
func (p *place) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Pool.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

// clear makes the tables as they were at first.
func (p *place) clear() {
	p.t.Helper()
	p.exec(`DELETE FROM inbox`)
	p.exec(`DELETE FROM event_ids`)
}

// entities gives the entity ids in the inbox, in the order in which the journal will read them.
func (p *place) entities() []string {
	p.t.Helper()
	rows, _ := p.db.Pool.Query(p.t.Context(), `SELECT coalesce(event #>> '{entity,id}', '') FROM inbox ORDER BY lane, xid, id`)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		p.t.Fatal(err)
	}
	return ids
}

// internal is what no client may read.
var internal = regexp.MustCompile(`(?i)sqlstate|insert into|select |pgx|relation "|canonicalise|%!|jsonb`)

// refused checks that an error has a kind, names the field, at the index of a batch (or -1), and says so in a sentence.
func refused(t testing.TB, err error, kind models.Kind, index int, field string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Errorf("%v (%T) is not an error for the sender", err, err)
		return
	}
	if e.Kind != kind {
		t.Errorf("kind %d instead of %d: %s", e.Kind, kind, e.Detail)
	}
	if !slices.ContainsFunc(e.Fields, func(f models.FieldError) bool { return f.Field == field && f.Index == index && f.Message != "" }) {
		t.Errorf("%+v does not name %q at %d", e.Fields, field, index)
	}
	if index >= 0 && !strings.Contains(e.Detail, fmt.Sprintf("event %d", index)) {
		t.Errorf("the detail %q does not name the event %d", e.Detail, index)
	}
	if first := e.Fields; len(first) > 0 && !strings.Contains(e.Detail, first[0].Field+": "+first[0].Message) {
		t.Errorf("the detail %q does not say %+v", e.Detail, first[0])
	}
	if text := e.Detail + fmt.Sprint(e.Fields); internal.MatchString(text) || len(text) > 16<<10 {
		t.Errorf("the sender is told %.300q (%d bytes)", text, len(text))
	}
}

// nothingWritten runs work and checks that it left nothing behind.
func (p *place) nothingWritten(work func()) {
	p.t.Helper()
	before, woken := p.count(), p.woken.Load()
	work()
	if after := p.count(); after != before {
		p.t.Errorf("%+v became %+v", before, after)
	}
	if p.woken.Load() != woken {
		p.t.Error("the journal was woken for nothing")
	}
}

// with gives an event with further members.
func with(members string) string {
	return `{"actor": {"id": "u1"}, "action": "created", ` + members + `}`
}

// pad makes a string literal with so many bytes inside.
func pad(n int) string { return `"` + strings.Repeat("x", n) + `"` }

// nested makes arrays within arrays, so many levels.
func nested(levels int) string {
	return strings.Repeat("[", levels) + strings.Repeat("]", levels)
}

// sameJSON compares two values by their canonical text.
func sameJSON(t testing.TB, got, want any) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}
