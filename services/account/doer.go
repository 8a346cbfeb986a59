package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// Doer is who makes an administrative change, and what they are in the workspace that it concerns.
type Doer struct {
	Workspace *models.Workspace // nil: the change concerns the whole instance
	Role      access.Role
	User      *models.User    // nil: no person
	Token     *models.Token   // by which they ask; nil: a session, or the command line
	Ref       models.ActorRef // by which the workspace's log names them
}

// CommandLine is whoever may run commands on the machine; they may do everything.
func CommandLine(w *models.Workspace) Doer {
	return Doer{Workspace: w, Role: access.Instance, Ref: models.CommandLine}
}

// Doer gives the viewer as somebody who makes changes in their workspace.
func (s *Service) Doer(ctx context.Context, v access.Viewer) (Doer, error) {
	d := Doer{Workspace: &v.Workspace, Role: v.Role, User: v.User, Token: v.Token}
	switch {
	case v.User != nil:
		var err error
		d.Ref, err = actorOf(s.db.WithContext(ctx), v.Workspace.ID, v.User)
		return d, err
	case v.Token != nil:
		d.Ref = models.TokenActor(v.Token)
	}
	return d, nil
}

// InstanceDoer gives a principal as somebody who makes changes that concern no workspace: an instance admin may, others may not.
func InstanceDoer(p access.Principal) Doer {
	d := Doer{Role: access.Outsider, User: p.User, Token: p.Token}
	if p.InstanceAdmin() {
		d.Role, d.Ref = access.Instance, models.UserActor(p.User)
	}
	return d
}

// self names the doer in the built-in workspace.
func (d Doer) self() models.ActorRef {
	if d.User != nil {
		return models.UserActor(d.User)
	}
	return d.Ref
}

// is tells whether the doer is this user.
func (d Doer) is(u *models.User) bool { return d.User != nil && d.User.ID == u.ID }

// id is the doer's user, for records that keep who made them.
func (d Doer) id() *int64 {
	if d.User == nil {
		return nil
	}
	return &d.User.ID
}

// needs refuses whoever is less than a role.
func (d Doer) needs(least access.Role) error {
	switch {
	case d.Role >= least:
		return nil
	case least == access.Owner:
		return models.Errorf(models.Forbidden, "Only owners of the workspace may do this.")
	case least == access.Instance:
		return models.Errorf(models.Forbidden, "Only instance admins may do this.")
	}
	return models.Errorf(models.Forbidden, "Only admins and owners of the workspace may do this.")
}

// Owns refuses whoever does not own the workspace, and is no instance admin.
func (d Doer) Owns() error { return d.needs(access.Owner) }

// Administers refuses whoever does not administer the workspace.
func (d Doer) Administers() error { return d.needs(access.Admin) }

// mayGive refuses to give a role beyond what the doer may give: admins make members, owners make everybody.
func (d Doer) mayGive(role models.Role) error {
	if _, err := models.ParseRole(string(role)); err != nil {
		return err
	}
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	if role != models.Member && d.Role < access.Owner {
		return models.FieldErrorf(models.Forbidden, "role", "only owners make admins and owners")
	}
	return nil
}

// mayTouch refuses to change a membership that is not the doer's to change: an owner's is for owners.
func (d Doer) mayTouch(role models.Role) error {
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	if role == models.Owner && d.Role < access.Owner {
		return models.Errorf(models.Forbidden, "Only owners may change or remove an owner.")
	}
	return nil
}

// mayManage refuses to change the record of a user who is not the doer's alone to manage (design.md §6): a workspace's admin manages those who
// are members of it and of no other, and no instance admins; and owners are managed by owners. An instance admin manages everybody: through a
// workspace those whom it knows, and others through no workspace.
func (d Doer) mayManage(tx *gorm.DB, u *models.User) error {
	switch {
	case d.Workspace == nil:
		return d.needs(access.Instance)
	case d.Role == access.Instance:
		return d.mustKnow(tx, u)
	}
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	var memberships []models.Membership
	if err := tx.Where("user_id = ?", u.ID).Find(&memberships).Error; err != nil {
		return fmt.Errorf("find memberships: %w", err)
	}
	var here *models.Membership
	for i := range memberships {
		if memberships[i].WorkspaceID == d.Workspace.ID {
			here = &memberships[i]
		}
	}
	switch {
	case here == nil:
		return noMember()
	case u.InstanceAdmin:
		return models.Errorf(models.Forbidden, "%s administers the whole instance; only instance admins may do this.", u.Name)
	case len(memberships) > 1:
		return models.Errorf(models.Forbidden, "%s is a member of another workspace too; only instance admins may do this.", u.Name)
	}
	return d.mayTouch(here.Role)
}

// mustKnow refuses somebody of whom the doer's workspace knows nothing: neither are they a member nor is an actor of it theirs.
func (d Doer) mustKnow(tx *gorm.DB, u *models.User) error {
	var known bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM memberships WHERE workspace_id = @ws AND user_id = @user) OR EXISTS (SELECT FROM actors WHERE workspace_id = @ws AND user_id = @user)`,
		map[string]any{"ws": d.Workspace.ID, "user": u.ID}).Scan(&known).Error
	if err != nil {
		return fmt.Errorf("look for a user: %w", err)
	}
	if !known {
		return noMember()
	}
	return nil
}

func noMember() error {
	return models.Errorf(models.NotFound, "There is no such member here.")
}

// standing tells what a user is in a workspace at this moment.
func standing(tx *gorm.DB, user int64, workspace uuid.UUID) (access.Role, *models.User, error) {
	var u models.User
	if err := tx.Where("id = ? AND deactivated_at IS NULL", user).Limit(1).Find(&u).Error; err != nil {
		return access.Outsider, nil, fmt.Errorf("find a user: %w", err)
	}
	if u.ID == 0 {
		return access.Outsider, nil, nil
	}
	if u.InstanceAdmin {
		return access.Instance, &u, nil
	}
	var m models.Membership
	if err := tx.Where("workspace_id = ? AND user_id = ?", workspace, user).Limit(1).Find(&m).Error; err != nil {
		return access.Outsider, nil, fmt.Errorf("find a membership: %w", err)
	}
	return map[models.Role]access.Role{models.Owner: access.Owner, models.Admin: access.Admin, models.Member: access.Member}[m.Role], &u, nil
}

// lockRoles makes changes of who may do what happen one after the other, in the whole instance: else two of them, each harmless, could
// together leave a workspace without an owner, or the instance without an admin. It is taken before any other lock.
func lockRoles(tx *gorm.DB) error {
	if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, rolesKey).Error; err != nil {
		return fmt.Errorf("lock the roles: %w", err)
	}
	return nil
}

// lockRoles locks the roles, and gives the doer as they are from then on: whoever was removed or demoted while the request waited does no more
// than they still may. What it was let in with is never raised.
func (d Doer) lockRoles(tx *gorm.DB) (Doer, error) {
	if err := lockRoles(tx); err != nil || d.User == nil {
		return d, err
	}
	var workspace uuid.UUID
	if d.Workspace != nil {
		workspace = d.Workspace.ID
	}
	now, _, err := standing(tx, d.User.ID, workspace)
	d.Role = min(d.Role, now)
	return d, err
}

const rolesKey = 0x726f6c65 // "role"

// outdated refuses a change by somebody who saw an older version than there is. 0 is whatever there is.
func outdated(saw, is int64, format string, args ...any) error {
	if saw == 0 || saw == is {
		return nil
	}
	return models.FieldErrorf(models.Conflict, "version", "somebody else changed this meanwhile: "+format, args...)
}
