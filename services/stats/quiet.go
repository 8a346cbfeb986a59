package stats

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"daybook/services/feed"
)

// mostQuiet is how many quiet projects are listed.
const mostQuiet = 10

// quiet finds the projects that the reader has access to in which nothing happened in a range, though something had before. It takes a few steps
// into the rollups for each project, whatever happened in them; only those that are listed are counted.
func (s *Service) quiet(ctx context.Context, q question, r Range) ([]QuietProject, error) {
	if q.scope.Empty() || !q.sel.InCube() || q.sel.Concerns("actor_id", "entity_type", "action", "outcome") {
		return nil, nil
	}
	if !r.From.Before(r.To) { // a range that is none, as one beyond the years that are counted
		return []QuietProject{}, nil
	}
	w := &feed.Where{}
	earlier, during := split(q.zone, feed.Bound{}, boundAt(r.From.Add(-tick))), split(q.zone, boundAt(r.From), boundAt(r.To.Add(-tick)))
	day := ""
	if len(earlier.ragged) > 0 {
		day = "(occurred_at AT TIME ZONE " + w.Arg(q.zone.String()) + "::text)::date"
	}
	latest := q.each(w, earlier, "SELECT max(day) AS day FROM (%s) AS found", "(SELECT day FROM daily_totals WHERE %s AND count > 0 ORDER BY day DESC LIMIT 1)",
		"(SELECT "+day+" AS day FROM activities WHERE %s ORDER BY occurred_at DESC LIMIT 1)")
	// Not EXISTS: that may be carried out by reading all of the range
	busy := q.each(w, during, "SELECT true FROM (%s) AS found LIMIT 1", "(SELECT 1 FROM daily_totals WHERE %s AND count > 0 LIMIT 1)", "(SELECT 1 FROM activities WHERE %s LIMIT 1)")
	counts := q.each(w, earlier, "SELECT coalesce(sum(count), 0)::bigint FROM (%s) AS found", "(SELECT sum(count) AS count FROM daily_totals WHERE %s)",
		"(SELECT count(*) AS count FROM activities WHERE %s)")
	mine := ""
	for _, region := range q.scope.Regions() {
		mine += "p.workspace_id = " + w.Arg(region.Workspace)
		if !region.All {
			mine += " AND p.id = ANY (" + w.Arg(region.Projects) + ")"
		}
	}
	only := &feed.Where{Args: w.Args}
	only.Cube(q.sel)
	w.Args = only.Args
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`SELECT p.id, p.external_id, p.name, p.visibility, p.day, (%s)
		FROM (SELECT p.*, latest.day FROM (SELECT p.*, p.id AS project_id FROM projects p WHERE %s) AS p CROSS JOIN LATERAL (%s) AS latest
		       WHERE %s AND latest.day IS NOT NULL AND (%s) IS NULL ORDER BY latest.day DESC, p.name COLLATE "C", p.id LIMIT %d) AS p
		ORDER BY p.day DESC, p.name COLLATE "C", p.id`, counts, mine, latest, strings.ReplaceAll(only.String(), "project_id", "p.project_id"), busy, mostQuiet), w.Args...)
	if err != nil {
		return nil, fmt.Errorf("find quiet projects: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (p QuietProject, err error) {
		err = r.Scan(&p.ID, &p.ExternalID, &p.Name, &p.Visibility, &p.Last, &p.Count)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("find quiet projects: %w", err)
	}
	return append([]QuietProject{}, found...), nil
}

// each gives the SQL that asks something of the project p, over a stretch of time: of the days that are whole, and of each ragged end.
func (q question) each(w *feed.Where, st stretch, all, ofDays, ofRows string) string {
	place := func(project string) string {
		p := &feed.Where{Args: w.Args}
		for _, r := range q.scope.Regions() {
			p.And("workspace_id = ? AND "+project+" = p.id", r.Workspace)
			if !r.System {
				p.And("system = false")
			}
		}
		w.Args = p.Args
		return p.String()
	}
	var parts []string
	if run, ok := st.days(); ok {
		days := "facet = 3 AND " + place("id") // whoever has access to a project reads all of it
		parts = append(parts, fmt.Sprintf(ofDays, days+dailyProjects.within(w, run)))
	}
	for _, r := range st.ragged {
		parts = append(parts, fmt.Sprintf(ofRows, place("project_id")+" AND occurred_at >= "+w.Arg(r.from)+" AND occurred_at < "+w.Arg(r.to)))
	}
	return fmt.Sprintf(all, strings.Join(parts, " UNION ALL "))
}
