package feed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
)

// mostLazy is how many scans a walk merges, each of one value. PostgreSQL reads such scans only as far as it needs to.
const mostLazy = 40

// walkArms gives the scans of a walk. A page may read as many rows of each of its scans as it shows, because they are few; a walk would read everything
// as often as there are scans. So they are single ones, which are merged as they are read; and when they would be too many, the workspace's feed is
// walked instead, and each row is asked.
func (q feedQuery) walkArms() []arm {
	arms, n := q.pageArms(), 0
	for _, a := range arms {
		n += a.scans()
	}
	switch {
	case n <= mostLazy:
		var single []arm
		for _, a := range arms {
			single = append(single, a.singles()...)
		}
		return single
	case q.sel.only.entityIDs != nil:
		return arms // of things with an id there are few rows
	}
	var whole []arm
	for _, r := range q.scope.Regions() {
		a := arm{rest: q.sel.only.dimensions()}
		if !r.All {
			a.region = &r
		}
		a.drivers = []dimension{dimensionOf("workspace_id", "uuid", []uuid.UUID{r.Workspace}), dimensionOf("system", "boolean", systemFlags(r))}
		whole = append(whole, a.singles()...)
	}
	return whole
}

// singles gives an arm for each combination of the drivers' values.
func (a arm) singles() []arm {
	all := []arm{{rest: a.rest, region: a.region, seqs: a.seqs}}
	for _, d := range a.drivers {
		var next []arm
		for _, before := range all {
			for _, value := range d.each() {
				one := before
				one.drivers = append(slices.Clip(before.drivers), value)
				next = append(next, one)
			}
		}
		all = next
	}
	return all
}

// each gives the dimension bound to one of its values at a time.
func (d dimension) each() []dimension {
	switch values := d.values.(type) {
	case []int64:
		return eachOf(d, values)
	case []string:
		return eachOf(d, values)
	case []bool:
		return eachOf(d, values)
	case []uuid.UUID:
		return eachOf(d, values)
	}
	panic("a dimension of another kind") // dimensionOf is called with these alone
}

func eachOf[T any](d dimension, values []T) []dimension {
	out := make([]dimension, len(values))
	for i := range values {
		out[i] = dimensionOf(d.column, d.kind, values[i:i+1])
	}
	return out
}

// Bounds of a piece.
const (
	fewestRows = 64
	mostRows   = 8192
	pieceBytes = 1 << 20 // about
	mostBytes  = 2 << 20 // then it ends, whatever else was read
	// how many rows are looked at for each that is wanted, when few of them may be of the list
	pieceBudget = 32
)

// pieceSize is how many rows a piece has: as many as are read in a moment and need little memory.
type pieceSize struct{ rows int }

func startSize(careful bool) pieceSize {
	if careful {
		return pieceSize{fewestRows}
	}
	return pieceSize{512}
}

// shrink tries with fewer rows, if that is possible.
func (s *pieceSize) shrink() bool {
	if s.rows <= fewestRows {
		return false
	}
	s.rows = max(fewestRows, s.rows/4)
	return true
}

// A piece is read in about as long as this.
const (
	shortPiece = 150 * time.Millisecond
	longPiece  = 600 * time.Millisecond
)

// longestPiece is when a statement is given up, and tried with fewer rows. Whoever waits for a job waits longer than for all of these tries.
const longestPiece = 10 * time.Second

// adapt learns from a piece.
func (s *pieceSize) adapt(p *Piece, took time.Duration) {
	fit := mostRows
	if n := p.Len(); n > 0 {
		fit = pieceBytes / max(1, len(p.data)/n)
	}
	switch {
	case s.rows > fewestRows && (took > longPiece || s.rows > 2*fit):
		s.rows /= 2
	case s.rows < mostRows && took < shortPiece && 2*s.rows <= fit:
		s.rows *= 2
	}
}

