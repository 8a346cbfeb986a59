package stats

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
)

// Keys is how many parts a bar has when nobody says how many: as many as charts have colours, beside that of the rest.
const Keys = 5

// Series counts what a filter, which has both ends, selects of what a viewer may read, in bars over its range. known is false when the rollups cannot
// tell, and there are more than CountedRows rows: then there are no buckets. Hours that are divided by type or action are whole ones instead where
// only that is too much. A range that makes more than MaxBuckets bars is refused.
func (s *Service) Series(ctx context.Context, v access.Viewer, f feed.Filter, ask SeriesAsk) (series Series, known bool, err error) {
	q, err := s.ask(ctx, v, f)
	if err != nil {
		return Series{}, false, err
	}
	return s.series(ctx, q, RangeOf(f, q.zone), ask)
}

func (s *Service) series(ctx context.Context, q question, r Range, ask SeriesAsk) (Series, bool, error) {
	if ask.Unit == "" {
		ask.Unit = UnitFor(r)
	}
	of, err := borders(r, ask.Unit, q.weekday)
	if err != nil {
		return Series{}, false, err
	}
	lines, err := s.overTime(ctx, q, of, ask)
	if errors.Is(err, errOver) && ask.Unit == Hour && ask.Stack != ByNothing && q.knownByHour(ByNothing) {
		ask.Stack = ByNothing
		lines, err = s.overTime(ctx, q, of, ask)
	}
	series := Series{Zone: q.zone, Unit: ask.Unit, Stack: ask.Stack}
	if errors.Is(err, errOver) {
		return series, false, nil
	}
	if err != nil {
		return Series{}, false, err
	}
	series.fill(of, lines)
	return series, true, nil
}

// overTime counts by bucket.
func (s *Service) overTime(ctx context.Context, q question, of []time.Time, ask SeriesAsk) ([]line, error) {
	t := tally{of: of, kinds: []kind{inBucket}, hourly: ask.Unit == Hour, stack: ask.Stack, keys: ask.Top}
	if t.keys <= 0 {
		t.keys = Keys
	}
	if t.hourly && !q.knownByHour(ask.Stack) {
		return s.countRows(ctx, q, t)
	}
	return s.count(ctx, t, q)
}

// knownByHour tells whether the hourly rollup, which has neither types nor actions, can answer.
func (q question) knownByHour(stack Stack) bool {
	return q.sel.InCube() && !q.sel.Concerns("entity_type", "action") && stack != ByType && stack != ByAction
}

// fill puts counts into their buckets.
func (s *Series) fill(of []time.Time, lines []line) {
	totals := map[string]int64{}
	for _, l := range lines {
		if l.kind != inBucket || s.Stack == ByNothing {
			continue
		}
		if l.other {
			s.Others = true
			continue
		}
		totals[l.word] += l.n
	}
	for word := range totals {
		s.Keys = append(s.Keys, word)
	}
	slices.SortFunc(s.Keys, func(a, b string) int { return byCount(totals[a], totals[b], a, b) })
	for i, from := range of[:len(of)-1] {
		b := Bucket{Range: Range{From: from, To: of[i+1]}}
		if n := s.width(); n > 0 {
			b.Parts = make([]int64, n)
		}
		s.Buckets = append(s.Buckets, b)
	}
	for _, l := range lines {
		if l.kind != inBucket {
			continue
		}
		b := &s.Buckets[max(0, min(l.bucket-1, len(s.Buckets)-1))]
		b.Count += l.n
		b.Troubles += l.troubles
		if s.Stack == ByNothing {
			continue
		}
		at := slices.Index(s.Keys, l.word)
		if l.other {
			at = len(s.Keys)
		}
		b.Parts[at] += l.n
	}
}

// width is how many parts each bucket has.
func (s *Series) width() int {
	if s.Others {
		return len(s.Keys) + 1
	}
	return len(s.Keys)
}

// byCount orders the greater counts first, and equal ones by name.
func byCount(a, b int64, nameA, nameB string) int {
	return cmp.Or(cmp.Compare(b, a), cmp.Compare(nameA, nameB))
}
