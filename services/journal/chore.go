package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Chore is work on activities beside posting, done in the writer's turn, a bounded piece at a time, while nothing waits to be posted.
type Chore struct {
	// Due tells whether there is anything to do. It is asked all the time, so it has to be cheap.
	Due func(ctx context.Context, tx pgx.Tx) (bool, error)
	// Do does a piece that looks at no more than so many activities. Nobody posts before tx ends.
	Do func(ctx context.Context, tx pgx.Tx, most int64) error
	// GiveUp takes note that Do has failed many times in a row; the log says why.
	GiveUp func(ctx context.Context, tx pgx.Tx) error
}

// Bounds of a piece: rows that are looked at, and how long it may keep the writer from posting, in PostgreSQL's words.
const (
	choreRows    = 2000
	choreTimeout = "5s"
)

// choreTries is how often a piece is tried, each time after a longer pause and with half of the rows, before it is given up.
const choreTries = 8

// choring is how the chore gets on.
type choring struct {
	failed int
	wait   time.Duration
	after  time.Time // when the next try is due
}

// TakeTurns gives the journal a chore. There is one.
func (j *Journal) TakeTurns(c Chore) { j.chore.Store(&c) }

// turn does a piece of the chore, and tells whether there may be more to do now. Its error is one that ends the writer: when the chore fails, it
// waits alone.
func (w *writer) turn(ctx context.Context) (more bool, err error) {
	c := w.journal.chore.Load()
	if c == nil || time.Now().Before(w.choring.after) {
		return false, nil
	}
	did, err := w.inTurn(ctx, c.Due, func(tx pgx.Tx) error { return c.Do(ctx, tx, max(1, int64(choreRows)>>w.choring.failed)) })
	switch {
	case err == nil:
		w.choring = choring{failed: max(0, w.choring.failed-1)}
		return did, nil
	case w.over(ctx, err):
		return false, err
	}
	w.journal.log.Warn("a piece of work on activities failed and is tried again", "error", err)
	if w.choring.failed++; w.choring.failed >= choreTries {
		_, given := w.inTurn(ctx, c.Due, func(tx pgx.Tx) error { return c.GiveUp(ctx, tx) })
		if given != nil && w.over(ctx, given) {
			return false, given
		}
		w.choring.failed = 0
	}
	w.choring.wait = min(max(fillAgain, 2*w.choring.wait), fillAgainAtMost)
	w.choring.after = time.Now().Add(w.choring.wait)
	return false, nil
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
