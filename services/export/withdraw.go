package export

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/ingest"
)

// Withdraw takes back the files of a workspace, because activities that may be in them have been deleted for good; why says so. Files that are being made
// end as failed, and that is recorded. It is for the transaction of whoever deletes; the chunks go a little later (Tend).
func Withdraw(ctx context.Context, tx pgx.Tx, record *ingest.Service, workspace uuid.UUID, why string) error {
	return withdraw(ctx, tx, record, withdrawal{workspace: workspace, why: why})
}

// WithdrawOlder is Withdraw where what was deleted happened before a time: files that begin behind it stay.
func WithdrawOlder(ctx context.Context, tx pgx.Tx, record *ingest.Service, workspace uuid.UUID, before time.Time) error {
	return withdraw(ctx, tx, record, withdrawal{workspace: workspace, why: "Activities that may be in it are older than they are kept.", before: &before})
}

type withdrawal struct {
	workspace uuid.UUID
	why       string
	before    *time.Time // nil: whatever time they are of
}

// mayHave is the condition that what was deleted may be in a file, $3 being before.
const mayHave = `($3::timestamptz IS NULL OR (selection ->> 'from') IS NULL OR (selection ->> 'from')::timestamptz < $3)`

func withdraw(ctx context.Context, tx pgx.Tx, record *ingest.Service, w withdrawal) error {
	_, err := tx.Exec(ctx, `UPDATE exports SET state = 'expired', problem = $2, removed_at = clock_timestamp()
		WHERE workspace_id = $1 AND kind = 'file' AND state = 'done' AND `+mayHave, w.workspace, w.why, w.before)
	if err != nil {
		return fmt.Errorf("withdraw files: %w", err)
	}
	rows, err := tx.Query(ctx, `UPDATE exports SET state = 'failed', problem = $2, ended_at = clock_timestamp(), worker = NULL, hash = NULL
		WHERE workspace_id = $1 AND kind = 'file' AND state IN ('waiting', 'running') AND started_at IS NOT NULL AND `+mayHave+` RETURNING `+exportColumns, w.workspace, w.why, w.before)
	if err != nil {
		return fmt.Errorf("withdraw files that are being made: %w", err)
	}
	ended, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Export, error) { return scanExport(row) })
	if err != nil {
		return fmt.Errorf("withdraw files that are being made: %w", err)
	}
	for _, e := range ended {
		if err := recordEnd(ctx, tx, record, e, e.AskedBy); err != nil {
			return err
		}
	}
	return nil
}
