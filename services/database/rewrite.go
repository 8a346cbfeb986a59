package database

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Place says where a text stands.
type Place struct {
	Target string // what it is in: project, view, …
	ID     string // which one
	Path   string // which of its texts, like /name
}

// Replace gives the text that takes the place of one; the same one when nothing is replaced.
type Replace func(at Place, text string) string

// Texts are the texts that people typed into the rows of a table.
type Texts struct {
	Target   string
	Places   []string // a path for each text
	Longest  []int    // how many bytes each may have; 0, or none: any number
	Distinct int      // which of the texts, from 1, has to be another one than those of other rows; 0: none
	Find     string   // gives the id of a row, as text, and its texts: those of workspace $1 behind the id $2, which is empty for the first ones; $3 of them, in the order of
	// the ids themselves (ORDER BY t.id: id alone would be the text that is selected)
	Save string // stores them; $1 is the id, and then the texts
}

// Piece is a piece of going through the rows of a workspace.
type Piece struct {
	Workspace uuid.UUID
	After     string      // the row that the piece before ended with; empty: from the first one on
	Enough    func() bool // asked after each row: whether the piece ends with it; nil: it goes through all
}

// Done is what came of a piece.
type Done struct {
	Changed int64  // rows
	Last    string // the row that it ended with
	More    bool   // whether there may be others behind that
}

// ReadAtOnce is how many rows of a piece are read by one statement.
const ReadAtOnce = 100

// Look goes through rows of which so many were read, each by its id, and tells whether that is all: the piece may be over, or these were the last.
func (p Piece) Look(done *Done, ids []string, each func(i int) (changed bool, err error)) (over bool, err error) {
	for i, id := range ids {
		changed, err := each(i)
		if err != nil {
			return true, err
		}
		if done.Last = id; changed {
			done.Changed++
		}
		if p.Enough != nil && p.Enough() {
			done.More = i < len(ids)-1 || len(ids) == ReadAtOnce
			return true, nil
		}
	}
	return len(ids) < ReadAtOnce, nil
}

// Rewrite replaces in the texts of a workspace's rows, in the caller's transaction. Nulls stay.
func Rewrite(ctx context.Context, tx Tx, t Texts, p Piece, r Replace) (done Done, err error) {
	done.Last = p.After
	for over := false; !over; {
		rows, err := t.read(ctx, tx, p.Workspace, done.Last)
		if err != nil {
			return done, fmt.Errorf("read the texts of each %s: %w", t.Target, err)
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.id
		}
		over, err = p.Look(&done, ids, func(i int) (bool, error) {
			if !t.replace(rows[i], r) {
				return false, nil
			}
			return true, t.save(ctx, tx, rows[i])
		})
		if err != nil {
			return done, fmt.Errorf("save the texts of a %s: %w", t.Target, err)
		}
	}
	return done, nil
}

type textRow struct {
	id    string
	texts []*string
}

func (t Texts) read(ctx context.Context, tx Tx, workspace uuid.UUID, after string) (read []textRow, err error) {
	rows, err := tx.Query(ctx, t.Find, workspace, after, ReadAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row := textRow{texts: make([]*string, len(t.Places))}
		into := []any{&row.id}
		for i := range row.texts {
			into = append(into, &row.texts[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		read = append(read, row)
	}
	return read, rows.Err()
}

func (t Texts) replace(row textRow, r Replace) (changed bool) {
	for i, text := range row.texts {
		if text == nil {
			continue
		}
		is := r(Place{t.Target, row.id, t.Places[i]}, *text)
		if is == *text {
			continue
		}
		if i < len(t.Longest) && t.Longest[i] > 0 {
			is = cutAt(is, t.Longest[i])
		}
		row.texts[i], changed = &is, true
	}
	return changed
}

// save stores a row. When a text that has to be distinct is taken, it gets the row's id behind it.
func (t Texts) save(ctx context.Context, tx Tx, row textRow) error {
	if t.Distinct == 0 {
		_, err := tx.Exec(ctx, t.Save, row.args()...)
		return err
	}
	if _, err := tx.Exec(ctx, `SAVEPOINT rewriting`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, t.Save, row.args()...)
	if IsUniqueViolation(err) {
		if _, err := tx.Exec(ctx, `ROLLBACK TO SAVEPOINT rewriting`); err != nil {
			return err
		}
		own := " " + row.id
		text := *row.texts[t.Distinct-1]
		if t.Distinct <= len(t.Longest) && t.Longest[t.Distinct-1] > 0 {
			text = cutAt(text, t.Longest[t.Distinct-1]-len(own))
		}
		text += own
		row.texts = slices.Clone(row.texts)
		row.texts[t.Distinct-1] = &text
		_, err = tx.Exec(ctx, t.Save, row.args()...)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `RELEASE SAVEPOINT rewriting`)
	return err
}

func (r textRow) args() []any {
	args := []any{r.id}
	for _, text := range r.texts {
		args = append(args, text)
	}
	return args
}

// cutAt gives the beginning of a text that has at most so many bytes.
func cutAt(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
