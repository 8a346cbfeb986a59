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
	kinds         []string              // the types of the entities asked for
	places        map[uuid.UUID][]int64 // where the words asked for are, by workspace, when that is in few places; nil: not known
	after         *position
	newer         bool
	newest        int64 // what has a greater id is not looked at; 0: everything
	limit, offset int
	// budget is how many rows may be looked at, all arms together, when the filter asks for more than an index in feed order can answer. Then each
	// arm ends with the last row it looked at (cut). 0: as many as it takes.
	budget int
	// counting: rows are not shown but counted, and a scan that has more than its share is cut, too
	counting bool
	// walking: all of the list is read, piece by piece (walk_query.go)
	walking bool
}

// sql gives the statement of a page of whole rows, and its arguments. The arms are bounded by the limit, so the page costs the same at any
// depth; the position is compared as a row, which an index can do ("a < x OR a = x AND b < y" reads everything before it). A row may be found by
// several arms (in a project of mine, and done by me): it is taken out once here, because an arm that left out the rows of another one would
// walk over them all.
func (q feedQuery) sql() (string, []any) {
	w := &Where{}
	arms := q.union(w, columns)
	return fmt.Sprintf("SELECT DISTINCT ON (occurred_at, id) %s FROM (%s) AS merged ORDER BY %s LIMIT %d OFFSET %d",
		columns, arms, q.order(), q.limit, q.offset), w.Args
}

func (q feedQuery) order() string {
	if q.newer {
		return "occurred_at, id"
	}
	return "occurred_at DESC, id DESC"
}

// union gives the scans of all regions, each with these columns of the rows, whether the row is one of the list (hit) or just the last one
// looked at (cut), and how many the scan had looked at by then, when it looks at rows that are not of the list.
func (q feedQuery) union(w *Where, list string) string {
	var parts []string
	share := q.budget / max(1, q.scans())
	for _, a := range q.arms() {
		parts = append(parts, q.scan(w, a, list, share))
	}
	if len(parts) == 0 {
		return "SELECT " + list + ", true AS hit, false AS cut, 0 AS looked FROM activities WHERE false"
	}
	return strings.Join(parts, " UNION ALL ")
}

// arm is a scan for each combination of the drivers' values, which lead an index; the rest is checked row by row.
type arm struct {
	drivers, rest []dimension
	region        *access.Region // to be checked row by row, too
	seqs          []int64        // not an index in feed order, but these rows are looked at, each of them
}

func (a arm) scans() int {
	n := 1
	for _, d := range a.drivers {
		n *= d.n
	}
	return n
}

// arms gives the scans of all regions. Regions that hold everything of their workspaces are one arm. When it is known where the words are, these
// rows are the only ones looked at.
func (q feedQuery) arms() []arm {
	switch {
	case q.sel.none():
		return nil
	case q.walking && q.places == nil:
		return q.walkArms()
	}
	return q.pageArms()
}

func (q feedQuery) pageArms() []arm {
	var arms []arm
	if q.places != nil {
		for workspace := range q.places {
			arms = append(arms, arm{drivers: []dimension{dimensionOf("workspace_id", "uuid", []uuid.UUID{workspace})}, rest: q.sel.only.dimensions(), seqs: q.places[workspace]})
		}
		return arms
	}
	whole := map[bool][]uuid.UUID{}
	for _, r := range q.scope.Regions() {
		if r.All {
			whole[r.System] = append(whole[r.System], r.Workspace)
		} else {
			arms = append(arms, q.partial(r)...)
		}
	}
	for _, system := range []bool{false, true} {
		if ids := whole[system]; len(ids) > 0 {
			drivers, rest := q.chosen()
			lead := []dimension{dimensionOf("workspace_id", "uuid", ids), dimensionOf("system", "boolean", systemFlags(access.Region{System: system}))}
			arms = append(arms, arm{drivers: append(lead, drivers...), rest: rest})
		}
	}
	return arms
}

// mostScans is to how many values a column may be bound that drives scans.
const mostScans = 100

// chosen divides what the filter binds: what drives a scan, together with workspace and system flag, leads an index; the rest is checked row by row.
func (q feedQuery) chosen() (drivers, rest []dimension) {
	rest = q.sel.only.dimensions()
	if q.sel.only.entityIDs != nil {
		rest = slices.DeleteFunc(rest, func(d dimension) bool { return d.column == "entity_type" })
		return []dimension{dimensionOf("entity_id", "text", q.sel.only.entityIDs), dimensionOf("entity_type", "text", q.kinds)}, rest
	}
	for i, d := range rest {
		if d.drives() {
			return rest[i : i+1 : i+1], slices.Delete(slices.Clone(rest), i, i+1)
		}
	}
	return nil, rest
}

