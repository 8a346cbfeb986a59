package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
)

// Arrival is the latest activity that an application has sent.
type Arrival struct {
	UUID   uuid.UUID
	At     time.Time // when it was recorded
	Source models.Origin
}

// LatestArrival finds the latest activity of the doer's workspace that was sent or imported, and not recorded by Daybook itself; nil is none yet.
func (j *Journal) LatestArrival(ctx context.Context, d account.Doer) (*Arrival, error) {
	if err := d.Administers(); err != nil {
		return nil, err
	}
	var a Arrival
	err := j.db.Pool.QueryRow(ctx, `
		SELECT a.uuid, a.recorded_at, a.kind, a.key, coalesce(t.name, u.name, ''), t.user_id IS NOT NULL
		  FROM (SELECT a.uuid, a.recorded_at, s.kind, s.key FROM activities a JOIN sources s ON s.id = a.source_id
		         WHERE a.workspace_id = $1 AND (s.kind <> 'daybook' OR s.key = 'demo') ORDER BY a.seq DESC LIMIT 1) AS a
		  LEFT JOIN tokens t ON a.kind = 'token' AND a.key = t.id::text LEFT JOIN users u ON a.kind = 'user' AND a.key = u.id::text`, d.Workspace.ID).
		Scan(&a.UUID, &a.At, &a.Source.Kind, &a.Source.Key, &a.Source.Name, &a.Source.Personal)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("look for what was sent: %w", err)
	}
	return &a, nil
}
