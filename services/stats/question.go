package stats

import (
	"context"
	"fmt"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// question is what is counted: what a filter selects of what a reader of one workspace may see.
type question struct {
	ws     models.Workspace
	zone   *time.Location
	scope  access.Scope
	filter feed.Filter
	sel    feed.Selection
}

func (s *Service) ask(ctx context.Context, v access.Viewer, f feed.Filter) (question, error) {
	if !f.From.IsSet() || !f.To.IsSet() {
		return question{}, models.FieldErrorf(models.Malformed, "start_date", "and end_date are needed")
	}
	zone, err := time.LoadLocation(v.Workspace.TimeZone)
	if err != nil {
		return question{}, fmt.Errorf("time zone of a workspace: %w", err)
	}
	q := question{ws: v.Workspace, zone: zone, scope: v.Scope(f.System), filter: f}
	q.sel, err = s.feed.Look(ctx, f, q.scope)
	return q, err
}

// hasAll tells whether everything in the workspace is read.
func (q question) hasAll() bool {
	for _, r := range q.scope.Regions() {
		if !r.All {
			return false
		}
	}
	return !q.scope.Empty()
}

// table is what a rollup or a table of rows is asked for.
type table struct {
	rollup, columns string // the columns: of the sum that is made
	key, kind       string // its column of time, and that one's type
	rows            string // the same columns of activities
	facet           int    // of daily_totals; 0: not that table
	totals          bool   // it knows neither projects nor people, so that it is for those who read everything
}

// The tables. Their columns are what parts group by.
var (
	cube = table{rollup: "daily_counts", key: "day", kind: "date", columns: "actor_id, project_id, entity_type, action, outcome, count",
		rows: "actor_id, coalesce(project_id, 0) AS project_id, entity_type, action, outcome, 1::bigint AS count"}
	dailyWords    = table{rollup: "daily_totals", key: "day", kind: "date", columns: "entity_type, action, outcome, count", rows: "entity_type, action, outcome, 1::bigint AS count", facet: 1, totals: true}
	dailyActors   = table{rollup: "daily_totals", key: "day", kind: "date", columns: "id AS actor_id, count", rows: "actor_id, 1::bigint AS count", facet: 2, totals: true}
	dailyProjects = table{rollup: "daily_totals", key: "day", kind: "date", columns: "id AS project_id, count", rows: "coalesce(project_id, 0) AS project_id, 1::bigint AS count", facet: 3, totals: true}
	hourly        = table{rollup: "hourly_counts", key: "hour", kind: "timestamptz", columns: "outcome, count", rows: "outcome, 1::bigint AS count"}
	hourlyTotals  = table{rollup: "hourly_totals", key: "hour", kind: "timestamptz", columns: "outcome, count", rows: "outcome, 1::bigint AS count", totals: true}
)

// from gives the table expression of a cut of time: a scan for each run of the rollup and each ragged span of rows, of each part of the scope.
func (q question) from(w *feed.Where, t table, c cut) string {
	sql := ""
	arm := func(text string) {
		if sql != "" {
			sql += " UNION ALL "
		}
		sql += text
	}
	for _, run := range c.runs {
		for _, place := range q.places(w, t) {
			arm(fmt.Sprintf("SELECT %s AS bucket, %s FROM %s WHERE %s AND %s >= %s::%s AND %[5]s < %[8]s::%[7]s",
				c.ofKey(w, t), t.columns, t.rollup, place, t.key, w.Arg(run.from), t.kind, w.Arg(run.to)))
		}
	}
	for _, r := range c.ragged {
		for _, place := range q.places(w, table{}) {
			arm(fmt.Sprintf("SELECT %s AS bucket, %s FROM activities WHERE %s AND occurred_at >= %s AND occurred_at < %s", c.ofRow(w), t.rows, place, w.Arg(r.from), w.Arg(r.to)))
		}
	}
	if sql == "" {
		return fmt.Sprintf("SELECT 1 AS bucket, %s FROM activities WHERE false", t.rows)
	}
	return sql
}

// places gives the conditions of each part of the scope, with those of the filter. What members read is (in their projects) + (their own, elsewhere):
// each has an index of its own, and no row is in two.
func (q question) places(w *feed.Where, t table) []string {
	var out []string
	for _, r := range q.scope.Regions() {
		add := func(and func(p *feed.Where)) {
			p := &feed.Where{Args: w.Args}
			p.And("workspace_id = ?", r.Workspace)
			if t.facet > 0 {
				p.And(fmt.Sprintf("facet = %d", t.facet))
			}
			if !r.System {
				p.And("system = false")
			}
			and(p)
			p.Cube(q.sel)
			out, w.Args = append(out, p.String()), p.Args
		}
		if r.All {
			add(func(*feed.Where) {})
			continue
		}
		if len(r.Projects) > 0 && !q.sel.OutsideProjects() {
			add(func(p *feed.Where) { p.And("project_id = ANY (?)", r.Projects) })
		}
		own := func(p *feed.Where) {
			if len(r.Projects) > 0 { // nothing is unequal to all of NULL, which is how no projects would be sent
				p.And("(project_id IS NULL OR project_id <> ALL (?))", r.Projects)
			}
			if r.Within != nil {
				p.And("project_id = ANY (?)", r.Within)
			}
		}
		if len(r.Own) > 0 {
			add(func(p *feed.Where) { p.And("actor_id = ANY (?)", r.Own); own(p) })
			add(func(p *feed.Where) {
				p.And("on_behalf_of_id = ANY (?) AND on_behalf_of_id <> 0 AND actor_id <> ALL (?)", r.Own, r.Own)
				own(p)
			})
		}
	}
	return out
}
