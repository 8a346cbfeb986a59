package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"daybook/models"
	"daybook/services/access"
)

// Place is where a walk has got to: it goes on with what comes after in feed order. It can be kept as JSON.
type Place struct {
	At int64 `json:"at"` // microseconds since 1970
	ID int64 `json:"id"` // models.Activity.ID
}

// Course says what a walk reads: what a filter selected for somebody at one moment.
type Course struct {
	Scope   access.Scope // of one workspace
	Frozen  Frozen
	Newest  int64    // what was posted later is not read
	After   *Place   // nil: from the beginning
	Columns []string // of the table of activities; the fewer, the faster
	Careful bool     // begins with small pieces: the last attempt took too long
}

// Walk reads a list from one end to the other, however long it is, in pieces: each is read by one short statement, from an index in order and from a
// position on, and no transaction is open in between. The next piece is read while its reader is busy with the one before; there are never more than two.
// It is for one reader at a time. Rows that go meanwhile (a purge) are left out; everything else is as it was at the beginning.
type Walk struct {
	service *Service
	query   feedQuery
	columns []string // the first two are the place
	names   names
	size    pieceSize
	longest time.Duration // of a statement
	pace    pace

	ctx   context.Context
	stop  context.CancelFunc
	ahead chan fetched // nil: nothing is being fetched
	spare *Piece       // what can be filled again
	last  *Piece       // what the reader has
}

type fetched struct {
	piece *Piece
	err   error
}

// Newest gives the newest activity there is, by models.Activity.ID. It is asked before a filter's names are looked up: so no activity is left out
// because its actor was made between the two.
func (s *Service) Newest(ctx context.Context) (id int64, err error) {
	if err := s.pool.QueryRow(ctx, `SELECT last_id FROM journal_head`).Scan(&id); err != nil {
		return 0, fmt.Errorf("read the head: %w", err)
	}
	return id, nil
}

// Walk begins to read. Whoever began closes it.
func (s *Service) Walk(ctx context.Context, c Course) (*Walk, error) {
	w := &Walk{service: s, size: startSize(c.Careful), longest: longestPiece, columns: []string{"occurred_at", "id", "seq"}}
	for _, name := range c.Columns {
		if !slices.Contains(w.columns, name) {
			w.columns = append(w.columns, name)
		}
	}
	_, sel, err := c.Frozen.selection(c.Scope.Workspaces())
	if err != nil {
		return nil, err
	}
	w.query = feedQuery{scope: c.Scope, sel: sel, newest: max(c.Newest, 1), walking: true}
	if c.After != nil {
		w.query.after = &position{OccurredAt: c.After.At, ID: c.After.ID}
	}
	if err := w.prepare(ctx); err != nil {
		return nil, err
	}
	w.ctx, w.stop = context.WithCancel(ctx)
	return w, nil
}

// fewPlaces is up to how many activities are looked at again for each piece, when it is known where the words asked for are. For more than these the
// feed is walked, and each row asked for its words.
const fewPlaces = 20_000

// prepare looks up what does not change on the way.
func (w *Walk) prepare(ctx context.Context) error {
	q := &w.query
	if err := w.names.begin(ctx, w.service, q.scope); err != nil || q.scope.Empty() || q.sel.none() {
		return err
	}
	if err := w.service.findKinds(ctx, q); err != nil {
		return err
	}
	return w.service.find(ctx, q, fewPlaces)
}

// Next gives the next piece, which is good until it is called again. At the end it is io.EOF. A piece may be empty and not the last: then many rows
// were looked at and none of them was selected.
func (w *Walk) Next() (*Piece, error) {
	if w.ahead == nil {
		w.fetch(&Piece{})
		w.spare = &Piece{}
	}
	next := <-w.ahead
	if next.err != nil {
		w.ahead <- next // for good
		return nil, next.err
	}
	if w.last != nil {
		w.spare = w.last
	}
	w.last = next.piece
	w.names.learn(next.piece.found)
	if next.piece.end {
		w.ahead <- fetched{err: io.EOF}
		return next.piece, nil
	}
	w.query.after = &position{OccurredAt: next.piece.after.At, ID: next.piece.after.ID}
	w.fetch(w.spare)
	return next.piece, nil
}

// fetch has the next piece read.
func (w *Walk) fetch(into *Piece) {
	w.ahead = make(chan fetched, 1)
	q := w.query
	go func(done chan<- fetched) {
		began := time.Now()
		err := w.read(q, into)
		w.pace.keep(w.ctx, w.service.pool, time.Since(began))
		done <- fetched{into, err}
	}(w.ahead)
}

// read reads a piece. One that takes too long is tried again with fewer rows.
func (w *Walk) read(q feedQuery, into *Piece) error {
	for {
		err := w.readOnce(q, into)
		if err == nil {
			return nil
		}
		if !tookTooLong(err) || w.ctx.Err() != nil || !w.size.shrink() {
			return err
		}
	}
}

// Close ends the reading, and gives back what it holds.
func (w *Walk) Close() {
	w.stop()
	if w.ahead != nil {
		<-w.ahead
		w.ahead = make(chan fetched, 1)
		w.ahead <- fetched{err: errors.New("the walk is closed")}
	}
}

// Column gives where the values of a column are in a row; -1: nowhere.
func (w *Walk) Column(name string) int { return slices.Index(w.columns, name) }

// Workspace gives the workspace that is read, with its vocabulary.
func (w *Walk) Workspace() (models.Workspace, *models.Vocabulary) {
	return w.names.workspace, w.names.vocabulary
}
