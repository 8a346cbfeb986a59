package stats

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
	"daybook/services/feed"
)

// question is what is counted: what a filter selects of what a reader may see, where days are those of one zone.
type question struct {
	zone    *time.Location
	weekday time.Weekday // on which weeks begin, in a report
	scope   access.Scope
	regions []access.Region // of the scope, those that this question is about
	filter  feed.Filter
	sel     feed.Selection
}

// ask makes the question of a report: of one workspace and a range with both ends.
func (s *Service) ask(ctx context.Context, v access.Viewer, f feed.Filter) (question, error) {
	if !f.From.IsSet() || !f.To.IsSet() {
		return question{}, models.FieldErrorf(models.Malformed, "start_date", "and end_date are needed")
	}
	zone, err := time.LoadLocation(v.Workspace.TimeZone)
	if err != nil {
		return question{}, fmt.Errorf("time zone of a workspace: %w", err)
	}
	scope := v.Scope(f.System)
	q := question{zone: zone, weekday: v.Workspace.FirstWeekday(), scope: scope, regions: scope.Regions(), filter: f}
	q.sel, err = s.feed.Look(ctx, f, scope)
	return q, err
}

// askAll makes the questions that a scope of any workspaces comes apart into: each is of one zone, and either of workspaces in which everything is
// read or of others. There are none where nothing is read. Without a range no day is cut, and zones do not matter.
func (s *Service) askAll(ctx context.Context, scope access.Scope, f feed.Filter) ([]question, error) {
	sel, err := s.feed.Look(ctx, f, scope)
	if err != nil {
		return nil, err
	}
	zones := map[uuid.UUID]*time.Location{}
	if f.From.IsSet() || f.To.IsSet() {
		if zones, err = s.zones(ctx, scope.Workspaces()); err != nil {
			return nil, err
		}
	}
	var all []question
	for _, r := range scope.Regions() {
		zone := zones[r.Workspace]
		if zone == nil {
			zone = time.UTC
		}
		alike := func(q question) bool { return q.zone.String() == zone.String() && q.regions[0].All == r.All }
		at := slices.IndexFunc(all, alike)
		if at < 0 {
			at, all = len(all), append(all, question{zone: zone, scope: scope, filter: f, sel: sel})
		}
		all[at].regions = append(all[at].regions, r)
	}
	return all, nil
}

