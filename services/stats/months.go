package stats

import (
	"context"
	"fmt"
	"strings"
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
	sel, err := s.feed.Look(ctx, f, scope)
	if err != nil || !sel.InCube() {
		return nil, false, err
	}
	if scope.Empty() {
		return nil, true, nil
	}
	zones, err := s.zones(ctx, scope.Workspaces())
	if err != nil {
		return nil, false, err
	}
	w := &feed.Where{}
	w.Scope(scope)
	w.Cube(sel)
	common := w.String()
	var arms []string
	for _, z := range zones {
		in := common + " AND workspace_id = ANY (" + w.Arg(z.workspaces) + ")"
		st, ofRows := split(z.location, f.From, f.To), ""
		if len(st.ragged) > 0 {
			ofRows = "SELECT (occurred_at AT TIME ZONE " + w.Arg(z.location.String()) + "::text)::date AS day, entity_type, 1 AS count FROM activities WHERE "
		}
		arms = append(arms, st.arms(w, in, "SELECT day, entity_type, count FROM daily_counts WHERE ", ofRows)...)
	}
	if len(arms) == 0 {
		return nil, true, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT to_char(day, 'YYYY-MM'), entity_type, sum(count)::bigint, min(day), max(day)
		FROM (`+strings.Join(arms, " UNION ALL ")+`) AS counted WHERE count > 0 GROUP BY 1, 2 ORDER BY 1, 2`, w.Args...)
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
