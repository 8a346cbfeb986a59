package journal

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// turnTaken is one piece of a chore.
type turnTaken struct {
	began, ended time.Time
	beside       bool // events waited to be posted meanwhile
}

// TestAChoreGetsOnWhilePostingDoesNotEnd: it has turns although events wait all the time, and leaves most of the time to posting.
func TestAChoreGetsOnWhilePostingDoesNotEnd(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 15_000)
	var turns []turnTaken
	done := make(chan struct{})
	w.j.TakeTurns(Chore{
		Due: func(context.Context, pgx.Tx) (bool, error) { return true, nil },
		Do: func(ctx context.Context, tx pgx.Tx, _ int64) error {
			turn := turnTaken{began: time.Now()}
			err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM inbox WHERE lane = 1 AND xid >= '0'), pg_sleep(0.05)::text = ''`).Scan(&turn.beside, nil)
			turn.ended = time.Now()
			if turns = append(turns, turn); !turn.beside {
				select {
				case <-done:
				default:
					close(done)
				}
			}
			return err
		},
		GiveUp: func(context.Context, pgx.Tx) error { return nil },
	})
	stop := w.run(w.j)
	<-done
	stop()
	beside := 0
	for i, turn := range turns {
		if !turn.beside {
			break
		}
		beside++
		if next := turns[i+1]; next.beside && next.began.Sub(turn.ended) < choreShare*turn.ended.Sub(turn.began) {
			t.Errorf("after %s of work it rests for %s", turn.ended.Sub(turn.began), next.began.Sub(turn.ended))
		}
	}
	if beside < 2 {
		t.Errorf("it had %d turns while events waited", beside)
	}
	if n := ask[int](w, `SELECT count(*) FROM activities`); n != 15_000 {
		t.Errorf("%d activities", n)
	}
	w.sound()
}

// TestChoresTakeTurns: one that has much to do, or that fails, keeps no other one from its work.
func TestChoresTakeTurns(t *testing.T) {
	w := newWorld(t)
	var turns [3]atomic.Int64
	var given atomic.Int64
	chore := func(n int, err error) Chore {
		return Chore{
			Due:    func(context.Context, pgx.Tx) (bool, error) { return true, nil },
			Do:     func(context.Context, pgx.Tx, int64) error { turns[n].Add(1); return err },
			GiveUp: func(context.Context, pgx.Tx) error { given.Add(1); return nil },
		}
	}
	w.j.TakeTurns(chore(0, errors.New("it fails")), chore(1, nil))
	w.j.TakeTurns(chore(2, nil))
	w.run(w.j)
	w.eventually("all three had turns", func() bool { return turns[0].Load() > 0 && turns[1].Load() > 20 && turns[2].Load() > 20 })
	if one, other := turns[1].Load(), turns[2].Load(); one > 2*other || other > 2*one {
		t.Errorf("%d and %d turns", one, other)
	}
	if turns[0].Load() > 3 {
		t.Errorf("what fails was tried %d times without a pause", turns[0].Load())
	}
}

func TestAPieceIsMadeToTakeAsLongAsItShould(t *testing.T) {
	s := choreState{rows: 1000}
	for _, step := range []struct {
		took time.Duration
		want int64
	}{{choreTime, 1000}, {2 * choreTime, 500}, {100 * choreTime, fewestRows}, {time.Millisecond, 2 * fewestRows}, {choreTime * 3 / 4, 2 * fewestRows}} {
		if s.fit(step.took, choreTime); s.rows != step.want {
			t.Errorf("after %s the next piece has %d rows instead of %d", step.took, s.rows, step.want)
		}
	}
	for range 20 {
		s.fit(0, choreTime)
	}
	if s.rows != mostRows {
		t.Errorf("it grows to %d rows", s.rows)
	}
}
