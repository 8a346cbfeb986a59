package ingest

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/services/database"
)

// Forget forgets what the events with these ids said, in the transaction that deletes them for good: with a fingerprint, whoever guesses the
// content could have the guess confirmed by sending it. The ids stay taken: whatever is sent under one is a duplicate.
func Forget(ctx context.Context, tx database.Tx, workspace uuid.UUID, ids []uuid.UUID) error {
	if _, err := tx.Exec(ctx, `UPDATE event_ids SET mac_key = NULL, mac = NULL WHERE workspace_id = $1 AND uuid = ANY ($2)`, workspace, ids); err != nil {
		return fmt.Errorf("forget fingerprints: %w", err)
	}
	return nil
}
