package web

import (
	"fmt"

	"daybook/models"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// rankings are the busiest of each kind; what has no lines is left out.
func (s *statsPage) rankings() []views.StatsRanking {
	r := s.report
	var out []views.StatsRanking
	add := func(rank views.StatsRanking, in int, what string) {
		if len(rank.Items) > 0 {
			out = append(out, s.whole(rank, in, what))
		}
	}
	if s.viewer.SeesRankings() {
		add(views.StatsRanking{ID: allPeople, Title: "People", Items: s.people(), Total: r.Now.Total}, r.ActorsIn, "people and agents")
	}
	add(views.StatsRanking{ID: allProjects, Title: "Projects", Items: s.projects(), Total: r.Now.Total}, int(r.Now.Projects), "projects")
	add(views.StatsRanking{ID: allTypes, Title: "Types", Items: s.ranked(models.TypeTerm, r.Types, s.rows), Total: r.Now.Total}, r.TypesIn, "types")
	add(views.StatsRanking{ID: allActions, Title: "Actions", Items: s.ranked(models.ActionTerm, r.Actions, s.rows), Total: r.Now.Total}, r.ActionsIn, "actions")
	add(views.StatsRanking{ID: allCreated, Title: "New, by type", Items: s.ranked(models.TypeTerm, r.Created, s.createdRows), Total: r.Now.Created}, r.CreatedIn, "types of what is new")
	add(s.troubleRanking(), 0, "")
	return out
}

// whole shortens a ranking, unless it was asked for as a whole, and leads to the rest of it.
func (s *statsPage) whole(r views.StatsRanking, in int, what string) views.StatsRanking {
	switch {
	case s.ask.all == r.ID && r.ID != "":
		if in > len(r.Items) {
			r.Note = fmt.Sprintf("These are the %d busiest of %s.", len(r.Items), models.Thousands(int64(in)))
		}
		r.More = views.StatsAction{Label: "Fewer " + what, Href: s.shown(func(a *statsAsk) { a.all = "" }) + "#" + r.ID}
	case max(in, len(r.Items)) > statsLines:
		r.Items = r.Items[:min(len(r.Items), statsLines)]
		if in > 0 {
			r.More = views.StatsAction{Label: fmt.Sprintf("All %s %s", models.Thousands(int64(in)), what), Href: s.shown(func(a *statsAsk) { a.all = r.ID }) + "#" + r.ID}
		}
	}
	return r
}

func (s *statsPage) people() []views.RankItem {
	var items []views.RankItem
	for _, a := range s.report.Actors {
		actor := a.Actor
		items = append(items, views.RankItem{Label: actor.DisplayName(), Actor: &actor, Count: a.Count, Href: s.rows(func(f *feed.Filter) {
			f.Actors, f.ActorNames, f.ActorIDs = []string{actor.ExternalID}, nil, nil
		})})
	}
	return items
}

// projects are ranked with what is in none.
func (s *statsPage) projects() []views.RankItem {
	var items []views.RankItem
	for _, p := range s.report.Projects {
		project := p.Project
		if project.ID == 0 {
			items = append(items, views.RankItem{Label: "Without project", Count: p.Count, Href: s.rows(lacking(feed.HasProject))})
			continue
		}
		items = append(items, views.RankItem{Label: orElse(project.Name, project.ExternalID), Project: &project, Count: p.Count, Href: s.rows(func(f *feed.Filter) {
			f.Projects, f.ProjectNames = []string{project.ExternalID}, nil
		})})
	}
	return items
}

// ranked are types or actions, types with what is about nothing in particular.
func (s *statsPage) ranked(kind models.TermKind, words []stats.RankedWord, rows func(func(*feed.Filter)) string) []views.RankItem {
	var items []views.RankItem
	for _, each := range words {
		if each.Word == "" {
			items = append(items, views.RankItem{Label: "About nothing in particular", Count: each.Count, Href: rows(lacking(feed.HasResource))})
			continue
		}
		items = append(items, views.RankItem{
			Label: s.title(kind, each.Word), Icon: termIcon(s.words, kind, each.Word), Hue: hueOf(s.words, kind, each.Word), Count: each.Count,
			Href: rows(func(f *feed.Filter) {
				if kind == models.TypeTerm {
					f.Types = []string{each.Word}
				} else {
					f.Actions = []string{each.Word}
				}
			}),
		})
	}
	return items
}

func lacking(p feed.Part) func(*feed.Filter) {
	return func(f *feed.Filter) { *f = f.Lacking(p) }
}

// troubleRanking tells what failed or was denied, by action.
func (s *statsPage) troubleRanking() views.StatsRanking {
	now := s.report.Now
	r := views.StatsRanking{ID: "troubles", Title: "Failed or denied, by action", Total: now.Troubles}
	var words []stats.RankedWord
	for _, each := range ranked(s.troubles.Actions) {
		words = append(words, stats.RankedWord{Word: each.word, Count: each.n})
	}
	r.Items = s.ranked(models.ActionTerm, words, s.troubledRows)
	if now.Failed > 0 && now.Denied > 0 {
		r.Note = models.Thousands(now.Failed) + " failed, " + models.Thousands(now.Denied) + " denied"
	}
	return r
}
