package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/journal"
	"daybook/services/live"
)

// long is longer than any test takes, so that whoever waits for it has not been woken.
const long = time.Minute

// running gives a hub that listens until the test ends.
func running(t *testing.T, db *database.Database) *live.Hub {
	t.Helper()
	h := live.New(db, slog.New(slog.DiscardHandler))
	run(t, h)
	return h
}

func run(t *testing.T, h *live.Hub) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { h.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
}

func post(t *testing.T, db *database.Database, workspace uuid.UUID) {
	t.Helper()
	if _, err := db.Pool.Exec(t.Context(), `SELECT pg_notify($1, $2)`, journal.ChannelPosted, fmt.Sprint(workspace, ":", 7)); err != nil {
		t.Fatal(err)
	}
}

// listening waits until the hub is told of what is posted.
func listening(t *testing.T, h *live.Hub) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !h.Listening(); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never listens")
		}
	}
}

// told waits until the hub was told of something. Who enters from then on is woken by their own workspace alone, and no more because the hub begins
// to listen.
func told(t *testing.T, db *database.Database, h *live.Hub) {
	t.Helper()
	listening(t, h)
	ws := uuid.New()
	w := await(h, live.Wish{Who: "told", Workspace: ws, For: long})
	w.looksAgain(t)
	w.there.Store(true)
	post(t, db, ws)
	w.ended(t)
}

// waiting is somebody who waits until something is there.
type waiting struct {
	there  atomic.Bool
	looks  atomic.Int64
	looked chan struct{} // after each vain look
	err    chan error
}

func await(h *live.Hub, wish live.Wish) *waiting {
	w := &waiting{looked: make(chan struct{}, 1000), err: make(chan error, 1)}
	go func() {
		w.err <- h.Await(context.Background(), wish, func(context.Context) (bool, error) {
			w.looks.Add(1)
			there := w.there.Load()
			if !there {
				w.looked <- struct{}{}
			}
			return there, nil
		})
	}()
	return w
}

func (w *waiting) ended(t *testing.T) {
	t.Helper()
	select {
	case err := <-w.err:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("somebody waits in vain")
	}
}

// looksAgain waits until they have looked in vain, once for each time they did.
func (w *waiting) looksAgain(t *testing.T) {
	t.Helper()
	select {
	case <-w.looked:
	case <-time.After(20 * time.Second):
		t.Fatal("nobody looks")
	}
}

func (w *waiting) waits(t *testing.T) {
	t.Helper()
	select {
	case err := <-w.err:
		t.Fatalf("they came back, with %v", err)
	default:
	}
}

// settled takes the looks until there are none for a while: a hub that begins to listen has everybody look.
func (w *waiting) settled() {
	for {
		select {
		case <-w.looked:
		case <-time.After(lookedByThen):
			return
		}
	}
}

// sleeps fails when they look.
func (w *waiting) sleeps(t *testing.T) {
	t.Helper()
	select {
	case <-w.looked:
		t.Error("they were woken")
	case <-time.After(lookedByThen):
	}
	w.waits(t)
}

// lookedByThen is longer than whoever is woken takes to look.
const lookedByThen = 2 * live.LookAtLeast

func TestWhoWaitsIsWokenByItsOwnWorkspace(t *testing.T) {
	db := dbtest.New(t)
	h := running(t, db)
	listening(t, h)
	mine, others := uuid.New(), uuid.New()
	w, o := await(h, live.Wish{Who: "a", Workspace: mine, For: long}), await(h, live.Wish{Who: "a", Workspace: others, For: long})
	w.settled()
	o.settled()
	w.there.Store(true)
	began := time.Now()
	post(t, db, mine)
	w.ended(t)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	o.sleeps(t)
	o.there.Store(true)
	post(t, db, others)
	o.ended(t)
	if h.Waiting() != 0 {
		t.Errorf("%d are left", h.Waiting())
	}
}

