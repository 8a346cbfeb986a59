package feed

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"

	"daybook/services/access"
)

// Frozen is a filter whose names were looked up at one moment, in a form that can be kept: whoever is renamed or merged afterwards, and whatever
// the zone of the workspace becomes, it selects the same. It is for work that goes on after its request and cannot be undone, such as a purge: an
// activity that has no words, because the index is not complete or PostgreSQL refused them, is not taken for one that lacks a word.
type Frozen struct {
	Query       string     `json:"query"` // the rest of the filter, as the query part of a URL
	From        *time.Time `json:"from"`
	To          *time.Time `json:"to"`
	Actors      []int64    `json:"actors"` // null: anybody; here and below
	Projects    []int64    `json:"projects"`
	NotActors   []int64    `json:"not_actors"`
	NotProjects []int64    `json:"not_projects"`
	Zone        string     `json:"zone"`  // whose weekdays and hours are meant
	Words       bool       `json:"words"` // it asks for words, there or not, so that the index has to be complete
}

// Freeze looks up what a filter names; its weekdays and hours are those of a zone.
func (s *Service) Freeze(ctx context.Context, f Filter, scope access.Scope, zone string) (Frozen, error) {
	sel, err := s.Look(ctx, f, scope)
	if err != nil {
		return Frozen{}, err
	}
	z := Frozen{
		From: f.From.instant(), To: f.To.instant(),
		Actors: sel.only.actors, Projects: sel.only.projects, NotActors: sel.not.actors, NotProjects: sel.not.projects,
		Zone: zone, Words: f.NeedsWords(),
	}
	f.From, f.To, f.ActorIDs = Bound{}, Bound{}, nil
	for _, c := range []*Criteria{&f.Criteria, &f.Not} {
		c.Actors, c.ActorNames, c.Projects, c.ProjectNames = nil, nil, nil, nil
	}
	z.Query = f.String()
	return z, nil
}

func (b Bound) instant() *time.Time {
	if !b.IsSet() {
		return nil
	}
	at := b.At.UTC()
	return &at
}

// Where gives the conditions on activities of one workspace, for one who may read all of it.
func (z Frozen) Where(workspace uuid.UUID) (*Where, error) {
	f, sel, err := z.selection([]uuid.UUID{workspace})
	if err != nil {
		return nil, err
	}
	sel.certain = true
	w := &Where{}
	w.And("workspace_id = ?", workspace)
	if !f.System {
		w.And("NOT system")
	}
	w.Cube(sel)
	w.Rows(sel)
	return w, nil
}

// selection gives the filter back, with what its names stood for.
func (z Frozen) selection(workspaces []uuid.UUID) (Filter, Selection, error) {
	query, err := url.ParseQuery(z.Query)
	if err != nil {
		return Filter{}, Selection{}, fmt.Errorf("read a frozen filter: %w", err)
	}
	f, err := Parse(query, time.Unix(0, 0).UTC())
	if err != nil {
		return Filter{}, Selection{}, fmt.Errorf("read a frozen filter: %w", err)
	}
	f.From, f.To = boundAt(z.From), boundAt(z.To)
	sel := f.seeking()
	sel.only.actors, sel.only.projects, sel.not.actors, sel.not.projects = z.Actors, z.Projects, z.NotActors, z.NotProjects
	sel.asked, sel.zone = sel.words.For(workspaces), z.Zone
	return f, sel, nil
}

func boundAt(t *time.Time) Bound {
	if t == nil {
		return Bound{}
	}
	return Bound{Text: t.Format(instant), At: *t}
}

// NeedsWords tells whether the filter looks for words, in an index that may not be complete yet.
func (f Filter) NeedsWords() bool {
	sel := f.seeking()
	return !sel.words.IsZero()
}
