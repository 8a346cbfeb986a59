package feed

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
)

// Service reads activities.
type Service struct {
	pool      *pgxpool.Pool
	cursorKey []byte
}

// New makes the service. The key authenticates cursors; processes that serve together share it.
func New(db *database.Database, cursorKey []byte) *Service {
	return &Service{pool: db.Pool, cursorKey: cursorKey}
}

// MaxOffset bounds positions by number: what lies deeper is reached by cursor, which costs the same everywhere.
const MaxOffset = 10_000

// Ask says which page of a list is wanted.
type Ask struct {
	Filter Filter
	Limit  int
	Cursor string // of a page before; empty: the newest
	Offset int    // rows to pass over, at most MaxOffset; not together with a cursor

	// Fold, when set, makes one entry of a run of alike activities (see Run). Runs end at the days of this zone.
	Fold *time.Location
}

// Page is a page in feed order, newest first.
type Page struct {
	Entries []models.Entry
	Older   string // the cursor to what comes after, or empty at the end
	Newer   string // the cursor back, or empty at the beginning

	// Runs has, when folding was asked for, a run for each entry; the entry is its newest activity.
	Runs []Run
	// Searched is set when the search was broken off before the page was full, because few of the many rows it looked at were selected: it
	// got to this instant, and Older goes on from there.
	Searched *time.Time
}

// Run is an unbroken stretch of the list of activities by one actor, of one action, on entities of one type, in one project, with one outcome,
// each within a few minutes of the next, and on one day. An activity by itself is a run of one.
type Run struct {
	Count     int       // activities
	Over      bool      // there may be more than Count
	From, To  time.Time // when the oldest and the newest occurred
	OneEntity bool      // all are about the same entity
}

// Page reads a page in feed order.
func (s *Service) Page(ctx context.Context, scope access.Scope, ask Ask) (Page, error) {
	list := listName(scope, ask.Filter)
	at, err := s.parseCursor(ask.Cursor, list)
	if err != nil {
		return Page{}, err
	}
	switch {
	case ask.Offset < 0 || ask.Offset > MaxOffset:
		return Page{}, models.FieldErrorf(models.Malformed, "offset", "must be from 0 to %d; use cursor to go deeper", MaxOffset)
	case ask.Offset > 0 && at != nil:
		return Page{}, models.FieldErrorf(models.Malformed, "offset", "cannot be combined with cursor")
	}
	sel, err := s.Look(ctx, ask.Filter, scope)
	if err != nil {
		return Page{}, err
	}
	q := feedQuery{scope: scope, sel: sel, limit: ask.Limit + 1, offset: ask.Offset}
	if sel.entityIDs != nil {
		if q.kinds = sel.types; q.kinds == nil {
			if q.kinds, err = s.kinds(ctx, scope, sel.entityIDs); err != nil {
				return Page{}, err
			}
		}
	}
	if at != nil {
		q.after, q.newer = &at.at, at.newer
	}
	rows, err := s.run(ctx, q)
	if err != nil {
		return Page{}, err
	}
	more := len(rows) > ask.Limit // one more was read than is shown
	rows = rows[:min(ask.Limit, len(rows))]
	if q.newer {
		slices.Reverse(rows)
	}
	p := s.linked(list, q, rows, more)
	p.Entries, err = s.complete(ctx, scope, rows)
	return p, err
}

// linked gives a page its cursors.
func (s *Service) linked(list string, q feedQuery, rows []models.Activity, more bool) (p Page) {
	if len(rows) == 0 {
		return p
	}
	first, last := rows[0], rows[len(rows)-1]
	if more || q.newer {
		p.Older = s.printCursor(cursor{at: positionOf(last)}, list)
	}
	if q.newer && more || !q.newer && (q.after != nil || q.offset > 0) {
		p.Newer = s.printCursor(cursor{newer: true, at: positionOf(first)}, list)
	}
	return p
}

func positionOf(a models.Activity) position {
	return position{OccurredAt: a.OccurredAt.UnixMicro(), ID: a.ID}
}

// listName is what a cursor is bound to: whose list it is, and of what. Of the range its instants count, because a date means another
// instant in another zone.
func listName(scope access.Scope, f Filter) string {
	return fmt.Sprintf("%s?%s&%#v&%d&%d", scope.List(), f, f.ActorIDs, f.From.At.UnixMicro(), f.To.At.UnixMicro())
}

func (s *Service) run(ctx context.Context, q feedQuery) ([]models.Activity, error) {
	sql, args := q.sql()
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	out, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	return out, nil
}

// One reads one activity by its public id. Ids are unique in a workspace; of several workspaces it is the first that was posted.
func (s *Service) One(ctx context.Context, scope access.Scope, id uuid.UUID) (models.Entry, error) {
	w := &Where{}
	w.Scope(scope)
	w.And("uuid = ?", id)
	rows, err := s.pool.Query(ctx, "SELECT "+columns+" FROM activities WHERE "+w.String()+" ORDER BY id LIMIT 1", w.Args...)
	if err != nil {
		return models.Entry{}, fmt.Errorf("read an activity: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanActivity)
	if err != nil {
		return models.Entry{}, fmt.Errorf("read an activity: %w", err)
	}
	if len(found) == 0 {
		return models.Entry{}, models.Errorf(models.NotFound, "There is no activity %s here.", id)
	}
	entries, err := s.complete(ctx, scope, found)
	if err != nil {
		return models.Entry{}, err
	}
	return entries[0], nil
}
