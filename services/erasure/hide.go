package erasure

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// hiddenAtOnce is how many doubts one statement hides: there may be many, when somebody decided again and again.
const hiddenAtOnce = 2000

// hideDoubts keeps of each place of some erasures no more than a hash, by which it is known when the erasure is done again. The ledger has what was decided by
// then. It is no work for the writer's turn: there may be any number of places.
func (s *Service) hideDoubts(ctx context.Context, conn *pgx.Conn, erasures []string) error {
	for after := int64(0); ; {
		rows, err := conn.Query(ctx, `SELECT id, workspace_id, target, target_id, place, kind FROM erasure_doubts
			WHERE erasure_id = ANY ($1::text[]::uuid[]) AND id > $2 ORDER BY id LIMIT $3`, erasures, after, hiddenAtOnce)
		if err != nil {
			return fmt.Errorf("hide doubts: %w", err)
		}
		var hidden []string
		ids, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id int64, err error) {
			var p place
			err = row.Scan(&id, &p.workspace, &p.target, &p.id, &p.path, &p.kind)
			hidden = append(hidden, hashPrefix+s.keys.hashed(p))
			return id, err
		})
		if err != nil {
			return fmt.Errorf("hide doubts: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		after = ids[len(ids)-1]
		_, err = conn.Exec(ctx, `UPDATE erasure_doubts d SET place = h.place FROM unnest($1::bigint[], $2::text[]) AS h (id, place) WHERE d.id = h.id AND d.place <> h.place`, ids, hidden)
		if err != nil {
			return fmt.Errorf("hide doubts: %w", err)
		}
	}
}
