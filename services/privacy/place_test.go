package privacy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/privacy"
	"daybook/services/proof"
	"daybook/services/stats"
)

// place is a world with purges, and somebody who makes them.
type place struct {
	testing.TB
	*feedtest.World
	privacy *privacy.Service
	ws      models.Workspace
	owner   access.Viewer
	ahead   atomic.Int64 // of the clock by which activities are old
	still   atomic.Int64 // what it shows when it stands still, in microseconds since 1970; 0: it goes
}

func (p *place) now() time.Time {
	if still := p.still.Load(); still != 0 {
		return time.UnixMicro(still)
	}
	return time.Now().Add(time.Duration(p.ahead.Load()))
}

func newPlace(t testing.TB) *place {
	t.Helper()
	w := feedtest.New(t)
	p := with(t, w, w.Workspace(t, "acme", "Canada/Newfoundland"))
	u := w.User(t, "alice", false)
	w.Member(t, p.ws, u, models.Owner)
	p.owner = w.Viewer(t, u, p.ws)
	return p
}

func with(t testing.TB, w *feedtest.World, ws models.Workspace) *place {
	p := &place{TB: t, World: w, ws: ws}
	p.privacy = privacy.New(w.DB, privacy.Parts{Journal: w.Journal, Ingest: w.Ingest, Feed: w.Feed, Stats: stats.New(w.DB, w.Feed), Now: p.now})
	return p
}

func doer(v access.Viewer) account.Doer {
	return account.Doer{Workspace: &v.Workspace, Role: v.Role, User: v.User, Ref: models.UserActor(v.User)}
}

// files sends so many activities, one an hour from the beginning of 2024.
func (p *place) files(n int) {
	p.Helper()
	events := make([]feedtest.Event, n)
	for i := range events {
		events[i] = feedtest.Event{
			"actor": feedtest.Event{"id": fmt.Sprint("u", i%7)}, "action": "created", "resource": feedtest.Event{"type": []string{"file", "task"}[i%2], "id": fmt.Sprint(i)},
			"occurred_at": time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339),
		}
	}
	p.Send(p, p.ws, events...)
}

// until is a filter of everything that occurred before a day.
func until(t testing.TB, day string) feed.Filter {
	t.Helper()
	at, err := feed.ParseTime(day, time.Now().UTC(), true)
	if err != nil {
		t.Fatal(err)
	}
	return feed.Filter{To: feed.Bound{Text: day, At: at}}
}

func (p *place) purge(f feed.Filter) models.Purge {
	p.Helper()
	made, err := p.privacy.Purge(p.Context(), doer(p.owner), p.owner, privacy.Order{Filter: f, Confirm: p.ws.Slug})
	if err != nil {
		p.Fatal(err)
	}
	return made
}

// ended waits until a purge has ended, and its record is posted.
func (p *place) ended(id int64) models.Purge {
	p.Helper()
	var made models.Purge
	p.eventually("the purge has ended", func() bool {
		made = p.one(id)
		return !made.UnderWay()
	})
	if err := p.Journal.Drain(p.Context()); err != nil {
		p.Fatal(err)
	}
	return made
}

func (p *place) one(id int64) models.Purge {
	p.Helper()
	made, err := p.privacy.One(p.Context(), doer(p.owner), id)
	if err != nil {
		p.Fatal(err)
	}
	return made
}

func (p *place) eventually(what string, holds func() bool) {
	p.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			p.Fatalf("after a minute still not: %s", what)
		}
	}
}

func ask[V any](p *place, sql string, args ...any) (v V) {
	p.Helper()
	if err := p.DB.Pool.QueryRow(p.Context(), sql, args...).Scan(&v); err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
	return v
}

// sound checks everything that holds of a journal, purged or not: every number up to the head has a row or a tombstone, and never both; rollups
// and words are those of the rows; the rest is proved.
func (p *place) sound() {
	p.Helper()
	wrong := ask[string](p, `SELECT coalesce(string_agg(concat_ws(' ', h.workspace_id, h.seq, n, twice), ', '), '') FROM workspace_heads h CROSS JOIN LATERAL (
		SELECT count(*), count(*) - count(DISTINCT seq) FROM (SELECT seq FROM activities a WHERE a.workspace_id = h.workspace_id UNION ALL
		       SELECT seq FROM tombstones t WHERE t.workspace_id = h.workspace_id) AS s) AS c (n, twice) WHERE n <> h.seq OR twice > 0`)
	if wrong != "" {
		p.Errorf("numbers are missing or there twice: %s", wrong)
	}
	differences, err := p.Journal.Recount(p.Context())
	if err != nil || len(differences) > 0 {
		p.Errorf("the recount: %v, %v", err, differences[:min(1, len(differences))])
	}
	if n := ask[int](p, `SELECT count(*) FROM daily_counts WHERE count <= 0`) + ask[int](p, `SELECT count(*) FROM hourly_counts WHERE count <= 0`); n > 0 {
		p.Errorf("%d counts of nothing", n)
	}
	if n := ask[int](p, `SELECT count(*) FROM activities a FULL JOIN activity_words w USING (workspace_id, seq) WHERE a.id IS NULL OR w.words IS NULL`); n > 0 {
		p.Errorf("%d rows without words or words without a row", n)
	}
	v, err := proof.VerifyWorkspace(p.Context(), p.DB.Pool, p.ws.ID)
	if err != nil || !v.OK() || v.Purged != ask[int64](p, `SELECT count(*) FROM tombstones WHERE workspace_id = $1`, p.ws.ID) {
		p.Errorf("the proof: %+v, %v", v, err)
	}
}

// recorded are the acts of purging, in their order.
func (p *place) recorded() []string {
	p.Helper()
	var out []string
	err := p.DB.Gorm.Raw(`SELECT concat_ws(' ', actor_name, action, entity_name, metadata ->> 'activities', outcome) FROM activities
		WHERE workspace_id = ? AND entity_type = 'purge' ORDER BY seq`, p.ws.ID).Scan(&out).Error
	if err != nil {
		p.Fatal(err)
	}
	return out
}

func sum(counts map[string]int64) (n int64) {
	for _, each := range counts {
		n += each
	}
	return n
}

func texts(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// uuids gives public ids in order.
func uuids(rows []feedtest.Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.UUID.String()
	}
	slices.Sort(out)
	return out
}
