package stats

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/feed"
)

// heat counts by weekday and hour; nil when that cannot be told.
func (s *Service) heat(ctx context.Context, q question, r Range) (*Heat, error) {
	if q.scope.Empty() || !r.From.Before(r.To) {
		return &Heat{}, nil
	}
	if q.knownByHour(ByNothing) {
		w := &feed.Where{}
		t := q.hours()
		t.columns, t.rows = "hour AS at, true AS whole, count", "occurred_at AS at, false AS whole, 1::bigint AS count"
		heat, _, err := s.cells(ctx, q, w, "WITH matched AS ("+q.from(w, t, cutForHeat(r))+")", "false")
		return heat, err
	}
	w, found, err := s.feed.Matching(ctx, q.scope, during(q.filter, r), CountedRows, "id, occurred_at")
	if err != nil {
		return nil, err
	}
	with := "WITH found AS MATERIALIZED (" + found + "), matched AS (SELECT DISTINCT ON (id) occurred_at AS at, false AS whole, 1::bigint AS count FROM found WHERE hit)"
	heat, cut, err := s.cells(ctx, q, w, with, "(SELECT bool_or(cut) FROM found)")
	if err != nil || cut || heat.total() > CountedRows {
		return nil, err
	}
	return heat, nil
}

// cutForHeat cuts a range for the hourly rollup, as one bucket. An hour that is of two hours of the day is counted by rows.
func cutForHeat(r Range) cut {
	first, after := wholeHours(r)
	c := cut{starts: []time.Time{r.From}, keys: []time.Time{r.From}, ragged: extendBy(extendBy(nil, r.From, first), after, r.To)}
	for _, mixed := range mixedHours(first, after) {
		c.runs, first = extendBy(c.runs, first, mixed.from), mixed.to
		c.ragged = append(c.ragged, mixed)
	}
	c.runs = extendBy(c.runs, first, after)
	return c
}

// cells adds up what matched by the clock of the zone.
func (s *Service) cells(ctx context.Context, q question, w *feed.Where, with, cut string) (heat *Heat, over bool, err error) {
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`%s SELECT at, whole, sum(count)::bigint, coalesce(%s, false) FROM matched GROUP BY at, whole`, with, cut), w.Args...)
	if err != nil {
		return nil, false, fmt.Errorf("count by hour: %w", err)
	}
	heat = &Heat{}
	var at time.Time
	var whole bool
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&at, &whole, &n, &over}, func() error {
		if at = at.In(q.zone); whole {
			at = withinHour(at)
		}
		cell := &heat.Cells[(at.Weekday()+6)%7][at.Hour()]
		*cell += n
		heat.Most = max(heat.Most, *cell)
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("count by hour: %w", err)
	}
	return heat, over, nil
}

// withinHour gives an instant of the hour that the rollup counts under a key. The key of an hour that began before clocks changed is none, but
// its last instant is.
func withinHour(key time.Time) time.Time {
	if hourKey(key).Equal(key) {
		return key
	}
	return key.Add(time.Hour - tick)
}

func (h *Heat) total() (n int64) {
	for _, day := range h.Cells {
		for _, count := range day {
			n += count
		}
	}
	return n
}
