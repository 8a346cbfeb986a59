package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Bounds of folding.
const (
	apart        = 10 * time.Minute // activities further apart are of different runs
	fewestOfARun = 3                // two activities are shown as two
	leapFrom     = 40               // a run that has so many, and may go on, is followed in larger steps
	longestRun   = 5000             // rows that a page follows in such steps
	mostSteps    = 6                // reads of a page that folds to few rows
	mostAtOnce   = 1000             // rows of one read, all arms together
	// how many rows more than an unfolded page a folded one may look at, where few of them are of the list
	extraPatience = 10_000
)

// folded reads a page by its glimpses: as many runs as fit, each to its end, however many rows it has.
func (s *Service) folded(ctx context.Context, q feedQuery, ask Ask) (stretch, error) {
	f := folder{zone: ask.Fold, want: ask.Limit}
	l, err := s.fold(ctx, q, &f)
	if err != nil {
		return stretch{}, err
	}
	l = f.trim(l)
	entries, runs := f.entries()
	out := stretch{runs: runs, more: l.more, searched: l.searched}
	if len(entries) == 0 {
		return out, nil
	}
	if q.newer {
		slices.Reverse(out.runs)
	}
	if ask.Fold == nil {
		out.runs = nil
	}
	first, last := f.runs[0].begin.position, f.runs[len(f.runs)-1].end.position
	if q.newer {
		first, last = last, first
	}
	out.first, out.last = &first, &last
	out.rows, err = s.rowsAt(ctx, entries)
	return out, err
}

// fold reads until there are enough runs, or the list or the patience ends. What it gives says whether there is more.
func (s *Service) fold(ctx context.Context, q feedQuery, f *folder) (look, error) {
	examines, most := q.examines(), max(q.limit, mostAtOnce/max(1, q.scans()))
	for steps := 1; ; steps++ {
		l, err := s.glimpse(ctx, q)
		if err != nil {
			return l, err
		}
		for i, g := range l.rows {
			if !f.add(g) {
				f.closed = true
				return look{rows: l.rows[:i], more: true}, nil
			}
		}
		if !l.more || l.searched != nil || f.zone == nil {
			return l, nil
		}
		q.after = &l.rows[len(l.rows)-1].position
		if open := &f.runs[len(f.runs)-1]; open.count >= leapFrom && !examines {
			if err := s.leap(ctx, q, f); err != nil {
				return l, err
			}
			q.after = &open.end.position
		}
		if examines {
			if steps == 1 {
				q.budget = max(l.looked, extraPatience)
			} else {
				q.budget -= l.looked
			}
		}
		if steps >= mostSteps || examines && q.budget <= 0 || len(f.runs) > 1 && 5*f.shown() > 4*f.want {
			return l, s.lookAhead(ctx, q, f, &l)
		}
		q.limit = min(2*q.limit, most)
	}
}

// lookAhead finds out whether anything comes after what was read, where trim will not leave something to come.
func (s *Service) lookAhead(ctx context.Context, q feedQuery, f *folder, l *look) error {
	if last := f.runs[len(f.runs)-1]; !f.closed && len(f.runs) > 1 && last.count < leapFrom {
		return nil
	}
	q.limit, q.budget = 1, min(q.budget, 1)
	next, err := s.glimpse(ctx, q)
	l.more = next.more || next.searched != nil
	return err
}

// leap follows the open run to its end, reading no more of it than that, unless the page has followed enough.
func (s *Service) leap(ctx context.Context, q feedQuery, f *folder) error {
	open := &f.runs[len(f.runs)-1]
	day := time.UnixMicro(open.end.OccurredAt).In(f.zone)
	if q.newer {
		q.sel.to = earlier(q.sel.to, models.StartOfDay(day, 1).Add(-time.Microsecond))
	} else {
		q.sel.from = later(q.sel.from, models.StartOfDay(day, 0))
	}
	q.limit = max(longestRun/max(1, q.scans()), f.want)
	for f.followed < longestRun {
		q.after = &open.end.position
		n, err := s.step(ctx, q, open)
		if err != nil {
			return err
		}
		f.followed += n
		if n < q.limit {
			f.closed = true
			return nil
		}
	}
	return nil
}

// step takes those of the next rows into a run that belong to it, and tells how many that are. PostgreSQL compares neighbours, up to the first
// that are not alike; only the last row of the run comes here.
func (s *Service) step(ctx context.Context, q feedQuery, open *folded) (n int, err error) {
	w := &Where{}
	ahead := fmt.Sprintf("SELECT DISTINCT ON (occurred_at, id) * FROM (%s) AS merged ORDER BY %s LIMIT %d", q.union(w, glimpsed), q.order(), q.limit)
	e := open.end
	sql := fmt.Sprintf(`
		SELECT CASE WHEN alike THEN n ELSE n - 1 END, CASE WHEN alike THEN occurred_at ELSE before END, CASE WHEN alike THEN id ELSE before_id END,
		       CASE WHEN alike THEN seq ELSE before_seq END, coalesce(CASE WHEN alike THEN one AND entity = %[4]s ELSE one END, true)
		  FROM (SELECT *, %[3]s AND abs(extract(epoch FROM occurred_at - coalesce(before, %[5]s::timestamptz))) <= %[6]d AS alike
		          FROM (SELECT *, row_number() OVER feed AS n, lag(occurred_at) OVER feed AS before, lag(id) OVER feed AS before_id, lag(seq) OVER feed AS before_seq,
		                       lead(id) OVER feed IS NULL AS last, bool_and(entity = %[4]s) OVER (ORDER BY %[2]s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS one
		                  FROM (%[1]s) AS ahead WINDOW feed AS (ORDER BY %[2]s)) AS beside) AS compared
		 WHERE last OR NOT alike ORDER BY %[2]s LIMIT 1`,
		ahead, q.order(), e.alike(w), w.Arg(e.entityID), w.Arg(time.UnixMicro(e.OccurredAt).UTC()), int(apart.Seconds()))
	var at *time.Time
	var id, seq *int64
	var one bool
	err = s.pool.QueryRow(ctx, sql, w.Args...).Scan(&n, &at, &id, &seq, &one)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("follow a run: %w", err)
	case n == 0:
		return 0, nil
	}
	open.end.position, open.end.seq = position{OccurredAt: at.UnixMicro(), ID: *id}, *seq
	open.count, open.oneEntity = open.count+n, open.oneEntity && one
	return n, nil
}