// zones finds the time zones of workspaces.
func (s *Service) zones(ctx context.Context, workspaces []uuid.UUID) (map[uuid.UUID]*time.Location, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, time_zone FROM workspaces WHERE id = ANY ($1)`, workspaces)
	if err != nil {
		return nil, fmt.Errorf("read time zones: %w", err)
	}
	zones := map[uuid.UUID]*time.Location{}
	var id uuid.UUID
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() (err error) {
		zones[id], err = time.LoadLocation(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read time zones: %w", err)
	}
	return zones, nil
}

// hasAll tells whether everything in the workspaces is read.
func (q question) hasAll() bool {
	return len(q.regions) > 0 && !slices.ContainsFunc(q.regions, func(r access.Region) bool { return !r.All })
}

// table is what a rollup or a table of rows is asked for.
type table struct {
	rollup, columns string // the columns: of the sum that is made
	key, kind       string // its column of time, and that one's type
	rows            string // the same columns of activities
	facet           int    // of daily_totals; 0: not that table
}

// The tables. Their columns are what parts group by.
var (
	cube = table{rollup: "daily_counts", key: "day", kind: "date", columns: "actor_id, project_id, entity_type, action, outcome, count",
		rows: "actor_id, coalesce(project_id, 0) AS project_id, entity_type, action, outcome, 1::bigint AS count"}
	dailyWords    = table{rollup: "daily_totals", key: "day", kind: "date", columns: "entity_type, action, outcome, count", rows: "entity_type, action, outcome, 1::bigint AS count", facet: 1}
	dailyActors   = table{rollup: "daily_totals", key: "day", kind: "date", columns: "id AS actor_id, count", rows: "actor_id, 1::bigint AS count", facet: 2}
	dailyProjects = table{rollup: "(SELECT *, id AS project_id FROM daily_totals) AS daily_totals", key: "day", kind: "date", columns: "project_id, count", rows: "coalesce(project_id, 0) AS project_id, 1::bigint AS count", facet: 3}
	hourly        = table{rollup: "hourly_counts", key: "hour", kind: "timestamptz", columns: "outcome, count", rows: "outcome, 1::bigint AS count"}
	hourlyTotals  = table{rollup: "hourly_totals", key: "hour", kind: "timestamptz", columns: "outcome, count", rows: "outcome, 1::bigint AS count"}
)

// within gives the conditions, after others, of a run of a rollup. An open end has none.
func (t table) within(w *feed.Where, run span) (conditions string) {
	if !run.from.IsZero() {
		conditions += fmt.Sprintf(" AND %s >= %s::%s", t.key, w.Arg(run.from), t.kind)
	}
	if !run.to.IsZero() {
		conditions += fmt.Sprintf(" AND %s < %s::%s", t.key, w.Arg(run.to), t.kind)
	}
	return conditions
}

// least gives the smallest of the daily rollups that knows some columns, and what the filter asks about.
func (q question) least(columns ...string) table {
	within := func(known ...string) bool { // neither is anything else
		others := slices.DeleteFunc([]string{"actor_id", "project_id", "entity_type", "action", "outcome"}, func(c string) bool { return slices.Contains(known, c) })
		return !q.sel.Concerns(others...) && !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(others, c) })
	}
	switch {
	case !q.hasAll():
		return cube
	case within("entity_type", "action", "outcome"):
		return dailyWords
	case within("project_id"):
		return dailyProjects
	case within("actor_id") && !q.sel.Concerns("actor_id"): // no index of the totals leads to the days of one actor
		return dailyActors
	}
	return cube
}

// hours is the table that knows hours.
func (q question) hours() table {
	if q.hasAll() && !q.sel.Concerns("actor_id", "project_id") {
		return hourlyTotals
	}
	return hourly
}

// days gives a table expression of what some questions select in the range of their filter, with the columns day, count, and some more. A day may
// be there many times.
func days(w *feed.Where, questions []question, columns ...string) string {
	list := strings.Join(append([]string{"day"}, append(columns, "count")...), ", ")
	var arms []string
	for _, q := range questions {
		t, c := q.least(columns...), cutRange(q.zone, q.filter.From, q.filter.To)
		ofRow := "NULL::date"
		if len(c.ragged) > 0 {
			ofRow = "(occurred_at AT TIME ZONE " + w.Arg(q.zone.String()) + "::text)::date"
		}
		t.columns, t.rows = "day, "+t.columns, ofRow+" AS day, "+t.rows
		arms = append(arms, "SELECT "+list+" FROM ("+q.from(w, t, c)+") AS counted")
	}
	return strings.Join(arms, " UNION ALL ")
}

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
			arm(fmt.Sprintf("SELECT %s AS bucket, %s FROM %s WHERE %s", c.ofKey(w, t), t.columns, t.rollup, place) + t.within(w, run))
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

// places gives the conditions of each part of the question's regions, with those of the filter. What members read is (in their projects) + (their own,
// elsewhere): each has an index of its own, and no row is in two.
func (q question) places(w *feed.Where, t table) []string {
	var out []string
	add := func(system bool, workspaces []uuid.UUID, and func(p *feed.Where)) {
		p := &feed.Where{Args: w.Args}
		if len(workspaces) == 1 {
			p.And("workspace_id = ?", workspaces[0])
		} else {
			p.And("workspace_id = ANY (?)", workspaces)
		}
		if t.facet > 0 {
			p.And(fmt.Sprintf("facet = %d", t.facet))
		}
		if !system {
			p.And("system = false")
		}
		and(p)
		p.Cube(q.sel)
		out, w.Args = append(out, p.String()), p.Args
	}
	whole := map[bool][]uuid.UUID{} // workspaces in which everything is read, by whether system rows are
	for _, r := range q.regions {
		if r.All {
			whole[r.System] = append(whole[r.System], r.Workspace)
		}
	}
	for _, system := range []bool{false, true} {
		if len(whole[system]) > 0 {
			add(system, whole[system], func(*feed.Where) {})
		}
	}
	for _, r := range q.regions {
		if r.All {
			continue
		}
		if len(r.Projects) > 0 && !q.sel.OutsideProjects() {
			add(r.System, []uuid.UUID{r.Workspace}, func(p *feed.Where) { p.And("project_id = ANY (?)", r.Projects) })
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
			add(r.System, []uuid.UUID{r.Workspace}, func(p *feed.Where) { p.And("actor_id = ANY (?)", r.Own); own(p) })
			add(r.System, []uuid.UUID{r.Workspace}, func(p *feed.Where) {
				p.And("on_behalf_of_id = ANY (?) AND on_behalf_of_id <> 0 AND actor_id <> ALL (?)", r.Own, r.Own)
				own(p)
			})
		}
	}
	return out
}
