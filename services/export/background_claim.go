package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/database"
)

// Whoever works on an export says so every few seconds. One that was not heard of for unheard is dead, or as good as dead: what it still
// writes is refused (draft.keep).
const (
	heartbeat = 4 * time.Second
	unheard   = 15 * time.Second
)

// mostAttempts is how often in a row a piece may fail until the export does, after some minutes.
const mostAttempts = 8

// pause is how long a piece that failed waits.
func pause(attempts int) time.Duration {
	return min(time.Minute, time.Second<<min(attempts, 10))
}

// free is the condition that an export e may be worked on now.
const free = `e.kind = 'file' AND e.state IN ('waiting', 'running')
	AND (e.worker IS NULL OR e.heartbeat_at < clock_timestamp() - make_interval(secs => $1))
	AND (e.attempts = 0 OR e.heartbeat_at < clock_timestamp() - make_interval(secs => least(60, 2 ^ least(e.attempts, 10))))
	AND NOT EXISTS (SELECT FROM exports o WHERE o.kind = 'file' AND o.id <> e.id AND coalesce(o.user_id, -o.token_id) = coalesce(e.user_id, -e.token_id)
		AND (o.state = 'running' OR o.state = 'waiting' AND o.id < e.id AND e.state = 'waiting'))`

// claim takes up an export to work on: one of a person, in the order they asked, and of several people the one that was worked on longest ago.
// Nobody else has it until it is released or its worker is not heard of.
func (f *Files) claim(ctx context.Context) (j job, found bool, err error) {
	j, err = scanJob(f.pool.QueryRow(ctx, `
		UPDATE exports SET worker = $2, state = 'running', started_at = coalesce(started_at, $3), heartbeat_at = clock_timestamp()
		WHERE id = (SELECT e.id FROM exports e WHERE `+free+` ORDER BY e.heartbeat_at NULLS FIRST, e.id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING `+jobColumns, unheard.Seconds(), uuid.New(), f.now()))
	switch {
	case errors.Is(err, pgx.ErrNoRows), database.IsUniqueViolation(err): // the other one of the same person was claimed at the same moment
		return j, false, nil
	case err != nil:
		return j, false, fmt.Errorf("take up an export: %w", err)
	}
	return j, true, nil
}

// release lets others have it. What is kept by then stays.
func (f *Files) release(ctx context.Context, j job) error {
	_, err := f.pool.Exec(ctx, `UPDATE exports SET worker = NULL, heartbeat_at = clock_timestamp() WHERE id = $1 AND worker = $2`, j.ID, j.worker)
	if err != nil {
		return fmt.Errorf("let an export go: %w", err)
	}
	return nil
}

// postpone notes that a piece failed, and gives how often that was in a row.
func (f *Files) postpone(ctx context.Context, j job) (attempts int, err error) {
	err = f.pool.QueryRow(ctx, `UPDATE exports SET worker = NULL, heartbeat_at = clock_timestamp(), attempts = attempts + 1 WHERE id = $1 AND worker = $2 AND state = 'running'
		RETURNING attempts`, j.ID, j.worker).Scan(&attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errTakenAway
	} else if err != nil {
		return 0, fmt.Errorf("put an export off: %w", err)
	}
	return attempts, nil
}

// alive tells the others that the export is worked on, until ctx ends. When it is not ours any more it calls lost.
func (f *Files) alive(ctx context.Context, j job, lost func(error)) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		tag, err := f.pool.Exec(ctx, `UPDATE exports SET heartbeat_at = clock_timestamp() WHERE id = $1 AND worker = $2 AND state = 'running'`, j.ID, j.worker)
		if err == nil && tag.RowsAffected() == 0 {
			lost(errTakenAway)
			return
		}
	}
}
