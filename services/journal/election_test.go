package journal

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

func TestAWriterWhoseFenceWasRaisedStops(t *testing.T) {
	w := newWorld(t)
	old := w.writer(nil)
	w.fill(bulk, 10)
	next := w.writer(nil) // raises the fence
	if _, err := old.postBatch(t.Context()); !errors.Is(err, errDeposed) {
		t.Errorf("the old writer: %v", err)
	}
	if err := old.post(t.Context()); !errors.Is(err, errDeposed) {
		t.Errorf("the old writer went on: %v", err)
	}
	w.drain(next)
	if n := w.sound(); n != 10 {
		t.Errorf("%d were posted", n)
	}
}

// The fence is looked at again after the rows were read: another writer may have posted them meanwhile.
func TestAFenceRaisedInTheMiddleOfABatchStopsIt(t *testing.T) {
	w := newWorld(t)
	old := w.writer(nil)
	w.fill(bulk, 10)
	tx, err := old.conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &batch{tx: tx}
	if err := old.read(t.Context(), b); err != nil || len(b.rows) != 10 {
		t.Fatal(len(b.rows), err)
	}
	w.drain(w.writer(nil))
	if err := removeFromInbox(t.Context(), tx, b.rows); err == nil {
		t.Error("rows that another writer posted were removed again")
	}
	_ = tx.Rollback(t.Context())
	if _, err := old.postBatch(t.Context()); !errors.Is(err, errDeposed) {
		t.Errorf("the old writer: %v", err)
	}
	if n := w.sound(); n != 10 {
		t.Errorf("%d were posted", n)
	}
}

func TestOneOfTwoWritesAndTheOtherFollows(t *testing.T) {
	w := newWorld(t)
	other, _ := w.journal()
	stop := map[*Journal]func(){w.j: w.run(w.j), other: w.run(other)}
	for range 2 {
		w.eventually("one is the writer", func() bool { return w.j.Writing() || other.Writing() })
		w.one()
		w.array(100)
		if err := other.Drain(t.Context()); err != nil { // whoever is the writer
			t.Fatal(err)
		}
		if w.j.Writing() && other.Writing() {
			t.Fatal("both are the writer")
		}
		if w.j.Writing() {
			stop[w.j]()
		} else {
			stop[other]()
		}
	}
	if n := w.sound(); n != 202 {
		t.Errorf("%d were posted", n)
	}
}

// A writer that stands still in a statement is in no transaction that idles and in no session that idles: the candidate ends it.
func TestAWriterFrozenInAStatementIsReplaced(t *testing.T) {
	for name, frozen := range map[string]struct {
		in   string
		wait string
	}{
		"sent to":       {`SELECT repeat('x', 1000) FROM generate_series(1, 100000)`, "ClientWrite"},
		"to be read of": {`COPY instance_settings FROM STDIN`, "ClientRead"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			conn := w.connect(nil)
			if _, err := conn.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, lockKey); err != nil {
				t.Fatal(err)
			}
			front := conn.PgConn().Frontend()
			front.Send(&pgproto3.Query{String: frozen.in})
			if err := front.Flush(); err != nil {
				t.Fatal(err)
			}
			w.eventually(frozen.wait, func() bool {
				return ask[bool](w, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = $2)`, conn.PgConn().PID(), frozen.wait)
			})
			w.run(w.j)
			w.one()
			begin := time.Now()
			if err := w.j.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Logf("replaced after %s", time.Since(begin).Round(time.Millisecond))
			if n := w.sound(); n != 1 {
				t.Errorf("%d were posted", n)
			}
		})
	}
}

func TestAWriterThatLosesItsConnectionComesBack(t *testing.T) {
	w := newWorld(t)
	w.run(w.j)
	for range 3 {
		w.array(200)
		w.eventually("there is a writer to end", func() bool {
			return ask[int](w, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'daybook journal'`) > 0
		})
	}
	if err := w.j.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.sound(); n != 600 {
		t.Errorf("%d were posted", n)
	}
}

// Otherwise PostgreSQL ends the session of a writer that waits for, say, room on the disk, again and again.
func TestWaitingToTryAgainIsNotTakenForBeingFrozen(t *testing.T) {
	if retryAtMost+lookEvery >= silence {
		t.Errorf("a writer waits %s between two tries, and its session ends after %s", retryAtMost, silence)
	}
}
