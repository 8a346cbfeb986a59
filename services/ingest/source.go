package ingest

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/services/database"
)

// Source is which token, person, import or part of Daybook submitted a row.
type Source struct {
	Kind string // token, user, import, daybook
	Key  string // unique within the kind: the token's id, the user's id, the import's workspace, the part's name
}

// TokenSource is a service token or a personal one.
func TokenSource(id int64) Source { return Source{"token", fmt.Sprint(id)} }

// UserSource is somebody's session.
func UserSource(id int64) Source { return Source{"user", fmt.Sprint(id)} }

// ImportSource is the command-line import into a workspace.
func ImportSource(workspace uuid.UUID) Source { return Source{"import", workspace.String()} }

// OwnSource is a part of Daybook.
func OwnSource(part string) Source { return Source{"daybook", part} }

// sourceID finds or makes the id of a sender's source, and remembers it. It is written outside of any transaction: a source that turns
// out to have sent nothing harms nobody.
func (s *Service) sourceID(ctx context.Context, from Source) (int64, error) {
	if id, ok := s.sources.Load(from); ok {
		return id.(int64), nil
	}
	id, err := sourceWithin(ctx, database.GormTx(s.db.WithContext(ctx)), from)
	if err == nil {
		s.sources.Store(from, id)
	}
	return id, err
}

// sourceWithin finds or makes the id of a source in the caller's transaction. It is not remembered, because the transaction may be rolled
// back. A second connection is no way out: transactions that each hold one and wait for another exhaust the pool for ever.
func sourceWithin(ctx context.Context, tx database.Tx, from Source) (id int64, err error) {
	const find = `SELECT coalesce((SELECT id FROM sources WHERE kind = $1 AND key = $2), 0)`
	if err := tx.QueryRow(ctx, find, from.Kind, from.Key).Scan(&id); err != nil || id != 0 {
		return id, wrap("find a source", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO sources (kind, key) VALUES ($1, $2) ON CONFLICT DO NOTHING`, from.Kind, from.Key); err != nil {
		return 0, wrap("make a source", err)
	}
	return id, wrap("find a source", tx.QueryRow(ctx, find, from.Kind, from.Key).Scan(&id))
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
