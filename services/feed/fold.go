package feed

import (
	"context"
	"slices"
	"time"
)

// Bounds of folding.
const (
	apart        = 10 * time.Minute // activities further apart are of different runs
	fewestOfARun = 3                // two activities are shown as two
	leapFrom     = 40               // a run that has so many, and may go on, is followed in larger steps
	leapRows     = 1000             // of one such step, all arms together
	longestRun   = 5000
	mostSteps    = 4 // reads of a page that folds to few rows
)

// folded reads a page by its glimpses: as many runs as fit, each to its end, however many rows it has.
func (s *Service) folded(ctx context.Context, q feedQuery, ask Ask) (stretch, error) {
	f := folder{zone: ask.Fold, want: ask.Limit}
	l, err := s.fold(ctx, q, &f)
	if err != nil {
		return stretch{}, err
	}
	l.more = f.trim(l.more)
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
	step, scans := q.limit, max(1, q.scans())
	for steps := 1; ; steps++ {
		q.limit = step
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
		q.after, q.offset = &l.rows[len(l.rows)-1].position, 0
		open := f.runs[len(f.runs)-1]
		switch {
		case open.count >= longestRun:
			f.runs[len(f.runs)-1].over = true
			return l, nil
		case open.count >= leapFrom:
			step = max(f.want+1, leapRows/scans)
		case len(f.runs) > 1 && (steps >= mostSteps || 2*f.shown() > f.want):
			return l, nil
		default:
			step = f.want + 1
		}
	}
}

// folder makes runs of rows, in the direction of reading.
type folder struct {
	zone *time.Location // nil: each row is a run of its own
	want int
	runs []folded
	// closed: the row after the last run is known, and is not of that run
	closed bool
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
// room for one. It tells whether there is more than this page.
func (f *folder) trim(more bool) bool {
	n := len(f.runs)
	open := more && !f.closed && f.zone != nil && n > 1 && f.runs[n-1].count < leapFrom
	if open || n > 1 && f.shown() > f.want {
		f.runs = f.runs[:n-1]
		return true
	}
	return more
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
