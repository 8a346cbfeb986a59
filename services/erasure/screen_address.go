package erasure

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/mention"
)

// addressOf are the names that an address gives: with something behind a plus, whoever has it also has the one without.
func addressOf(workspace uuid.UUID, address string) []named {
	names := []named{{workspace: workspace, email: address}}
	lower := strings.ToLower(address)
	if plain := mention.Untagged(lower); plain != lower {
		names = append(names, named{workspace: workspace, email: plain, tagged: lower})
	}
	return names
}

// lookUp finds who of them was forgotten.
func (q *inquiry) lookUp(ctx context.Context, tx pgx.Tx) error {
	order := make([]named, 0, len(q.asked))
	workspaces, hashes := make([]uuid.UUID, 0, len(q.asked)), make([][]byte, 0, len(q.asked))
	for n := range q.asked {
		order, workspaces = append(order, n), append(workspaces, n.workspace)
		if n.id != "" {
			hashes = append(hashes, q.keys.hashOfID(n.id))
		} else {
			hashes = append(hashes, q.keys.hashOfEmail(n.email))
		}
	}
	rows, err := tx.Query(ctx, `SELECT k.n, a.external_id FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS k (workspace_id, hash, n)
		JOIN forgotten f USING (workspace_id, hash) JOIN actors a ON a.id = f.actor_id`, workspaces, hashes)
	if err != nil {
		return fmt.Errorf("look for who was forgotten: %w", err)
	}
	var n int
	var is string
	_, err = pgx.ForEachRow(rows, []any{&n, &is}, func() error {
		q.found[order[n-1]] = is
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for who was forgotten: %w", err)
	}
	return q.leaveOthers(ctx, tx)
}

// leaveOthers leaves alone whoever has an address that is one of somebody who was forgotten but for what is behind its plus, and is somebody: they are not taken for them.
func (q *inquiry) leaveOthers(ctx context.Context, tx pgx.Tx) error {
	for n := range q.found {
		if n.tagged == "" {
			continue
		}
		var others bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE email = $2 AND erased_at IS NULL)
			OR EXISTS (SELECT FROM actors WHERE workspace_id = $1 AND lower(email) = $2 AND erased_at IS NULL)
			OR EXISTS (SELECT FROM actors WHERE workspace_id = $1 AND external_id = $2 AND erased_at IS NULL)`, n.workspace, n.tagged).Scan(&others)
		if err != nil {
			return fmt.Errorf("look whose an address is: %w", err)
		}
		if others {
			delete(q.found, n)
		}
	}
	return nil
}
