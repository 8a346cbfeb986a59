package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/services/stats"
)

// Preview says what a purge would delete, and what would stay.
type Preview struct {
	Rows        int64
	Counts      []stats.MonthCount // by month and type, of the workspace's zone, in this order
	First, Last *time.Time         // the days of the oldest and the newest; nil when there are none
	Samples     []models.Entry     // the newest
	Held        int64              // that would go as well, but for a hold; they are not in the counts
	HeldMore    bool               // there may be more than Held: they were not counted in time, and some of the counts may be theirs
	Stays       int64              // activities that stay, of those recorded so far
	UpTo        int64              // the newest activity now: what is recorded after it would stay in any case
	Zone        string             // the time zone whose months, weekdays and hours these are
}

// samples is how many activities a preview shows.
const samples = 5

// Preview counts exactly what a purge of what the filter selects would delete now.
func (s *Service) Preview(ctx context.Context, d account.Doer, v access.Viewer, f feed.Filter) (Preview, error) {
	var p Preview
	if err := s.check(ctx, d, v, f); err != nil {
		return p, err
	}
	p.Zone = d.Workspace.TimeZone
	if err := s.pool.QueryRow(ctx, headSQL, d.Workspace.ID).Scan(&p.UpTo); err != nil {
		return p, fmt.Errorf("read the head: %w", err)
	}
	scope := v.Scope(f.System)
	var known bool
	var err error
	if p.Counts, known, err = s.stats.Months(ctx, scope, f); err == nil && known {
		err = s.withoutHeld(ctx, d.Workspace, f, scope, &p)
	} else if err == nil {
		p.Counts, err = s.walk(ctx, d.Workspace, f, scope, &p)
	}
	if err != nil {
		return p, err
	}
	for _, c := range p.Counts {
		p.add(c)
	}
	all, err := s.stats.Tally(ctx, v.Scope(true), feed.Filter{System: true})
	if err != nil {
		return p, err
	}
	p.Stays = max(0, all.Count-p.Rows)
	if p.Rows > 0 {
		page, err := s.feed.Page(ctx, scope, feed.Ask{Filter: f, Limit: samples, Hasty: true})
		p.Samples = page.Entries
		return p, err
	}
	return p, nil
}

const headSQL = `SELECT coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = $1), 0)`

func (p *Preview) add(c stats.MonthCount) {
	p.Rows += c.Count
	if p.First == nil || c.First.Before(*p.First) {
		p.First = &c.First
	}
	if p.Last == nil || c.Last.After(*p.Last) {
		p.Last = &c.Last
	}
}

// check refuses whoever may not purge, and what cannot be purged.
func (s *Service) check(ctx context.Context, d account.Doer, v access.Viewer, f feed.Filter) error {
	if err := mayPurge(d); err != nil {
		return err
	}
	if v.Workspace.ID != d.Workspace.ID || v.Scope(f.System).Empty() {
		return models.Errorf(models.Forbidden, "Whoever purges has to be able to read: the token needs the scope %s.", models.ScopeRead)
	}
	if !f.To.IsSet() {
		return models.FieldErrorf(models.Invalid, "end_date", "is required: the last day that is purged")
	}
	if !f.NeedsWords() {
		return nil
	}
	var missing bool
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM workspace_heads WHERE workspace_id = $1 AND words_missing > 0)`, d.Workspace.ID).Scan(&missing); err != nil {
		return fmt.Errorf("look whether the index of words is complete: %w", err)
	}
	if missing {
		return models.FieldErrorf(models.Conflict, "q", "looks for words, and the index of words is still being filled; try again when it is complete")
	}
	return nil
}

// walkRows is how many activities one statement of a walk looks at; walkTime is how long a walk may take, less than a request may.
const (
	walkRows = 50_000
	walkTime = 20 * time.Second
)

// walk counts from rows what the rollups cannot tell, in statements that are bounded.
func (s *Service) walk(ctx context.Context, w *models.Workspace, f feed.Filter, scope access.Scope, p *Preview) ([]stats.MonthCount, error) {
	frozen, err := s.feed.Freeze(ctx, f, scope, w.TimeZone)
	if err != nil {
		return nil, err
	}
	places := map[[2]string]int{}
	var counts []stats.MonthCount
	begun := time.Now()
	for done := int64(0); done < p.UpTo; done += walkRows {
		if time.Since(begun) > walkTime {
			return nil, models.FieldErrorf(models.Invalid, "q", "asks for what only each single activity can tell (ids, words, hours), and there are too many to count in time; ask by type, action, person, project or outcome")
		}
		some, err := s.walkSome(ctx, w.ID, frozen, [2]int64{done + 1, min(p.UpTo, done+walkRows)})
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if c.held {
				p.Held += c.Count
				continue
			}
			counts = merge(counts, places, c.MonthCount)
		}
	}
	return sorted(counts), nil
}

// someCount counts what is held, or what is not.
type someCount struct {
	stats.MonthCount
	held bool
}

func (s *Service) walkSome(ctx context.Context, workspace uuid.UUID, frozen feed.Frozen, ends [2]int64) ([]someCount, error) {
	from, where, err := stretchOf(frozen, workspace, ends)
	if err != nil {
		return nil, err
	}
	day := "(occurred_at AT TIME ZONE " + where.Arg(frozen.Zone) + "::text)::date"
	rows, err := s.pool.Query(ctx, standing(where.Arg(workspace))+`SELECT to_char(day, 'YYYY-MM'), entity_type, held, count(*), min(day), max(day)
		FROM (SELECT entity_type, `+isHeld+` AS held, `+day+` AS day `+from+` AND `+mayGo+`) AS r GROUP BY 1, 2, 3`, where.Args...)
	if err != nil {
		return nil, fmt.Errorf("count what would be purged: %w", err)
	}
	counts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c someCount, err error) {
		return c, row.Scan(&c.Month, &c.Type, &c.held, &c.Count, &c.First, &c.Last)
	})
	if err != nil {
		return nil, fmt.Errorf("count what would be purged: %w", err)
	}
	return counts, nil
}

// stretchOf gives a FROM clause with what is selected of a stretch of numbers, both ends of which belong to it, and its arguments. The fence (OFFSET)
// has it read by the primary key, whatever the filter and whatever the planner makes of it: it looks at no more rows than the stretch is long.
func stretchOf(frozen feed.Frozen, workspace uuid.UUID, ends [2]int64) (from string, where *feed.Where, err error) {
	if where, err = frozen.Where(workspace); err != nil {
		return "", nil, err
	}
	conditions := where.String()
	from = fmt.Sprintf(`FROM (SELECT * FROM activities WHERE workspace_id = %s AND seq BETWEEN %s AND %s OFFSET 0) AS activities WHERE %s`,
		where.Arg(workspace), where.Arg(ends[0]), where.Arg(ends[1]), conditions)
	return from, where, nil
}