// tookTooLong tells whether a statement was cut off by the time it may take.
func tookTooLong(err error) bool { return database.SQLState(err) == "57014" }

// readOnce reads what comes after the query's position into a piece.
func (w *Walk) readOnce(q feedQuery, into *Piece) error {
	into.reset(len(w.columns))
	scans := q.scans()
	if scans == 0 || q.scope.Empty() {
		into.end = true
		return nil
	}
	q.limit = w.size.rows
	most := 3 * q.limit // a row may be found by three arms: by project, actor and on whose behalf
	if q.places == nil && q.examines() {
		q.budget = max(pieceBudget*q.limit, 1000*scans)
	} else if scans == 1 {
		most = q.limit
	}
	c := &Where{}
	sql := fmt.Sprintf("SELECT * FROM (%s) AS merged ORDER BY occurred_at DESC, id DESC LIMIT %d", q.union(c, strings.Join(w.columns, ", ")), most)
	began := time.Now()
	err := pgx.BeginTxFunc(w.ctx, w.service.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", w.longest.Milliseconds())); err != nil {
			return fmt.Errorf("walk: %w", err)
		}
		return w.take(tx, into, sql, taking{q.limit, most, c.Args})
	})
	if err != nil {
		return err
	}
	w.size.adapt(into, time.Since(began))
	return w.names.look(w.ctx, w, into)
}

// taking is how many rows are taken of those that a statement gives.
type taking struct {
	limit, most int
	args        []any
}

// take reads the rows that the arms gave, each once, up to where the first of the arms was broken off.
func (w *Walk) take(tx pgx.Tx, into *Piece, sql string, t taking) error {
	rows, err := tx.Query(w.ctx, sql, append([]any{pgx.QueryResultFormats{1}}, t.args...)...)
	if err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	defer rows.Close()
	n, hit, cut := 0, len(w.columns), len(w.columns)+1
	into.end = true
	for rows.Next() {
		n++
		values := rows.RawValues()
		if len(values) <= cut || len(values[0]) != 8 || len(values[1]) != 8 {
			return errors.New("walk: the rows are not as they should be")
		}
		at := Place{At: microseconds(values[0]), ID: bigint(values[1])}
		if isTrue(values[hit]) && (into.Len() == 0 || into.after != at) {
			into.add(values[:hit])
		}
		into.after = at
		if isTrue(values[cut]) || into.Len() >= t.limit || n >= t.most || len(into.data) >= mostBytes {
			into.end = false
			break
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	return nil
}

// names are what the ids of the rows point to. What the reader looks up was found by whoever read the piece; each has what it needs to itself.
type names struct {
	knownActors, knownProjects map[int64]bool         // by whoever reads pieces
	former                     map[int64]models.Actor // likewise: those who were anonymised and are still named as they were recorded
	found
}

// look finds out what the ids of a piece point to that are not known yet.
func (n *names) look(ctx context.Context, w *Walk, p *Piece) error {
	p.found = found{}
	if len(n.knownActors)+len(n.knownProjects) > mostNames {
		clear(n.knownActors)
		clear(n.knownProjects)
		p.found.anew = true
	}
	actors, former, err := w.service.actorsOf(ctx, unknown(n.knownActors, p, w.Column("actor_id"), w.Column("on_behalf_of_id")))
	if err != nil {
		return err
	}
	p.found.actors = actors
	maps.Copy(n.former, former)
	if p.found.projects, err = w.service.projectsOf(ctx, unknown(n.knownProjects, p, w.Column("project_id"))); err != nil {
		return err
	}
	return n.rename(ctx, w, p)
}

// unknown gives the ids in some columns that were not known, and makes them known.
func unknown(known map[int64]bool, p *Piece, columns ...int) []int64 {
	var ids []int64
	for _, column := range columns {
		if column < 0 {
			continue
		}
		for i := range p.Len() {
			if raw := p.Value(i, column); raw != nil {
				if id := bigint(raw); !known[id] {
					known[id] = true
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}
