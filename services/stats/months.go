package stats

import (
	"context"
	"fmt"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
)

// MonthCount counts activities of one type in one month.
type MonthCount struct {
	Month       string // like 2026-01, of the workspace's zone
	Type        string // empty: about nothing in particular
	Count       int64
	First, Last time.Time // the days of the first and the last of them; midnight UTC
}

// Months counts what a filter selects, by month and type, in the days of the workspaces' zones. known is false when the rollups cannot tell.
func (s *Service) Months(ctx context.Context, scope access.Scope, f feed.Filter) (counts []MonthCount, known bool, err error) {
	questions, err := s.askAll(ctx, scope, f)
	if err != nil || len(questions) == 0 {
		return nil, err == nil, err
	}
	if !questions[0].sel.InCube() {
		return nil, false, nil
	}
	w := &feed.Where{}
	rows, err := s.pool.Query(ctx, `SELECT to_char(day, 'YYYY-MM'), entity_type, sum(count)::bigint, min(day), max(day)
		FROM (`+days(w, questions, "entity_type")+`) AS counted WHERE count > 0 GROUP BY 1, 2 ORDER BY 1, 2`, w.Args...)
	if err != nil {
		return nil, false, fmt.Errorf("count by month: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c MonthCount
		if err := rows.Scan(&c.Month, &c.Type, &c.Count, &c.First, &c.Last); err != nil {
			return nil, false, fmt.Errorf("count by month: %w", err)
		}
		counts = append(counts, c)
	}
	return counts, true, rows.Err()
}
