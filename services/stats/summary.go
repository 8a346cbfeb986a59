package stats

import (
	"context"
	"errors"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// Summary counts what a filter selects by type, by action and by actor.
type Summary struct {
	Total   int64
	Over    bool             // more than CountedRows, and the rollups cannot tell: then nothing else is set
	Types   map[string]int64 // without the activities that are about nothing in particular
	Actions map[string]int64
	Actors  []RankedActor // the busiest, by count and then name
}

// Summarise counts what the filter selects; top says how many actors are wanted.
func (s *Service) Summarise(ctx context.Context, scope access.Scope, f feed.Filter, top int) (Summary, error) {
	questions, err := s.askAll(ctx, scope, f)
	if err != nil {
		return Summary{}, err
	}
	t := tally{kinds: []kind{ofType, ofAction}, top: top}
	if top > 0 {
		t.kinds = append(t.kinds, ofActor)
	}
	lines, err := s.count(ctx, t, questions...)
	if errors.Is(err, errOver) {
		return Summary{Over: true}, nil
	}
	if err != nil {
		return Summary{}, err
	}
	sum := Summary{Types: map[string]int64{}, Actions: map[string]int64{}}
	for _, l := range lines {
		switch {
		case l.kind == ofType && l.word != "":
			sum.Types[l.word] += l.n
		case l.kind == ofAction:
			sum.Actions[l.word] += l.n
			sum.Total += l.n
		case l.kind == ofActor:
			sum.Actors = append(sum.Actors, RankedActor{Actor: models.Actor{ID: l.id}, Count: l.n})
		}
	}
	return sum, s.nameActors(ctx, sum.Actors)
}
