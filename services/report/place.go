package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/mention"
)

// place is a workspace that knows the person.
type place struct {
	models.Workspace
	vocabulary *models.Vocabulary
	known      mention.Person
	userID     string         // see erasure.Identity
	ours       map[int64]bool // the sources that are parts of Daybook
	actors     []int64
	finder     *mention.Finder
	names      map[string]bool // of the person that others bear, too
	scope      access.Scope    // what they may read here
	signsIn    bool            // they have a user record
	head       int64           // what is posted later is not in the report
	seqs       []int64         // the activities that are in it, as far as they were looked for
	strangers  *mention.Finder // for everybody else; nil: not needed so far
}

// findPlaces finds out where to look.
func (r *Report) findPlaces(ctx context.Context, ask asked) error {
	scopes := map[uuid.UUID]access.Scope{}
	if r.who.User != nil {
		viewers, err := r.service.Access.EnterAll(ctx, access.Principal{User: r.who.User})
		if err != nil {
			return err
		}
		for _, v := range viewers {
			scopes[v.Workspace.ID] = v.Scope(true)
		}
	}
	var ids []uuid.UUID
	for id := range r.who.KnownBy {
		if ask.all || id == ask.workspace || id == models.BuiltInWorkspace && r.who.User != nil {
			ids = append(ids, id)
		}
	}
	rows, err := r.service.pool.Query(ctx, `SELECT w.id, w.slug, w.name, w.time_zone, w.vocabulary_version, coalesce(h.seq, 0)
		FROM workspaces w LEFT JOIN workspace_heads h ON h.workspace_id = w.id WHERE w.id = ANY ($1) ORDER BY w.id = $2, w.slug`, ids, models.BuiltInWorkspace)
	if err != nil {
		return fmt.Errorf("look where somebody is known: %w", err)
	}
	r.places, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*place, error) {
		p := &place{}
		return p, row.Scan(&p.ID, &p.Slug, &p.Name, &p.TimeZone, &p.VocabularyVersion, &p.head)
	})
	if err != nil {
		return fmt.Errorf("look where somebody is known: %w", err)
	}
	ours := map[int64]bool{}
	for _, source := range r.who.Ours {
		ours[source] = true
	}
	for _, p := range r.places {
		p.ours = ours
		p.known, p.userID, p.actors, p.scope, p.signsIn = r.who.KnownBy[p.ID], r.who.UserID, r.who.Of(p.ID), scopes[p.ID], r.who.User != nil
		p.finder, p.names = mention.NewFinder(p.known), map[string]bool{}
		for _, name := range p.known.Names {
			if name.Shared {
				p.names[folded(name.Text)] = true
			}
		}
		if p.vocabulary, err = r.service.words.Of(ctx, p.ID, p.VocabularyVersion); err != nil {
			return err
		}
	}
	return nil
}

// folded is a name without what does not make it another one.
func folded(name string) string { return strings.Join(models.WordsOf(name), " ") }

// How an activity can be about somebody.
const (
	byThem    = "by"
	forThem   = "on_behalf_of"
	toThem    = "entity"
	mentioned = "mention"
)

// about tells how an activity is about the person, and where they are found in it; not at all: nothing.
func (p *place) about(a *models.Activity) (how, found []string) {
	if slices.Contains(p.actors, a.ActorID) {
		how = append(how, byThem)
	}
	if a.OnBehalfOfID != nil && slices.Contains(p.actors, *a.OnBehalfOfID) {
		how = append(how, forThem)
	}
	_, finds := p.finder.Activity(*a, p.context(a, len(how) > 0), nil)
	if len(how) == 0 && !p.isTold(a, finds) {
		finds = nil
	}
	for _, f := range finds {
		if f.Certain && !slices.Contains(found, f.Place) {
			found = append(found, f.Place)
		}
	}
	isThem := p.theirRecord(a) || mention.PersonType(a.EntityType) && slices.Contains(found, "/entity/id")
	if isThem {
		how = append(how, toThem)
	}
	if len(found) > 0 && !isThem {
		how = append(how, mentioned)
	}
	return how, found
}

// isTold tells whether an activity in which somebody is found is one to tell them. Who can sign in chooses what they are called, also like a matter that they
// may not see: of what they may not read, it takes an id, which others gave them, or their address.
func (p *place) isTold(a *models.Activity, finds []mention.Find) bool {
	if !p.signsIn || p.scope.Allows(a) || p.theirRecord(a) {
		return true
	}
	return slices.ContainsFunc(finds, func(f mention.Find) bool {
		return f.Certain && (f.Kind == mention.ExternalID || f.Kind == mention.Email)
	})
}

// theirRecord tells whether Daybook itself recorded something about the person's record, which it names by our number.
func (p *place) theirRecord(a *models.Activity) bool {
	return p.ours[a.SourceID] && mention.Numbered(a.EntityType) && p.userID != "" && a.EntityID != nil && *a.EntityID == p.userID
}

// context says what is known of where an activity's texts stand, as an erasure does.
func (p *place) context(a *models.Activity, own bool) mention.Context {
	var c mention.Context
	if p.ours[a.SourceID] {
		c.Numbers = mention.Daybooks
	}
	switch {
	case own || p.theirRecord(a):
		c.Own = true
	case len(p.names) > 0 && p.names[folded(a.ActorName)]:
		c.Namesake = true
	}
	return c
}
