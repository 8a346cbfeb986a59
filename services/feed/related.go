package feed

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// Around is what stands before and after an activity in a list.
type Around struct {
	Newer []models.Entry // newest first: the last of them is the one just after it
	Older []models.Entry // newest first: the first of them is the one just before it
}

// Around reads what a list has around an activity: as many rows on each side as are asked for, the activity itself not among them. It need not be in the list.
func (s *Service) Around(ctx context.Context, scope access.Scope, f Filter, of models.Entry, each Sides) (a Around, err error) {
	list := listName(scope, f)
	for _, side := range []struct {
		newer bool
		rows  int
		into  *[]models.Entry
	}{{true, each.Newer, &a.Newer}, {false, each.Older, &a.Older}} {
		if side.rows == 0 {
			continue
		}
		at := s.printCursor(cursor{newer: side.newer, at: positionOf(of.Activity)}, list)
		page, err := s.Page(ctx, scope, Ask{Filter: f, Limit: side.rows, Cursor: at, Hasty: true})
		if err != nil {
			return a, err
		}
		*side.into = page.Entries
	}
	return a, nil
}

// Sides says how many rows are wanted on each side.
type Sides struct{ Newer, Older int }

// First reads the oldest activity that a filter selects; nil when there is none.
func (s *Service) First(ctx context.Context, scope access.Scope, f Filter) (*models.Entry, error) {
	before := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	at := s.printCursor(cursor{newer: true, at: position{OccurredAt: before.UnixMicro()}}, listName(scope, f))
	page, err := s.Page(ctx, scope, Ask{Filter: f, Limit: 1, Cursor: at, Hasty: true})
	if err != nil || len(page.Entries) == 0 {
		return nil, err
	}
	return &page.Entries[0], nil
}

// How many activities of one correlation are looked at on each side, for the few that the reader may see.
const correlatedRows = 500

// Correlated reads the activities that carry the same correlation id as one does, the nearest in the order of recording, in feed order. Of a correlation
// that has thousands, those far away are not looked at.
func (s *Service) Correlated(ctx context.Context, scope access.Scope, of models.Entry, limit int) ([]models.Entry, error) {
	if of.CorrelationID == nil {
		return nil, nil
	}
	w := &Where{}
	ws, id, seq := w.Arg(of.WorkspaceID), w.Arg(*of.CorrelationID), w.Arg(of.Seq)
	w.Scope(scope)
	const side = `(SELECT * FROM activities WHERE workspace_id = %s AND correlation_id = %s AND seq %s %s ORDER BY seq %s LIMIT %d)`
	sql := fmt.Sprintf(`SELECT %s FROM (SELECT %s FROM (`+side+` UNION ALL `+side+`) AS beside WHERE %s ORDER BY abs(seq - %s) LIMIT %d) AS nearest ORDER BY occurred_at DESC, id DESC`,
		columns, columns, ws, id, "<", seq, "DESC", correlatedRows, ws, id, ">", seq, "ASC", correlatedRows, w, seq, limit)
	rows, err := s.pool.Query(ctx, sql, w.Args...)
	if err != nil {
		return nil, fmt.Errorf("read a correlation: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return nil, fmt.Errorf("read a correlation: %w", err)
	}
	return s.complete(ctx, scope, found)
}

// Origin finds what submitted an activity.
func (s *Service) Origin(ctx context.Context, sourceID int64) (models.Origin, error) {
	var o models.Origin
	err := s.pool.QueryRow(ctx, `
		SELECT s.kind, s.key, coalesce(t.name, u.name, ''), t.user_id IS NOT NULL
		  FROM sources s LEFT JOIN tokens t ON t.id = `+idOf("token")+` LEFT JOIN users u ON u.id = `+idOf("user")+`
		 WHERE s.id = $1`, sourceID).Scan(&o.Kind, &o.Key, &o.Name, &o.Personal)
	if err != nil {
		return o, fmt.Errorf("find what submitted an activity: %w", err)
	}
	return o, nil
}

// idOf is the id in the key of a source of some kind, and null of others. CASE holds the order: what is no number of ours is never cast.
func idOf(kind string) string {
	return `CASE WHEN s.kind = '` + kind + `' AND s.key ~ '^[1-9][0-9]{0,17}$' THEN s.key::bigint END`
}
