package stats

import (
	"context"
	"fmt"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Summary counts what a filter selects by type, by action and by actor.
type Summary struct {
	Total   int64
	Over    bool             // more than CountedRows, and the rollups cannot tell: then nothing else is set
	Types   map[string]int64 // without the activities that are about nothing in particular
	Actions map[string]int64
	Actors  []ActorCount // the busiest, by count and then name
}

// ActorCount is an actor with a number of activities.
type ActorCount struct {
	ID         int64
	ExternalID string
	Type       models.ActorType
	Name       string
	Count      int64
}

// Summarise counts what the filter selects; top says how many actors are wanted.
func (s *Service) Summarise(ctx context.Context, scope access.Scope, f feed.Filter, top int) (Summary, error) {
	c, err := s.counted(ctx, scope, f)
	if err != nil {
		return Summary{}, err
	}
	if c.bounded {
		if _, over, err := s.feed.Count(ctx, scope, f, CountedRows); err != nil || over {
			return Summary{Over: over}, err
		}
	}
	sum := Summary{Types: map[string]int64{}, Actions: map[string]int64{}}
	rows, err := s.pool.Query(ctx, `SELECT grouping(entity_type, action), coalesce(entity_type, ''), coalesce(action, ''), sum(count)::bigint
		FROM `+c.sql+` GROUP BY GROUPING SETS ((), (entity_type), (action))`, c.args...)
	if err != nil {
		return Summary{}, fmt.Errorf("summarise: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var grouping int
		var kind, action string
		var n *int64
		if err := rows.Scan(&grouping, &kind, &action, &n); err != nil {
			return Summary{}, fmt.Errorf("summarise: %w", err)
		}
		switch {
		case n == nil: // the sum of nothing
		case grouping == 3:
			sum.Total = *n
		case grouping == 1 && kind != "":
			sum.Types[kind] = *n
		case grouping == 2:
			sum.Actions[action] = *n
		}
	}
	if err := rows.Err(); err != nil {
		return Summary{}, fmt.Errorf("summarise: %w", err)
	}
	if c.over(sum.Total) {
		return Summary{Over: true}, nil
	}
	if top == 0 {
		return sum, nil
	}
	sum.Actors, err = s.busiest(ctx, c, top)
	return sum, err
}

func (s *Service) busiest(ctx context.Context, c counted, top int) ([]ActorCount, error) {
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`
		SELECT a.id, a.external_id, a.type, a.name, n.count
		  FROM (SELECT coalesce(m.merged_into, m.id) AS actor_id, sum(c.count)::bigint AS count
		          FROM (SELECT actor_id, sum(count)::bigint AS count FROM %s GROUP BY actor_id) AS c JOIN actors m ON m.id = c.actor_id GROUP BY 1) AS n
		  JOIN actors a ON a.id = n.actor_id
		 ORDER BY n.count DESC, a.name, a.id LIMIT %d`, c.sql, top), c.args...)
	if err != nil {
		return nil, fmt.Errorf("find the busiest: %w", err)
	}
	defer rows.Close()
	var out []ActorCount
	for rows.Next() {
		var a ActorCount
		if err := rows.Scan(&a.ID, &a.ExternalID, &a.Type, &a.Name, &a.Count); err != nil {
			return nil, fmt.Errorf("find the busiest: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}
