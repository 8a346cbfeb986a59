package erasure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/export"
	"daybook/services/journal"
	"daybook/services/lastvisit"
	"daybook/services/privacy"
	"daybook/services/savedview"
)

// first makes nobody of somebody, all at once: from the end of this transaction on they cannot sign in, no list names them, and nothing that is sent
// brings them back. What activities and texts say of them goes in the turns that follow.
func (s *Service) first(ctx context.Context, tx pgx.Tx, g *going) error {
	db := database.PgxTx(tx)
	known := make([]uuid.UUID, len(g.parts))
	for i, part := range g.parts {
		known[i] = part.workspace
	}
	if err := account.StandStill(ctx, db, known); err != nil {
		return err
	}
	p, err := s.personOf(ctx, db, g)
	if err != nil {
		return err
	}
	if g.hasGrown(p) {
		return s.endUndone(ctx, db, g, "It was not done: by now this person is somebody else too, whom nobody named when it was asked for. Look who it is, and ask again.")
	}
	if p.user != nil {
		if err := account.StayInCharge(ctx, db, p.user.ID); models.KindOf(err) == models.Conflict {
			return &obstacle{why: err.Error()}
		} else if err != nil {
			return err
		}
	}
	stays, err := s.staysOf(ctx, db, p)
	if err != nil {
		return err
	}
	hashes := s.hashesOf(p, true)
	entry := Entry{At: s.now().UTC(), Erasure: g.ID, Workspaces: s.hashesOf(p, false), Stays: withHashes(hashesFrom(g.stays), stays)}
	if g.firstAt != nil {
		entry.At = g.firstAt.UTC()
	}
	if err := s.write(entry); err != nil {
		return err
	}
	g.stays = bytesOf(entry.Stays)
	old := p.refs()
	if err := p.makeMissing(ctx, db); err != nil {
		return err
	}
	if err := s.forgetPerson(ctx, tx, g, p); err != nil {
		return err
	}
	is, err := externalIDs(ctx, db, p.actorIDs(uuid.Nil))
	if err != nil {
		return err
	}
	t, err := p.termsOf(ctx, db, is)
	if err != nil {
		return err
	}
	t.Decisions = g.terms.Decisions
	if err := p.forgetRefs(ctx, db, t, old); err != nil {
		return err
	}
	if err := s.tombstone(ctx, db, g, p, hashes); err != nil {
		return err
	}
	return s.started(ctx, tx, g, p, t)
}

// write writes a line of the ledger, before anything is changed.
func (s *Service) write(e Entry) error {
	if err := s.ledger.Write(e); err != nil {
		s.log.Error("the ledger of erasures cannot be written", "error", err)
		return &obstacle{why: "The ledger of erasures cannot be written; nothing is deleted before it is. The log of the server says why."}
	}
	return nil
}

// personOf finds out once more who is meant: they may have been merged with others since.
func (s *Service) personOf(ctx context.Context, tx database.Tx, g *going) (*person, error) {
	var user int64
	if g.UserID != nil {
		user = *g.UserID
	}
	var actors []int64
	for _, part := range g.parts {
		actors = append(actors, part.actors...)
	}
	p, err := whoIs(ctx, tx, user, actors)
	if err != nil {
		return nil, err
	}
	for _, part := range g.parts {
		if !slices.Contains(p.workspaces, part.workspace) {
			p.workspaces = append(p.workspaces, part.workspace)
		}
	}
	p.names, p.addresses = append(p.names, g.terms.Names...), g.terms.Addresses
	if p.user != nil {
		if err := p.addRecorded(ctx, tx); err != nil {
			return nil, err
		}
	}
	p.tidy()
	return p, p.keepTheirs(ctx, tx)
}

// hasGrown tells whether the person is somebody by now whom whoever asked did not name: linked or merged in between (account.refuseErasing does not let
// it come to that). Actors that were made for the user since are the user's.
func (g *going) hasGrown(p *person) bool {
	if p.user != nil && (g.UserID == nil || *g.UserID != p.user.ID) {
		return true
	}
	return slices.ContainsFunc(p.actors, func(a models.Actor) bool {
		return !slices.Contains(g.ActorIDs, a.ID) && (a.UserID == nil || g.UserID == nil || *a.UserID != *g.UserID)
	})
}

