package journal

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Status says how the journal does, wherever its writer runs.
type Status struct {
	Lag      time.Duration // how long the last posted bulk event had waited, while more were waiting; else 0
	PostedAt time.Time     // when the last batch was posted
	Stuck    bool          // something has waited for more than a minute and nothing was posted meanwhile
}

// Bulk senders are slowed while more than this much work waits.
const tolerableLag = 500 * time.Millisecond

// stuckAfter is how long events may wait before the journal counts as stuck.
const stuckAfter = time.Minute

// statusCache keeps what Behind read last, so that many senders ask once.
type statusCache struct {
	reading sync.Mutex
	lag     atomic.Int64 // time.Duration
	readAt  atomic.Int64 // nanoseconds since 1970
}

// Status reads the journal's state.
func (j *Journal) Status(ctx context.Context) (Status, error) {
	var s Status
	var idle bool
	err := j.db.Pool.QueryRow(ctx, `SELECT lag, posted_at, posted_at < now() - $1::interval FROM journal_head`, stuckAfter).
		Scan(&s.Lag, &s.PostedAt, &idle)
	if err != nil || !idle {
		return s, err
	}
	err = j.db.Pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM inbox WHERE received_at < now() - $1::interval)`, stuckAfter).Scan(&s.Stuck)
	return s, err
}

// Behind gives how long bulk events wait now, if that is more than tolerable, else 0. It is read at most ten times a second, by one
// caller; the others take what was read last.
func (j *Journal) Behind(ctx context.Context) (time.Duration, error) {
	c := &j.status
	if stale := time.Since(time.Unix(0, c.readAt.Load())); stale > 100*time.Millisecond && c.reading.TryLock() {
		defer c.reading.Unlock()
		var lag time.Duration
		err := j.db.Pool.QueryRow(ctx, `SELECT CASE WHEN lag > '0' THEN lag + (clock_timestamp() - posted_at) ELSE '0' END FROM journal_head`).Scan(&lag)
		if err != nil {
			return 0, err
		}
		c.lag.Store(int64(lag))
		c.readAt.Store(time.Now().UnixNano())
	}
	if lag := time.Duration(c.lag.Load()); lag > tolerableLag {
		return lag, nil
	}
	return 0, nil
}

// WaitUntilReady returns when bulk events are welcome, or refuses as Unavailable when they are not within patience.
func (j *Journal) WaitUntilReady(ctx context.Context, patience time.Duration) error {
	for deadline := time.Now().Add(patience); ; {
		lag, err := j.Behind(ctx)
		if err != nil || lag == 0 {
			return err
		}
		if time.Now().After(deadline) {
			e := models.Errorf(models.Unavailable, "Events wait %.1f s to be posted already; send the rest a little later.", lag.Seconds())
			e.RetryAfter = time.Second
			return e
		}
		if !pause(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
	}
}

// Drain returns when everything that is in the inbox now was posted or rejected, by whichever process is the writer.
func (j *Journal) Drain(ctx context.Context) error {
	var begin time.Time
	if err := j.db.Pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&begin); err != nil {
		return err
	}
	for left := true; left; {
		for lane := range len(writer{}.marks) {
			if err := j.drainLane(ctx, lane); err != nil {
				return err
			}
		}
		// The inbox is all but empty now, so it may be read whole: what was there at the beginning must be gone.
		if err := j.db.Pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM inbox WHERE received_at <= $1)`, begin).Scan(&left); err != nil {
			return err
		}
	}
	return nil
}

// drainLane waits by the inbox's key: a search for the smallest or largest of another column would read all of it each time.
func (j *Journal) drainLane(ctx context.Context, lane int) error {
	var xid string
	var id int64
	err := j.db.Pool.QueryRow(ctx, `SELECT xid::text, id FROM inbox WHERE lane = $1 ORDER BY xid DESC, id DESC LIMIT 1`, lane).Scan(&xid, &id)
	for err == nil {
		var waiting bool
		err = j.db.Pool.QueryRow(ctx, `SELECT true FROM inbox WHERE lane = $1 AND (xid, id) <= ($2::text::xid8, $3) ORDER BY xid, id LIMIT 1`,
			lane, xid, id).Scan(&waiting)
		if err == nil {
			j.Wake()
			if !pause(ctx, 20*time.Millisecond) {
				return ctx.Err()
			}
		}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
