package feedtest

import (
	"slices"
	"strings"

	"daybook/models"
	"daybook/services/feed"
)

// Selects tells whether a filter selects a row, apart from system rows. Who "me" is, the row says (Oracle.As).
func Selects(f feed.Filter, r Row) bool {
	inTime := (!f.From.IsSet() || !r.OccurredAt.Before(f.From.At)) && (!f.To.IsSet() || !r.OccurredAt.After(f.To.At))
	return inTime && !slices.Contains(answers(f.Criteria, f.ActorIDs, r), false) && !slices.Contains(answers(f.Not, nil, r), true)
}

// answers are those of a row to each thing that some criteria ask.
func answers(c feed.Criteria, actorIDs []int64, r Row) []bool {
	var out []bool
	ask := func(asked, holds bool) {
		if asked {
			out = append(out, holds)
		}
	}
	actor := slices.ContainsFunc(r.People, func(a Called) bool { // whoever of them is meant, all of them are
		return slices.Contains(c.Actors, a.External) || slices.Contains(actorIDs, a.ID) || slices.ContainsFunc(c.ActorNames, func(name string) bool {
			if strings.EqualFold(name, "me") {
				return r.Mine
			}
			return isCalled(name, a.External, a.Name) || r.AddressShown && strings.EqualFold(name, a.Email)
		})
	})
	project := slices.Contains(c.Projects, r.Project) || slices.ContainsFunc(c.ProjectNames, func(name string) bool { return isCalled(name, r.Project, r.ProjectCalled) })
	ask(len(c.Actors)+len(c.ActorNames) > 0 || actorIDs != nil, actor)
	ask(len(c.Projects)+len(c.ProjectNames) > 0, r.ProjectID != 0 && project)
	ask(len(c.Types) > 0, slices.Contains(c.Types, r.EntityType))
	ask(len(c.EntityIDs) > 0, r.EntityID != nil && slices.Contains(c.EntityIDs, *r.EntityID))
	ask(len(c.Actions) > 0, slices.Contains(c.Actions, r.Action))
	ask(len(c.Outcomes) > 0, slices.Contains(c.Outcomes, models.Outcome(r.Outcome)))
	ask(len(c.Fields) > 0, slices.ContainsFunc(c.Fields, func(field string) bool { return slices.Contains(r.Fields, field) }))
	ask(len(c.Weekdays) > 0, slices.Contains(c.Weekdays, r.Weekday))
	ask(len(c.Hours) > 0, slices.Contains(c.Hours, r.Hour))
	for _, part := range c.Has {
		ask(true, has(r, part))
	}
	for _, w := range c.Words {
		wanted := models.WordsOf(w.Text)
		ask(len(wanted) > 0, w.Phrase && hasPhrase(r, wanted) || !w.Phrase && hasWords(r, wanted))
	}
	return out
}

func has(r Row, part feed.Part) bool {
	switch part {
	case feed.HasChanges:
		return len(r.Fields) > 0
	case feed.HasMetadata:
		return r.HasMetadata
	case feed.HasProject:
		return r.ProjectID != 0
	case feed.HasResource:
		return r.EntityType != ""
	}
	return false
}

// isCalled tells whether each word that is asked for begins a word of the name, or the external id is meant.
func isCalled(asked, externalID, name string) bool {
	for _, w := range models.WordsOf(asked) {
		if !slices.ContainsFunc(models.WordsOf(name), func(of string) bool { return strings.HasPrefix(of, w) }) {
			return asked == externalID
		}
	}
	return len(models.WordsOf(asked)) > 0 || asked == externalID
}

// hasWords tells whether each word begins a word of any of the row's texts.
func hasWords(r Row, wanted []string) bool {
	for _, w := range wanted {
		found := slices.ContainsFunc(slices.Concat(r.Texts...), func(of string) bool {
			return strings.HasPrefix(of, w)
		})
		if !found {
			return false
		}
	}
	return true
}

// hasPhrase tells whether the words follow each other in one of the row's texts.
func hasPhrase(r Row, wanted []string) bool {
	for _, text := range r.Texts {
		for i := range text {
			if len(text)-i >= len(wanted) && slices.Equal(text[i:i+len(wanted)], wanted) {
				return true
			}
		}
	}
	return false
}
