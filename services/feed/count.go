package feed

import (
	"context"
	"fmt"

	"daybook/services/access"
)

// Count counts what a filter selects by looking at rows, at no more than most of them. Over tells that there may be more. Filters that the
// rollups can answer are counted by package stats.
func (s *Service) Count(ctx context.Context, scope access.Scope, f Filter, most int) (n int64, over bool, err error) {
	q, err := s.query(ctx, scope, f)
	if err != nil {
		return 0, false, err
	}
	if err := s.find(ctx, &q, most); err != nil {
		return 0, false, err
	}
	q.limit, q.budget, q.counting = most+1, most, true
	w := &Where{}
	sql := fmt.Sprintf(`SELECT count(DISTINCT id) FILTER (WHERE hit), coalesce(bool_or(cut), false) FROM (%s) AS merged`, q.union(w, "id"))
	if err := s.pool.QueryRow(ctx, sql, w.Args...).Scan(&n, &over); err != nil {
		return 0, false, fmt.Errorf("count rows: %w", err)
	}
	if n > int64(most) {
		return int64(most), true, nil
	}
	return n, over, nil
}
