package savedview

import (
	"context"
	"fmt"

	"daybook/services/database"
)

// ForgetUser deletes somebody's views, also those that they share, and which one opened first for them. It is for services/erasure.
func ForgetUser(ctx context.Context, tx database.Tx, user int64) (views int64, err error) {
	if _, err := tx.Exec(ctx, `DELETE FROM default_views WHERE user_id = $1`, user); err != nil {
		return 0, fmt.Errorf("forget a default view: %w", err)
	}
	if views, err = tx.Exec(ctx, `DELETE FROM saved_views WHERE user_id = $1`, user); err != nil {
		return 0, fmt.Errorf("delete saved views: %w", err)
	}
	return views, nil
}

// Rewrite replaces in the names and filters of a workspace's views.
func Rewrite(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "view", Places: []string{"/name", "/query"}, Longest: []int{60, 8192}, Distinct: 1,
		Find: `SELECT id::text, name, query FROM saved_views WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY saved_views.id LIMIT $3`,
		Save: `UPDATE saved_views SET name = left($2, 60), query = $3, updated_at = now() WHERE id = $1::bigint`,
	}, p, r)
}
