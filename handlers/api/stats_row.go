package api

import (
	"time"

	"daybook/services/proof"
	"daybook/services/stats"
)

// statistics is the answer (README.md). What cannot be told is null.
type statistics struct {
	TimeZone string      `json:"time_zone"`
	From     string      `json:"from"`
	To       string      `json:"to"` // the last microsecond
	Total    *int64      `json:"total"`
	MoreThan *int64      `json:"more_than"` // where total is null
	Figures  *figures    `json:"figures"`
	Before   *before     `json:"before"`
	Interval *stats.Unit `json:"interval"`
	Stack    *string     `json:"stack"`
	Keys     []string    `json:"keys"`
	Others   bool        `json:"others"`
	Series   []bar       `json:"series"`
	Rankings *rankings   `json:"rankings"`
	Heat     *heat       `json:"heat"`
	Quiet    []quiet     `json:"quiet_projects"`
}

type figures struct {
	Total    int64 `json:"total"`
	Failed   int64 `json:"failed"`
	Denied   int64 `json:"denied"`
	Created  int64 `json:"created"`
	Actors   int64 `json:"actors"`
	Projects int64 `json:"projects"`
}

type before struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Figures *figures `json:"figures"`
}

type bar struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Count    int64   `json:"count"`
	Troubles int64   `json:"failed_or_denied"`
	Parts    []int64 `json:"parts"`
	Before   *int64  `json:"before"`
}

type rankings struct {
	Actors     []rankedActor   `json:"actors"` // null for those who may not see who did how much
	ActorsIn   int             `json:"actors_in_all"`
	Projects   []rankedProject `json:"projects"`
	ProjectsIn int             `json:"projects_in_all"`
	Types      []rankedWord    `json:"types"`
	TypesIn    int             `json:"types_in_all"`
	Actions    []rankedWord    `json:"actions"`
	ActionsIn  int             `json:"actions_in_all"`
	Created    []rankedWord    `json:"created"`
	CreatedIn  int             `json:"created_in_all"`
}

type rankedActor struct {
	ID    string `json:"id"` // as the application calls them
	Name  string `json:"name"`
	Type  string `json:"type"`
	Count int64  `json:"count"`
}

type rankedProject struct {
	ID    *string `json:"id"` // null: in no project
	Name  *string `json:"name"`
	Count int64   `json:"count"`
}

type rankedWord struct {
	Name  *string `json:"name"` // null: about nothing in particular
	Count int64   `json:"count"`
}

type heat struct {
	Cells [7][24]int64 `json:"cells"` // Monday first
	Most  int64        `json:"most"`
}

type quiet struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Last  string `json:"last"` // a day of the zone
	Count int64  `json:"count"`
}

func statisticsOf(r stats.Report, ask stats.Ask, zone string) statistics {
	s := statistics{TimeZone: zone, From: proof.Time(r.From), To: lastOf(r.Range), Keys: []string{}, Series: []bar{}}
	if !r.From.Before(r.To) { // beyond the years that are counted: as it was asked for
		s.From, s.To = proof.Time(ask.Filter.From.At), proof.Time(ask.Filter.To.At)
	}
	if r.Over {
		most := int64(stats.CountedRows)
		s.MoreThan = &most
		return s
	}
	now, ranked := figuresOf(r.Now), rankingsOf(r.Rankings)
	s.Total, s.Figures, s.Rankings, s.Interval = &now.Total, &now, &ranked, &r.Series.Unit
	if ask.Compare {
		s.Before = &before{From: proof.Time(r.Before.From), To: lastOf(r.Before)}
		if r.Compared {
			then := figuresOf(r.Then)
			s.Before.Figures = &then
		}
	}
	s.fillSeries(r)
	if r.Heat != nil {
		s.Heat = &heat{Cells: r.Heat.Cells, Most: r.Heat.Most}
	}
	if r.Quiet != nil {
		s.Quiet = []quiet{}
	}
	for _, p := range r.Quiet {
		s.Quiet = append(s.Quiet, quiet{ID: p.ExternalID, Name: p.Name, Last: p.Last.Format(time.DateOnly), Count: p.Count})
	}
	return s
}

func (s *statistics) fillSeries(r stats.Report) {
	if r.Series.Stack != stats.ByNothing {
		stack := string(r.Series.Stack)
		s.Stack, s.Keys, s.Others = &stack, append(s.Keys, r.Series.Keys...), r.Series.Others
	}
	for i, b := range r.Series.Buckets {
		line := bar{From: proof.Time(b.From), To: lastOf(b.Range), Count: b.Count, Troubles: b.Troubles, Parts: append([]int64{}, b.Parts...)}
		if r.Compared && i < len(r.Previous) {
			line.Before = &r.Previous[i]
		}
		s.Series = append(s.Series, line)
	}
}

// lastOf gives the last microsecond of a range, as end_date wants it.
func lastOf(r stats.Range) string { return proof.Time(r.To.Add(-time.Microsecond)) }

func figuresOf(f stats.Figures) figures {
	return figures{Total: f.Total, Failed: f.Failed, Denied: f.Denied, Created: f.Created, Actors: f.Actors, Projects: f.Projects}
}

func rankingsOf(r stats.Rankings) rankings {
	out := rankings{Projects: []rankedProject{}, Types: wordsOf(r.Types), Actions: wordsOf(r.Actions), Created: wordsOf(r.Created),
		ActorsIn: r.ActorsIn, ProjectsIn: r.ProjectsIn, TypesIn: r.TypesIn, ActionsIn: r.ActionsIn, CreatedIn: r.CreatedIn}
	if r.Actors != nil {
		out.Actors = []rankedActor{}
	}
	for _, a := range r.Actors {
		out.Actors = append(out.Actors, rankedActor{ID: a.ExternalID, Name: a.Name, Type: string(a.Type), Count: a.Count})
	}
	for _, p := range r.Projects {
		line := rankedProject{Count: p.Count}
		if p.ID != 0 {
			line.ID, line.Name = &p.ExternalID, &p.Name
		}
		out.Projects = append(out.Projects, line)
	}
	return out
}

func wordsOf(ranked []stats.RankedWord) []rankedWord {
	out := []rankedWord{}
	for _, w := range ranked {
		line := rankedWord{Count: w.Count}
		if w.Word != "" {
			line.Name = &w.Word
		}
		out = append(out, line)
	}
	return out
}
