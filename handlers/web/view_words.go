package web

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
)

// filterWords says what filters let through. People and projects are called by name where the viewer sees something of them, and by id where
// not: nobody learns names by guessing ids.
type filterWords struct {
	people, projects map[string]string
	vocabulary       *models.Vocabulary
}

func (words filterWords) action(name string) string {
	return orElse(words.vocabulary.Label(models.ActionTerm, name), name)
}

func (words filterWords) kind(name string) string {
	return orElse(words.vocabulary.Label(models.TypeTerm, name), name)
}

func (words filterWords) actor(id string) string   { return orElse(words.people[id], id) }
func (words filterWords) project(id string) string { return orElse(words.projects[id], id) }

func orElse(name, otherwise string) string {
	if strings.TrimSpace(name) == "" {
		return otherwise
	}
	return name
}

// wordsFor finds the names that a number of filters need. The actors of entries that were read already are known.
func (w *Web) wordsFor(ctx context.Context, v access.Viewer, filters []feed.Filter, read []models.Entry) (filterWords, error) {
	words := filterWords{people: map[string]string{}, projects: map[string]string{}}
	var err error
	if words.vocabulary, err = w.words(ctx, v.Workspace); err != nil {
		return words, err
	}
	for i := range read {
		words.people[read[i].Actor.ExternalID] = read[i].Actor.DisplayName()
	}
	var actors []string
	places := 0
	for _, f := range filters {
		for _, id := range slices.Concat(f.Actors, f.Not.Actors) {
			if words.people[id] == "" {
				actors = append(actors, id)
			}
		}
		places += len(f.Projects) + len(f.Not.Projects)
	}
	known, err := w.Stats.Called(ctx, v.Scope(v.ReadsAll()), actors)
	if err != nil {
		return words, err
	}
	maps.Copy(words.people, known)
	if places == 0 {
		return words, nil
	}
	projects, err := w.Account.Projects(ctx, v)
	for _, p := range projects {
		words.projects[p.ExternalID] = p.Name
	}
	return words, err
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
	add("Type", titlesBy(words.vocabulary, models.TypeTerm, f.Types)...)
	add("Action", titlesBy(words.vocabulary, models.ActionTerm, f.Actions)...)
	add("Person", named(words.actor, f.Actors)...)
	add("Project", named(words.project, f.Projects)...)
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

func titlesBy(vocabulary *models.Vocabulary, kind models.TermKind, words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = orElse(vocabulary.Title(kind, word), word)
	}
	return out
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

func named(called func(id string) string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = called(id)
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
