package stats_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

func figures(rows []feedtest.Row) (f stats.Figures) {
	actors, projects := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		f.Total++
		actors[r.Person] = true
		if r.ProjectID != 0 {
			projects[r.ProjectID] = true
		}
		switch r.Outcome {
		case "failure":
			f.Failed++
		case "denied":
			f.Denied++
		}
		if r.Action == "created" {
			f.Created++
		}
	}
	f.Troubles, f.Actors, f.Projects = f.Failed+f.Denied, int64(len(actors)), int64(len(projects))
	return f
}

func heat(rows []feedtest.Row) *stats.Heat {
	h := &stats.Heat{}
	for _, r := range rows {
		cell := &h.Cells[(r.Weekday+6)%7][r.Hour]
		*cell++
		h.Most = max(h.Most, *cell)
	}
	return h
}

func rankings(rows []feedtest.Row, o *feedtest.Oracle, top int) stats.Rankings {
	words := func(of func(feedtest.Row) (string, bool)) (ranked []stats.RankedWord, in int) {
		counts := map[string]int64{}
		for _, r := range rows {
			if word, counted := of(r); counted {
				counts[word]++
			}
		}
		for word, n := range counts {
			ranked = append(ranked, stats.RankedWord{Word: word, Count: n})
		}
		slices.SortFunc(ranked, func(a, b stats.RankedWord) int {
			return 2*compareCounts(a.Count, b.Count) + strings.Compare(a.Word, b.Word)
		})
		return ranked[:min(top, len(ranked))], len(ranked)
	}
	var k stats.Rankings
	k.Types, k.TypesIn = words(func(r feedtest.Row) (string, bool) { return r.EntityType, true })
	k.Actions, k.ActionsIn = words(func(r feedtest.Row) (string, bool) { return r.Action, true })
	k.Created, k.CreatedIn = words(func(r feedtest.Row) (string, bool) { return r.EntityType, r.Action == "created" })
	people, places := map[int64]int64{}, map[int64]int64{}
	for _, r := range rows {
		people[r.Person]++
		places[r.ProjectID]++
	}
	for _, a := range o.Actors {
		if people[a.ID] > 0 {
			k.Actors = append(k.Actors, stats.RankedActor{Actor: a, Count: people[a.ID]})
		}
	}
	for _, p := range append([]models.Project{{}}, o.Projects...) {
		if places[p.ID] > 0 {
			k.Projects = append(k.Projects, stats.RankedProject{Project: p, Count: places[p.ID]})
		}
	}
	k.ActorsIn, k.ProjectsIn = len(k.Actors), len(k.Projects)
	slices.SortFunc(k.Actors, func(a, b stats.RankedActor) int {
		return 4*compareCounts(a.Count, b.Count) + 2*strings.Compare(a.Name, b.Name) + int(max(-1, min(1, a.ID-b.ID)))
	})
	slices.SortFunc(k.Projects, func(a, b stats.RankedProject) int {
		return 4*compareCounts(a.Count, b.Count) + 2*strings.Compare(a.Name, b.Name) + int(max(-1, min(1, a.ID-b.ID)))
	})
	k.Actors, k.Projects = k.Actors[:min(top, len(k.Actors))], k.Projects[:min(top, len(k.Projects))]
	return k
}

// compareCounts puts greater ones first.
func compareCounts(a, b int64) int { return int(max(-1, min(1, b-a))) }

func rankingText(k stats.Rankings) string {
	var b strings.Builder
	for _, a := range k.Actors {
		user := int64(0)
		if a.UserID != nil {
			user = *a.UserID
		}
		fmt.Fprintln(&b, a.ID, a.ExternalID, a.Type, a.Name, user, a.Count)
	}
	for _, p := range k.Projects {
		fmt.Fprintln(&b, p.ID, p.ExternalID, p.Name, p.Visibility, p.Count)
	}
	fmt.Fprintln(&b, k.Types, k.Actions, k.Created, k.ActorsIn, k.ProjectsIn, k.TypesIn, k.ActionsIn, k.CreatedIn)
	return b.String()
}

// quiet lists the projects in which nothing happened in the range, though something had before, of those that somebody may read as a whole.
func (c counting) quiet(v access.Viewer, p access.Principal, f feed.Filter, r stats.Range) []stats.QuietProject {
	about := func(asked feed.Criteria) feed.Criteria {
		c := feed.Criteria{Projects: asked.Projects, ProjectNames: asked.ProjectNames}
		if slices.Contains(asked.Has, feed.HasProject) {
			c.Has = []feed.Part{feed.HasProject}
		}
		return c
	}
	plain := feed.Filter{Criteria: about(f.Criteria), Not: about(f.Not), System: f.System}
	same := f
	same.From, same.To = feed.Bound{}, feed.Bound{}
	isNobody := func(name string) bool { return name == "nobody" || name == "me" && len(v.Scope(false).Self()) == 0 }
	same.Not.Actors = slices.DeleteFunc(slices.Clone(f.Not.Actors), isNobody) // to leave out nobody is to leave out nothing
	same.Not.ActorNames = slices.DeleteFunc(slices.Clone(f.Not.ActorNames), isNobody)
	if same.String() != plain.String() {
		return nil
	}
	zone := zoneOf(c.T, v.Workspace)
	found := []stats.QuietProject{}
	for _, project := range c.cast.Oracle.Projects {
		if !v.ReadsAll() && !slices.Contains(v.Projects(), project.ID) {
			continue
		}
		q, busy := stats.QuietProject{Project: project}, false
		for _, row := range c.cast.Oracle.Rows {
			if row.ProjectID != project.ID || row.WorkspaceID != v.Workspace.ID || row.System && !(f.System && v.ReadsAll()) || !feedtest.Selects(plain, c.cast.Oracle.As(p, row)) {
				continue
			}
			switch {
			case row.OccurredAt.Before(r.From):
				day, err := time.Parse(time.DateOnly, row.OccurredAt.In(zone).Format(time.DateOnly))
				if err != nil {
					c.Fatal(err)
				}
				if q.Count++; day.After(q.Last) {
					q.Last = day
				}
			case row.OccurredAt.Before(r.To):
				busy = true
			}
		}
		if q.Count > 0 && !busy {
			found = append(found, q)
		}
	}
	slices.SortFunc(found, func(a, b stats.QuietProject) int {
		return 4*b.Last.Compare(a.Last) + 2*strings.Compare(a.Name, b.Name) + int(max(-1, min(1, a.ID-b.ID)))
	})
	return found[:min(10, len(found))]
}

func quietText(found []stats.QuietProject) string {
	var b strings.Builder
	for _, p := range found {
		fmt.Fprintln(&b, p.ID, p.ExternalID, p.Name, p.Visibility, p.Last.Format(time.DateOnly), p.Count)
	}
	return b.String()
}
