package journal

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Chore is work on activities beside posting, done in the writer's turn, a bounded piece at a time: while nothing waits to be posted, and now and then
// although something does.
type Chore struct {
	// Due tells whether there is anything to do. It is asked all the time, so it has to be cheap.
	Due func(ctx context.Context, tx pgx.Tx) (bool, error)
	// Do does a piece that looks at no more than so many activities. Nobody posts before tx ends.
	Do func(ctx context.Context, tx pgx.Tx, most int64) error
	// GiveUp takes note that Do has failed many times in a row; the log says why.
	GiveUp func(ctx context.Context, tx pgx.Tx) error
}

// Bounds of a piece: rows that are looked at, and how long a statement of it may take, in PostgreSQL's words.
const (
	choreRows    = 2000
	choreTimeout = "5s"
)

// choreLimit is how long a piece may keep the writer from posting, whatever it does.
const choreLimit = 5 * time.Second

// A piece should take so long while events wait, and twice that while none does; the next one has fewer or more rows when it took longer or much less,
// within these bounds.
const (
	choreTime   = 100 * time.Millisecond
	choreAlone  = 2 * choreTime
	fewestRows  = 50
	mostRows    = 2 * choreRows
	rowsAtFirst = choreRows / 4
)

// While posting does not come to an end, the chores rest so long after each piece, and at least so many times as long as it took: something is done
// twice a second, in a fifth of the time at most.
const (
	choreRest  = 300 * time.Millisecond
	choreShare = 4
)

// choreTries is how often a piece is tried, each time after a longer pause and with half of the rows, before it is given up.
const choreTries = 8

// choring is how the chores get on. It outlives the writer, for a piece may be what ends one.
type choring struct {
	chores []*choreState
	next   int // whose turn it is
	ended  time.Time
	took   time.Duration // the last piece beside posting
}

// choreState is how one chore gets on.
type choreState struct {
	rows   int64 // of the next piece
	failed int
	wait   time.Duration
	after  time.Time   // when the next try is due
	astray atomic.Bool // a piece that took too long was left behind, and is still at it
}

// TakeTurns gives the journal its chores. They take turns.
func (j *Journal) TakeTurns(chores ...Chore) {
	for {
		before := j.chores.Load()
		var all []Chore
		if before != nil {
			all = append(all, *before...)
		}
		all = append(all, chores...)
		if j.chores.CompareAndSwap(before, &all) {
			return
		}
	}
}

// turnBeside does a piece of a chore although more waits to be posted, when the chores have rested long enough. A workspace that waits for another time
// zone goes first, as it does while nothing waits: a purge must not find it half counted.
func (w *writer) turnBeside(ctx context.Context) error {
	choring := &w.journal.choring
	if time.Since(choring.ended) < max(choreRest, choreShare*choring.took) {
		return nil
	}
	begun := time.Now()
	did, err := w.rezone(ctx)
	if err == nil && !did {
		_, err = w.turnWithin(ctx, choreTime)
	}
	choring.ended = time.Now()
	choring.took = choring.ended.Sub(begun)
	return err
}

// turn does a piece of a chore while nothing waits to be posted, and tells whether there may be more to do now.
func (w *writer) turn(ctx context.Context) (more bool, err error) {
	return w.turnWithin(ctx, choreAlone)
}

// turnWithin does a piece of the first chore that has something to do, beginning with the one whose turn it is. Its error is one that ends the writer:
// when a chore fails, it waits alone.
func (w *writer) turnWithin(ctx context.Context, within time.Duration) (more bool, err error) {
	loaded := w.journal.chores.Load()
	if loaded == nil {
		return false, nil
	}
	chores, choring := *loaded, &w.journal.choring
	for len(choring.chores) < len(chores) {
		choring.chores = append(choring.chores, &choreState{rows: rowsAtFirst})
	}
	for range chores {
		at := choring.next % len(chores)
		choring.next = at + 1
		if more, err := w.piece(ctx, chores[at], choring.chores[at], within); more || err != nil {
			return more, err
		}
	}
	return false, nil
}