// What is posted between the first look and the waiting is what a hub loses that is entered too late, or that forgets after the look what woke it.
func TestNothingIsLostBetweenLookingAndWaiting(t *testing.T) {
	db := dbtest.New(t)
	h := running(t, db)
	told(t, db, h)
	ws := uuid.New()
	entered := await(h, live.Wish{Who: "a", Workspace: ws, For: long})
	entered.looksAgain(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	looks := 0
	err := h.Await(ctx, live.Wish{Who: "b", Workspace: ws, For: long}, func(context.Context) (bool, error) {
		if looks++; looks == 1 {
			post(t, db, ws)
			entered.looksAgain(t) // so the hub was told
			h.Waiting()           // and is done with waking
		}
		return looks > 1, nil
	})
	if err != nil || looks != 2 {
		t.Errorf("what was posted meanwhile woke nobody: %d looks, %v", looks, err)
	}
	h.Close()
	entered.ended(t)
}

func TestWaitingEnds(t *testing.T) {
	db := dbtest.New(t)
	h := running(t, db)
	ws := uuid.New()
	began := time.Now()
	w := await(h, live.Wish{Who: "a", Workspace: ws, For: 300 * time.Millisecond})
	w.ended(t)
	if took := time.Since(began); took < 300*time.Millisecond || took > 10*time.Second {
		t.Errorf("its time was up after %s", took)
	}
	var gone atomic.Bool
	w = await(h, live.Wish{Who: "a", Workspace: ws, For: long, Left: gone.Load})
	<-w.looked
	gone.Store(true)
	w.ended(t)

	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() {
		over <- h.Await(ctx, live.Wish{Who: "a", Workspace: ws, For: long}, func(context.Context) (bool, error) { cancel(); return false, nil })
	}()
	if err := <-over; err != nil {
		t.Error(err)
	}
	wrong := errors.New("it cannot be read")
	if err := h.Await(t.Context(), live.Wish{Who: "a", Workspace: ws, For: long}, func(context.Context) (bool, error) { return false, wrong }); !errors.Is(err, wrong) {
		t.Error(err)
	}
	w = await(h, live.Wish{Who: "a", Workspace: ws, For: long})
	<-w.looked
	h.Close()
	w.ended(t)
	await(h, live.Wish{Who: "a", Workspace: ws, For: long}).ended(t) // nobody begins to wait any more
	if h.Waiting() != 0 {
		t.Errorf("%d are left", h.Waiting())
	}
}

func TestTooManyAreAnsweredAtOnce(t *testing.T) {
	h := running(t, dbtest.New(t))
	defer h.Close()
	ws := uuid.New()
	for range live.MostOfOne {
		<-await(h, live.Wish{Who: "a", Workspace: ws, For: long}).looked
	}
	await(h, live.Wish{Who: "a", Workspace: ws, For: long}).ended(t)
	another := await(h, live.Wish{Who: "b", Workspace: ws, For: long})
	<-another.looked
	another.waits(t)
	if h.Waiting() != live.MostOfOne+1 {
		t.Errorf("%d wait", h.Waiting())
	}
	for i := live.MostOfOne + 1; i < live.MostWaiting; i++ {
		<-await(h, live.Wish{Who: fmt.Sprint("c", i/40), Workspace: uuid.New(), For: long}).looked
	}
	await(h, live.Wish{Who: "d", Workspace: ws, For: long}).ended(t)
}

// However much is posted, nobody looks all the time, and whoever looked in vain looks more and more rarely.
func TestLookingHasAPace(t *testing.T) {
	db := dbtest.New(t)
	h := running(t, db)
	ws := uuid.New()
	w := await(h, live.Wish{Who: "a", Workspace: ws, For: long})
	<-w.looked
	began, posts := time.Now(), 0
	for time.Since(began) < 2*time.Second {
		post(t, db, ws)
		posts++
	}
	most := int64(6) // after 50, 100, 200, 400, 500, 500 ms at the soonest, one of which is the first
	most += int64(max(0, time.Since(began)-2*time.Second)/live.LookAtLeast) + 1
	if looks := w.looks.Load(); posts < 50 || looks < 3 || looks > most {
		t.Errorf("%d looks for %d posts, at most %d", looks, posts, most)
	}
	h.Close()
	w.ended(t)
}

// A connection that is lost loses notifications: whoever waits looks when it is back, and meanwhile from time to time.
func TestTheListeningConnectionIsLost(t *testing.T) {
	db := dbtest.New(t)
	h := running(t, db)
	ws := uuid.New()
	w := await(h, live.Wish{Who: "a", Workspace: ws, For: long})
	<-w.looked
	listening := `FROM pg_stat_activity WHERE application_name = 'daybook live' AND datname = current_database() AND query LIKE 'LISTEN%'`
	for n := 0; n == 0; {
		if err := db.Pool.QueryRow(t.Context(), `SELECT count(*) `+listening).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	w.there.Store(true) // and nobody says so
	if _, err := db.Pool.Exec(t.Context(), `SELECT pg_terminate_backend(pid) `+listening); err != nil {
		t.Fatal(err)
	}
	w.ended(t)
	w = await(h, live.Wish{Who: "a", Workspace: ws, For: long}) // it listens again
	<-w.looked
	for n := 0; n == 0; {
		if err := db.Pool.QueryRow(t.Context(), `SELECT count(*) `+listening).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	w.there.Store(true)
	post(t, db, ws)
	w.ended(t)

	silent := live.New(db, slog.New(slog.DiscardHandler)) // nobody ever runs it
	w = await(silent, live.Wish{Who: "a", Workspace: ws, For: long})
	<-w.looked
	w.there.Store(true)
	w.ended(t)
}
