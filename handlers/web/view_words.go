package web

import (
	"context"
	"regexp"
	"strings"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
)

// filterWords says what filters let through, for pages that show them without the feed. People and projects are called by name where the
// viewer sees something of them, and by id where not.
type filterWords struct {
	people, projects map[string]string
}

// wordsFor finds the names that a number of filters need.
func (w *Web) wordsFor(ctx context.Context, v access.Viewer, filters []feed.Filter) (filterWords, error) {
	words := filterWords{people: map[string]string{}, projects: map[string]string{}}
	var all feed.Filter
	for _, f := range filters {
		all.Actors = append(all.Actors, f.Actors...)
		all.Projects = append(all.Projects, f.Projects...)
	}
	if len(all.Actors) > 0 {
		known, err := w.Stats.Summarise(ctx, v.Scope(false), feed.Filter{Criteria: feed.Criteria{Actors: all.Actors}}, len(all.Actors))
		if err != nil {
			return words, err
		}
		for _, a := range known.Actors {
			words.people[a.ExternalID] = a.Name
		}
	}
	if len(all.Projects) > 0 {
		projects, err := w.Account.Projects(ctx, v)
		if err != nil {
			return words, err
		}
		for _, p := range projects {
			words.projects[p.ExternalID] = p.Name
		}
	}
	return words, nil
}

// facts are the parts of a filter, in the order of its parameters.
func (words filterWords) facts(f feed.Filter) []views.FilterFact {
	var facts []views.FilterFact
	add := func(label string, values ...string) {
		if len(values) > 0 {
			facts = append(facts, views.FilterFact{Label: label, Values: values})
		}
	}
	values := f.Values()
	add("Type", titles(f.Types)...)
	add("Action", titles(f.Actions)...)
	add("Person", named(words.people, f.Actors)...)
	add("Project", named(words.projects, f.Projects)...)
	add("Id", f.EntityIDs...)
	add("Outcome", titles(values["outcome"])...)
	facts = append(facts, periodFacts(f.From.Text, f.To.Text)...)
	if f.System {
		add("With", "system rows, for those who may see them")
	}
	if line := values.Get("q"); line != "" {
		facts = append(facts, views.FilterFact{Label: "Search", Values: []string{line}, Search: true})
	}
	return facts
}

func titles(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		if out[i] = models.Title(word); out[i] == "" {
			out[i] = word
		}
	}
	return out
}

func named(names map[string]string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if out[i] = names[id]; strings.TrimSpace(out[i]) == "" {
			out[i] = id
		}
	}
	return out
}

var lastDays = regexp.MustCompile(`^([1-9][0-9]*)d$`)

// periodFacts says which time a filter is about. "7d" is the first of the last seven days, so that with nothing behind it it is these days.
func periodFacts(from, to string) []views.FilterFact {
	days := lastDays.FindStringSubmatch(from)
	switch {
	case days != nil && (to == "" || to == "today"):
		return []views.FilterFact{{Label: "Period", Values: []string{"the last " + days[1] + " days"}}}
	case from != "" && from == to:
		return []views.FilterFact{{Label: "Period", Values: []string{from}}}
	}
	var facts []views.FilterFact
	if from != "" {
		facts = append(facts, views.FilterFact{Label: "From", Values: []string{daysInWords(from)}})
	}
	if to != "" {
		facts = append(facts, views.FilterFact{Label: "To", Values: []string{daysInWords(to)}})
	}
	return facts
}

func daysInWords(text string) string {
	if days := lastDays.FindStringSubmatch(text); days != nil {
		return "the first of the last " + days[1] + " days"
	}
	return text
}
