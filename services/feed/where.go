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

// Cube adds the filter's conditions on what the rollups know.
func (w *Where) Cube(s Selection) {
	w.bind(s.only.dimensions())
	w.exclude(s.not.dimensions())
}

// Rows adds the filter's remaining conditions, which only rows of activities answer.
func (w *Where) Rows(s Selection) {
	if s.only.entityIDs != nil {
		w.And("entity_id = ANY (?)", s.only.entityIDs)
	}
	w.during(s)
	w.beyondIndexes(s)
}

// bind adds that each column has one of its values, or meets its condition.
func (w *Where) bind(dimensions []dimension) {
	for _, d := range dimensions {
		if d.cond != "" {
			w.And(d.cond)
			continue
		}
		w.And(d.column+" = ANY (?)", d.values)
	}
}

// exclude adds that no column has one of its values.
func (w *Where) exclude(dimensions []dimension) {
	for _, d := range dimensions {
		if d.n > 0 {
			w.And("("+d.column+" IS NULL OR "+d.column+" <> ALL (?))", d.values)
		}
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

// localTime is a row's time in the selection's zone, or else its workspace's. The table is called activities wherever this stands.
func (w *Where) localTime(s Selection) string {
	if s.zone != "" {
		return "occurred_at AT TIME ZONE " + w.Arg(s.zone) + "::text"
	}
	return "occurred_at AT TIME ZONE (SELECT w.time_zone FROM workspaces w WHERE w.id = activities.workspace_id)"
}

// beyondIndexes adds the conditions that no index in feed order answers, exclusions of the cube's columns apart.
func (w *Where) beyondIndexes(s Selection) {
	if s.not.entityIDs != nil {
		w.And("(entity_id IS NULL OR entity_id <> ALL (?))", s.not.entityIDs)
	}
	for _, c := range []struct {
		part, operator string
		values         []int16
	}{{"isodow", "= ANY", s.only.weekdays}, {"hour", "= ANY", s.only.hours}, {"isodow", "<> ALL", s.not.weekdays}, {"hour", "<> ALL", s.not.hours}} {
		if c.values != nil {
			w.And("extract("+c.part+" FROM "+w.localTime(s)+")::smallint "+c.operator+" (?)", c.values)
		}
	}
	if !s.words.IsZero() {
		found, without := "a.words @@ ?::tsquery", !s.words.Positive() // a row that is not indexed yet has no words
		if s.certain {
			found, without = "length(a.words) > 0 AND "+found, false
		}
		// Not EXISTS: that may be carried out by reading all words of everything
		w.And("coalesce((SELECT "+found+" FROM activity_words a WHERE a.workspace_id = activities.workspace_id AND a.seq = activities.seq), ?)", s.asked, without)
	}
}
