package feed

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"daybook/services/access"
)

// Selection is a filter with its external ids looked up. A nil list means any; an empty one means none.
type Selection struct {
	actors, projects []int64
	types, actions   []string
	entityIDs        []string
	outcomes         []string
	from, to         Bound
}

// InCube tells whether the rollups can answer the filter: all but entity ids.
func (s Selection) InCube() bool { return s.entityIDs == nil }

// none tells whether the filter selects nothing, because it names only actors or projects that do not exist.
func (s Selection) none() bool {
	return s.actors != nil && len(s.actors) == 0 || s.projects != nil && len(s.projects) == 0
}

// dimension is a column that is bound to some values.
type dimension struct {
	column, kind string // kind: the SQL type of a value
	values       any    // a slice
	only         any    // the one value, when there is one
	n            int
}

func dimensionOf[T any](column, kind string, values []T) dimension {
	d := dimension{column: column, kind: kind, values: values, n: len(values)}
	if d.n == 1 {
		d.only = values[0]
	}
	return d
}

// dimensions lists what the filter binds, the one that usually leaves the fewest rows first: a list is driven by the first.
func (s Selection) dimensions() []dimension {
	var out []dimension
	add := func(given bool, d dimension) {
		if given {
			out = append(out, d)
		}
	}
	add(s.actors != nil, dimensionOf("actor_id", "bigint", s.actors))
	add(s.projects != nil, dimensionOf("project_id", "bigint", s.projects))
	add(s.actions != nil, dimensionOf("action", "text", s.actions))
	add(s.types != nil, dimensionOf("entity_type", "text", s.types))
	add(s.outcomes != nil, dimensionOf("outcome", "text", s.outcomes))
	return out
}

// Look finds what the filter's external ids stand for, in the workspaces of the scope.
func (s *Service) Look(ctx context.Context, f Filter, scope access.Scope) (Selection, error) {
	sel := Selection{types: given(f.Types), actions: given(f.Actions), entityIDs: given(f.EntityIDs), from: f.From, to: f.To, actors: f.ActorIDs}
	for _, o := range given(f.Outcomes) {
		sel.outcomes = append(sel.outcomes, string(o))
	}
	if len(f.Actors) > 0 {
		found, err := s.ids(ctx, "actors", f.Actors, scope.Workspaces())
		if err != nil {
			return sel, err
		}
		sel.actors = append(found, f.ActorIDs...)
	}
	if sel.actors != nil {
		sel.actors = slices.Compact(slices.Sorted(slices.Values(sel.actors)))
		sel.actors = append([]int64{}, sel.actors...) // none is not any
	}
	if len(f.Projects) == 0 {
		return sel, nil
	}
	var err error
	sel.projects, err = s.ids(ctx, "projects", f.Projects, scope.Workspaces())
	return sel, err
}

// given gives the alternatives without repetitions, or nil when there are none: the text form of a filter cannot say "one of nothing".
func given[T ~string](values []T) []T {
	if len(values) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(values)))
}

func (s *Service) ids(ctx context.Context, table string, external []string, workspaces []uuid.UUID) ([]int64, error) {
	ids := []int64{}
	err := s.pool.QueryRow(ctx, `SELECT coalesce(array_agg(id), '{}') FROM `+table+` WHERE workspace_id = ANY ($1) AND external_id = ANY ($2)`, workspaces, external).Scan(&ids)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", table, err)
	}
	return ids, nil
}

// kinds finds the types of the entities with these ids. The index that finds an entity's rows in order needs the type too, and applications
// number things of each type from 1. One probe of the index for each type, however many rows there are.
func (s *Service) kinds(ctx context.Context, scope access.Scope, entityIDs []string) ([]string, error) {
	var kinds []string
	err := s.pool.QueryRow(ctx, `
		WITH RECURSIVE found (workspace_id, entity_id, kind) AS (
			SELECT w, e, (SELECT entity_type FROM activities WHERE workspace_id = w AND entity_id = e ORDER BY entity_type LIMIT 1)
			  FROM unnest($1::uuid[]) AS w CROSS JOIN unnest($2::text[]) AS e
			UNION ALL
			SELECT f.workspace_id, f.entity_id, (SELECT entity_type FROM activities a WHERE a.workspace_id = f.workspace_id
			       AND a.entity_id = f.entity_id AND a.entity_type > f.kind ORDER BY entity_type LIMIT 1)
			  FROM found f WHERE kind IS NOT NULL
		)
		SELECT coalesce(array_agg(DISTINCT kind) FILTER (WHERE kind IS NOT NULL), '{}') FROM found`, scope.Workspaces(), entityIDs).Scan(&kinds)
	if err != nil {
		return nil, fmt.Errorf("look up types: %w", err)
	}
	return kinds, nil
}
