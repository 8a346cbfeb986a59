package proof

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
)

// Verification is what a walk over a workspace's journal found.
type Verification struct {
	Rows    int64   // activities looked at
	Missing int64   // numbers from 1 to the head that no activity has, and that were not purged
	Purged  int64   // numbers of activities that were purged, each with a tombstone that keeps its leaf
	Altered int64   // activities whose content is not what their leaf stands for
	Erased  int64   // activities without a row key, which the record of their erasure verifies
	Doubted []int64 // the first hundred seqs that are missing or altered
}

// OK tells whether everything is there and as it was recorded.
func (v Verification) OK() bool { return v.Missing == 0 && v.Altered == 0 }

const (
	verifyRows  = 1000 // read by one statement
	mostDoubted = 100
)

// VerifyWorkspace computes the leaf of every activity of a workspace again, up to the newest one at its start, and compares it with the one
// stored. It reads in short statements and keeps one row in memory.
func VerifyWorkspace(ctx context.Context, pool *pgxpool.Pool, workspace uuid.UUID) (Verification, error) {
	var v Verification
	var head int64
	err := pool.QueryRow(ctx, `SELECT coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = $1), 0)`, workspace).Scan(&head)
	if err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	for last := int64(0); last < head; {
		next, err := v.page(ctx, pool, workspace, last, head)
		if err != nil {
			return v, fmt.Errorf("verify %s after %d: %w", workspace, last, err)
		}
		last = next
	}
	return v, nil
}

// subjectColumns are what scanSubject reads, and where from.
const subjectColumns = `a.id, a.workspace_id, a.seq, a.uuid, a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_name,
		       a.entity_url, a.project_id, a.description, a.changes, a.metadata, a.outcome, a.system, a.source_id, a.correlation_id, a.ip,
		       a.user_agent, a.occurred_at, a.recorded_at, a.row_key, a.leaf, coalesce(who.external_id, ''), behalf.external_id
		  FROM activities a LEFT JOIN actors who ON who.id = a.actor_id LEFT JOIN actors behalf ON behalf.id = a.on_behalf_of_id`

// page verifies the rows that follow seq last, and gives how far it came.
func (v *Verification) page(ctx context.Context, pool *pgxpool.Pool, workspace uuid.UUID, last, head int64) (int64, error) {
	rows, err := pool.Query(ctx, `SELECT `+subjectColumns+`
		 WHERE a.workspace_id = $1 AND a.seq > $2 AND a.seq <= $3 ORDER BY a.seq LIMIT $4`, workspace, last, head, verifyRows)
	if err != nil {
		return last, err
	}
	defer rows.Close()
	n := 0
	var gaps []gap
	for ; rows.Next(); n++ {
		s, err := scanSubject(rows)
		if err != nil {
			return last, err
		}
		gaps = appendGap(gaps, last, s.Activity.Seq)
		last = s.Activity.Seq
		v.row(s)
	}
	if err := rows.Err(); err != nil {
		return last, err
	}
	if n < verifyRows {
		gaps = appendGap(gaps, last, head+1)
		last = head
	}
	for _, g := range gaps { // after the rows: a tombstone is there as soon as its row is not
		if err := v.skip(ctx, pool, workspace, g); err != nil {
			return last, err
		}
	}
	return last, nil
}

// gap is a stretch of numbers that no row has.
type gap struct{ first, last int64 }

// gapRows bounds what is looked at in one statement.
const gapRows = 50_000

// appendGap adds the numbers between two rows.
func appendGap(gaps []gap, last, next int64) []gap {
	for first := last + 1; first < next; first += gapRows {
		gaps = append(gaps, gap{first, min(next-1, first+gapRows-1)})
	}
	return gaps
}

// skip tells those that were purged from those that are missing.
func (v *Verification) skip(ctx context.Context, pool *pgxpool.Pool, workspace uuid.UUID, g gap) error {
	var purged int64
	err := pool.QueryRow(ctx, `SELECT count(*) FROM tombstones WHERE workspace_id = $1 AND seq BETWEEN $2 AND $3`, workspace, g.first, g.last).Scan(&purged)
	if err != nil {
		return err
	}
	missing := g.last - g.first + 1 - purged
	v.Purged, v.Missing = v.Purged+purged, v.Missing+missing
	if missing == 0 || len(v.Doubted) >= mostDoubted {
		return nil
	}
	rows, err := pool.Query(ctx, `SELECT s FROM generate_series($2::bigint, $3::bigint) AS s
		WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.workspace_id = $1 AND t.seq = s) ORDER BY s LIMIT $4`, workspace, g.first, g.last, mostDoubted-len(v.Doubted))
	if err != nil {
		return err
	}
	doubted, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	v.Doubted = append(v.Doubted, doubted...)
	return err
}

func (v *Verification) row(s Subject) {
	v.Rows++
	if s.Activity.RowKey == nil {
		v.Erased++
		return
	}
	if same, err := Verify(s); err == nil && same {
		return
	}
	v.Altered++
	if len(v.Doubted) < mostDoubted {
		v.Doubted = append(v.Doubted, s.Activity.Seq)
	}
}

func scanSubject(row pgx.Row) (Subject, error) {
	a := &models.Activity{}
	s := Subject{Activity: a}
	err := row.Scan(&a.ID, &a.WorkspaceID, &a.Seq, &a.UUID, &a.ActorName, &a.ActorRole, &a.Action, &a.EntityType, &a.EntityID, &a.EntityName,
		&a.EntityURL, &a.ProjectID, &a.Description, &a.Changes, &a.Metadata, &a.Outcome, &a.System, &a.SourceID, &a.CorrelationID, &a.IP,
		&a.UserAgent, &a.OccurredAt, &a.RecordedAt, &a.RowKey, &a.Leaf, &s.ActorID, &s.OnBehalfOf)
	return s, err
}
