package feed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/words"
)

// Selection is a filter with its names and external ids looked up.
type Selection struct {
	only, not chosen
	words     words.Query
	asked     string // the words, as PostgreSQL reads them
	from, to  Bound
	zone      string // whose weekdays and hours are meant; empty: of each workspace, as it is when it is asked
	certain   bool   // passes over rows that have no words, instead of taking them for rows that lack one
}

// chosen are criteria that are values of columns. A nil list means any; an empty one means none.
type chosen struct {
	actors, projects          []int64
	types, actions, entityIDs []string
	outcomes                  []string
	inSome, inNone            bool    // of the projects, whichever it is
	weekdays, hours           []int16 // weekdays from 1, Monday, to 7
}

// InCube tells whether the rollups can answer the filter: all but entity ids, words, and hours.
func (s Selection) InCube() bool {
	for _, c := range []chosen{s.only, s.not} {
		if c.entityIDs != nil || c.weekdays != nil || c.hours != nil {
			return false
		}
	}
	return s.words.IsZero()
}

// none tells whether the filter selects nothing, because it names only actors or projects that do not exist, or because what it asks for
// excludes each other.
func (s Selection) none() bool {
	c := s.only
	switch {
	case c.actors != nil && len(c.actors) == 0, c.projects != nil && len(c.projects) == 0, c.types != nil && len(c.types) == 0:
		return true
	}
	return c.inNone && (c.inSome || c.projects != nil)
}

// dimension is a column that is bound to some values.
type dimension struct {
	column, kind string // kind: the SQL type of a value
	values       any    // a slice
	only         any    // the one value, when there is one
	n            int
	cond         string // what is asked of the column, in place of values; then no index leads to the rows
}

// drives tells whether the dimension can drive a scan. A column bound to more values than mostScans does not: a page would be merged of too many.
func (d dimension) drives() bool { return d.cond == "" && d.n <= mostScans }

func dimensionOf[T any](column, kind string, values []T) dimension {
	d := dimension{column: column, kind: kind, values: values, n: len(values)}
	if d.n == 1 {
		d.only = values[0]
	}
	return d
}

// dimensions lists what the cube's columns are bound to, the one that usually leaves the fewest rows first: a list is driven by the first.
func (c chosen) dimensions() []dimension {
	var out []dimension
	add := func(given bool, d dimension) {
		if given {
			out = append(out, d)
		}
	}
	add(c.actors != nil, dimensionOf("actor_id", "bigint", c.actors))
	add(c.projects != nil, dimensionOf("project_id", "bigint", c.projects))
	add(c.actions != nil, dimensionOf("action", "text", c.actions))
	add(c.types != nil, dimensionOf("entity_type", "text", c.types))
	add(c.outcomes != nil, dimensionOf("outcome", "text", c.outcomes))
	add(c.inSome, dimension{column: "project_id", cond: "project_id <> 0"})
	add(c.inNone, dimension{column: "project_id", cond: "(project_id IS NULL OR project_id = 0)"}) // activities have the one, the cube the other
	return out
}

// Look finds what the filter's names and external ids stand for, in the workspaces of the scope.
func (s *Service) Look(ctx context.Context, f Filter, scope access.Scope) (Selection, error) {
	sel := f.seeking()
	if err := s.choose(ctx, f.Criteria, scope, &sel.only); err != nil {
		return sel, err
	}
	if f.ActorIDs != nil {
		ids, err := s.together(ctx, f.ActorIDs)
		if err != nil {
			return sel, err
		}
		sel.only.actors = distinct(append(sel.only.actors, ids...))
	}
	if err := s.choose(ctx, f.Not, scope, &sel.not); err != nil {
		return sel, err
	}
	sel.asked = sel.words.For(scope.Workspaces())
	return sel, nil
}