// endUndone ends an erasure before it has begun. It can be asked for again. A turn that was broken off may have written it into the ledger: that is taken back, but
// where it was done before, and a restore brought the person back.
func (s *Service) endUndone(ctx context.Context, tx database.Tx, g *going, why string) error {
	if g.firstAt == nil {
		if err := s.write(Entry{At: s.now().UTC(), Erasure: g.ID, Undone: true}); err != nil {
			return err
		}
	}
	s.log.Warn("an erasure was not done", "erasure", g.ID, "problem", why)
	if _, err := tx.Exec(ctx, `UPDATE erasures SET state = 'done', terms = NULL, problem = $2, ended_at = clock_timestamp() WHERE id = $1`, g.ID, why); err != nil {
		return fmt.Errorf("end an erasure: %w", err)
	}
	return s.act(ctx, tx, orBuiltIn(g.WorkspaceID), acting{erasure: g.ID, by: models.Itself, action: "anonymise_ended"})
}

// hashesOf gives what is kept of the ids and addresses, by workspace; with those that Daybook gives its users, or without.
func (s *Service) hashesOf(p *person, own bool) map[uuid.UUID][]Hash {
	hashes := map[uuid.UUID][]Hash{}
	for _, workspace := range p.workspaces {
		kept := map[string]Hash{}
		for _, email := range p.emailsIn(workspace) {
			h := Hash(s.keys.hashOfEmail(email))
			kept[string(h)] = h
		}
		for _, id := range p.refs()[workspace] {
			if !own && strings.HasPrefix(id, models.OwnActorPrefix) {
				continue
			}
			h := Hash(s.keys.hashOfID(id))
			kept[string(h)] = h
		}
		for _, key := range slices.Sorted(maps.Keys(kept)) {
			hashes[workspace] = append(hashes[workspace], kept[key])
		}
	}
	return hashes
}

// refs are the external ids by which each workspace names them: those of their actors, and the one that Daybook gives its users.
func (p *person) refs() map[uuid.UUID][]string {
	ids := map[uuid.UUID][]string{}
	for _, workspace := range p.workspaces {
		for _, a := range p.actors {
			if a.WorkspaceID == workspace && a.ErasedAt == nil {
				ids[workspace] = append(ids[workspace], a.ExternalID)
			}
		}
		if p.user != nil && !slices.Contains(ids[workspace], models.UserActor(p.user).ID) {
			ids[workspace] = append(ids[workspace], models.UserActor(p.user).ID)
		}
	}
	return ids
}

// makeMissing makes an actor where a workspace knows them without one, so that what comes later is somebody's.
func (p *person) makeMissing(ctx context.Context, tx database.Tx) error {
	for _, workspace := range p.workspaces {
		if len(p.actorIDs(workspace)) > 0 {
			continue
		}
		id, err := account.MakeDeleted(ctx, tx, workspace, p.userID())
		if err != nil {
			return err
		}
		p.actors = append(p.actors, models.Actor{ID: id, WorkspaceID: workspace, Name: models.DeletedName, Type: models.ActorUser})
	}
	return nil
}

// forgetPerson empties their records, and deletes what was theirs.
func (s *Service) forgetPerson(ctx context.Context, tx pgx.Tx, g *going, p *person) error {
	db := database.PgxTx(tx)
	count := func(kind string, n int64) {
		if n > 0 {
			g.Elsewhere[kind] += n
		}
	}
	if p.user != nil {
		ended, err := s.auth.ForgetUser(ctx, db, p.user.ID, append(slices.Clone(p.emails), p.usernames...))
		if err != nil {
			return err
		}
		views, err := savedview.ForgetUser(ctx, db, p.user.ID)
		if err != nil {
			return err
		}
		memberships, err := account.EmptyUser(ctx, db, p.user.ID)
		if err != nil {
			return err
		}
		count("sessions", ended.Sessions)
		count("tokens", ended.Tokens)
		count("views", views)
		count("memberships", memberships)
		if err := lastvisit.ForgetUser(ctx, db, p.user.ID); err != nil {
			return err
		}
		if err := export.ForgetUser(ctx, db, p.user.ID); err != nil {
			return err
		}
	}
	projects, err := account.EmptyActors(ctx, db, p.actorIDs(uuid.Nil))
	if err != nil {
		return err
	}
	count("projects", projects)
	for _, workspace := range p.workspaces {
		n, err := files(ctx, tx, workspace)
		if err != nil {
			return err
		}
		if err := export.Withdraw(ctx, tx, s.record, workspace, withdrawn); err != nil {
			return err
		}
		invitations, err := auth.ForgetAddresses(ctx, db, workspace, p.emailsIn(workspace))
		if err != nil {
			return err
		}
		count("exports", n)
		count("invitations", invitations)
	}
	return nil
}

