package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
)

// now is when every test happens.
var now = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// place is a database of its own with the service under test. Amara owns acme, Bob is a member, Charlie is none.
type place struct {
	t        testing.TB
	db       *database.Database
	in       *ingest.Service
	auth     *auth.Service
	accounts *account.Service
	acme     *models.Workspace
	amara    *models.User
	bob      *models.User
	charlie  *models.User
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t)}
	clock := func() time.Time { return now }
	p.in = ingest.New(p.db, func() {}, clock, slog.New(slog.NewTextHandler(t.Output(), nil)))
	p.auth = auth.New(p.db, p.in, auth.NewKeys([]byte("a secret of this test")), clock)
	p.accounts = account.New(p.db, p.in, p.auth, clock)
	p.acme = p.workspace("acme")
	p.amara, p.bob, p.charlie = p.user("amara"), p.user("bob"), p.user("charlie")
	p.member(p.acme, p.amara, models.Owner)
	p.member(p.acme, p.bob, models.Member)
	return p
}

func (p *place) workspace(slug string) *models.Workspace {
	p.t.Helper()
	w := &models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: strings.ToUpper(slug), TimeZone: "Canada/Newfoundland"}
	p.create(w)
	return w
}

func (p *place) user(name string) *models.User {
	p.t.Helper()
	u := &models.User{Email: name + "@example.com", Username: &name, Name: strings.ToUpper(name[:1]) + name[1:], PasswordHash: "of some password"}
	p.create(u)
	return u
}

func (p *place) member(w *models.Workspace, u *models.User, role models.Role) {
	p.t.Helper()
	p.create(&models.Membership{WorkspaceID: w.ID, UserID: u.ID, Role: role})
}

// create writes a record behind the service's back, so that no act is recorded.
func (p *place) create(record any) {
	p.t.Helper()
	if err := p.db.Gorm.Create(record).Error; err != nil {
		p.t.Fatal(err)
	}
}

// exec runs SQL behind the service's back.
func (p *place) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Pool.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
}

// ask reads one value.
func ask[T any](p *place, sql string, args ...any) (v T) {
	p.t.Helper()
	if err := p.db.Pool.QueryRow(p.t.Context(), sql, args...).Scan(&v); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// act is what the inbox holds of an act.
type act struct {
	Workspace uuid.UUID
	models.Event
}

// acts gives what was recorded while something was done.
func (p *place) acts(do func()) (out []act) {
	p.t.Helper()
	before := ask[int64](p, `SELECT coalesce(max(id), 0) FROM inbox`)
	do()
	rows, err := p.db.Pool.Query(p.t.Context(), `SELECT workspace_id, event::text FROM inbox WHERE id > $1 ORDER BY id`, before)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a act
		var text string
		if err := rows.Scan(&a.Workspace, &text); err != nil {
			p.t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &a.Event); err != nil {
			p.t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// theAct is acts of something that must work and leave exactly one.
func (p *place) theAct(do func() error) act {
	p.t.Helper()
	got := p.acts(func() {
		p.t.Helper()
		if err := do(); err != nil {
			p.t.Fatal(err)
		}
	})
	if len(got) != 1 {
		p.t.Fatalf("%d acts: %+v", len(got), got)
	}
	if a := got[0]; a.OccurredAt == nil || !a.OccurredAt.Equal(now) || a.Description == "" {
		p.t.Errorf("%+v", a)
	}
	return got[0]
}

// said gives what an act says of changes: field: before → after.
func said(a act) string {
	parts := []string{a.Action}
	for _, c := range a.Changes {
		parts = append(parts, fmt.Sprintf("%s: %s → %s", c.Field, c.Before, c.After))
	}
	return strings.Join(parts, ", ")
}

// nothing makes sure that something changes no row of any table.
func (p *place) nothing(do func()) {
	p.t.Helper()
	before := p.everything()
	do()
	if after := p.everything(); after != before {
		p.t.Errorf("something was left:\n%s\nbefore:\n%s", after, before)
	}
}

// everything is what the tables hold that changes of accounts are about.
func (p *place) everything() string {
	p.t.Helper()
	var out strings.Builder
	for _, table := range []string{"workspaces", "users", "memberships", "actors", "projects", "project_members", "instance_settings", "tokens", "sessions", "links", "inbox", "event_ids"} {
		fmt.Fprintln(&out, table, ask[string](p, `SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM `+table+` t`))
	}
	return out.String()
}

// refused makes sure that an error is of a kind and names these fields.
func refused(t testing.TB, err error, kind models.Kind, fields ...string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Errorf("not refused: %v", err)
		return
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
	}
	if e.Kind != kind || strings.Join(got, " ") != strings.Join(fields, " ") {
		t.Errorf("kind %d, fields %v instead of kind %d, fields %v: %v", e.Kind, got, kind, fields, err)
	}
}

// together runs n calls at once.
func together(n int, call func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			call(i)
		})
	}
	close(start)
	all.Wait()
}

// inTx runs something in a transaction of pgx, as the journal does.
func (p *place) inTx(do func(ctx context.Context, tx pgx.Tx) error) {
	p.t.Helper()
	if err := pgx.BeginFunc(p.t.Context(), p.db.Pool, func(tx pgx.Tx) error { return do(p.t.Context(), tx) }); err != nil {
		p.t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }
