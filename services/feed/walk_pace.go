package feed

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// pace slows a walk down while events are posted in bulk. Whoever exports can wait; what was sent has to be posted, and on a small machine the two want
// the same processors. Nobody notices a few events a second.
type pace struct {
	posted int64 // the newest activity when it was last looked
	at     time.Time
}

const (
	busyFrom     = 200 // events a second
	pauses       = 15  // times as long as the piece took
	longestPause = time.Second
)

// keep waits after a piece, if it has to.
func (p *pace) keep(ctx context.Context, pool *pgxpool.Pool, took time.Duration) {
	var posted int64
	if err := pool.QueryRow(ctx, `SELECT last_id FROM journal_head`).Scan(&posted); err != nil {
		return // whoever reads the next piece learns it
	}
	wait := p.after(posted, time.Now(), took)
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// after gives how long to wait after a piece, by what was posted since the one before.
func (p *pace) after(posted int64, now time.Time, took time.Duration) time.Duration {
	last := *p
	*p = pace{posted: posted, at: now}
	since := now.Sub(last.at)
	if last.at.IsZero() || since <= 0 || float64(posted-last.posted) < busyFrom*since.Seconds() {
		return 0
	}
	return min(pauses*took, longestPause)
}
