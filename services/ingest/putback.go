package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"daybook/services/database"
)

// PutBack is an event that was taken in before and could not be posted.
type PutBack struct {
	Workspace uuid.UUID
	UUID      uuid.UUID // claimed when it was taken in
	Source    int64
	Event     []byte // JSON, as it was in the inbox
	Received  time.Time
}

// PutBack puts an event into the inbox once more, in the caller's transaction, under its own id and as of when it was received first.
func (s *Service) PutBack(ctx context.Context, tx database.Tx, e PutBack) error {
	_, err := tx.Exec(ctx, `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event, received_at) VALUES ($1, $2, $3, $4, $5::text::jsonb, $6)`,
		laneFirst, e.Workspace, e.UUID, e.Source, string(e.Event), e.Received)
	if err != nil {
		return fmt.Errorf("put an event back: %w", err)
	}
	return nil
}
