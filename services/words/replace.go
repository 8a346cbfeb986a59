package words

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Replace indexes activities of one workspace anew, in the transaction that replaces some of their content. One whose data PostgreSQL refuses as words
// is left with none.
func Replace(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, activities []models.Activity) error {
	seqs := make([]int64, len(activities))
	for i, a := range activities {
		seqs[i] = a.Seq
	}
	if err := Remove(ctx, tx, workspace, seqs); err != nil {
		return err
	}
	var done Filled
	if err := done.index(ctx, tx, activities); err != nil {
		return fmt.Errorf("index words anew: %w", err)
	}
	return nil
}
