package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/feed"
	"daybook/services/stats"
)

// What is held is looked for by the holds, each by an index of its own, and told apart row by row: so many rows, and so long.
const (
	mostHeld = 10_000
	heldTime = 5 * time.Second
)

// heldRow is a row that a filter selects, and a hold too.
type heldRow struct {
	month, kind string
}

// withoutHeld takes from the counts, which are those of the rollups, what is held and stays.
func (s *Service) withoutHeld(ctx context.Context, w *models.Workspace, f feed.Filter, scope access.Scope, p *Preview) error {
	holds, err := s.criteria(ctx, w.ID, 0)
	if err != nil || len(holds) == 0 {
		return err
	}
	frozen, err := s.feed.Freeze(ctx, f, scope, w.TimeZone)
	if err != nil {
		return err
	}
	looking, cancel := context.WithTimeout(ctx, heldTime)
	defer cancel()
	held := map[int64]heldRow{}
	for _, h := range holds {
		err := s.heldBy(looking, w, frozen, h, held)
		if err != nil && ctx.Err() == nil && (looking.Err() != nil || database.SQLState(err) == "57014") {
			p.HeldMore, err = true, nil
		}
		if err != nil {
			return err
		}
		if p.HeldMore = p.HeldMore || len(held) > mostHeld; p.HeldMore {
			break
		}
	}
	p.Held = int64(len(held))
	for _, row := range held {
		for i := range p.Counts {
			if c := &p.Counts[i]; c.Month == row.month && c.Type == row.kind {
				c.Count--
			}
		}
	}
	p.Counts = slices.DeleteFunc(p.Counts, func(c stats.MonthCount) bool { return c.Count <= 0 })
	return nil
}

// heldBy adds the rows that a filter and a hold select.
func (s *Service) heldBy(ctx context.Context, w *models.Workspace, frozen feed.Frozen, h holdCriteria, held map[int64]heldRow) error {
	where, err := frozen.Where(w.ID)
	if err != nil {
		return err
	}
	h.addTo(where)
	sql := `SELECT seq, to_char(occurred_at AT TIME ZONE ` + where.Arg(w.TimeZone) + `::text, 'YYYY-MM'), entity_type FROM activities WHERE ` + where.String()
	rows, err := s.pool.Query(ctx, sql+fmt.Sprintf(" LIMIT %d", mostHeld+1), where.Args...)
	if err != nil {
		return fmt.Errorf("count what is held: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var row heldRow
		if err := rows.Scan(&seq, &row.month, &row.kind); err != nil {
			return fmt.Errorf("count what is held: %w", err)
		}
		held[seq] = row
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("count what is held: %w", err)
	}
	return nil
}
