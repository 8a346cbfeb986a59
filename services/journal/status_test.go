package journal

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

func TestASingleEventPassesBulk(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 20_000)
	by := w.writer(nil)
	for range 3 {
		if _, err := by.postBatch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	id := w.one()
	if _, err := by.postBatch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if seq := ask[int64](w, `SELECT seq FROM activities WHERE uuid = $1`, id); seq != 3001 {
		t.Errorf("it was posted as number %d", seq)
	}
}

// A flood of single events keeps bulk waiting, and what the head says of bulk stays.
func TestBulkIsBehindWhileSinglesFillTheBatches(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 1500)
	by := w.writer(nil)
	if _, err := by.postBatch(t.Context()); err != nil || ask[time.Duration](w, `SELECT lag FROM journal_head`) == 0 {
		t.Fatalf("half of the bulk waits and nobody is told: %v", err)
	}
	w.fill(0, batchRows)
	if _, err := by.postBatch(t.Context()); err != nil || ask[time.Duration](w, `SELECT lag FROM journal_head`) == 0 {
		t.Errorf("bulk still waits and nobody is told: %v", err)
	}
	w.drain(by)
	if lag := ask[time.Duration](w, `SELECT lag FROM journal_head`); lag != 0 {
		t.Errorf("nothing waits, and the head says %s", lag)
	}
}

// The last batch was full to the row, so that more seemed to wait. Nothing did, and senders were kept out for ever.
func TestSendersAreLetInAgainAfterAFullBatch(t *testing.T) {
	w := newWorld(t)
	w.do(`UPDATE journal_head SET lag = '3 s', posted_at = now() - interval '1 min'`) // as a writer left it that was killed
	if lag, err := w.j.Behind(t.Context()); err != nil || lag < time.Minute {
		t.Errorf("behind by %s, %v", lag, err)
	}
	w.run(w.j)
	if err := w.j.WaitUntilReady(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.fill(bulk, batchRows)
		if err := w.j.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.eventually("the head says that nothing waits", func() bool { return ask[time.Duration](w, `SELECT lag FROM journal_head`) == 0 })
	}
}

func TestBulkIsRefusedWhileTheJournalIsBehind(t *testing.T) {
	w := newWorld(t)
	w.do(`UPDATE journal_head SET lag = '10 ms', posted_at = now()`)
	if lag, err := w.j.Behind(t.Context()); err != nil || lag != 0 {
		t.Errorf("10 ms count as %s, %v", lag, err)
	}
	w.do(`UPDATE journal_head SET lag = '2 s', posted_at = now()`)
	w.eventually("it is noticed", func() bool { lag, err := w.j.Behind(t.Context()); return err == nil && lag > 2*time.Second })
	err := w.j.WaitUntilReady(t.Context(), 0)
	var ours *models.Error
	if !errors.As(err, &ours) || ours.Kind != models.Unavailable || ours.RetryAfter <= 0 {
		t.Errorf("without patience: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.j.WaitUntilReady(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("with a caller who left: %v", err)
	}
	w.do(`UPDATE journal_head SET lag = '0'`)
	if err := w.j.WaitUntilReady(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

func TestStatus(t *testing.T) {
	w := newWorld(t)
	status := func() Status {
		t.Helper()
		s, err := w.j.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	w.do(`UPDATE journal_head SET posted_at = now() - interval '1 hour'`)
	if s := status(); s.Stuck || s.Lag != 0 || time.Since(s.PostedAt) < 50*time.Minute {
		t.Errorf("idle: %+v", s)
	}
	w.fill(bulk, 1)
	if s := status(); s.Stuck {
		t.Errorf("just sent: %+v", s)
	}
	w.do(`UPDATE inbox SET received_at = now() - interval '61 s'`)
	if s := status(); !s.Stuck {
		t.Errorf("waiting for a minute while nothing is posted: %+v", s)
	}
	w.drain(w.writer(nil))
	if s := status(); s.Stuck || time.Since(s.PostedAt) > time.Minute {
		t.Errorf("posted: %+v", s)
	}
}

// Waking reaches the writer in this process at once, and in another by a notification. lookEvery would take longer than the sum of these.
func TestWaking(t *testing.T) {
	w := newWorld(t)
	w.run(w.j)
	w.eventually("it is the writer", w.j.Writing)
	other, in := w.journal()
	w.run(other)
	for _, from := range []func() uuid.UUID{w.one, func() uuid.UUID {
		r, err := in.SendOne(t.Context(), w.sender(), []byte(`{"actor": {"id": "elsewhere"}, "action": "created"}`), "")
		if err != nil {
			t.Fatal(err)
		}
		return r.IDs[0]
	}} {
		for range 10 {
			id := from()
			w.eventually("it is posted", func() bool { return ask[bool](w, `SELECT EXISTS (SELECT FROM activities WHERE uuid = $1)`, id) })
		}
	}
	for range 1000 {
		w.j.Wake() // never blocks
	}
}

func TestDrain(t *testing.T) {
	w := newWorld(t)
	if err := w.j.Drain(t.Context()); err != nil { // nothing waits, nobody posts
		t.Fatal(err)
	}
	w.fill(bulk, 3000)
	w.fill(0, 10)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.j.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody posts: %v", err)
	}
	w.run(w.j)
	if err := w.j.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.sound(); n != 3010 {
		t.Errorf("%d were posted", n)
	}
}
