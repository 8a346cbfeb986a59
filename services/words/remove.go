package words

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Remove takes activities out of the index, in the transaction that deletes them.
func Remove(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, seqs []int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM activity_words WHERE workspace_id = $1 AND seq = ANY ($2)`, workspace, seqs); err != nil {
		return fmt.Errorf("take words out of the index: %w", err)
	}
	return nil
}
