package erasure

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/services/database"
)

// Forgotten tells which of some external ids are those of people whom a workspace has forgotten: nobody makes an actor of them again.
func (s *Service) Forgotten(ctx context.Context, tx database.Tx, workspace uuid.UUID, ids []string) (map[string]bool, error) {
	forgotten := map[string]bool{}
	byHash, hashes := map[string]string{}, make([][]byte, 0, len(ids))
	for _, id := range ids {
		for _, n := range namesOf(workspace, id) {
			if n.tagged != "" {
				continue
			}
			hash := s.keys.hashOfID(n.id)
			if n.id == "" {
				hash = s.keys.hashOfEmail(n.email)
			}
			byHash[string(hash)], hashes = id, append(hashes, hash)
		}
	}
	if len(hashes) == 0 {
		return forgotten, nil
	}
	rows, err := tx.Query(ctx, `SELECT hash FROM forgotten WHERE workspace_id = $1 AND hash = ANY ($2)`, workspace, hashes)
	if err != nil {
		return nil, fmt.Errorf("look for who was forgotten: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return nil, fmt.Errorf("look for who was forgotten: %w", err)
		}
		forgotten[byHash[string(hash)]] = true
	}
	return forgotten, rows.Err()
}
