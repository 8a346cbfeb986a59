package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// Pursuit reads in the sync order of a workspace, on behalf of one request, which may wait until there is something.
type Pursuit struct {
	service   *Service
	workspace uuid.UUID
	filter    Filter
	limit     int
	from      string       // the position that was asked for
	placed    bool         // begun is known
	latest    bool         // it begins with the latest rows
	begun     int64        // where the request stands, whatever was looked at since
	after     int64        // up to here as scope saw it there is nothing
	head      int64        // up to here the next look goes
	scope     access.Scope // of the last look
	looked    bool         // in vain
}

// Pursue begins to read the rows of a workspace strictly after the one with this public id, oldest first. Without an id it begins with the latest rows,
// as many as the limit, oldest first; "0" is the position before the first row. Whoever goes on from the last id of each answer sees every row once,
// whatever commits meanwhile.
func (s *Service) Pursue(workspace uuid.UUID, f Filter, afterID string, limit int) *Pursuit {
	return &Pursuit{service: s, workspace: workspace, filter: f, limit: limit, from: afterID}
}

// Next gives what was posted since the last look, to whoever may see by then what as says; as is not asked when nothing was. When there is nothing for
// them, the next look begins where this one ended; but one of a reader who may see something else begins where the request did, as their next request
// would.
func (p *Pursuit) Next(ctx context.Context, as func(context.Context) (access.Scope, error)) ([]models.Entry, error) {
	if err := p.findHead(ctx); err != nil || p.looked && p.head <= p.after {
		return []models.Entry{}, err
	}
	scope, err := as(ctx)
	if err != nil || scope.Empty() { // nor are they told which ids exist
		return []models.Entry{}, err
	}
	if p.looked && !scope.Same(p.scope) {
		p.after = p.begun
	}
	p.scope = scope
	if err := p.place(ctx); err != nil {
		return nil, err
	}
	found, err := p.between(ctx, p.after, p.head)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		p.lookedInVain()
	}
	return p.service.complete(ctx, scope, found)
}

// findHead finds how far a look goes. What the reader may see and what the filter names is read after this: otherwise a row that lets somebody in, or makes
// an actor, would be passed over by the look that goes beyond it.
func (p *Pursuit) findHead(ctx context.Context) error {
	err := p.service.pool.QueryRow(ctx, `SELECT coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = $1), 0)`, p.workspace).Scan(&p.head)
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	return nil
}

// place finds where the request stands.
func (p *Pursuit) place(ctx context.Context) (err error) {
	if p.placed {
		return nil
	}
	if p.latest = p.from == ""; !p.latest {
		p.begun, err = p.seqOf(ctx, p.from)
	}
	p.after, p.placed = p.begun, err == nil
	return err
}

// lookedInVain notes that there is nothing as yet. What comes from here on comes after, and all of it is to be read, not the latest of it.
func (p *Pursuit) lookedInVain() {
	p.after, p.looked = max(p.after, p.head), true
	if p.latest {
		p.begun, p.latest = p.after, false
	}
}

// fewToRead is up to how many rows are each asked for their words, rather than the index of words for the rows.
const fewToRead = 500

// between reads what lies behind one place, up to another.
func (p *Pursuit) between(ctx context.Context, after, head int64) ([]models.Activity, error) {
	s := p.service
	q, err := s.query(ctx, p.scope, p.filter)
	if err != nil {
		return nil, err
	}
	if head-after > fewToRead {
		if err := s.findFew(ctx, &q, after); err != nil {
			return nil, err
		}
	}
	w := &Where{}
	w.And("seq > ? AND seq <= ?", after, head)
	if q.places != nil {
		w.And("seq = ANY (?)", append([]int64{}, q.places[p.workspace]...))
	}
	w.Scope(p.scope)
	w.Cube(q.sel)
	w.Rows(q.sel)
	order := "seq"
	if p.latest {
		order = "seq DESC"
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("SELECT %s FROM activities WHERE %s ORDER BY %s LIMIT %d", columns, w, order, p.limit), w.Args...)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	if p.latest {
		slices.Reverse(found)
	}
	return found, nil
}

// seqOf gives the place of a public id in the workspace's order. An id that was accepted is a position for ever. One statement, so that an
// event that is posted meanwhile is either waiting or there.
func (p *Pursuit) seqOf(ctx context.Context, text string) (int64, error) {
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
	err = p.service.pool.QueryRow(ctx, `
		SELECT a.seq, k.known, CASE WHEN k.known AND a.seq IS NULL THEN EXISTS (SELECT FROM inbox WHERE workspace_id = $1 AND uuid = $2) ELSE false END
		  FROM (SELECT) AS one
		  LEFT JOIN activities a ON a.workspace_id = $1 AND a.uuid = $2
		 CROSS JOIN LATERAL (SELECT a.seq IS NOT NULL OR EXISTS (SELECT FROM event_ids WHERE workspace_id = $1 AND uuid = $2)
		       AND NOT EXISTS (SELECT FROM rejected WHERE workspace_id = $1 AND uuid = $2)) AS k (known)`, p.workspace, id).Scan(&seq, &known, &waiting)
	switch {
	case err != nil:
		return 0, fmt.Errorf("find a position: %w", err)
	case !known:
		return 0, models.FieldErrorf(models.NotFound, "after_id", "is the id of no activity of this workspace")
	case waiting:
		ahead := models.FieldErrorf(models.Conflict, "after_id", "is ahead of the log: that event was accepted and is not posted yet")
		ahead.RetryAfter = time.Second
		return 0, ahead
	case seq == nil:
		return 0, p.gone(ctx, id)
	}
	return *seq, nil
}

// gone tells a reader who stopped at an activity that was purged where to go on: behind the last one before it that is still there and that they may
// see. What lay between the two is purged too, or not for them, so that they miss no row and get none twice.
func (p *Pursuit) gone(ctx context.Context, id uuid.UUID) error {
	var before *uuid.UUID
	w := &Where{}
	w.Scope(p.scope)
	workspace, purged := w.Arg(p.workspace), w.Arg(id)
	err := p.service.pool.QueryRow(ctx, fmt.Sprintf(`
		SELECT (SELECT uuid FROM activities WHERE workspace_id = %[1]s AND seq < t.number AND %[3]s ORDER BY seq DESC LIMIT 1)
		  FROM (SELECT seq AS number FROM tombstones WHERE workspace_id = %[1]s AND uuid = %[2]s) AS t`, workspace, purged, w), w.Args...).Scan(&before)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return models.FieldErrorf(models.Gone, "after_id", "was an activity that is no longer kept; start again without after_id")
	case err != nil:
		return fmt.Errorf("find where a purged position was: %w", err)
	case before == nil:
		return &Purged{models.FieldErrorf(models.Gone, "after_id", "was an activity that was purged; go on with after_id=0, which begins with the first one that is kept"), "0"}
	}
	return &Purged{models.FieldErrorf(models.Gone, "after_id", "was an activity that was purged; go on with after_id=%s, the last one before it that is kept", before), before.String()}
}

// Purged is the error of a position that was purged.
type Purged struct {
	cause   *models.Error
	Restart string // the position to go on from: nothing that is kept is read twice or missed
}

func (p *Purged) Error() string { return p.cause.Error() }

// Unwrap gives the error to answer with.
func (p *Purged) Unwrap() error { return p.cause }
