package journal

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func always(context.Context, pgx.Tx) (bool, error) { return true, nil }

// TestWhateverAChoreDoesPostingGoesOn: a piece that does not come to an end is left behind, and tried again with fewer rows once it has ended.
func TestWhateverAChoreDoesPostingGoesOn(t *testing.T) {
	w := newWorld(t)
	w.j.choreLimit = 100 * time.Millisecond
	var others, at atomic.Int64
	asked := make(chan int64, 100)
	release := make(chan struct{})
	w.j.TakeTurns(
		Chore{
			Due: always,
			Do: func(ctx context.Context, tx pgx.Tx, most int64) error {
				if at.Add(1) > 1 {
					defer func() { <-ctx.Done() }() // the test is over
				}
				asked <- most
				<-release // it heeds nothing
				_, err := tx.Exec(ctx, `CREATE TABLE left_behind ()`)
				return err
			},
			GiveUp: func(context.Context, pgx.Tx) error { return nil },
		},
		Chore{Due: always, Do: func(context.Context, pgx.Tx, int64) error { others.Add(1); return nil }},
	)
	stop := w.run(w.j)
	first := <-asked
	sent := w.one()
	w.eventually("it is posted", func() bool { return ask[bool](w, `SELECT EXISTS (SELECT FROM activities WHERE uuid = $1)`, sent) })
	before := others.Load()
	w.eventually("the other chore gets on", func() bool { return others.Load() > before+3 })
	if n := at.Load(); n != 1 {
		t.Errorf("it was tried %d times although it is still at it", n)
	}
	close(release)
	if again := <-asked; again >= first {
		t.Errorf("the next piece has %d rows, the one before had %d", again, first)
	}
	stop()
	if ask[bool](w, `SELECT to_regclass('left_behind') IS NOT NULL`) {
		t.Error("what was left behind came to something")
	}
	w.sound()
}

// TestAPieceThatEndsTheWriterHasFailed: whatever ends the connection, the pieces get smaller, and in the end the chore is told.
func TestAPieceThatEndsTheWriterHasFailed(t *testing.T) {
	for name, do := range map[string]func(context.Context, pgx.Tx) error{
		"the connection is ended": func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
			return err
		},
		"it takes too long":    func(ctx context.Context, _ pgx.Tx) error { <-ctx.Done(); return nil },
		"a statement does":     func(ctx context.Context, tx pgx.Tx) error { _, err := tx.Exec(ctx, `SELECT pg_sleep(60)`); return err },
		"it fails and no more": func(context.Context, pgx.Tx) error { return errors.New("it fails") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.j.choreLimit = 50 * time.Millisecond
			var rows []int64
			given := false
			w.j.TakeTurns(Chore{
				Due:    always,
				Do:     func(ctx context.Context, tx pgx.Tx, most int64) error { rows = append(rows, most); return do(ctx, tx) },
				GiveUp: func(context.Context, pgx.Tx) error { given = true; return nil },
			})
			for n := 0; n < choreTries+2 && !given; n++ {
				by := w.writer(nil)
				if _, err := by.turn(t.Context()); err != nil && !by.over(t.Context(), err) {
					t.Fatal(err)
				}
				state := w.j.choring.chores[0]
				w.eventually("what was left behind is over", func() bool { return !state.astray.Load() })
				if !state.after.After(time.Now()) {
					t.Fatalf("try %d is followed by another one at once", n)
				}
				state.after = time.Time{}
			}
			if !given || len(rows) != choreTries || rows[0] != rowsAtFirst || rows[choreTries-1] != rowsAtFirst>>(choreTries-1) {
				t.Errorf("given up: %v, after pieces of %v", given, rows)
			}
		})
	}
}
