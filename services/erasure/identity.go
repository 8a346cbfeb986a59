package erasure

import (
	"context"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/mention"
)

// Identity is who somebody is, and what each workspace knows them by: what an erasure would look for.
type Identity struct {
	User    *models.User // nil: nobody who can sign in; with its id, names and e-mail address alone
	Actors  []models.Actor
	Name    string // as they are called
	Erased  bool   // nothing is left of them
	KnownBy map[uuid.UUID]mention.Person
	Ours    []int64 // the sources that are parts of Daybook
	UserID  string  // the id of their record, by which Daybook's own activities are about them; empty: they have none
}

// Identify finds out who is meant by a user, or by an actor: also by whoever is merged with them, and by what they were called before. It reads all of their
// activities, by an index.
func Identify(ctx context.Context, tx database.Tx, user int64, actors []int64) (Identity, error) {
	p, err := whoIs(ctx, tx, user, actors)
	if err != nil {
		return Identity{}, err
	}
	i := Identity{User: p.user, Actors: p.actors, Name: p.called(), Erased: p.isErased(), KnownBy: map[uuid.UUID]mention.Person{}}
	if i.Erased {
		return i, nil
	}
	if err := p.addFormer(ctx, tx); err != nil {
		return Identity{}, err
	}
	t, err := p.termsOf(ctx, tx, nil)
	if err != nil {
		return Identity{}, err
	}
	for workspace, known := range t.Workspaces {
		i.KnownBy[workspace], i.UserID, i.Ours = known.Person, known.User, known.Ours
	}
	return i, nil
}

// Of gives their actors in a workspace.
func (i Identity) Of(workspace uuid.UUID) (ids []int64) {
	for _, a := range i.Actors {
		if a.WorkspaceID == workspace {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
