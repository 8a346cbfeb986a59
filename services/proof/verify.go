package proof

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Verification is what a walk over a workspace's journal found.
type Verification struct {
	Head    int64   // the newest number at the beginning of the walk
	Rows    int64   // activities looked at
	Missing int64   // numbers from 1 to the head that no activity has, and that were not purged
	Purged  int64   // numbers of activities that were purged, each with a tombstone that keeps its leaf
	Altered int64   // activities whose content is not what their leaf stands for, whose erasure no record tells of, or that have no number of the journal
	Erased  int64   // activities of which part was erased, and that their leaf and the record of the erasure verify
	Waiting int64   // records of erasures that were still to be posted, of which activities tell: they come to be among Records
	Records []int64 // the activities that tell of erasures, by seq: whoever kept a list of them sees whether one was added
	Flaws   []Flaw  // the first hundred of what is missing or altered
	Newest  []byte  // the leaf of the activity that has the newest number; nothing when there is none
}

// OK tells whether everything is there and as it was recorded.
func (v Verification) OK() bool { return v.Missing == 0 && v.Altered == 0 }

// Unnamed counts what is missing or altered beyond the flaws that are kept.
func (v Verification) Unnamed() int64 {
	n := v.Missing + v.Altered
	for _, f := range v.Flaws {
		n -= f.Last - f.First + 1
	}
	return n
}

const (
	verifyRows = 500 // read by one statement, and kept in memory
	mostFlaws  = 100
)

// VerifyWorkspace computes the leaf of every activity of a workspace again, up to the newest one at its start, and compares it with the one
// stored. It reads in short statements.
func VerifyWorkspace(ctx context.Context, from Querier, workspace uuid.UUID) (Verification, error) {
	return Walk(ctx, from, workspace, func(int64, int64) {})
}

// Walk is VerifyWorkspace that tells how far it is: after which number, of how many.
func Walk(ctx context.Context, from Querier, workspace uuid.UUID, tell func(seq, head int64)) (Verification, error) {
	by, err := recordsOf(ctx, from, workspace)
	if err != nil {
		return Verification{}, err
	}
	w := walk{records: by}
	if err := w.begin(ctx); err != nil {
		return w.Verification, err
	}
	for !w.over() {
		if err := w.page(ctx); err != nil {
			return w.Verification, fmt.Errorf("verify %s after %d: %w", workspace, w.last, err)
		}
		tell(w.last, w.Head)
	}
	w.Waiting = w.waits
	slices.SortFunc(w.Flaws, func(a, b Flaw) int { return cmp.Compare(a.First, b.First) })
	return w.Verification, nil
}

// walk is a verification under way. While the leaves of a page are computed, the next page is read.
type walk struct {
	Verification
	*records
	last, end int64 // seqs: verified up to here, and to be
	next      []Subject
}

// begin finds the stretch to walk. It may have rows that the journal never numbered.
func (w *walk) begin(ctx context.Context) error {
	err := w.from.QueryRow(ctx, `SELECT h.seq, least(0, (SELECT min(seq) - 1 FROM activities WHERE workspace_id = $1)), greatest(h.seq, (SELECT max(seq) FROM activities WHERE workspace_id = $1))
		FROM (SELECT coalesce(max(seq), 0) AS seq FROM workspace_heads WHERE workspace_id = $1) AS h`, w.workspace).Scan(&w.Head, &w.last, &w.end)
	if err == nil {
		w.next, err = w.read(ctx, w.last)
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", w.workspace, err)
	}
	return nil
}

func (w *walk) over() bool { return w.last >= w.end }

// read reads the rows that follow a number.
func (w *walk) read(ctx context.Context, after int64) ([]Subject, error) {
	return subjectsWhere(ctx, w.from, `a.workspace_id = $1 AND a.seq > $2 AND a.seq <= $3 ORDER BY a.seq LIMIT $4`, w.workspace, after, w.end, verifyRows)
}

