package auth_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
)

// place is a database of its own with the service under test, and a clock that tests move.
type place struct {
	t    testing.TB
	db   *database.Database
	auth *auth.Service

	mu  sync.Mutex
	now time.Time
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t), now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	p.auth = p.service()
	return p
}

// service makes another service on the same database, as another process would.
func (p *place) service() *auth.Service {
	record := ingest.New(p.db, func() {}, p.clock, slog.New(slog.NewTextHandler(p.t.Output(), nil)))
	return auth.New(p.db, record, auth.NewKeys([]byte("a secret of this test")), p.clock)
}

func (p *place) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// wait moves the clock.
func (p *place) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// password is everybody's; hashed once, because that takes long by design.
const password = "correct horse battery"

var passwordHash = sync.OnceValues(func() (string, error) { return auth.HashPassword(context.Background(), password) })

// user makes somebody who can sign in with password.
func (p *place) user(name string, change func(*models.User)) *models.User {
	p.t.Helper()
	hash, err := passwordHash()
	if err != nil {
		p.t.Fatal(err)
	}
	u := &models.User{Email: name + "@example.com", Username: &name, Name: strings.ToUpper(name[:1]) + name[1:], PasswordHash: hash}
	if change != nil {
		change(u)
	}
	if err := p.db.Gorm.Create(u).Error; err != nil {
		p.t.Fatal(err)
	}
	return u
}

func deactivated(u *models.User) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	u.DeactivatedAt = &at
}

func (p *place) workspace(slug string) *models.Workspace {
	p.t.Helper()
	w := &models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: slug, TimeZone: "UTC"}
	if err := p.db.Gorm.Create(w).Error; err != nil {
		p.t.Fatal(err)
	}
	return w
}

// try signs in from an address and gives the kind of the answer, or -1 when it worked.
func (p *place) try(login, password, ip string) models.Kind {
	_, err := p.auth.SignIn(context.Background(), login, password, auth.From{IP: ip, UserAgent: "a browser"})
	if err == nil {
		return -1
	}
	return models.KindOf(err)
}

// mustTry is try with one answer that is right.
func (p *place) mustTry(login, password, ip string, want models.Kind) {
	p.t.Helper()
	if got := p.try(login, password, ip); got != want {
		p.t.Fatalf("%s from %s after %s: %d instead of %d", login, ip, p.now.Format(time.TimeOnly), got, want)
	}
}

// act is what the inbox holds of an act.
type act struct {
	Workspace uuid.UUID
	models.Event
}

// acts reads everything recorded so far, in order.
func (p *place) acts() (out []act) {
	p.t.Helper()
	rows, err := p.db.Pool.Query(p.t.Context(), `SELECT workspace_id, event::text FROM inbox ORDER BY id`)
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

// actions gives the actions recorded, with their number.
func (p *place) actions() string {
	counts := map[string]int{}
	for _, a := range p.acts() {
		counts[a.Action]++
	}
	return fmt.Sprint(counts)
}

// ask reads one value.
func ask[T any](p *place, sql string, args ...any) (v T) {
	p.t.Helper()
	if err := p.db.Pool.QueryRow(p.t.Context(), sql, args...).Scan(&v); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// everything is all text that the database holds, of every table, to look for what must not be there. bytea is given as text where it is some.
func (p *place) everything() string {
	p.t.Helper()
	var out strings.Builder
	rows, err := p.db.Pool.Query(p.t.Context(), `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		p.t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			p.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	rows.Close()
	for _, table := range tables {
		// 'escape' shows the bytes that are ASCII as such; 'hex' would hide a secret.
		text := ask[string](p, `SELECT set_config('bytea_output', 'escape', false) || coalesce((SELECT string_agg(t::text, E'\n') FROM `+table+` t), '')`)
		out.WriteString(table + "\n" + text + "\n")
	}
	return out.String()
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
