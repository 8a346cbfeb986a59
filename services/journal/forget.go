package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// rejectedText is an event that was rejected, as it stands.
type rejectedText struct {
	id    int64
	uuid  uuid.UUID
	event []byte
}

// RewriteRejected replaces in the events of a workspace that could not be posted. rewrite gets one and gives it as it is to be, and whether it
// differs; what its reason says goes with it. It runs in the writer's turn.
func RewriteRejected(ctx context.Context, tx pgx.Tx, p database.Piece, rewrite func(id int64, ev models.Event) (models.Event, bool)) (done database.Done, err error) {
	var gone []uuid.UUID
	done.Last = p.After
	for over := false; !over; {
		read, ids, err := rejectedAfter(ctx, tx, p.Workspace, done.Last)
		if err != nil {
			return done, err
		}
		over, err = p.Look(&done, ids, func(i int) (bool, error) {
			changed, err := read[i].rewrite(ctx, tx, rewrite)
			if changed {
				gone = append(gone, read[i].uuid)
			}
			return changed, err
		})
		if err != nil {
			return done, err
		}
	}
	if len(gone) == 0 { // whoever only looks may write nothing
		return done, nil
	}
	return done, ingest.Forget(ctx, database.PgxTx(tx), p.Workspace, gone)
}

func rejectedAfter(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, after string) (read []rejectedText, ids []string, err error) {
	rows, err := tx.Query(ctx, `SELECT id, uuid, event FROM rejected WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY id LIMIT $3`,
		workspace, after, database.ReadAtOnce)
	if err != nil {
		return nil, nil, fmt.Errorf("read rejected events: %w", err)
	}
	read, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rejectedText, err error) {
		err = row.Scan(&r.id, &r.uuid, &r.event)
		ids = append(ids, strconv.FormatInt(r.id, 10))
		return r, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read rejected events: %w", err)
	}
	return read, ids, nil
}

func (r rejectedText) rewrite(ctx context.Context, tx pgx.Tx, rewrite func(id int64, ev models.Event) (models.Event, bool)) (changed bool, err error) {
	var ev models.Event
	if err := json.Unmarshal(r.event, &ev); err != nil {
		ev = models.Event{} // nothing of ours; nobody knows what is in it
	}
	is, differs := rewrite(r.id, ev)
	if !differs {
		return false, nil
	}
	text, err := json.Marshal(is)
	if err != nil {
		return false, fmt.Errorf("encode a rejected event: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE rejected SET event = $2::text::jsonb, reason = 'what it said about the event was deleted' WHERE id = $1`, r.id, string(text)); err != nil {
		return false, fmt.Errorf("rewrite a rejected event: %w", err)
	}
	return true, nil
}

// CountErasure has every reader notice that somebody is called something else now.
func CountErasure(ctx context.Context, tx pgx.Tx, workspaces []uuid.UUID) error {
	if _, err := tx.Exec(ctx, `UPDATE workspace_heads SET erasures = erasures + 1 WHERE workspace_id = ANY ($1)`, workspaces); err != nil {
		return fmt.Errorf("count an erasure: %w", err)
	}
	return nil
}
