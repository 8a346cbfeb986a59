package words

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// fillRows is how many activities one step of filling in indexes.
const fillRows = 1000

// Fill indexes some of the activities that have no words yet, the newest first, and tells whether there were any. It runs in the journal
// writer's turn.
func Fill(ctx context.Context, tx pgx.Tx) (bool, error) {
	var workspace uuid.UUID
	var missing int64
	err := tx.QueryRow(ctx, `SELECT workspace_id, words_missing FROM workspace_heads WHERE words_missing > 0 ORDER BY workspace_id LIMIT 1`).Scan(&workspace, &missing)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("look for activities without words: %w", err)
	}
	rest := max(0, missing-fillRows)
	rows, err := tx.Query(ctx, `SELECT workspace_id, seq, actor_name, entity_id, entity_name, description, changes, metadata
		FROM activities WHERE workspace_id = $1 AND seq > $2 AND seq <= $3`, workspace, rest, missing)
	if err != nil {
		return false, fmt.Errorf("read activities without words: %w", err)
	}
	activities, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (a models.Activity, err error) {
		var metadata []byte
		err = r.Scan(&a.WorkspaceID, &a.Seq, &a.ActorName, &a.EntityID, &a.EntityName, &a.Description, &a.Changes, &metadata)
		a.Metadata = metadata
		return a, err
	})
	if err != nil {
		return false, fmt.Errorf("read activities without words: %w", err)
	}
	if err := Append(ctx, tx, activities); err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE workspace_heads SET words_missing = $2 WHERE workspace_id = $1`, workspace, rest); err != nil {
		return false, fmt.Errorf("note what has words: %w", err)
	}
	return true, nil
}