// seeking is the part of a selection for which nothing needs to be looked up: the range, the words, and columns whose values the filter names.
func (f Filter) seeking() Selection {
	sel := Selection{from: f.From, to: f.To, only: plainly(f.Criteria), not: plainly(f.Not)}
	for _, w := range f.Words {
		sel.words.Text(w.Text, w.Phrase)
	}
	for _, w := range f.Not.Words {
		sel.words.NotText(w.Text, w.Phrase)
	}
	sel.words.Field(f.Fields)
	sel.words.NotField(f.Not.Fields)
	for _, p := range f.Has {
		sel.has(p, true)
	}
	for _, p := range f.Not.Has {
		sel.has(p, false)
	}
	return sel
}

func (s *Selection) has(p Part, there bool) {
	switch p {
	case HasChanges:
		s.words.Changes(there)
	case HasMetadata:
		s.words.Metadata(there)
	case HasProject:
		s.only.inSome, s.only.inNone = s.only.inSome || there, s.only.inNone || !there
	case HasResource:
		s.resource(there)
	}
}

// resource asks for a type, or for the lack of one, which is a type too.
func (s *Selection) resource(there bool) {
	const none = ""
	switch {
	case there:
		s.not.types = append(s.not.types, none)
	case s.only.types == nil:
		s.only.types = []string{none}
	default: // of those that are asked for by name none is left
		s.only.types = slices.DeleteFunc(s.only.types, func(kind string) bool { return kind != none })
	}
}

func plainly(c Criteria) chosen {
	return chosen{types: given(c.Types), actions: given(c.Actions), entityIDs: given(c.EntityIDs), outcomes: given(texts(c.Outcomes)),
		weekdays: given(weekdays(c.Weekdays)), hours: given(numbers(c.Hours))}
}

// choose adds what the names stand for.
func (s *Service) choose(ctx context.Context, c Criteria, scope access.Scope, into *chosen) (err error) {
	if len(c.Actors) > 0 || len(c.ActorNames) > 0 {
		if into.actors, err = s.actors(ctx, c, scope); err != nil {
			return err
		}
	}
	if len(c.Projects) > 0 || len(c.ProjectNames) > 0 {
		into.projects, err = s.projects(ctx, c, scope)
	}
	return err
}

func texts(outcomes []models.Outcome) []string {
	out := make([]string, len(outcomes))
	for i, o := range outcomes {
		out[i] = string(o)
	}
	return out
}

// weekdays numbers days as PostgreSQL's isodow does.
func weekdays(days []time.Weekday) []int16 {
	out := make([]int16, len(days))
	for i, d := range days {
		out[i] = int16((d+6)%7) + 1
	}
	return out
}

func numbers(hours []int) []int16 {
	out := make([]int16, len(hours))
	for i, h := range hours {
		out[i] = int16(h)
	}
	return out
}

// given gives the alternatives without repetitions, or nil when there are none: the text form of a filter cannot say "one of nothing".
func given[T ~string | ~int16](values []T) []T {
	if len(values) == 0 {
		return nil
	}
	return distinct(values)
}

// distinct gives the values in order without repetitions; never nil.
func distinct[T ~string | ~int16 | ~int64](values []T) []T {
	return append([]T{}, slices.Compact(slices.Sorted(slices.Values(values)))...)
}

// Me is the name by which readers ask for what they did themselves.
const Me = "me"

// actors finds the actors that some criteria name.
func (s *Service) actors(ctx context.Context, c Criteria, scope access.Scope) ([]int64, error) {
	ids, err := s.ids(ctx, "actors", c.Actors, scope)
	if err != nil {
		return nil, err
	}
	isMe := func(name string) bool { return strings.EqualFold(name, Me) }
	if slices.ContainsFunc(c.ActorNames, isMe) {
		ids = append(ids, scope.Self()...)
	}
	others := slices.DeleteFunc(slices.Clone(c.ActorNames), isMe)
	named, err := s.named(ctx, "SELECT id, workspace_id, external_id, name, coalesce(email, '') FROM actors", others, scope)
	if err != nil {
		return nil, err
	}
	leaving, err := s.leaving(ctx, c.Actors, others, scope)
	if err != nil {
		return nil, err
	}
	ids, err = s.together(ctx, slices.Concat(ids, named, leaving))
	return distinct(ids), err
}

