package erasure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/mention"
)

// person is who is meant: a user wherever they are known, or the actors of a workspace that are somebody who cannot sign in.
type person struct {
	user       *models.User // nil: nobody who can sign in
	actors     []models.Actor
	workspaces []uuid.UUID // where they are known, and where what happens to users is recorded
	names      []string    // as they are and were called
	emails     []string
	usernames  []string
	addresses  map[uuid.UUID][]mention.NetAddress // where they were in the network, for each workspace (addAddresses)
	shared     map[uuid.UUID]map[string]bool      // addresses and usernames that somebody else has in a workspace (keepTheirs)
	alikes     map[uuid.UUID][]string             // addresses, usernames and ids of others there that are like theirs
	sharedIDs  map[idKey]bool                     // external ids that are somebody else's username or address (addSharedIDs)
	shown      string                             // what whoever asks may know them by
	role       models.Role                        // in the workspace of whoever asks; empty: no member of it
}

// whoIs finds out who is meant by a user or by actors: whoever is merged with them, and whatever else their user is.
func whoIs(ctx context.Context, tx database.Tx, user int64, actors []int64) (*person, error) {
	p := &person{}
	var err error
	if p.actors, err = groupsOf(ctx, tx, `id = ANY ($1)`, actors); err != nil {
		return nil, err
	}
	for _, a := range p.actors {
		if a.UserID != nil {
			user = *a.UserID
		}
	}
	if user == 0 {
		p.addKnown()
		return p, nil
	}
	if p.user, err = userOf(ctx, tx, user); err != nil || p.user == nil {
		return p, err
	}
	also, err := groupsOf(ctx, tx, `user_id = ANY ($1)`, []int64{user})
	if err != nil {
		return nil, err
	}
	for _, a := range also {
		if !slices.Contains(p.actorIDs(uuid.Nil), a.ID) {
			p.actors = append(p.actors, a)
		}
	}
	if p.workspaces, err = knownIn(ctx, tx, user); err != nil {
		return nil, err
	}
	p.addKnown()
	return p, nil
}

// addKnown adds what the records say now, and where the actors are.
func (p *person) addKnown() {
	if u := p.user; u != nil {
		p.names, p.emails = append(p.names, u.Name), append(p.emails, u.Email)
		if u.Username != nil {
			p.usernames = append(p.usernames, *u.Username)
		}
	}
	for _, a := range p.actors {
		p.names = append(p.names, a.Name)
		if a.Email != nil {
			p.emails = append(p.emails, *a.Email)
		}
		if email, err := models.NormaliseEmail(a.ExternalID); err == nil {
			p.emails = append(p.emails, email)
		}
		if !slices.Contains(p.workspaces, a.WorkspaceID) {
			p.workspaces = append(p.workspaces, a.WorkspaceID)
		}
	}
	p.tidy()
}

// tidy takes out what is there twice, and what names nobody.
func (p *person) tidy() {
	for _, list := range []*[]string{&p.names, &p.emails, &p.usernames} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(s string) bool { return s == "" || s == models.DeletedName })
	}
}

// isErased tells whether nothing is left of them.
func (p *person) isErased() bool {
	for _, a := range p.actors {
		if a.ErasedAt == nil {
			return false
		}
	}
	return p.user == nil || p.user.ErasedAt != nil
}