// partial gives the scans of a region that does not hold everything. An entity or an actor asked for leaves fewer rows than somebody's projects,
// so it drives, and the region is checked row by row.
func (q feedQuery) partial(r access.Region) []arm {
	lead := []dimension{dimensionOf("workspace_id", "uuid", []uuid.UUID{r.Workspace}), dimensionOf("system", "boolean", systemFlags(r))}
	if q.sel.only.entityIDs != nil || q.sel.only.actors != nil && len(q.sel.only.actors) <= mostScans {
		drivers, rest := q.chosen()
		return []arm{{drivers: append(lead, drivers...), rest: rest, region: &r}}
	}
	var arms []arm
	projects, elsewhere, rest := r.Projects, r.Within, q.sel.only.dimensions()
	inside := slices.DeleteFunc(slices.Clone(rest), func(d dimension) bool { return d.column == "project_id" }) // where the project is known
	if q.sel.only.inNone {
		if projects = nil; elsewhere != nil {
			return nil
		}
	}
	if asked := q.sel.only.projects; asked != nil {
		rest = inside
		projects = shared(r.Projects, asked)
		if elsewhere = asked; r.Within != nil {
			elsewhere = shared(r.Within, asked)
		}
	}
	if len(projects) > 0 {
		arms = append(arms, arm{drivers: append(lead[:2:2], dimensionOf("project_id", "bigint", projects)), rest: inside})
	}
	if elsewhere != nil { // own rows in projects that have an arm already need none
		elsewhere = slices.DeleteFunc(slices.Clone(elsewhere), func(id int64) bool { return slices.Contains(projects, id) })
		rest = append(rest[:len(rest):len(rest)], dimensionOf("project_id", "bigint", elsewhere))
	}
	if len(r.Own) > 0 && (elsewhere == nil || len(elsewhere) > 0) {
		for _, column := range []string{"actor_id", "on_behalf_of_id"} {
			arms = append(arms, arm{drivers: append(lead[:2:2], dimensionOf(column, "bigint", r.Own)), rest: rest})
		}
	}
	return arms
}

func shared(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

// scan gives the SQL of an arm. Each of its scans is cut at what the page needs, and looks at no more rows than its share of the budget.
func (q feedQuery) scan(all *Where, a arm, list string, share int) string {
	w := &Where{Args: all.Args}
	var from []string
	for i, d := range a.drivers {
		if d.n == 1 {
			w.And(d.column+" = ?", d.only)
			continue
		}
		from = append(from, fmt.Sprintf("unnest(%s::%s[]) AS d%d (value)", w.Arg(d.values), d.kind, i))
		w.And(fmt.Sprintf("%s = d%d.value", d.column, i))
	}
	w.during(q.sel)
	if q.newest > 0 {
		w.And("id <= ?", q.newest)
	}
	if q.after != nil {
		op := "<"
		if q.newer {
			op = ">"
		}
		w.And("(occurred_at, id) "+op+" (?, ?)", time.UnixMicro(q.after.OccurredAt).UTC(), q.after.ID)
	}
	var scan string
	switch inner, checks := w.String(), q.checks(w, a); {
	case a.seqs != nil:
		scan = fmt.Sprintf(`(SELECT %s, true AS hit, false AS cut, 0 AS looked FROM unnest(%s::bigint[]) AS place (number)
			CROSS JOIN LATERAL (SELECT * FROM activities WHERE workspace_id = %s AND seq = place.number LIMIT 1) AS activities WHERE %s AND %s ORDER BY %s LIMIT %d)`,
			list, w.Arg(a.seqs), w.Arg(a.drivers[0].only), inner, checks, q.order(), q.limit+q.offset)
	case checks == "true" && q.counting:
		scan = fmt.Sprintf(`(SELECT %[1]s, true AS hit, row_number() OVER () > %[2]d AS cut, 0 AS looked FROM (SELECT * FROM activities WHERE %[3]s ORDER BY %[4]s LIMIT %[2]d + 1) AS activities)`,
			list, max(share, 1), inner, q.order())
	case checks == "true":
		scan = fmt.Sprintf("(SELECT %s, true AS hit, false AS cut, 0 AS looked FROM activities WHERE %s ORDER BY %s LIMIT %d)", list, inner, q.order(), q.limit+q.offset)
	case q.budget == 0:
		scan = fmt.Sprintf("(SELECT %s, true AS hit, false AS cut, 0 AS looked FROM activities WHERE %s AND %s ORDER BY %s LIMIT %d)", list, inner, checks, q.order(), q.limit+q.offset)
	default:
		share = max(share, 1)
		scan = fmt.Sprintf(`(SELECT %[1]s, hit, n = %[2]d AS cut, n AS looked FROM (SELECT activities.*, (%[3]s) IS TRUE AS hit, row_number() OVER () AS n
			FROM (SELECT * FROM activities WHERE %[4]s ORDER BY %[5]s LIMIT %[2]d) AS activities) AS looked WHERE hit OR n = %[2]d LIMIT %[6]d)`,
			list, share, checks, inner, q.order(), q.limit+q.offset)
	}
	all.Args = w.Args
	if len(from) == 0 {
		return scan
	}
	return fmt.Sprintf("SELECT a.* FROM %s CROSS JOIN LATERAL %s AS a", strings.Join(from, " CROSS JOIN "), scan)
}

// checks gives what is asked of each row that an arm's index finds.
func (q feedQuery) checks(w *Where, a arm) string {
	c := &Where{Args: w.Args}
	c.bind(a.rest)
	c.exclude(q.sel.not.dimensions())
	if a.region != nil {
		c.region(*a.region)
	}
	if a.seqs != nil {
		c.Scope(q.scope)
		if q.sel.only.entityIDs != nil {
			c.And("entity_id = ANY (?)", q.sel.only.entityIDs)
		}
	}
	c.beyondIndexes(q.sel)
	w.Args = c.Args
	return c.String()
}

// scans is how many scans a page is merged of.
func (q feedQuery) scans() int {
	n := 0
	for _, a := range q.arms() {
		n += a.scans()
	}
	return n
}

// examines tells whether any scan looks at rows that are not of the list.
func (q feedQuery) examines() bool {
	return slices.ContainsFunc(q.arms(), func(a arm) bool { return q.checks(&Where{}, a) != "true" })
}
