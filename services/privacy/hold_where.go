package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/feed"
)

// standing is the head of a statement that asks whether activities are held: the holds of a workspace, with everybody that each of them means. It is
// read once, and says the same as holds_on of the database, which looks it up for each activity.
func standing(workspace string) string {
	return `WITH standing AS MATERIALIZED (SELECT ` + criteriaColumns + ` FROM holds h WHERE h.workspace_id = ` + workspace + ` AND h.lifted_at IS NULL) `
}

// criteriaColumns are what a hold h asks of an activity.
const criteriaColumns = `h.people, h.project_id, h.entity_type, h.entity_id, h.from_at, h.to_at`

// isHeld is the condition that a row of activities is under one of the standing holds.
const isHeld = `EXISTS (SELECT FROM standing h
	WHERE (h.people IS NULL OR activities.actor_id = ANY (h.people) OR activities.on_behalf_of_id = ANY (h.people))
	  AND (h.project_id IS NULL OR h.project_id = activities.project_id)
	  AND (h.entity_type IS NULL OR h.entity_type = activities.entity_type)
	  AND (h.entity_id IS NULL OR h.entity_id = activities.entity_id)
	  AND (h.from_at IS NULL OR activities.occurred_at >= h.from_at)
	  AND (h.to_at IS NULL OR activities.occurred_at <= h.to_at))`

// mayGo is the condition that a row is not the record of an erasure without which other activities could not be proved (must_stay).
const mayGo = `(CASE WHEN activities.action = 'erased' THEN NOT EXISTS (
	SELECT FROM erased_groups e JOIN activities x ON x.workspace_id = e.workspace_id AND x.seq = e.seq
	 WHERE e.workspace_id = activities.workspace_id AND e.record = activities.uuid) ELSE true END)`

// holdCriteria is what a hold asks of an activity.
type holdCriteria struct {
	People     []int64 // nil: anybody
	Project    *int64
	EntityType *string
	EntityID   *string
	From, To   *time.Time
}

// criteria gives what holds of a workspace ask for: one of them, or, for 0, all that stand.
func (s *Service) criteria(ctx context.Context, workspace uuid.UUID, id int64) ([]holdCriteria, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+criteriaColumns+` FROM holds h WHERE h.workspace_id = $1 AND (h.id = $2 OR $2 = 0::bigint AND h.lifted_at IS NULL) ORDER BY h.id`, workspace, id)
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[holdCriteria])
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	return list, nil
}

// addTo adds the conditions, with values that the planner knows: so it finds the index that bounds them.
func (c holdCriteria) addTo(w *feed.Where) {
	if c.People != nil {
		w.And("(actor_id = ANY (?) OR on_behalf_of_id = ANY (?))", c.People, c.People)
	}
	if c.Project != nil {
		w.And("project_id = ?", *c.Project)
	}
	if c.EntityType != nil {
		w.And("entity_type = ?", *c.EntityType)
	}
	if c.EntityID != nil {
		w.And("entity_id = ?", *c.EntityID)
	}
	if c.From != nil {
		w.And("occurred_at >= ?", *c.From)
	}
	if c.To != nil {
		w.And("occurred_at <= ?", *c.To)
	}
}

// overlap tells whether there is an activity to which both apply.
func (s *Service) overlap(ctx context.Context, workspace uuid.UUID, a, b holdCriteria) (found bool, err error) {
	w := &feed.Where{}
	w.And("workspace_id = ?", workspace)
	w.And("system IN (false, true)") // says nothing, but leads into the indexes
	a.addTo(w)
	b.addTo(w)
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM activities WHERE `+w.String()+`)`, w.Args...).Scan(&found); err != nil {
		return false, fmt.Errorf("look for activities under two holds: %w", err)
	}
	return found, nil
}
