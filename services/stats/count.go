package stats

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/services/access"
	"daybook/services/database"
	"daybook/services/feed"
)

// Service counts activities.
type Service struct {
	pool *pgxpool.Pool
	feed *feed.Service
}

// New makes the service.
func New(db *database.Database, f *feed.Service) *Service { return &Service{pool: db.Pool, feed: f} }

// CountedRows is how many rows are counted one by one when the rollups cannot answer; beyond, a total is unknown.
const CountedRows = 10_000

// Total gives how many activities the filter selects, or nil when the rollups cannot tell and the rows are too many to count.
func (s *Service) Total(ctx context.Context, scope access.Scope, f feed.Filter) (*int64, error) {
	t, err := s.Tally(ctx, scope, f)
	if err != nil || t.Over {
		return nil, err
	}
	return &t.Count, nil
}

// Tally is a number of activities. Over means "at least Count": nobody counted further.
type Tally struct {
	Count int64
	Over  bool
}

// Tally counts what the filter selects: from the rollups, or, where these cannot tell, from rows, of which
// it looks at CountedRows at most.
func (s *Service) Tally(ctx context.Context, scope access.Scope, f feed.Filter) (Tally, error) {
	c, err := s.counted(ctx, scope, f)
	if err != nil {
		return Tally{}, err
	}
	if c.bounded {
		n, over, err := s.feed.Count(ctx, scope, f, CountedRows)
		return Tally{Count: n, Over: over}, err
	}
	var n int64
	if err := s.pool.QueryRow(ctx, "SELECT coalesce(sum(count), 0)::bigint FROM "+c.sql, c.args...).Scan(&n); err != nil {
		return Tally{}, fmt.Errorf("count: %w", err)
	}
	return Tally{Count: n}, nil
}

// counted is a table expression with the columns actor_id, entity_type, action and count, in which every activity selected counts once: in the
// cube's row of its day or, on a day that the range cuts, as a row of its own.
type counted struct {
	sql     string
	args    []any
	bounded bool // only rows, and not more than one beyond CountedRows
}

// over tells whether there are more than were counted.
func (c counted) over(n int64) bool { return c.bounded && n > CountedRows }

const (
	cubeColumns = "SELECT actor_id, entity_type, action, count FROM daily_counts WHERE "
	rowColumns  = "SELECT actor_id, entity_type, action, 1 AS count FROM activities WHERE "
	nothing     = "(SELECT 0 AS actor_id, '' AS entity_type, '' AS action, 0 AS count WHERE false) AS counted"
)

func (s *Service) counted(ctx context.Context, scope access.Scope, f feed.Filter) (counted, error) {
	sel, err := s.feed.Look(ctx, f, scope)
	if err != nil || scope.Empty() {
		return counted{sql: nothing}, err
	}
	w := &feed.Where{}
	w.Scope(scope)
	w.Cube(sel)
	if !sel.InCube() {
		w.Rows(sel)
		return counted{sql: fmt.Sprintf("(%s%s LIMIT %d) AS counted", rowColumns, w, CountedRows+1), args: w.Args, bounded: true}, nil
	}
	if !f.From.IsSet() && !f.To.IsSet() {
		return counted{sql: "(" + cubeColumns + w.String() + ") AS counted", args: w.Args}, nil
	}
	zones, err := s.zones(ctx, scope.Workspaces())
	if err != nil {
		return counted{}, err
	}
	common := w.String()
	var arms []string
	for _, z := range zones {
		in := common + " AND workspace_id = ANY (" + w.Arg(z.workspaces) + ")"
		arms = append(arms, split(z.location, f.From, f.To).arms(w, in, cubeColumns, rowColumns)...)
	}
	if len(arms) == 0 {
		return counted{sql: nothing}, nil
	}
	return counted{sql: "(" + strings.Join(arms, " UNION ALL ") + ") AS counted", args: w.Args}, nil
}

// arms reads the whole days from the cube and the ragged ends from rows: what is selected of each.
func (st stretch) arms(w *feed.Where, where, ofCube, ofRows string) []string {
	var arms []string
	if st.whole {
		days := where
		if st.first != "" {
			days += " AND day >= " + w.Arg(st.first) + "::text::date"
		}
		if st.after != "" {
			days += " AND day < " + w.Arg(st.after) + "::text::date"
		}
		arms = append(arms, ofCube+days)
	}
	for _, r := range st.ragged {
		arms = append(arms, ofRows+where+" AND occurred_at >= "+w.Arg(r.from)+" AND occurred_at < "+w.Arg(r.to))
	}
	return arms
}

// zone is a time zone with the workspaces whose days are its days.
type zone struct {
	location   *time.Location
	workspaces []uuid.UUID
}

func (s *Service) zones(ctx context.Context, ids []uuid.UUID) ([]zone, error) {
	rows, err := s.pool.Query(ctx, `SELECT time_zone, array_agg(id ORDER BY id) FROM workspaces WHERE id = ANY ($1) GROUP BY time_zone ORDER BY time_zone`, ids)
	if err != nil {
		return nil, fmt.Errorf("read time zones: %w", err)
	}
	defer rows.Close()
	var zones []zone
	for rows.Next() {
		var name string
		var z zone
		if err := rows.Scan(&name, &z.workspaces); err != nil {
			return nil, fmt.Errorf("read time zones: %w", err)
		}
		if z.location, err = time.LoadLocation(name); err != nil {
			return nil, fmt.Errorf("time zone of a workspace: %w", err)
		}
		zones = append(zones, z)
	}
	return zones, rows.Err()
}
