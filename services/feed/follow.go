package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// Follow reads in sync order: the rows strictly after the one with this public id, oldest first. Without an id it starts at the latest rows,
// as many as the limit, oldest first; "0" is the position before the first row. Whoever follows by the last id of each answer sees every row once, whatever commits meanwhile.
func (s *Service) Follow(ctx context.Context, v access.Viewer, f Filter, afterID string, limit int) ([]models.Entry, error) {
	scope := v.Scope(f.System)
	if scope.Empty() {
		return []models.Entry{}, nil // nor are they told which ids exist
	}
	after, head, err := s.stretch(ctx, v.Workspace.ID, afterID)
	if err != nil {
		return nil, err
	}
	q, err := s.query(ctx, scope, f)
	if err != nil {
		return nil, err
	}
	if err := s.findFew(ctx, &q); err != nil {
		return nil, err
	}
	w := &Where{}
	w.And("seq > ? AND seq <= ?", after, head)
	if q.places != nil {
		w.And("seq = ANY (?)", append([]int64{}, q.places[v.Workspace.ID]...))
	}
	w.Scope(scope)
	w.Cube(q.sel)
	w.Rows(q.sel)
	order := "seq"
	if afterID == "" {
		order = "seq DESC"
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("SELECT %s FROM activities WHERE %s ORDER BY %s LIMIT %d", columns, w, order, limit), w.Args...)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	if afterID == "" {
		slices.Reverse(found)
	}
	return s.complete(ctx, scope, found)
}

// stretch gives the part of the workspace's order that one answer may come from: behind the position, up to the newest row there is now. The
// filter's names are looked up after this. Without the end, an actor that is made between the look and the reading would be passed over.
func (s *Service) stretch(ctx context.Context, workspace uuid.UUID, afterID string) (after, head int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = $1), 0)`, workspace).Scan(&head)
	if err != nil {
		return 0, 0, fmt.Errorf("read the head: %w", err)
	}
	if afterID != "" {
		after, err = s.seqOf(ctx, workspace, afterID)
	}
	return after, head, err
}

// seqOf gives the place of a public id in the workspace's order. An id that was accepted is a position for ever. One statement, so that an
// event that is posted meanwhile is either waiting or there.
func (s *Service) seqOf(ctx context.Context, workspace uuid.UUID, text string) (int64, error) {
	if text == "0" {
		return 0, nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return 0, models.FieldErrorf(models.Malformed, "after_id", "must be the id of an activity, or 0 to begin with the first one")
	}
	var seq *int64
	var known, waiting bool
	// The inbox is looked through only for an id that was accepted, is not there and was not rejected.
	err = s.pool.QueryRow(ctx, `
		SELECT a.seq, k.known, CASE WHEN k.known AND a.seq IS NULL THEN EXISTS (SELECT FROM inbox WHERE workspace_id = $1 AND uuid = $2) ELSE false END
		  FROM (SELECT) AS one
		  LEFT JOIN activities a ON a.workspace_id = $1 AND a.uuid = $2
		 CROSS JOIN LATERAL (SELECT a.seq IS NOT NULL OR EXISTS (SELECT FROM event_ids WHERE workspace_id = $1 AND uuid = $2)
		       AND NOT EXISTS (SELECT FROM rejected WHERE workspace_id = $1 AND uuid = $2)) AS k (known)`, workspace, id).Scan(&seq, &known, &waiting)
	switch {
	case err != nil:
		return 0, fmt.Errorf("find a position: %w", err)
	case !known:
		return 0, models.FieldErrorf(models.NotFound, "after_id", "is the id of no activity of this workspace")
	case waiting:
		return 0, models.FieldErrorf(models.Conflict, "after_id", "is ahead of the log: that event was accepted and is not posted yet")
	case seq == nil:
		return 0, s.gone(ctx, workspace, id)
	}
	return *seq, nil
}

// gone tells a reader who stopped at an activity that was purged where to go on: behind the last one before it that is still there. What lay
// between the two is purged too, so that nobody misses a row or gets one twice.
func (s *Service) gone(ctx context.Context, workspace, id uuid.UUID) error {
	var before *uuid.UUID
	err := s.pool.QueryRow(ctx, `
		SELECT (SELECT a.uuid FROM activities a WHERE a.workspace_id = t.workspace_id AND a.seq < t.seq ORDER BY a.seq DESC LIMIT 1)
		  FROM tombstones t WHERE t.workspace_id = $1 AND t.uuid = $2`, workspace, id).Scan(&before)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return models.FieldErrorf(models.Gone, "after_id", "was an activity that is no longer kept; start again without after_id")
	case err != nil:
		return fmt.Errorf("find where a purged position was: %w", err)
	case before == nil:
		return models.FieldErrorf(models.Gone, "after_id", "was an activity that was purged; go on with after_id=0, which begins with the first one that is kept")
	}
	return models.FieldErrorf(models.Gone, "after_id", "was an activity that was purged; go on with after_id=%s, the last one before it that is kept", before)
}
