package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Span is the days of the first and the last of some activities, in the zone of their workspace.
type Span struct {
	First, Last time.Time // midnight in UTC; both zero when there is nothing
}

// Projects counts what a filter selects by project, the busiest first. What the rollups cannot tell, and is too much to count, is an empty list.
func (s *Service) Projects(ctx context.Context, scope access.Scope, f feed.Filter, top int) ([]RankedProject, error) {
	questions, err := s.askAll(ctx, scope, f)
	if err != nil {
		return nil, err
	}
	lines, err := s.count(ctx, tally{kinds: []kind{ofProject}, top: top + 1}, questions...)
	if err != nil && !errors.Is(err, errOver) {
		return nil, err
	}
	var ranked []RankedProject
	for _, l := range lines {
		if l.kind == ofProject && l.id != 0 { // 0: in none
			ranked = append(ranked, RankedProject{Project: models.Project{ID: l.id}, Count: l.n})
		}
	}
	err = s.nameProjects(ctx, ranked)
	return ranked[:min(top, len(ranked))], err
}

// Span finds the first and the last day on which there is something that a filter selects. What the rollups cannot tell is the zero span.
func (s *Service) Span(ctx context.Context, scope access.Scope, f feed.Filter) (sp Span, err error) {
	questions, err := s.askAll(ctx, scope, f)
	if err != nil || len(questions) == 0 || !questions[0].sel.InCube() {
		return sp, err
	}
	w := &feed.Where{}
	var first, last *time.Time
	if err = s.pool.QueryRow(ctx, "SELECT min(day), max(day) FROM ("+days(w, questions)+") AS counted WHERE count > 0", w.Args...).Scan(&first, &last); err != nil {
		return sp, fmt.Errorf("find the span: %w", err)
	}
	if first != nil && last != nil {
		sp = Span{First: *first, Last: *last}
	}
	return sp, nil
}

// NameCount is a name that an entity has had, and when.
type NameCount struct {
	Name        string
	First, Last time.Time
	Count       int64
}

// Names lists the names that a thing has had, the latest first. Of each workspace, and of system rows and others each, it looks at the newest
// CountedRows rows of the thing, and counts those in the scope.
func (s *Service) Names(ctx context.Context, scope access.Scope, kind, id string, top int) ([]NameCount, error) {
	w := &feed.Where{}
	workspaces, ofKind, ofID := w.Arg(scope.Workspaces()), w.Arg(kind), w.Arg(id)
	w.Scope(scope)
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`SELECT entity_name, min(occurred_at), max(occurred_at), count(*)
		  FROM unnest(%s::uuid[]) AS place (workspace) CROSS JOIN (VALUES (false), (true)) AS kept (flag)
		 CROSS JOIN LATERAL (SELECT * FROM activities WHERE workspace_id = place.workspace AND entity_id = %s AND entity_type = %s AND system = kept.flag
		       ORDER BY occurred_at DESC, id DESC LIMIT %d) AS named
		 WHERE %s AND entity_name <> '' GROUP BY entity_name ORDER BY max(occurred_at) DESC, entity_name LIMIT %d`, workspaces, ofID, ofKind, CountedRows, w, top), w.Args...)
	if err != nil {
		return nil, fmt.Errorf("list names: %w", err)
	}
	names, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (n NameCount, err error) {
		err = r.Scan(&n.Name, &n.First, &n.Last, &n.Count)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("list names: %w", err)
	}
	return names, nil
}

// OnBehalf counts what agents have done for somebody, under whichever of the actors that are this person.
func (s *Service) OnBehalf(ctx context.Context, scope access.Scope, actor int64) (n int64, err error) {
	w := &feed.Where{}
	w.Scope(scope)
	w.And(`on_behalf_of_id IN (SELECT o.id FROM actors a JOIN actors o ON coalesce(o.merged_into, o.id) = coalesce(a.merged_into, a.id) AND o.workspace_id = a.workspace_id WHERE a.id = ?)`, actor)
	if err = s.pool.QueryRow(ctx, fmt.Sprintf(`SELECT coalesce(sum(count), 0)::bigint FROM daily_counts WHERE %s`, w), w.Args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count on behalf: %w", err)
	}
	return n, nil
}

// Called finds the names of the actors with these external ids, of whom there is something in the scope. It looks at all of the scope's rollups,
// as its total does, whoever is asked for: how long it takes says nothing of those who are not in it.
func (s *Service) Called(ctx context.Context, scope access.Scope, externalIDs []string) (map[string]string, error) {
	names := map[string]string{}
	if len(externalIDs) == 0 {
		return names, nil
	}
	w := &feed.Where{}
	asked := "a.workspace_id = ANY (" + w.Arg(scope.Workspaces()) + ") AND a.external_id = ANY (" + w.Arg(externalIDs) + ")"
	sql := "SELECT a.external_id, a.name FROM actors a WHERE " + asked
	if slices.ContainsFunc(scope.Regions(), func(r access.Region) bool { return !r.All }) || scope.Empty() {
		w.Scope(scope)
		sql = fmt.Sprintf(`WITH seen AS MATERIALIZED (SELECT DISTINCT actor_id FROM daily_counts WHERE %s AND count > 0) %s AND a.id IN (SELECT actor_id FROM seen)`, w, sql)
	}
	rows, err := s.pool.Query(ctx, sql, w.Args...)
	if err != nil {
		return nil, fmt.Errorf("find names: %w", err)
	}
	var id, name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find names: %w", err)
	}
	return names, nil
}