// together adds the actors that are the same persons as some: those that they are merged with.
func (s *Service) together(ctx context.Context, ids []int64) ([]int64, error) {
	all := []int64{}
	if len(ids) == 0 {
		return all, nil
	}
	// By the two indexes that lead to few rows, whatever the number of actors.
	err := s.pool.QueryRow(ctx, `
		WITH roots AS (SELECT DISTINCT coalesce(merged_into, id) AS id FROM actors WHERE id = ANY ($1))
		SELECT coalesce(array_agg(id), '{}') FROM (SELECT id FROM roots UNION SELECT a.id FROM roots JOIN actors a ON a.merged_into = roots.id) AS t`, ids).Scan(&all)
	if err != nil {
		return nil, fmt.Errorf("look up merged actors: %w", err)
	}
	return append(all, ids...), nil // ids that are no actors stay: they select nothing, not everything
}

// projects finds the projects that some criteria name.
func (s *Service) projects(ctx context.Context, c Criteria, scope access.Scope) ([]int64, error) {
	ids, err := s.ids(ctx, "projects", c.Projects, scope)
	if err != nil {
		return nil, err
	}
	named, err := s.named(ctx, "SELECT id, workspace_id, external_id, name, '' FROM projects", c.ProjectNames, scope)
	return distinct(append(ids, named...)), err
}

// ids finds what has one of these external ids.
func (s *Service) ids(ctx context.Context, table string, external []string, scope access.Scope) ([]int64, error) {
	ids := []int64{}
	if len(external) == 0 {
		return ids, nil
	}
	err := s.pool.QueryRow(ctx, `SELECT coalesce(array_agg(id), '{}') FROM `+table+` WHERE workspace_id = ANY ($1) AND external_id = ANY ($2)`,
		scope.Workspaces(), external).Scan(&ids)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", table, err)
	}
	return ids, nil
}

// named finds what is called so: by the beginnings of the name's words, by external id, or, for those who may see it, by address: nobody else
// learns by asking whose address it is. All names of the workspaces are looked at; there are as many as there are people or projects, not
// activities.
func (s *Service) named(ctx context.Context, sql string, names []string, scope access.Scope) ([]int64, error) {
	if len(names) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, sql+" WHERE workspace_id = ANY ($1)", scope.Workspaces())
	if err != nil {
		return nil, fmt.Errorf("look up names: %w", err)
	}
	defer rows.Close()
	called := models.MatchNames(names)
	var ids []int64
	for rows.Next() {
		var id int64
		var workspace uuid.UUID
		var external, name, address string
		if err := rows.Scan(&id, &workspace, &external, &name, &address); err != nil {
			return nil, fmt.Errorf("look up names: %w", err)
		}
		isAddress := func(asked string) bool { return strings.EqualFold(asked, address) }
		if slices.Contains(names, external) || called.Finds(name) || scope.ShowsAddresses(workspace) && slices.ContainsFunc(names, isAddress) {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

// kinds finds the types of the entities with these ids. The index that finds an entity's rows in order needs the type too, and applications
// number things of each type from 1. One probe of the index for each type, however many rows there are.
func (s *Service) kinds(ctx context.Context, scope access.Scope, entityIDs []string) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		WITH RECURSIVE found (workspace_id, entity_id, kind) AS (
			SELECT w, e, (SELECT entity_type FROM activities WHERE workspace_id = w AND entity_id = e ORDER BY entity_type LIMIT 1)
			  FROM unnest($1::uuid[]) AS w CROSS JOIN unnest($2::text[]) AS e
			UNION ALL
			SELECT f.workspace_id, f.entity_id, (SELECT entity_type FROM activities a WHERE a.workspace_id = f.workspace_id
			       AND a.entity_id = f.entity_id AND a.entity_type > f.kind ORDER BY entity_type LIMIT 1)
			  FROM found f WHERE kind IS NOT NULL
		)
		SELECT DISTINCT kind FROM found WHERE kind IS NOT NULL`, scope.Workspaces(), entityIDs)
	if err != nil {
		return nil, fmt.Errorf("look up types: %w", err)
	}
	kinds, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look up types: %w", err)
	}
	return kinds, nil
}
