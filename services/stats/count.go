package stats

import (
	"context"
	"fmt"

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
	questions, err := s.askAll(ctx, scope, f)
	if err != nil || len(questions) == 0 {
		return Tally{}, err
	}
	if !questions[0].sel.InCube() {
		n, over, err := s.feed.Count(ctx, scope, f, CountedRows)
		return Tally{Count: n, Over: over}, err
	}
	w, n := &feed.Where{}, int64(0)
	if err := s.pool.QueryRow(ctx, "SELECT coalesce(sum(count), 0)::bigint FROM ("+days(w, questions)+") AS counted", w.Args...).Scan(&n); err != nil {
		return Tally{}, fmt.Errorf("count: %w", err)
	}
	return Tally{Count: n}, nil
}
