package lastvisit

import (
	"context"
	"fmt"

	"daybook/services/database"
)

// ForgetUser forgets how far somebody had read, and when. It is for services/erasure.
func ForgetUser(ctx context.Context, tx database.Tx, user int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM feed_visits WHERE user_id = $1`, user); err != nil {
		return fmt.Errorf("forget visits: %w", err)
	}
	return nil
}