// actorIDs are those of a workspace; of all with uuid.Nil.
func (p *person) actorIDs(workspace uuid.UUID) []int64 {
	ids := []int64{}
	for _, a := range p.actors {
		if workspace == uuid.Nil || a.WorkspaceID == workspace {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// called is the name by which somebody confirms that they mean this person.
func (p *person) called() string {
	if p.user != nil {
		return p.user.Name
	}
	for _, a := range p.actors {
		if a.MergedInto == nil {
			return nameOf(a)
		}
	}
	return ""
}

// nameOf is what an actor is called: somebody without a name, or with one that nobody sees, by the id that the application has for them.
func nameOf(a models.Actor) string {
	if squeezed(a.Name) == "" {
		return a.ExternalID
	}
	return a.Name
}

// userID is the id of their record, or nil.
func (p *person) userID() *int64 {
	if p.user == nil {
		return nil
	}
	return &p.user.ID
}

// groupsOf gives the actors that a condition finds, with all that are merged with them.
func groupsOf(ctx context.Context, tx database.Tx, condition string, ids []int64) (actors []models.Actor, err error) {
	rows, err := tx.Query(ctx, `
		SELECT a.id, a.workspace_id, a.external_id, a.type, a.name, a.email, a.role, a.user_id, a.merged_into, a.erased_at
		  FROM actors a WHERE coalesce(a.merged_into, a.id) IN (SELECT coalesce(merged_into, id) FROM actors WHERE `+condition+`) ORDER BY a.id`, ids)
	if err != nil {
		return nil, fmt.Errorf("find the actors of a person: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a models.Actor
		if err := rows.Scan(&a.ID, &a.WorkspaceID, &a.ExternalID, &a.Type, &a.Name, &a.Email, &a.Role, &a.UserID, &a.MergedInto, &a.ErasedAt); err != nil {
			return nil, fmt.Errorf("find the actors of a person: %w", err)
		}
		actors = append(actors, a)
	}
	return actors, rows.Err()
}

func userOf(ctx context.Context, tx database.Tx, id int64) (*models.User, error) {
	var u models.User
	err := tx.QueryRow(ctx, `SELECT id, email, username, name, instance_admin, deactivated_at, erased_at FROM users WHERE id = $1`, id).
		Scan(&u.ID, &u.Email, &u.Username, &u.Name, &u.InstanceAdmin, &u.DeactivatedAt, &u.ErasedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	return &u, nil
}

// knownIn gives the workspaces that know, or knew, a user: where they are or were a member, or left anything behind; and the built-in one.
func knownIn(ctx context.Context, tx database.Tx, user int64) (workspaces []uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM (
		SELECT workspace_id AS id FROM memberships WHERE user_id = $1
		UNION SELECT workspace_id FROM actors WHERE user_id = $1
		UNION SELECT workspace_id FROM feed_visits WHERE user_id = $1
		UNION SELECT workspace_id FROM saved_views WHERE user_id = $1
		UNION SELECT workspace_id FROM exports WHERE user_id = $1
		UNION SELECT workspace_id FROM links WHERE used_by = $1 AND workspace_id IS NOT NULL
		UNION SELECT workspace_id FROM tokens WHERE user_id = $1 AND workspace_id IS NOT NULL
		UNION SELECT w.id FROM workspaces w WHERE EXISTS (SELECT FROM activities a WHERE a.workspace_id = w.id AND a.entity_type = 'workspace_member' AND a.entity_id = $2
			AND a.source_id IN (SELECT id FROM sources WHERE kind = 'daybook' AND key <> 'demo'))
		UNION SELECT $3::uuid) AS known`, user, strconv.FormatInt(user, 10), models.BuiltInWorkspace).Scan(&workspaces)
	if err != nil {
		return nil, fmt.Errorf("look where a user is known: %w", err)
	}
	return workspaces, nil
}

// addFormer adds what they were called before: by the activities that are theirs, and by what is recorded of changes of their record. It reads all of
// their activities, by an index.
func (p *person) addFormer(ctx context.Context, tx database.Tx) error {
	for _, workspace := range p.workspaces {
		var names []string
		err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(DISTINCT actor_name), '{}') FROM activities WHERE workspace_id = $1 AND actor_id = ANY ($2)`,
			workspace, p.actorIDs(workspace)).Scan(&names)
		if err != nil {
			return fmt.Errorf("look what somebody was called: %w", err)
		}
		p.names = append(p.names, names...)
	}
	if p.user != nil {
		if err := p.addRecorded(ctx, tx); err != nil {
			return err
		}
	}
	p.tidy()
	if err := p.addAddresses(ctx, tx); err != nil {
		return err
	}
	return p.keepTheirs(ctx, tx)
}

// addRecorded adds what the record of the user said before it was changed.
func (p *person) addRecorded(ctx context.Context, tx database.Tx) error {
	rows, err := tx.Query(ctx, `SELECT changes::text FROM activities WHERE workspace_id = $1 AND entity_id = $2 AND entity_type = 'user' AND system AND action = 'updated'`,
		models.BuiltInWorkspace, strconv.FormatInt(p.user.ID, 10))
	if err != nil {
		return fmt.Errorf("look what a record said: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var changes []models.Change
		if err := rows.Scan(&text); err != nil {
			return fmt.Errorf("look what a record said: %w", err)
		}
		if json.Unmarshal([]byte(text), &changes) != nil {
			continue
		}
		for _, c := range changes {
			to := map[string]*[]string{"name": &p.names, "email": &p.emails, "username": &p.usernames}[c.Field]
			for _, value := range []json.RawMessage{c.Before, c.After} {
				var was string
				if to != nil && json.Unmarshal(value, &was) == nil {
					*to = append(*to, was)
				}
			}
		}
	}
	return rows.Err()
}

// ActorCalled finds an actor of a workspace by the id that the sending application has for them.
func (s *Service) ActorCalled(ctx context.Context, workspace uuid.UUID, external string) (id int64, err error) {
	none := models.FieldErrorf(models.NotFound, "actor", "there is nobody %q here", external)
	if models.CheckID("actor", external) != nil {
		return 0, none // no text that the database could hold
	}
	err = s.pool.QueryRow(ctx, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2`, workspace, external).Scan(&id)
	if err == nil {
		return id, nil
	} else if !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find an actor: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		forgotten, err := s.Forgotten(ctx, database.PgxTx(tx), workspace, []string{external})
		if err == nil && forgotten[external] {
			err = models.FieldErrorf(models.Conflict, "actor", "%q is what somebody was called here who was anonymised already", external)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return 0, none
}
