package feed

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/services/access"
)

// position is a place in feed order: the rows after it are those with smaller (occurred_at, id).
type position struct {
	OccurredAt int64 // microseconds since 1970
	ID         int64
}

// feedQuery builds the statement of one page in feed order: a merge of arms, each read from an index in order and cut at the limit.
// newer turns the direction round: the rows just before the position, nearest first.
type feedQuery struct {
	scope         access.Scope
	sel           Selection
	kinds         []string // the types of the entities asked for
	after         *position
	newer         bool
	limit, offset int
}

// sql gives the statement and its arguments. The arms are bounded by the limit, so the page costs the same at any depth; the position is
// compared as a row, which an index can do ("a < x OR a = x AND b < y" reads everything before it). A row may be found by several arms (in a
// project of mine, and done by me): it is taken out once here, because an arm that left out the rows of another one would walk over them all.
func (q feedQuery) sql() (string, []any) {
	w := &Where{}
	var arms []string
	if !q.sel.none() {
		arms = q.arms(w)
	}
	if len(arms) == 0 {
		return "SELECT " + columns + " FROM activities WHERE false", nil
	}
	return fmt.Sprintf("SELECT DISTINCT ON (occurred_at, id) * FROM (%s) AS merged ORDER BY %s LIMIT %d OFFSET %d",
		strings.Join(arms, " UNION ALL "), q.order(), q.limit, q.offset), w.Args
}

func (q feedQuery) order() string {
	if q.newer {
		return "occurred_at, id"
	}
	return "occurred_at DESC, id DESC"
}

// arms gives the scans of all regions. Regions that hold everything of their workspaces are one arm.
func (q feedQuery) arms(w *Where) []string {
	var arms []string
	whole := map[bool][]uuid.UUID{}
	for _, r := range q.scope.Regions() {
		if r.All {
			whole[r.System] = append(whole[r.System], r.Workspace)
		} else {
			arms = append(arms, q.partial(w, r)...)
		}
	}
	for _, system := range []bool{false, true} {
		if ids := whole[system]; len(ids) > 0 {
			drivers, rest := q.chosen()
			drivers = append([]dimension{dimensionOf("workspace_id", "uuid", ids), dimensionOf("system", "boolean", systemFlags(access.Region{System: system}))}, drivers...)
			arms = append(arms, q.arm(w, drivers, rest, nil))
		}
	}
	return arms
}

// chosen divides what the filter binds: what drives a scan, together with workspace and system flag, leads an index; the rest is checked row by row.
func (q feedQuery) chosen() (drivers, rest []dimension) {
	rest = q.sel.dimensions()
	if q.sel.entityIDs != nil {
		rest = slices.DeleteFunc(rest, func(d dimension) bool { return d.column == "entity_type" })
		return []dimension{dimensionOf("entity_id", "text", q.sel.entityIDs), dimensionOf("entity_type", "text", q.kinds)}, rest
	}
	if len(rest) > 0 {
		return rest[:1], rest[1:]
	}
	return nil, nil
}

// partial gives the scans of a region that does not hold everything. An entity or an actor asked for leaves fewer rows than somebody's projects,
// so it drives, and the region is checked row by row.
func (q feedQuery) partial(w *Where, r access.Region) []string {
	lead := []dimension{dimensionOf("workspace_id", "uuid", []uuid.UUID{r.Workspace}), dimensionOf("system", "boolean", systemFlags(r))}
	if q.sel.entityIDs != nil || q.sel.actors != nil {
		drivers, rest := q.chosen()
		return []string{q.arm(w, append(lead, drivers...), rest, &r)}
	}
	var arms []string
	projects, elsewhere, rest := r.Projects, r.Within, q.sel.dimensions()
	if asked := q.sel.projects; asked != nil {
		rest = rest[1:] // dimensions lists actors and projects first, and there are no actors
		projects = shared(r.Projects, asked)
		if elsewhere = asked; r.Within != nil {
			elsewhere = shared(r.Within, asked)
		}
	}
	if len(projects) > 0 {
		arms = append(arms, q.arm(w, append(lead[:2:2], dimensionOf("project_id", "bigint", projects)), rest, nil))
	}
	if elsewhere != nil { // own rows in projects that have an arm already need none
		elsewhere = slices.DeleteFunc(slices.Clone(elsewhere), func(id int64) bool { return slices.Contains(projects, id) })
		rest = append(rest[:len(rest):len(rest)], dimensionOf("project_id", "bigint", elsewhere))
	}
	if len(r.Own) > 0 && (elsewhere == nil || len(elsewhere) > 0) {
		for _, column := range []string{"actor_id", "on_behalf_of_id"} {
			arms = append(arms, q.arm(w, append(lead[:2:2], dimensionOf(column, "bigint", r.Own)), rest, nil))
		}
	}
	return arms
}

func shared(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

// arm is a scan for each combination of the drivers' values. Each is cut at what the page needs.
func (q feedQuery) arm(all *Where, drivers, rest []dimension, r *access.Region) string {
	w := &Where{Args: all.Args}
	var each []string
	for i, d := range drivers {
		if d.n == 1 {
			w.And(d.column+" = ?", d.only)
			continue
		}
		each = append(each, fmt.Sprintf("unnest(%s::%s[]) AS d%d (value)", w.Arg(d.values), d.kind, i))
		w.And(fmt.Sprintf("%s = d%d.value", d.column, i))
	}
	w.bind(rest)
	w.during(q.sel)
	if r != nil {
		w.region(*r)
	}
	if q.after != nil {
		op := "<"
		if q.newer {
			op = ">"
		}
		w.And("(occurred_at, id) "+op+" (?, ?)", time.UnixMicro(q.after.OccurredAt).UTC(), q.after.ID)
	}
	all.Args = w.Args
	scan := fmt.Sprintf("(SELECT %s FROM activities WHERE %s ORDER BY %s LIMIT %d)", columns, w, q.order(), q.limit+q.offset)
	if len(each) == 0 {
		return scan
	}
	return fmt.Sprintf("SELECT a.* FROM %s CROSS JOIN LATERAL %s AS a", strings.Join(each, " CROSS JOIN "), scan)
}
