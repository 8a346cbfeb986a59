package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
)

const holdColumns = `SELECT h.id, h.workspace_id, h.name, h.actor_id, coalesce(a.recorded_name, a.name, ''), coalesce(a.recorded_as, a.external_id, ''), h.project_id, coalesce(p.name, ''), coalesce(p.external_id, ''),
	h.entity_type, h.entity_id, h.from_at, h.to_at, h.placed_by, h.placed_at, h.lifted_by, h.lifted_at
	FROM holds h LEFT JOIN actors a ON a.id = h.actor_id LEFT JOIN projects p ON p.id = h.project_id `

func scanHold(row pgx.Row) (h models.Hold, err error) {
	var placedBy, liftedBy []byte
	err = row.Scan(&h.ID, &h.WorkspaceID, &h.Name, &h.ActorID, &h.ActorName, &h.PersonID, &h.ProjectID, &h.ProjectName, &h.ProjectRef,
		&h.EntityType, &h.EntityID, &h.From, &h.To, &placedBy, &h.PlacedAt, &liftedBy, &h.LiftedAt)
	if err != nil {
		return h, err
	}
	for _, at := range []*time.Time{h.From, h.To, &h.PlacedAt, h.LiftedAt} {
		if at != nil {
			*at = at.UTC()
		}
	}
	err = json.Unmarshal(placedBy, &h.PlacedBy)
	if liftedBy != nil {
		err = errors.Join(err, json.Unmarshal(liftedBy, &h.LiftedBy))
	}
	return h, err
}

// mostLifted bounds a page of lifted holds.
const mostLifted = 50

// Holds lists the holds of the doer's workspace that stand, the latest first.
func (s *Service) Holds(ctx context.Context, d account.Doer) ([]models.Hold, error) {
	if err := mayHold(d); err != nil {
		return nil, err
	}
	return s.holds(ctx, holdColumns+`WHERE h.workspace_id = $1 AND h.lifted_at IS NULL ORDER BY h.id DESC`, d.Workspace.ID)
}

// LiftedHolds lists those that were lifted, the latest placed first, those before an id; 0 is the beginning.
func (s *Service) LiftedHolds(ctx context.Context, d account.Doer, before int64) (list []models.Hold, more bool, err error) {
	if err := mayHold(d); err != nil {
		return nil, false, err
	}
	list, err = s.holds(ctx, holdColumns+`WHERE h.workspace_id = $1 AND h.lifted_at IS NOT NULL AND ($2 = 0::bigint OR h.id < $2) ORDER BY h.id DESC LIMIT $3`,
		d.Workspace.ID, before, mostLifted+1)
	if len(list) > mostLifted {
		return list[:mostLifted], true, err
	}
	return list, false, err
}

// OneHold gives a hold of the doer's workspace.
func (s *Service) OneHold(ctx context.Context, d account.Doer, id int64) (h models.Hold, err error) {
	if err := mayHold(d); err != nil {
		return h, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		h, err = findHold(ctx, tx, d, id)
		return err
	})
	return h, err
}

// HoldsOn gives the holds that an activity is under.
func (s *Service) HoldsOn(ctx context.Context, workspace uuid.UUID, seq int64) ([]models.Hold, error) {
	return s.holds(ctx, holdColumns+`WHERE h.id IN (SELECT o.id FROM activities x CROSS JOIN LATERAL holds_on(x) o WHERE x.workspace_id = $1 AND x.seq = $2) ORDER BY h.id`, workspace, seq)
}

// HoldsOnPerson gives the holds that stand on somebody by name, by any of their actors.
func (s *Service) HoldsOnPerson(ctx context.Context, workspace uuid.UUID, actors []int64) ([]models.Hold, error) {
	return s.holds(ctx, holdColumns+`WHERE h.workspace_id = $1 AND h.lifted_at IS NULL AND h.people && $2 ORDER BY h.id`, workspace, actors)
}

func (s *Service) holds(ctx context.Context, sql string, args ...any) ([]models.Hold, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Hold, error) { return scanHold(row) })
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	return list, nil
}

// overlapTime is how long it is looked for holds that overlap.
const overlapTime = 2 * time.Second

// overlapping gives the holds that still stand on some of the activities that one held: those of which an activity is found in time, and those that
// there was no time for, which may be.
func (s *Service) overlapping(ctx context.Context, lifted models.Hold) ([]models.Hold, error) {
	standing, err := s.holds(ctx, holdColumns+`WHERE h.workspace_id = $1 AND h.lifted_at IS NULL ORDER BY h.id`, lifted.WorkspaceID)
	if err != nil || len(standing) == 0 {
		return nil, err
	}
	criteria, err := s.criteria(ctx, lifted.WorkspaceID, lifted.ID)
	if err != nil {
		return nil, err
	}
	looking, cancel := context.WithTimeout(ctx, overlapTime)
	defer cancel()
	var others []models.Hold
	for _, h := range standing {
		both, err := s.criteria(ctx, lifted.WorkspaceID, h.ID)
		if err != nil {
			return nil, err
		}
		overlaps, err := s.overlap(looking, lifted.WorkspaceID, criteria[0], both[0])
		if err != nil && ctx.Err() == nil && (looking.Err() != nil || database.SQLState(err) == "57014") {
			overlaps, err = true, nil
		}
		if err != nil {
			return nil, err
		}
		if overlaps {
			others = append(others, h)
		}
	}
	return others, nil
}
