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

// PutBack puts an event into the inbox once more, in the caller's transaction, under its own id and as of when it was received first. A workspace
// that was archived meanwhile takes none, and is not archived before tx ends.
func (s *Service) PutBack(ctx context.Context, tx database.Tx, e PutBack) error {
	var to Sender
	if err := tx.QueryRow(ctx, `SELECT slug, archived_at FROM workspaces WHERE id = $1 FOR SHARE`, e.Workspace).Scan(&to.Workspace.Slug, &to.Workspace.ArchivedAt); err != nil {
		return fmt.Errorf("look whether a workspace is archived: %w", err)
	}
	if err := to.welcome(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event, received_at) VALUES ($1, $2, $3, $4, $5::text::jsonb, $6)`,
		laneFirst, e.Workspace, e.UUID, e.Source, string(e.Event), e.Received)
	if err != nil {
		return fmt.Errorf("put an event back: %w", err)
	}
	return nil
}