// piece does a piece of one chore. One that ends the writer has failed like any other: the next writer tries it again, with fewer rows.
func (w *writer) piece(ctx context.Context, c Chore, s *choreState, within time.Duration) (more bool, err error) {
	if s.astray.Load() || time.Now().Before(s.after) {
		return false, nil
	}
	if s.failed >= choreTries {
		return false, w.giveUp(ctx, c, s)
	}
	begun, most := time.Now(), max(1, s.rows>>s.failed)
	did, err := w.limited(ctx, s, func(ctx context.Context) (bool, error) {
		return w.inTurn(ctx, c.Due, func(tx pgx.Tx) error { return c.Do(ctx, tx, most) })
	})
	switch {
	case err == nil && did:
		s.fit(time.Since(begun), within)
		s.failed, s.wait, s.after = max(0, s.failed-1), 0, time.Time{}
		return true, nil
	case err == nil:
		return false, nil
	case errors.Is(err, errDeposed) || ctx.Err() != nil:
		return false, err
	}
	w.journal.log.Warn("a piece of work on activities failed and is tried again", "error", err)
	s.failed++
	s.rest()
	switch {
	case w.over(ctx, err):
		return false, err
	case s.failed >= choreTries:
		return false, w.giveUp(ctx, c, s)
	}
	return false, nil
}

// rest has the next try wait, longer each time.
func (s *choreState) rest() {
	s.wait = min(max(fillAgain, 2*s.wait), fillAgainAtMost)
	s.after = time.Now().Add(s.wait)
}

// giveUp has a chore take note that it has failed many times. Its error is one that ends the writer.
func (w *writer) giveUp(ctx context.Context, c Chore, s *choreState) error {
	s.failed = 0
	s.rest()
	_, err := w.limited(ctx, s, func(ctx context.Context) (bool, error) {
		return w.inTurn(ctx, c.Due, func(tx pgx.Tx) error { return c.GiveUp(ctx, tx) })
	})
	if err != nil && w.over(ctx, err) {
		return err
	}
	return nil
}

// errOverran ends a writer that was kept from posting for too long.
var errOverran = errors.New("a piece of work on activities took too long and was left behind")

// limited does something that keeps the writer from posting, for no longer than may be. What does not come to an end by then is left behind, with the
// connection that it works on: another writer follows, and whatever it still does comes to nothing.
func (w *writer) limited(ctx context.Context, s *choreState, do func(context.Context) (bool, error)) (did bool, err error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan struct{})
	var result struct {
		did bool
		err error
	}
	go func() {
		defer close(ended)
		result.did, result.err = do(working)
	}()
	limit := time.NewTimer(w.journal.choreLimit)
	defer limit.Stop()
	select {
	case <-ended:
		return result.did, result.err
	case <-limit.C:
	}
	w.left = true
	s.astray.Store(true)
	_ = w.conn.PgConn().Conn().Close() // which lets go of the writer's lock at once
	go func() {
		defer s.astray.Store(false)
		<-ended
		closeSoon(w.conn)
	}()
	return false, errOverran
}

// fit has the next piece take about as long as it should.
func (s *choreState) fit(took, within time.Duration) {
	switch {
	case took > within:
		s.rows = max(fewestRows, s.rows*int64(within)/int64(took))
	case took < within/2:
		s.rows = min(mostRows, 2*s.rows)
	}
}

// inTurn does something in a transaction before whose end nobody posts, if it is due.
func (w *writer) inTurn(ctx context.Context, due func(context.Context, pgx.Tx) (bool, error), do func(pgx.Tx) error) (did bool, err error) {
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // no-op after the commit
	if did, err = due(ctx, tx); err != nil || !did {
		return false, err
	}
	if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '`+choreTimeout+`'`); err != nil {
		return false, fmt.Errorf("bound a turn: %w", err)
	}
	var head int64
	err = tx.QueryRow(ctx, `SELECT last_id FROM journal_head WHERE fence = $1 FOR UPDATE`, w.fence).Scan(&head)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, errDeposed
	} else if err != nil {
		return false, err
	}
	if err := do(tx); err != nil {
		return false, err
	}
	return true, tx.Commit(ctx)
}
