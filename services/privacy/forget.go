package privacy

import (
	"context"

	"daybook/models"
	"daybook/services/database"
)

// ForgetAsker has what somebody asked for name nobody. It is for services/erasure, as is what follows.
func ForgetAsker(ctx context.Context, tx database.Tx, f models.Forgotten) error {
	return database.ReplaceRefs(ctx, tx, f, database.Refs{Table: "purges", Column: "asked_by"}, database.Refs{Table: "retentions", Column: "asked_by"},
		database.Refs{Table: "holds", Column: "placed_by"}, database.Refs{Table: "holds", Column: "lifted_by"})
}

// RewritePurges replaces in the filters of a workspace's purges, none of which is under way.
func RewritePurges(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "purge", Places: []string{"/query", "/selection"},
		Find: `SELECT id::text, query, selection::text FROM purges WHERE workspace_id = $1 AND state NOT IN ('waiting', 'running') AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY purges.id LIMIT $3`,
		Save: `UPDATE purges SET query = $2, selection = $3::text::jsonb WHERE id = $1::bigint`,
	}, p, r)
}

// RewriteHolds replaces in what holds are called, and in which entity they are of.
func RewriteHolds(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error) {
	return database.Rewrite(ctx, tx, database.Texts{
		Target: "hold", Places: []string{"/name", "/entity_id"}, Longest: []int{100, models.MaxIDBytes},
		Find: `SELECT id::text, name, entity_id FROM holds WHERE workspace_id = $1 AND id > coalesce(nullif($2, ''), '0')::bigint ORDER BY holds.id LIMIT $3`,
		Save: `UPDATE holds SET name = left($2, 100), entity_id = CASE WHEN lifted_at IS NULL THEN entity_id ELSE $3 END WHERE id = $1::bigint`,
	}, p, r)
}
