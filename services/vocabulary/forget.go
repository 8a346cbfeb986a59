package vocabulary

import (
	"context"
	"fmt"

	"daybook/services/database"
)

// Rewrite replaces in the words of a workspace's terms, and has everybody who keeps them read them again. The actions and types themselves stay, as
// they do in activities. It is for services/erasure.
func Rewrite(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (done database.Done, err error) {
	done, err = database.Rewrite(ctx, tx, database.Texts{
		Target: "term", Places: []string{"/label", "/sentence", "/url"},
		Find: `SELECT * FROM (SELECT workspace_id || '/' || kind || '/' || name AS id, label, sentence, url FROM vocabulary_terms WHERE workspace_id = $1) AS t WHERE id > $2 ORDER BY id LIMIT $3`,
		Save: `UPDATE vocabulary_terms SET label = $2, sentence = $3, url = $4, version = version + 1, updated_at = now() WHERE workspace_id || '/' || kind || '/' || name = $1`,
	}, p, r)
	if err != nil || done.Changed == 0 {
		return done, err
	}
	if _, err := tx.Exec(ctx, `UPDATE workspaces SET vocabulary_version = vocabulary_version + 1 WHERE id = $1`, p.Workspace); err != nil {
		return done, fmt.Errorf("count a change of the vocabulary: %w", err)
	}
	return done, nil
}
