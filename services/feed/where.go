package feed

import (
	"fmt"
	"strings"

	"daybook/services/access"
)

// Where collects SQL conditions and their arguments. The conditions name columns that activities and the rollups have in common, so
// that a list and its counts cannot disagree.
type Where struct {
	conds []string
	Args  []any
}

// Arg adds an argument and gives its placeholder.
func (w *Where) Arg(v any) string {
	w.Args = append(w.Args, v)
	return fmt.Sprintf("$%d", len(w.Args))
}

// And adds a condition; each ? in it stands for the next of the arguments.
func (w *Where) And(cond string, args ...any) {
	for _, a := range args {
		cond = strings.Replace(cond, "?", w.Arg(a), 1)
	}
	w.conds = append(w.conds, cond)
}

// String gives the conditions joined by AND.
func (w *Where) String() string {
	if len(w.conds) == 0 {
		return "true"
	}
	return strings.Join(w.conds, " AND ")
}

// Scope adds the condition that a row is in the scope.
func (w *Where) Scope(scope access.Scope) {
	regions := scope.Regions()
	if len(regions) == 0 {
		w.And("false")
		return
	}
	w.And("workspace_id = ANY (?)", scope.Workspaces()) // says nothing new, but an index can use it
	arms := make([]string, len(regions))
	for i, r := range regions {
		arm := &Where{Args: w.Args}
		arm.And("workspace_id = ?", r.Workspace)
		arm.And("system = ANY (?)", systemFlags(r))
		arm.region(r)
		arms[i], w.Args = arm.String(), arm.Args
	}
	w.And("(" + strings.Join(arms, " OR ") + ")")
}

// systemFlags gives what the system flag may be.
func systemFlags(r access.Region) []bool {
	if r.System {
		return []bool{false, true}
	}
	return []bool{false}
}

// region adds what a region asks for beyond workspace and system flag.
func (w *Where) region(r access.Region) {
	if r.All {
		return
	}
	own := "(actor_id = ANY (?) OR on_behalf_of_id = ANY (?))"
	if r.Within == nil {
		w.And("(project_id = ANY (?) OR "+own+")", r.Projects, r.Own, r.Own)
	} else {
		w.And("(project_id = ANY (?) OR "+own+" AND project_id = ANY (?))", r.Projects, r.Own, r.Own, r.Within)
	}
}

// Cube adds the filter's conditions on what the rollups know: all but entity ids and times.
func (w *Where) Cube(s Selection) { w.bind(s.dimensions()) }

// Rows adds the filter's remaining conditions, which only rows answer.
func (w *Where) Rows(s Selection) {
	if s.entityIDs != nil {
		w.And("entity_id = ANY (?)", s.entityIDs)
	}
	w.during(s)
}

// bind adds that each column has one of its values.
func (w *Where) bind(dimensions []dimension) {
	for _, d := range dimensions {
		w.And(d.column+" = ANY (?)", d.values)
	}
}

func (w *Where) during(s Selection) {
	if s.from.IsSet() {
		w.And("occurred_at >= ?", s.from.At)
	}
	if s.to.IsSet() {
		w.And("occurred_at <= ?", s.to.At)
	}
}
