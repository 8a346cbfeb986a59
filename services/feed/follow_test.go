package feed_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database/dbtest"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
)

// crowd writes a workspace from many sides at once.
type crowd struct {
	world     *feedtest.World
	workspace models.Workspace
	committed atomic.Int64
	mu        sync.Mutex
	written   []uuid.UUID
}

func TestAFollowerReadsEverythingOnceInOrder(t *testing.T) {
	r := feedtest.Random(t)
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "Canada/Newfoundland")
	root, bo := w.User(t, "root", true), w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	w.Grant(t, w.Project(t, ws, "p1", models.VisibleToMembers), w.Actor(t, ws, "bo", bo))
	w.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "bo"}, "action": "created"})
	origin := w.Look(t).Rows[0].UUID.String()

	c := &crowd{world: w, workspace: ws}
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	var writers sync.WaitGroup
	for i := range 16 {
		random := rand.New(rand.NewPCG(r.Uint64(), 0))
		writers.Go(func() {
			write := c.send
			if i%2 == 1 {
				write = c.commitLate
			}
			for batch := range 12 {
				if err := write(ctx, random, i, batch); err != nil {
					stop(err)
				}
			}
		})
	}
	var names []string // of all actors that ever act, most of whom do not exist yet
	for i := range 16 {
		for batch := range 6 {
			names = append(names, fmt.Sprintf("actor-%d-%d", i, batch))
		}
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	got := make([][]models.Entry, 3)
	for i, read := range []feed.Filter{{}, {Criteria: feed.Criteria{Actors: names}}, {}} {
		v := w.Viewer(t, root, ws)
		if i == 2 {
			v = w.Viewer(t, bo, ws)
		}
		readers.Go(func() {
			var err error
			if got[i], err = (follower{w, v, read, 1 + 20*i}).until(ctx, done, origin); err != nil {
				stop(err)
			}
		})
	}
	writers.Wait()
	if err := w.Journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(done)
	readers.Wait()
	if err := context.Cause(ctx); err != nil {
		t.Fatal(err)
	}
	o := w.Look(t)
	c.compare(t, got[0], o.Rows[1:])
	c.compare(t, got[1], o.Find(func(r feedtest.Row) bool { return slices.Contains(names, r.Actor) }))
	c.compare(t, got[2], o.Find(func(r feedtest.Row) bool { return r.Project == "p1" }))
	if len(c.written) != len(o.Rows)-1 {
		t.Errorf("%d were written, %d are there", len(c.written), len(o.Rows)-1)
	}
	for _, r := range o.Rows[1:] {
		if !slices.Contains(c.written, r.UUID) {
			t.Errorf("nobody wrote %s", r.UUID)
		}
	}
}

// follower polls by the last id of each answer.
type follower struct {
	world  *feedtest.World
	viewer access.Viewer
	filter feed.Filter
	limit  int
}

// until reads until everything is posted and nothing more comes.
func (f follower) until(ctx context.Context, done <-chan struct{}, after string) ([]models.Entry, error) {
	var all []models.Entry
	for {
		last := false
		select {
		case <-done:
			last = true
		default:
		}
		entries, err := f.world.Follow(ctx, f.viewer, f.filter, after, f.limit)
		if err != nil {
			return nil, err
		}
		if n := len(entries); n > 0 {
			all, after = append(all, entries...), entries[n-1].UUID.String()
		} else if last {
			return all, nil
		}
	}
}

func (c *crowd) compare(t *testing.T, got []models.Entry, want []feedtest.Row) {
	t.Helper()
	if g, w := fmt.Sprint(idsOf(got)), fmt.Sprint(feedtest.IDs(want)); g != w {
		t.Errorf("read %d, want %d\n got %s\nwant %s", len(got), len(want), g, w)
	}
}

// event makes an event: one in twenty long ago, some at the very same instant.
func (c *crowd) event(r *rand.Rand, writer, batch int) (uuid.UUID, feedtest.Event) {
	at := time.Now().Truncate(time.Second)
	if r.IntN(20) == 0 {
		at = at.AddDate(0, 0, -r.IntN(400))
	}
	id := uuid.Must(uuid.NewV7())
	return id, feedtest.Event{
		"id": id, "actor": feedtest.Event{"id": fmt.Sprintf("actor-%d-%d", writer, batch)}, "action": "created",
		"occurred_at": at.Format(time.RFC3339), "project": feedtest.Event{"id": fmt.Sprintf("p%d", r.IntN(3))},
	}
}

func (c *crowd) note(ids ...uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = append(c.written, ids...)
	c.committed.Add(1)
}

// send writes as applications do.
func (c *crowd) send(ctx context.Context, r *rand.Rand, writer, batch int) error {
	var ids []uuid.UUID
	var events []feedtest.Event
	for range 1 + r.IntN(8) {
		id, ev := c.event(r, writer, batch)
		ids, events = append(ids, id), append(events, ev)
	}
	if err := c.world.Put(ctx, c.workspace, events); err != nil {
		return err
	}
	c.note(ids...)
	return nil
}

