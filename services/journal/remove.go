package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/words"
)

// Removal says which activities go, and why.
type Removal struct {
	Workspace uuid.UUID
	Seqs      []int64
	Purge     int64 // the id of the purge, which is under way
}

// Remove deletes activities for good, and with them their words and what they add to the rollups; each leaves a tombstone. It runs in the
// writer's turn (Chore): nobody posts meanwhile, and no recount in another zone is half done, for those have their turns first. Numbers and ids
// are never given again: the heads and event_ids stay, but for the fingerprints of what the events said.
func Remove(ctx context.Context, tx pgx.Tx, r Removal) error {
	if len(r.Seqs) == 0 {
		return nil
	}
	for _, sql := range []string{takeDays, takeHours} {
		if _, err := tx.Exec(ctx, sql, r.Workspace, r.Seqs); err != nil {
			return fmt.Errorf("take from the rollups: %w", err)
		}
	}
	if err := words.Remove(ctx, tx, r.Workspace, r.Seqs); err != nil {
		return err
	}
	if err := forget(ctx, tx, r); err != nil {
		return err
	}
	var n int64
	if err := tx.QueryRow(ctx, `SELECT purge_activities($1, $2, $3)`, r.Workspace, r.Seqs, r.Purge).Scan(&n); err != nil {
		return fmt.Errorf("delete activities: %w", err)
	}
	if n != int64(len(r.Seqs)) {
		return fmt.Errorf("delete activities: %d of %d were there", n, len(r.Seqs))
	}
	return nil
}

func forget(ctx context.Context, tx pgx.Tx, r Removal) error {
	var ids []uuid.UUID
	if err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(uuid), '{}') FROM activities WHERE workspace_id = $1 AND seq = ANY ($2)`, r.Workspace, r.Seqs).Scan(&ids); err != nil {
		return fmt.Errorf("find the ids of activities: %w", err)
	}
	return ingest.Forget(ctx, database.PgxTx(tx), r.Workspace, ids)
}

// What the rows add to the rollups is counted as count_days and count_hours count it.
const (
	takeDays = `
MERGE INTO daily_counts d USING (
	SELECT a.workspace_id, (occurred_at AT TIME ZONE w.time_zone)::date AS day, coalesce(project_id, 0) AS project_id, actor_id,
	       coalesce(on_behalf_of_id, 0) AS on_behalf_of_id, entity_type, action, outcome, system, count(*) AS count
	  FROM workspaces w JOIN activities a ON a.workspace_id = w.id AND a.seq = ANY ($2) WHERE w.id = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
) AS c ON d.workspace_id = $1 AND d.workspace_id = c.workspace_id AND d.day = c.day AND d.project_id = c.project_id AND d.actor_id = c.actor_id AND d.on_behalf_of_id = c.on_behalf_of_id
	AND d.entity_type = c.entity_type AND d.action = c.action AND d.outcome = c.outcome AND d.system = c.system
WHEN MATCHED AND d.count = c.count THEN DELETE
WHEN MATCHED THEN UPDATE SET count = d.count - c.count`
	takeHours = `
MERGE INTO hourly_counts h USING (
	SELECT a.workspace_id, local_hour(occurred_at, w.time_zone) AS hour, coalesce(project_id, 0) AS project_id, actor_id,
	       coalesce(on_behalf_of_id, 0) AS on_behalf_of_id, outcome, system, count(*) AS count
	  FROM workspaces w JOIN activities a ON a.workspace_id = w.id AND a.seq = ANY ($2) WHERE w.id = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7
) AS c ON h.workspace_id = $1 AND h.workspace_id = c.workspace_id AND h.hour = c.hour AND h.project_id = c.project_id AND h.actor_id = c.actor_id AND h.on_behalf_of_id = c.on_behalf_of_id
	AND h.outcome = c.outcome AND h.system = c.system
WHEN MATCHED AND h.count = c.count THEN DELETE
WHEN MATCHED THEN UPDATE SET count = h.count - c.count`
)
