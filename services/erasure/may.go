package erasure

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
)

// find finds out who is meant, for a doer who may know of them.
func (t Target) find(ctx context.Context, tx database.Tx, d account.Doer) (*person, error) {
	field, unknown := "actor", "there is no such person here"
	if t.User != 0 {
		field = "user"
	}
	switch {
	case d.Role < access.Admin:
		return nil, models.Errorf(models.Forbidden, "Only admins and owners of the workspace may anonymise people.")
	case (t.User == 0) == (t.Actor == 0) || t.User < 0 || t.Actor < 0:
		return nil, models.Errorf(models.Invalid, "Name one person: an actor or a user.")
	case t.Actor != 0 && d.Workspace == nil, d.Workspace == nil && d.Role < access.Instance:
		return nil, models.FieldErrorf(models.NotFound, field, "%s", unknown)
	}
	var actors []int64
	if t.Actor != 0 {
		actors = []int64{t.Actor}
	}
	p, err := whoIs(ctx, tx, t.User, actors)
	if err != nil {
		return nil, err
	}
	isHere := func(a models.Actor) bool { return a.ID == t.Actor && a.WorkspaceID == d.Workspace.ID }
	switch {
	case t.User != 0 && p.user == nil,
		t.User != 0 && d.Workspace != nil && !slices.Contains(p.workspaces, d.Workspace.ID),
		t.User != 0 && d.Workspace != nil && d.Workspace.ID == models.BuiltInWorkspace && d.Role < access.Instance,
		t.Actor != 0 && !slices.ContainsFunc(p.actors, isHere):
		return nil, models.FieldErrorf(models.NotFound, field, "%s", unknown)
	}
	if err := p.lookHere(ctx, tx, d); err != nil {
		return nil, err
	}
	for _, a := range p.actors {
		if a.Type != models.ActorUser {
			return nil, models.FieldErrorf(models.Invalid, field, "%s is no person, its type is %s", p.shown, a.Type)
		}
	}
	return p, nil
}

// lookHere finds out what they are in the doer's workspace, and how the doer may know them: somebody who is no member is known by what applications
// sent of them.
func (p *person) lookHere(ctx context.Context, tx database.Tx, d account.Doer) error {
	p.shown = p.called()
	if p.user == nil || d.Workspace == nil {
		return nil
	}
	err := tx.QueryRow(ctx, `SELECT coalesce((SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2), '')`, d.Workspace.ID, p.user.ID).Scan(&p.role)
	if err != nil {
		return fmt.Errorf("find a membership: %w", err)
	}
	if p.role == "" && d.Role < access.Instance {
		p.shown = p.calledIn(d.Workspace.ID)
	}
	return nil
}

// may refuses whoever may not anonymise this person (design.md §6), and to lose who is needed.
func (p *person) may(ctx context.Context, tx database.Tx, d account.Doer) error {
	if p.user == nil {
		return p.mayAsThose(ctx, tx, d)
	}
	if d.User != nil && d.User.ID == p.user.ID {
		return models.Errorf(models.Conflict, "Nobody anonymises themselves. Ask somebody else who administers.")
	}
	if d.Role < access.Instance {
		if err := p.mayHere(d); err != nil {
			return err
		}
	}
	if err := p.mayAsThose(ctx, tx, d); err != nil {
		return err
	}
	return account.StayInCharge(ctx, tx, p.user.ID)
}

// mayHere refuses, to who administers a workspace, those who are not that workspace's alone.
func (p *person) mayHere(d account.Doer) error {
	switch {
	case p.user.InstanceAdmin:
		return models.Errorf(models.Forbidden, "%s administers the whole instance; only instance admins may do this.", p.shown)
	case p.isElsewhere(d.Workspace.ID):
		return models.Errorf(models.Forbidden, "%s is known in another workspace too; only instance admins may do this.", p.shown)
	case p.role == "":
		return nil
	}
	return d.MayTouch(p.role)
}

// isElsewhere tells whether they are known in another workspace that people have.
func (p *person) isElsewhere(workspace uuid.UUID) bool {
	return slices.ContainsFunc(p.workspaces, func(id uuid.UUID) bool { return id != workspace && id != models.BuiltInWorkspace })
}

// calledIn is what a workspace knows them as.
func (p *person) calledIn(workspace uuid.UUID) string {
	for _, a := range p.actors {
		if a.WorkspaceID == workspace {
			return nameOf(a)
		}
	}
	return p.called()
}

// held is what of a person's own is under holds.
type held struct {
	rows  int64
	holds []string
}

// heldOf looks for holds on the person, and on what they did or what was done for them.
func heldOf(ctx context.Context, tx database.Tx, p *person) (h held, err error) {
	h.holds = []string{}
	for _, workspace := range p.workspaces {
		var n int64
		var names []string
		err := tx.QueryRow(ctx, `
			WITH standing AS (SELECT FROM holds WHERE workspace_id = $1 AND lifted_at IS NULL LIMIT 1),
			own AS (SELECT a.seq, h.name FROM standing, activities a CROSS JOIN LATERAL holds_on(a) h
			         WHERE a.workspace_id = $1 AND (a.actor_id = ANY ($2) OR a.on_behalf_of_id = ANY ($2)))
			SELECT (SELECT count(DISTINCT seq) FROM own), (SELECT coalesce(array_agg(DISTINCT name), '{}') FROM (
				SELECT name FROM own UNION SELECT name FROM holds WHERE workspace_id = $1 AND lifted_at IS NULL AND people && $2) AS n)`,
			workspace, p.actorIDs(workspace)).Scan(&n, &names)
		if err != nil {
			return h, fmt.Errorf("look for holds: %w", err)
		}
		h.rows += n
		h.holds = append(h.holds, names...)
	}
	return h, nil
}
