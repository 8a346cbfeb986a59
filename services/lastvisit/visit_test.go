package lastvisit_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/lastvisit"
)

// place is a workspace with a log, and somebody who reads it.
type place struct {
	t      testing.TB
	db     *database.Database
	visits *lastvisit.Service
	viewer access.Viewer
	now    time.Time
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t), now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	p.visits = lastvisit.New(p.db)
	u := &models.User{Email: "bob@example.com", Name: "Bob"}
	w := models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "acme", Name: "Acme", TimeZone: "UTC"}
	for _, record := range []any{u, &w} {
		if err := p.db.Gorm.Create(record).Error; err != nil {
			t.Fatal(err)
		}
	}
	p.viewer = access.Viewer{Principal: access.Principal{User: u}, Workspace: w, Role: access.Member}
	return p
}

func (p *place) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Pool.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

// grow lets the log reach a row.
func (p *place) grow(seq int64) {
	p.t.Helper()
	p.exec(`INSERT INTO workspace_heads (workspace_id, seq) VALUES ($1, $2) ON CONFLICT (workspace_id) DO UPDATE SET seq = $2`, p.viewer.Workspace.ID, seq)
}

// look visits after a while, and wants what was seen: up to which row, how long before this look.
func (p *place) look(after time.Duration, seq int64, ago time.Duration) {
	p.t.Helper()
	p.now = p.now.Add(after)
	seen, err := p.visits.Visit(p.t.Context(), p.viewer, -1, p.now)
	if err != nil {
		p.t.Fatal(err)
	}
	if ago < 0 != seen.First() || seen.Seq != seq || ago >= 0 && p.now.Sub(seen.At) != ago {
		p.t.Errorf("at %s: %d, %v ago, want %d, %v", p.now.Format(time.TimeOnly), seen.Seq, p.now.Sub(seen.At), seq, ago)
	}
}

// peek reads what was seen without looking, and wants what a look would have.
func (p *place) peek(after time.Duration, seq int64, ago time.Duration) {
	p.t.Helper()
	seen, err := p.visits.Seen(p.t.Context(), p.viewer, p.now.Add(after))
	if err != nil {
		p.t.Fatal(err)
	}
	if ago < 0 != seen.First() || seen.Seq != seq || ago >= 0 && p.now.Add(after).Sub(seen.At) != ago {
		p.t.Errorf("peeking: %d, %v ago, want %d, %v", seen.Seq, p.now.Add(after).Sub(seen.At), seq, ago)
	}
}

// first is the look before which there was none.
const first = -time.Second

func TestVisits(t *testing.T) {
	p := newPlace(t)
	p.look(0, 0, first)
	p.grow(10)
	p.look(5*time.Minute, 0, first)
	p.grow(20)
	p.look(30*time.Minute, 0, first) // not more than half an hour: still the first visit
	p.grow(30)
	p.look(31*time.Minute, 20, 31*time.Minute)
	p.grow(40)
	p.look(10*time.Minute, 20, 41*time.Minute) // the same visit, the same mark
	p.look(30*time.Second, 20, 41*time.Minute+30*time.Second)
	p.grow(50)
	p.look(24*time.Hour, 40, 24*time.Hour+30*time.Second) // the look before this was not written down: its minute was not over
	p.look(31*time.Minute, 50, 31*time.Minute)
}

func TestPeekingIsNoVisit(t *testing.T) {
	p := newPlace(t)
	p.grow(5)
	p.peek(0, 0, first)
	p.peek(time.Hour, 0, first)
	p.look(0, 0, first)
	p.grow(10)
	p.peek(10*time.Minute, 0, first)
	p.peek(time.Hour, 5, time.Hour)
	p.peek(2*time.Hour, 5, 2*time.Hour)
	p.look(40*time.Minute, 5, 40*time.Minute)
	p.peek(time.Minute, 5, 41*time.Minute)
}

func TestAVisitIsWrittenOnceAMinute(t *testing.T) {
	p := newPlace(t)
	written := func() (xmin string) {
		t.Helper()
		if err := p.db.Pool.QueryRow(t.Context(), `SELECT xmin::text || ' ' || xmax::text || ' ' || ctid::text FROM feed_visits`).Scan(&xmin); err != nil {
			t.Fatal(err)
		}
		return xmin
	}
	p.look(0, 0, first)
	before := written()
	for range 5 {
		p.look(10*time.Second, 0, first)
	}
	if written() != before {
		t.Error("it was written, or locked, within the minute")
	}
	p.look(10*time.Second, 0, first)
	if written() == before {
		t.Error("it was not written after a minute")
	}
}

func TestVisitsAtOnceAnswerTheSame(t *testing.T) {
	p := newPlace(t)
	p.grow(7)
	p.look(0, 0, first)
	p.grow(9)
	p.now = p.now.Add(time.Hour)
	answers := make([]lastvisit.Seen, 12)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			var err error
			if answers[i], err = p.visits.Visit(t.Context(), p.viewer, -1, p.now); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, a := range answers {
		if a.Seq != 7 || p.now.Sub(a.At) != time.Hour {
			t.Errorf("%+v", a)
		}
	}
}

// The page says what it was made of; what was read is never moved back.
func TestTheHeadOfAPage(t *testing.T) {
	p := newPlace(t)
	p.grow(100)
	for _, head := range []int64{30, 20} {
		p.now = p.now.Add(2 * time.Minute)
		if _, err := p.visits.Visit(t.Context(), p.viewer, head, p.now); err != nil {
			t.Fatal(err)
		}
	}
	p.look(time.Hour, 30, time.Hour)
}

func TestWhoDoesNotVisit(t *testing.T) {
	p := newPlace(t)
	token, outsider := p.viewer, p.viewer
	token.Token, outsider.Role = &models.Token{}, access.Outsider
	for _, v := range []access.Viewer{token, {}} {
		if seen, err := p.visits.Visit(t.Context(), v, 5, p.now); err != nil || !seen.First() || seen.Seq != 0 {
			t.Errorf("%+v, %v", seen, err)
		}
	}
	if _, err := p.visits.Visit(t.Context(), outsider, 5, p.now); models.KindOf(err) != models.NotFound {
		t.Error(err)
	}
	var n int
	if err := p.db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM feed_visits`).Scan(&n); err != nil || n != 0 {
		t.Error(n, err)
	}
}
