package feed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// glimpse is what is read of a row before it is known whether it is shown: where it is, and what it has to have in common with its
// neighbours to be folded with them.
type glimpse struct {
	position
	rowKey
	likeness
	entityID string
	hit      bool // it is one of the list
	cut      bool // the search looked no further
	looked   int  // rows that its scan had looked at by then
}

// rowKey is the key of a row.
type rowKey struct {
	workspace uuid.UUID
	seq       int64
}

// likeness is what the activities of a run have in common.
type likeness struct {
	actor, onBehalf, project int64
	action, kind, outcome    string
	system                   bool
}

const glimpsed = `occurred_at, id, workspace_id, seq, actor_id, coalesce(on_behalf_of_id, 0) AS on_behalf_of, coalesce(project_id, 0) AS project,
	action, entity_type, outcome, system, coalesce(entity_id, '') AS entity`

// look is a stretch of a list at a glance, in the direction of reading.
type look struct {
	rows     []glimpse
	more     bool      // as many as were asked for: there may be further rows
	searched *position // the search was broken off here, and nothing is known of what lies behind
	looked   int       // how many rows were looked at, at most, when some of them are not of the list
}

// glimpse reads a stretch of the list.
func (s *Service) glimpse(ctx context.Context, q feedQuery) (look, error) {
	w := &Where{}
	sql := fmt.Sprintf("SELECT * FROM (%s) AS merged ORDER BY %s, hit DESC, cut", q.union(w, glimpsed), q.order())
	if q.budget == 0 {
		sql += fmt.Sprintf(" LIMIT %d", 3*q.limit) // a row may be found by three arms: by project, actor and on whose behalf
	}
	rows, err := s.pool.Query(ctx, sql, w.Args...)
	if err != nil {
		return look{}, fmt.Errorf("read a page at a glance: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanGlimpse)
	if err != nil {
		return look{}, fmt.Errorf("read a page at a glance: %w", err)
	}
	return q.merge(found), nil
}

func scanGlimpse(r pgx.CollectableRow) (g glimpse, err error) {
	var at time.Time
	err = r.Scan(&at, &g.ID, &g.workspace, &g.seq, &g.actor, &g.onBehalf, &g.project, &g.action, &g.kind, &g.outcome, &g.system, &g.entityID, &g.hit, &g.cut, &g.looked)
	g.OccurredAt = at.UnixMicro()
	return g, err
}

// merge takes rows in the direction of reading, as the arms gave them. Where the first of the arms was broken off, the list is known no further.
func (q feedQuery) merge(rows []glimpse) look {
	l := look{looked: q.looked(rows)}
	for _, g := range rows {
		if g.hit && (len(l.rows) == 0 || l.rows[len(l.rows)-1].ID != g.ID) {
			l.rows = append(l.rows, g)
			if len(l.rows) == q.limit {
				l.more = true
				return l
			}
		}
		if g.cut {
			l.searched = &g.position
			return l
		}
	}
	return l
}

func (q feedQuery) looked(rows []glimpse) int {
	most := 0
	for _, g := range rows {
		most = max(most, g.looked)
	}
	return most * max(1, q.scans())
}

// rowsAt reads whole rows, in the order of their places.
func (s *Service) rowsAt(ctx context.Context, places []rowKey) ([]models.Activity, error) {
	workspaces, seqs := make([]uuid.UUID, len(places)), make([]int64, len(places))
	for i, p := range places {
		workspaces[i], seqs[i] = p.workspace, p.seq
	}
	rows, err := s.pool.Query(ctx, `SELECT `+columns+` FROM unnest($1::uuid[], $2::bigint[]) AS place (workspace, number)
		CROSS JOIN LATERAL (SELECT * FROM activities WHERE workspace_id = place.workspace AND seq = place.number LIMIT 1) AS activities`, workspaces, seqs)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	slices.SortFunc(found, func(a, b models.Activity) int {
		return cmp.Or(b.OccurredAt.Compare(a.OccurredAt), cmp.Compare(b.ID, a.ID))
	})
	return found, nil
}