// files counts the files of exports that are withdrawn. One that is not begun is made of what there is afterwards.
func files(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM exports WHERE workspace_id = $1 AND kind = 'file' AND (state = 'done' OR state IN ('waiting', 'running') AND started_at IS NOT NULL)`, workspace).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count files: %w", err)
	}
	return n, nil
}

// externalIDs gives the external ids that actors have now.
func externalIDs(ctx context.Context, tx database.Tx, actors []int64) (map[int64]string, error) {
	rows, err := tx.Query(ctx, `SELECT id, external_id FROM actors WHERE id = ANY ($1)`, actors)
	if err != nil {
		return nil, fmt.Errorf("read external ids: %w", err)
	}
	defer rows.Close()
	ids := map[int64]string{}
	for rows.Next() {
		var id int64
		var external string
		if err := rows.Scan(&id, &external); err != nil {
			return nil, fmt.Errorf("read external ids: %w", err)
		}
		ids[id] = external
	}
	return ids, rows.Err()
}

// forgetRefs has the records of what they asked for name nobody.
func (p *person) forgetRefs(ctx context.Context, tx database.Tx, t *terms, old map[uuid.UUID][]string) error {
	for _, workspace := range p.workspaces {
		f := models.Forgotten{Workspace: workspace, IDs: old[workspace], Is: models.ActorRef{Name: models.DeletedName, Type: models.ActorUser}}
		for _, a := range p.actors {
			if a.WorkspaceID == workspace && a.MergedInto == nil {
				f.Is.ID = t.Workspaces[workspace].Actors[a.ID]
			}
		}
		if err := export.ForgetAsker(ctx, tx, f); err != nil {
			return err
		}
		if err := privacy.ForgetAsker(ctx, tx, f); err != nil {
			return err
		}
		in := `coalesce(workspace_id, '` + models.BuiltInWorkspace.String() + `') = $1`
		if err := database.ReplaceRefs(ctx, tx, f, database.Refs{Table: "erasures", Column: "asked_by", In: in},
			database.Refs{Table: "erasure_doubts", Column: "decided_by", In: `erasure_id IN (SELECT id FROM erasures WHERE ` + in + `)`}); err != nil {
			return err
		}
	}
	return nil
}

// tombstone keeps the hashes by which the person is known when they come again.
func (s *Service) tombstone(ctx context.Context, tx database.Tx, g *going, p *person, hashes map[uuid.UUID][]Hash) error {
	for workspace, kept := range hashes {
		list := make([][]byte, len(kept))
		for i, h := range kept {
			list[i] = h
		}
		if err := s.keepAs(ctx, tx, p, keeping{erasure: g.ID, workspace: workspace, hashes: list}); err != nil {
			return err
		}
	}
	return nil
}

// started notes that the first turn is done: from here on it goes through the activities.
func (s *Service) started(ctx context.Context, tx pgx.Tx, g *going, p *person, t *terms) error {
	sealed, err := s.keys.sealed(t)
	if err != nil {
		return err
	}
	for _, workspace := range p.workspaces {
		_, err := tx.Exec(ctx, `INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids) VALUES ($1, $2, $3)
			ON CONFLICT (erasure_id, workspace_id) DO UPDATE SET actor_ids = excluded.actor_ids`, g.ID, workspace, p.actorIDs(workspace))
		if err != nil {
			return fmt.Errorf("begin an erasure: %w", err)
		}
	}
	_, err = tx.Exec(ctx, `UPDATE erasures SET state = 'running', terms = $2, user_id = $3, stays = $4, started_at = clock_timestamp(), looked_at = clock_timestamp() WHERE id = $1`, g.ID, sealed, p.userID(), g.stays)
	if err != nil {
		return fmt.Errorf("begin an erasure: %w", err)
	}
	if err := journal.CountErasure(ctx, tx, p.workspaces); err != nil {
		return err
	}
	return g.save(ctx, tx)
}