// alike is the condition that a row has what a run has in common.
func (g glimpse) alike(w *Where) string {
	c := &Where{Args: w.Args}
	c.And("workspace_id = ?", g.workspace)
	c.And("actor_id = ? AND on_behalf_of = ? AND project = ?", g.actor, g.onBehalf, g.project)
	c.And("action = ? AND entity_type = ? AND outcome = ? AND system = ?", g.action, g.kind, g.outcome, g.system)
	w.Args = c.Args
	return c.String()
}

func later(b Bound, at time.Time) Bound {
	if b.IsSet() && b.At.After(at) {
		return b
	}
	return Bound{Text: "the day", At: at.UTC()}
}

func earlier(b Bound, at time.Time) Bound {
	if b.IsSet() && b.At.Before(at) {
		return b
	}
	return Bound{Text: "the day", At: at.UTC()}
}

// folder makes runs of rows, in the direction of reading.
type folder struct {
	zone     *time.Location // nil: each row is a run of its own
	want     int
	runs     []folded
	closed   bool // what comes after the last run is known, and is not of that run
	followed int  // rows that were followed by leaps
}

// folded is a run while it grows.
type folded struct {
	begin, end glimpse // the first and the last that was read
	between    []rowKey
	count      int
	oneEntity  bool
	over       bool
}

// add takes the next row, unless it would begin a run too many.
func (f *folder) add(g glimpse) bool {
	if n := len(f.runs); n > 0 && f.continues(f.runs[n-1].end, g) {
		r := &f.runs[n-1]
		if r.count++; r.count < fewestOfARun {
			r.between = append(r.between, g.rowKey)
		}
		r.oneEntity = r.oneEntity && g.entityID == r.end.entityID
		r.end = g
		return true
	}
	if f.shown() >= f.want {
		return false
	}
	f.closed = false
	f.runs = append(f.runs, folded{begin: g, end: g, between: []rowKey{g.rowKey}, count: 1, oneEntity: g.entityID != ""})
	return true
}

// continues tells whether a row belongs to the run of the row before. What people say to each other is never folded.
func (f *folder) continues(before, g glimpse) bool {
	if f.zone == nil || before.likeness != g.likeness || before.workspace != g.workspace || g.action == "commented" || g.kind == "comment" {
		return false
	}
	a, b := time.UnixMicro(before.OccurredAt).In(f.zone), time.UnixMicro(g.OccurredAt).In(f.zone)
	return a.Sub(b).Abs() <= apart && a.YearDay() == b.YearDay()
}

// shown is how many rows the page has so far.
func (f *folder) shown() int {
	n := 0
	for _, r := range f.runs {
		n += r.rows()
	}
	return n
}

func (r folded) rows() int {
	if r.count < fewestOfARun {
		return r.count
	}
	return 1
}

// trim leaves a run that may go on to the next page, if this one has others: there it is read whole. So it does with two rows where there is
// room for one. What stays and may go on says so. It gives the look as it is then: what was searched behind a run that is left counts no more.
func (f *folder) trim(l look) look {
	n := len(f.runs)
	if n == 0 || f.zone == nil {
		return l
	}
	open := !f.closed && (l.more || l.searched != nil)
	if n > 1 && (open && l.more && f.runs[n-1].count < leapFrom || f.shown() > f.want) {
		f.runs = f.runs[:n-1]
		return look{more: true}
	}
	f.runs[n-1].over = open
	return l
}

// entries gives the place of each row of the page and its run: the newest activity of a run, and each of those that are too few to fold.
func (f *folder) entries() ([]rowKey, []Run) {
	var places []rowKey
	var runs []Run
	for _, r := range f.runs {
		if r.count < fewestOfARun {
			places = append(places, r.between...)
			at := []glimpse{r.begin, r.end}
			for i := range r.between {
				when := time.UnixMicro(at[i].OccurredAt).UTC()
				runs = append(runs, Run{Count: 1, From: when, To: when, OneEntity: true})
			}
			continue
		}
		newest, oldest := r.begin, r.end
		if newest.OccurredAt < oldest.OccurredAt || newest.OccurredAt == oldest.OccurredAt && newest.ID < oldest.ID {
			newest, oldest = oldest, newest
		}
		places = append(places, newest.rowKey)
		runs = append(runs, Run{Count: r.count, Over: r.over, From: time.UnixMicro(oldest.OccurredAt).UTC(), To: time.UnixMicro(newest.OccurredAt).UTC(), OneEntity: r.oneEntity})
	}
	return places, runs
}
