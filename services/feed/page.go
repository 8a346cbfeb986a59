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
	"daybook/services/vocabulary"
	"daybook/services/words"
)

// Service reads activities.
type Service struct {
	pool      *pgxpool.Pool
	cursorKey []byte
	patience  int
	words     *vocabulary.Reader
}

// New makes the service. The key authenticates cursors; processes that serve together share it.
func New(db *database.Database, cursorKey []byte) *Service {
	return &Service{pool: db.Pool, cursorKey: cursorKey, patience: Patience, words: vocabulary.NewReader(db.Pool)}
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
	// Hasty breaks the search for few rows among many off after so many (Patience); Page.Searched tells. Not with an offset.
	Hasty bool
}

// Patience is how many rows a hasty page looks at.
const Patience = 30_000

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
	q, err := s.query(ctx, scope, ask.Filter)
	if err != nil {
		return Page{}, err
	}
	q.limit, q.offset = ask.Limit+1, ask.Offset
	if ask.Hasty && ask.Offset == 0 {
		q.budget = s.patience
	}
	if at != nil {
		q.after, q.newer = &at.at, at.newer
	}
	if err := s.findFew(ctx, &q, 0); err != nil {
		return Page{}, err
	}
	found, err := s.read(ctx, q, ask)
	if err != nil {
		return Page{}, err
	}
	p := s.linked(list, q, found)
	p.Entries, err = s.complete(ctx, scope, found.rows)
	return p, err
}

// read reads a page. When few of many rows are wanted, and these lie far away, walking the feed does not get there: then it looks where the
// words are after all, if that is in fewer places than it has patience.
func (s *Service) read(ctx context.Context, q feedQuery, ask Ask) (stretch, error) {
	if ask.Fold == nil && q.budget == 0 {
		return s.whole(ctx, q)
	}
	found, err := s.folded(ctx, q, ask)
	if err != nil || found.searched == nil || len(found.rows) > 0 {
		return found, err
	}
	if err := s.find(ctx, &q, q.budget); err != nil || q.places == nil {
		return found, err
	}
	return s.folded(ctx, q, ask)
}

// query looks up what a filter names.
func (s *Service) query(ctx context.Context, scope access.Scope, f Filter) (feedQuery, error) {
	sel, err := s.Look(ctx, f, scope)
	q := feedQuery{scope: scope, sel: sel}
	if err != nil || scope.Empty() || sel.none() {
		return q, err
	}
	return q, s.findKinds(ctx, &q)
}

// findKinds looks up of which types the things are that are asked for by their ids.
func (s *Service) findKinds(ctx context.Context, q *feedQuery) (err error) {
	if q.sel.only.entityIDs == nil {
		return nil
	}
	if q.kinds = q.sel.only.types; q.kinds == nil {
		q.kinds, err = s.kinds(ctx, q.scope, q.sel.only.entityIDs)
	}
	return err
}

// find looks up where the words are, if that is in no more places than most.
func (s *Service) find(ctx context.Context, q *feedQuery, most int) error {
	return s.findAfter(ctx, q, most, 0)
}

// findAfter looks for them behind a place of the workspaces' orders.
func (s *Service) findAfter(ctx context.Context, q *feedQuery, most int, seq int64) error {
	if !q.sel.words.Selective() || q.places != nil || q.scope.Empty() || q.sel.none() {
		return nil
	}
	places, few, err := words.Find(ctx, s.pool, q.sel.words, words.In{Workspaces: q.scope.Workspaces(), After: seq}, most)
	if few {
		q.places = places
	}
	return err
}

// findFew looks up where the words are behind a place of the workspaces' orders, if looking at all of them is better than walking the feed.
func (s *Service) findFew(ctx context.Context, q *feedQuery, after int64) error {
	if !q.sel.words.Selective() {
		return nil
	}
	most, err := words.Worthwhile(ctx, s.pool, q.scope.Workspaces())
	if err != nil {
		return err
	}
	return s.findAfter(ctx, q, most, after)
}

// stretch is what was read of a list: rows in feed order, and where it lies.
type stretch struct {
	rows        []models.Activity
	runs        []Run // one for each row, when folding
	first, last *position
	more        bool      // the list goes on, in the direction of reading
	searched    *position // it was read up to here, and was broken off
}

// whole reads a page of rows as they are.
func (s *Service) whole(ctx context.Context, q feedQuery) (stretch, error) {
	rows, err := s.run(ctx, q)
	if err != nil || len(rows) == 0 {
		return stretch{}, err
	}
	more := len(rows) == q.limit // one more was read than is shown
	rows = rows[:min(q.limit-1, len(rows))]
	if q.newer {
		slices.Reverse(rows)
	}
	first, last := positionOf(rows[0]), positionOf(rows[len(rows)-1])
	return stretch{rows: rows, first: &first, last: &last, more: more}, nil
}

// linked gives a page its cursors.
func (s *Service) linked(list string, q feedQuery, found stretch) Page {
	p := Page{Runs: found.runs}
	if at := found.searched; at != nil {
		instant := time.UnixMicro(at.OccurredAt).UTC()
		p.Searched = &instant
		found.more = true
		if q.newer || found.first == nil {
			found.first = at
		}
		if !q.newer || found.last == nil {
			found.last = at
		}
	}
	if at := q.after; at != nil && found.first == nil && found.last == nil { // nothing here: the way back begins with the row one came from
		found.first, found.last = &position{at.OccurredAt, at.ID - 1}, &position{at.OccurredAt, at.ID + 1}
	}
	if found.last != nil && (found.more || q.newer) {
		p.Older = s.printCursor(cursor{at: *found.last}, list)
	}
	if found.first != nil && (q.newer && found.more || !q.newer && (q.after != nil || q.offset > 0)) {
		p.Newer = s.printCursor(cursor{newer: true, at: *found.first}, list)
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
