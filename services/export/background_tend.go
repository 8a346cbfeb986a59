package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// forgotten is how long an export waits for nobody until somebody is called once more.
const forgotten = 60

// Tend sets right what dead processes have left: it has exports go on that nobody works on, ends streams that nobody hears of, and deletes files that
// are not offered. It asks little, and any number of processes may call it every few seconds; each thing is done once.
func (f *Files) Tend(ctx context.Context) error {
	return errors.Join(f.wakeUp(ctx), f.endDeadStreams(ctx), f.deleteOrphans(ctx))
}

// Sweep deletes files whose time is over, and forgets exports of long ago.
func (f *Files) Sweep(ctx context.Context) error {
	if err := f.expireFiles(ctx); err != nil {
		return err
	}
	return f.forget(ctx)
}

// wakeUp calls somebody for exports whose worker is dead, and for those that have waited long although they might go on.
func (f *Files) wakeUp(ctx context.Context) error {
	var still bool
	err := f.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM exports e WHERE `+free+`
		AND (e.worker IS NOT NULL OR coalesce(e.heartbeat_at, e.created_at) < clock_timestamp() - make_interval(secs => $2)))`, unheard.Seconds(), forgotten).Scan(&still)
	if err != nil {
		return fmt.Errorf("look for exports that stand still: %w", err)
	}
	if !still {
		return nil
	}
	return pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error { return f.call(ctx, tx) })
}

// deadStream is how long a stream is not heard of until it counts as broken off. It says every few seconds how far it is.
const deadStream = 60

func (f *Files) endDeadStreams(ctx context.Context) error {
	return pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			UPDATE exports SET state = 'failed', problem = $3, ended_at = $2
			WHERE id IN (SELECT id FROM exports WHERE kind = 'stream' AND state IN ('waiting', 'running')
				AND coalesce(heartbeat_at, created_at) < clock_timestamp() - make_interval(secs => $1) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
			RETURNING `+exportColumns, deadStream, f.now(), errStopped.Detail)
		if err != nil {
			return fmt.Errorf("look for dead streams: %w", err)
		}
		dead, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Export, error) { return scanExport(row) })
		if err != nil {
			return fmt.Errorf("end dead streams: %w", err)
		}
		for _, e := range dead {
			if err := recordEnd(ctx, tx, f.record, e, e.AskedBy); err != nil {
				return err
			}
		}
		return nil
	})
}

// expireFiles deletes files whose time is over.
func (f *Files) expireFiles(ctx context.Context) error {
	err := f.inPieces(ctx, `UPDATE exports SET state = 'expired' WHERE id IN (
		SELECT id FROM exports WHERE kind = 'file' AND state = 'done' AND expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`, f.now())
	if err != nil {
		return fmt.Errorf("expire files: %w", err)
	}
	if err := f.deleteArchives(ctx); err != nil {
		return err
	}
	return f.deleteOrphans(ctx)
}

// tendedAtOnce is how many exports go in one statement.
const tendedAtOnce = 100

// inPieces carries out a statement again and again, on $2 rows at a time, until there are no more.
func (f *Files) inPieces(ctx context.Context, sql string, until time.Time) error {
	for {
		tag, err := f.pool.Exec(ctx, sql, until, tendedAtOnce)
		if err != nil || tag.RowsAffected() < tendedAtOnce {
			return err
		}
	}
}

// deleteOrphans deletes what there is of files that are not offered: they were withdrawn, or a process died before it had deleted them.
func (f *Files) deleteOrphans(ctx context.Context) error {
	for {
		rows, err := f.pool.Query(ctx, `SELECT id FROM exports WHERE kind = 'file' AND chunks > 0 AND state NOT IN ('waiting', 'running', 'done') ORDER BY id LIMIT $1`, tendedAtOnce)
		if err != nil {
			return fmt.Errorf("look for files that are not offered: %w", err)
		}
		gone, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return fmt.Errorf("look for files that are not offered: %w", err)
		}
		for _, id := range gone {
			if err := deleteChunks(ctx, f.pool, id); err != nil {
				return err
			}
		}
		if len(gone) < tendedAtOnce {
			return nil
		}
	}
}

// forget removes exports from the list that ended long ago. What they were stays recorded as activities.
func (f *Files) forget(ctx context.Context) error {
	err := f.inPieces(ctx, `DELETE FROM exports WHERE id IN (
		SELECT id FROM exports WHERE (state NOT IN ('waiting', 'running', 'done') OR kind = 'stream' AND state = 'done') AND ended_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
		f.now().Add(-listLife))
	if err != nil {
		return fmt.Errorf("forget exports: %w", err)
	}
	return nil
}
