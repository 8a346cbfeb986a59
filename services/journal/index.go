package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/words"
)

// How long filling in words pauses after it failed, and how long a step of it may keep the writer from posting, in PostgreSQL's words.
const (
	fillAgain       = time.Second
	fillAgainAtMost = time.Minute
	fillTimeout     = "3s"
)

// filling is how far the index of words is filled in. Nothing of it has to do with posting: when it fails, it waits alone.
type filling struct {
	indexed bool          // no activity is without words
	halved  int           // how often a step was halved, because it may have been too much at once
	wait    time.Duration // the present pause between two tries
	after   time.Time     // when the next try is due
	said    bool          // that it failed, in the log
}

// index indexes activities that were posted before there was an index of words, while nothing waits to be posted. It tells whether there is more
// to do now. Its error is one that ends the writer.
func (w *writer) index(ctx context.Context) (more bool, err error) {
	if w.indexed || time.Now().Before(w.after) {
		return false, nil
	}
	done, err := w.fillWords(ctx)
	switch {
	case err == nil:
		w.indexed, w.halved, w.wait = !done.More, max(0, w.halved-1), 0
		if done.Empty > 0 {
			w.journal.log.Warn("activities cannot be searched by their words", "activities", done.Empty, "error", done.Why)
		}
		return done.More, nil
	case w.over(ctx, err):
		return false, err
	case !w.said:
		w.said = true
		w.journal.log.Warn("the index of words cannot be filled at present and is tried again", "error", err)
	}
	w.halved = min(w.halved+1, 10) // down to one activity
	w.wait = min(max(fillAgain, 2*w.wait), fillAgainAtMost)
	w.after = time.Now().Add(w.wait)
	return false, nil
}

// fillWords does one step.
func (w *writer) fillWords(ctx context.Context) (done words.Filled, err error) {
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return done, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // no-op after the commit
	if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '`+fillTimeout+`'`); err != nil {
		return done, fmt.Errorf("bound the filling in of words: %w", err)
	}
	var head int64
	err = tx.QueryRow(ctx, `SELECT last_id FROM journal_head WHERE fence = $1 FOR UPDATE`, w.fence).Scan(&head)
	if errors.Is(err, pgx.ErrNoRows) {
		return done, errDeposed
	} else if err != nil {
		return done, err
	}
	if done, err = words.Fill(ctx, tx, max(1, words.FillRows>>w.halved)); err != nil {
		return done, err
	}
	return done, tx.Commit(ctx)
}