// commitLate claims early and commits when others have committed some batches in between: what it wrote appears behind rows that are posted already.
func (c *crowd) commitLate(ctx context.Context, r *rand.Rand, writer, batch int) error {
	tx, err := c.world.DB.Connect(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Close(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, `BEGIN`); err != nil {
		return err
	}
	var ids []uuid.UUID
	for range 1 + r.IntN(4) {
		id, ev := c.event(r, writer, batch)
		_, err := tx.Exec(ctx, `WITH claimed AS (INSERT INTO event_ids (workspace_id, uuid) VALUES ($1, $2))
			INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES ($3, $1, $2, 1, jsonb_build_object('uuid', $2::uuid, 'action', 'created',
			'actor', jsonb_build_object('id', $4::text, 'type', 'user'), 'description', 'late', 'outcome', 'success', 'occurred_at', $5::text, 'project', jsonb_build_object('id', $6::text)))`,
			c.workspace.ID, id, r.IntN(2), ev["actor"].(feedtest.Event)["id"], ev["occurred_at"], ev["project"].(feedtest.Event)["id"])
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	for until := min(c.committed.Load()+r.Int64N(12), 8*12); c.committed.Load() < until; { // those who send wait for nobody
		if _, err := tx.Exec(ctx, `SELECT 1`); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `COMMIT`); err != nil {
		return err
	}
	c.note(ids...)
	c.world.Journal.Wake()
	return nil
}

// An answer must not hold a row behind one that it left out: here the actor of row 2 is made when the filter's names were looked up already.
func TestAnActorMadeMeanwhileIsNotPassedOver(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	w.Send(t, ws, feedtest.Event{"actor": feedtest.Event{"id": "old"}, "action": "created"})
	tx, err := w.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := tx.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`LOCK TABLE activities`)
	answered := make(chan []models.Entry)
	go func() {
		defer close(answered)
		entries, err := w.Follow(t.Context(), v, feed.Filter{Criteria: feed.Criteria{Actors: []string{"old", "new"}}}, "", 10)
		if err != nil {
			t.Error(err)
		}
		answered <- entries
	}()
	for waits := false; !waits; {
		if err := w.DB.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'activities'::regclass)`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	do(`INSERT INTO actors (workspace_id, external_id, type, name) VALUES ($1, 'new', 'user', 'new')`, ws.ID)
	do(`INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, actor_name, action, description, outcome, system, source_id, occurred_at, recorded_at, leaf)
		SELECT n, $1, n, gen_random_uuid(), (SELECT id FROM actors WHERE external_id = later.name), later.name, 'created', '', 'success', false, 1, now(), now(), sha256('')
		  FROM (VALUES (2, 'new'), (3, 'old')) AS later (n, name)`, ws.ID)
	do(`UPDATE workspace_heads SET seq = 3 WHERE workspace_id = $1`, ws.ID)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seqs []int64
	for _, e := range <-answered {
		seqs = append(seqs, e.Seq)
	}
	if slices.Contains(seqs, 3) && !slices.Contains(seqs, 2) {
		t.Error("2 was passed over:", seqs)
	}
}

func TestPositionsThatAreNone(t *testing.T) {
	db := dbtest.New(t)
	w := &feedtest.World{DB: db, Access: access.New(db), Feed: feed.New(db, feedtest.Key)} // no journal: what is sent stays in the inbox
	w.Ingest = ingest.New(db, func() {}, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ws, other := w.Workspace(t, "acme", "UTC"), w.Workspace(t, "other", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	waiting, purged, rejected, elsewhere := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	if err := w.Put(t.Context(), ws, []feedtest.Event{{"id": waiting, "actor": feedtest.Event{"id": "a"}, "action": "created"}}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{purged, rejected} {
		if err := db.Gorm.Exec(`INSERT INTO event_ids (workspace_id, uuid) VALUES (?, ?)`, ws.ID, id).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(
		db.Gorm.Exec(`INSERT INTO event_ids (workspace_id, uuid) VALUES (?, ?)`, other.ID, elsewhere).Error,
		db.Gorm.Exec(`INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason) VALUES (?, ?, 1, '{}', now(), '22000', '')`, ws.ID, rejected).Error,
	); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]models.Kind{
		"yesterday": models.Malformed, uuid.NewString(): models.NotFound, elsewhere.String(): models.NotFound,
		rejected.String(): models.NotFound, waiting.String(): models.Conflict, purged.String(): models.Gone,
	} {
		_, err := w.Follow(t.Context(), v, feed.Filter{}, text, 10)
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != want || len(e.Fields) != 1 || e.Fields[0].Field != "after_id" {
			t.Errorf("%s: %v, want kind %d", text, err, want)
		} else if (e.RetryAfter > 0) != (want == models.Conflict) {
			t.Errorf("%s: to be asked again after %s", text, e.RetryAfter)
		}
		if entries, err := w.Follow(t.Context(), access.Viewer{Workspace: ws}, feed.Filter{}, text, 10); err != nil || len(entries) > 0 {
			t.Errorf("an outsider learns of %s: %v", text, err)
		}
	}
	if latest, err := w.Follow(t.Context(), v, feed.Filter{}, "", 10); err != nil || latest == nil || len(latest) > 0 {
		t.Error("an empty workspace:", latest, err)
	}
}