// page verifies the rows that were read last, and the numbers between them.
func (w *walk) page(ctx context.Context) (err error) {
	rows := w.next
	flaws := flawsOf(rows)
	if len(rows) == verifyRows {
		w.next, err = w.read(ctx, rows[len(rows)-1].Activity.Seq)
	}
	found := flaws() // also when nothing more could be read
	if err != nil {
		return err
	}
	var gaps []gap
	for i, s := range rows {
		gaps = w.appendGap(gaps, s.Activity.Seq)
		w.last = s.Activity.Seq
		gone, err := w.row(ctx, s, found[i])
		if err != nil {
			return err
		}
		if gone {
			gaps = append(gaps, gap{w.last, w.last})
		}
	}
	if len(rows) < verifyRows {
		gaps = w.appendGap(gaps, w.end+1)
		w.last = w.end
	}
	for _, g := range gaps { // after the rows: a tombstone is there as soon as its row is not
		if err := w.skip(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// row takes down what is found of a row, or that it is gone meanwhile.
func (w *walk) row(ctx context.Context, s Subject, flaw string) (gone bool, err error) {
	if flaw == "" {
		flaw, err = w.flawBeyond(ctx, s)
	}
	a := s.Activity
	if err == nil && flaw != "" { // it may have been purged since it was read, and with it the last record that told of it; or it is that record
		gone, err = w.isGone(ctx, a.Seq)
	}
	if err != nil || gone {
		return gone, err
	}
	if a.Seq < 1 || a.Seq > w.Head {
		flaw = "the journal never gave that number"
	}
	w.Rows++
	if w.isRecord(a) {
		w.Records = append(w.Records, a.Seq)
	}
	if a.Seq == w.Head {
		w.Newest = a.Leaf
	}
	switch {
	case flaw != "":
		w.Altered++
		w.add(Flaw{First: a.Seq, Last: a.Seq, UUID: a.UUID, What: flaw})
	case s.past != nil:
		w.Erased++
	}
	return false, nil
}

func (w *walk) isGone(ctx context.Context, seq int64) (gone bool, err error) {
	err = w.from.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM activities WHERE workspace_id = $1 AND seq = $2)`, w.workspace, seq).Scan(&gone)
	return gone, err
}

// add keeps a flaw, if it is one of the first. Stretches that follow each other are one.
func (w *walk) add(f Flaw) {
	if n := len(w.Flaws); n > 0 && f.UUID == uuid.Nil && w.Flaws[n-1].UUID == uuid.Nil && w.Flaws[n-1].Last+1 == f.First {
		w.Flaws[n-1].Last = f.Last
	} else if n < mostFlaws {
		w.Flaws = append(w.Flaws, f)
	}
}

// gap is a stretch of numbers that no row has.
type gap struct{ first, last int64 }

// gapRows bounds what is looked at in one statement.
const gapRows = 50_000

// appendGap adds the numbers between the last row and the next one, as far as the journal gave them.
func (w *walk) appendGap(gaps []gap, next int64) []gap {
	next = min(next, w.Head+1)
	for first := max(w.last, 0) + 1; first < next; first += gapRows {
		gaps = append(gaps, gap{first, min(next-1, first+gapRows-1)})
	}
	return gaps
}

// skip tells those that were purged from those that are missing.
func (w *walk) skip(ctx context.Context, g gap) error {
	rows, err := w.from.Query(ctx, `SELECT min(s), max(s) FROM (
			SELECT s, s - row_number() OVER (ORDER BY s) AS stretch FROM generate_series($2::bigint, $3::bigint) AS s
			 WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.workspace_id = $1 AND t.seq BETWEEN $2 AND $3 AND t.seq = s)) AS missing
		GROUP BY stretch ORDER BY 1`, w.workspace, g.first, g.last)
	if err != nil {
		return err
	}
	w.Purged += g.last - g.first + 1
	var missing gap
	_, err = pgx.ForEachRow(rows, []any{&missing.first, &missing.last}, func() error {
		n := missing.last - missing.first + 1
		w.Missing, w.Purged = w.Missing+n, w.Purged-n
		w.add(Flaw{First: missing.first, Last: missing.last})
		return nil
	})
	return err
}
