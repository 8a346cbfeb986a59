package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/journal"
)

// underWay finds a purge to go on with. One that asks for words waits while some are missing, whenever that began.
const underWay = `WHERE state IN ('waiting', 'running') AND NOT ((selection ->> 'words')::boolean
	AND EXISTS (SELECT FROM workspace_heads h WHERE h.workspace_id = purges.workspace_id AND h.words_missing > 0)) ORDER BY workspace_id LIMIT 1`

// due tells whether a purge is under way that can go on now.
func due(ctx context.Context, tx pgx.Tx) (bool, error) {
	var id int64
	err := tx.QueryRow(ctx, `SELECT id FROM purges `+underWay).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("look for a purge: %w", err)
	}
	return true, nil
}

// next locks a purge that is under way; nil when it was cancelled just now.
func next(ctx context.Context, tx pgx.Tx) (*models.Purge, error) {
	p, err := scanPurge(tx.QueryRow(ctx, purgeColumns+underWay+` FOR UPDATE`))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("take up a purge: %w", err)
	}
	return &p, nil
}

// turn does the next stretch of a purge. It runs in the writer's turn.
func (s *Service) turn(ctx context.Context, tx pgx.Tx, rows int64) error {
	p, err := next(ctx, tx)
	if err != nil || p == nil {
		return err
	}
	if p.State == models.PurgeWaiting {
		if _, err := tx.Exec(ctx, `UPDATE purges SET state = 'running', started_at = clock_timestamp() WHERE id = $1`, p.ID); err != nil {
			return fmt.Errorf("begin a purge: %w", err)
		}
	}
	last := min(p.LastSeq, p.DoneSeq+rows)
	found, err := selected(ctx, tx, p, [2]int64{p.DoneSeq + 1, last})
	if err != nil {
		return err
	}
	if err := journal.Remove(ctx, tx, journal.Removal{Workspace: p.WorkspaceID, Seqs: found, Purge: p.ID}); err != nil {
		return err
	}
	p.DoneSeq, p.Purged = last, p.Purged+int64(len(found))
	if err := save(ctx, tx, p); err != nil || p.DoneSeq < p.LastSeq {
		return err
	}
	return s.end(ctx, tx, *p, ending{state: models.PurgeDone, doing: doing{by: p.AskedBy, action: "purged"}})
}

// selected finds what is to go of a stretch of numbers, and adds it to the counts.
func selected(ctx context.Context, tx pgx.Tx, p *models.Purge, ends [2]int64) ([]int64, error) {
	var frozen feed.Frozen
	var text []byte
	err := tx.QueryRow(ctx, `SELECT selection FROM purges WHERE id = $1`, p.ID).Scan(&text)
	if err == nil {
		err = json.Unmarshal(text, &frozen)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is to be purged: %w", err)
	}
	sql, args, err := selection(frozen, p.WorkspaceID, ends)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("find what is to be purged: %w", err)
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		var seq int64
		var kind, month string
		if err := rows.Scan(&seq, &kind, &month); err != nil {
			return nil, fmt.Errorf("find what is to be purged: %w", err)
		}
		found = append(found, seq)
		p.ByType[kind]++
		p.ByMonth[month]++
	}
	return found, rows.Err()
}

// selection asks for what is to go of a stretch of numbers.
func selection(frozen feed.Frozen, workspace uuid.UUID, ends [2]int64) (sql string, args []any, err error) {
	from, where, err := stretchOf(frozen, workspace, ends)
	if err != nil {
		return "", nil, err
	}
	sql = `SELECT seq, entity_type, to_char(occurred_at AT TIME ZONE ` + where.Arg(frozen.Zone) + `::text, 'YYYY-MM') ` + from
	return sql, where.Args, nil
}

func save(ctx context.Context, tx pgx.Tx, p *models.Purge) error {
	byType, err := json.Marshal(p.ByType)
	if err != nil {
		return fmt.Errorf("count what was purged: %w", err)
	}
	byMonth, err := json.Marshal(p.ByMonth)
	if err != nil {
		return fmt.Errorf("count what was purged: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE purges SET done_seq = $2, purged = $3, by_type = $4, by_month = $5 WHERE id = $1`,
		p.ID, p.DoneSeq, p.Purged, string(byType), string(byMonth))
	if err != nil {
		return fmt.Errorf("save how far a purge is: %w", err)
	}
	return nil
}

// giveUp ends a purge that has failed again and again. What was deleted by then stays deleted.
func (s *Service) giveUp(ctx context.Context, tx pgx.Tx) error {
	p, err := next(ctx, tx)
	if err != nil || p == nil {
		return err
	}
	return s.end(ctx, tx, *p, ending{
		state: models.PurgeFailed, problem: "It failed several times in a row; the log of the server says why.",
		doing: doing{by: p.AskedBy, action: "purge_failed", outcome: models.Failure},
	})
}
