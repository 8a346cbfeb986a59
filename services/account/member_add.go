package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// NewMember makes a user a member of a workspace, or gives a member another role.
type NewMember struct {
	Workspace *models.Workspace
	User      *models.User
	Role      models.Role
	Actor     string // external id of the actor that the user is; made when it is new; may be empty

	invitation int64 // the id of the invitation that was accepted
}

// AddMember adds a member, or changes the role of one, and links an actor to them. What changed is one act; nothing changed, none.
func (s *Service) AddMember(ctx context.Context, n NewMember, by models.ActorRef) error {
	if _, err := models.ParseRole(string(n.Role)); err != nil {
		return err
	}
	if n.Actor != "" {
		if err := models.CheckID("actor", n.Actor); err != nil {
			return err
		}
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.addMember(ctx, tx, n, by) })
}

func (s *Service) addMember(ctx context.Context, tx *gorm.DB, n NewMember, by models.ActorRef) error {
	if n.Workspace.ID == models.BuiltInWorkspace {
		return models.FieldErrorf(models.Invalid, "workspace", "%s is read by instance admins and has no members", models.BuiltInSlug)
	}
	if err := refuseErasedUser(n.User); err != nil {
		return err
	}
	if err := lockRoles(tx); err != nil {
		return err
	}
	before, err := lockMember(tx, n)
	if err != nil {
		return err
	}
	if err := refuseErasing(tx, "user", &n.User.ID); err != nil {
		return err
	}
	if before != nil && before.Role == models.Owner && n.Role != models.Owner {
		if err := keepAnOwner(tx, n.Workspace, n.User); err != nil {
			return err
		}
	}
	if err := s.refuseForgotten(ctx, tx, n.Workspace.ID, n.Actor); err != nil {
		return err
	}
	linked, err := linkActor(tx, n)
	if err != nil {
		return err
	}
	if before != nil && before.Role == n.Role {
		if !linked {
			return nil
		}
		return s.act(ctx, tx, n.Workspace.ID, linkEvent(n, by))
	}
	m := models.Membership{WorkspaceID: n.Workspace.ID, UserID: n.User.ID, Role: n.Role, Version: 1}
	if before != nil {
		m.CreatedAt, m.Version = before.CreatedAt, before.Version+1
	}
	if err := tx.Save(&m).Error; err != nil {
		return fmt.Errorf("save a member: %w", err)
	}
	if err := auth.RotateSessionsOf(tx, n.User.ID); err != nil {
		return err
	}
	ev := memberEvent(n, before, by)
	if n.invitation != 0 {
		ev.Metadata = jsonOf(map[string]int64{"invitation": n.invitation})
	}
	if linked {
		ev.Changes = append(ev.Changes, change("actor", nil, n.Actor))
	}
	return s.act(ctx, tx, n.Workspace.ID, ev)
}

// lockMember reads the membership that there is, or nil.
func lockMember(tx *gorm.DB, n NewMember) (*models.Membership, error) {
	if err := lockWorkspace(tx, n.Workspace.ID); err != nil {
		return nil, err
	}
	var m models.Membership
	err := tx.Where("workspace_id = ? AND user_id = ?", n.Workspace.ID, n.User.ID).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a member: %w", err)
	}
	return &m, nil
}

// keepAnOwner refuses to take the role from the last owner who can sign in.
func keepAnOwner(tx *gorm.DB, w *models.Workspace, u *models.User) error {
	var others int64
	err := tx.Model(&models.Membership{}).Joins("JOIN users u ON u.id = user_id AND u.deactivated_at IS NULL AND u.password_hash <> ''").
		Where("workspace_id = ? AND role = ? AND user_id <> ?", w.ID, models.Owner, u.ID).Count(&others).Error
	if err != nil {
		return fmt.Errorf("count owners: %w", err)
	}
	if others == 0 {
		return models.FieldErrorf(models.Conflict, "role", "%s is the last owner of %s who can sign in; make somebody else an owner first", u.Name, w.Name)
	}
	return nil
}

// linkActor makes the named actor the user's, and tells whether that is new. Somebody else's is refused, and so is one that is no person.
func linkActor(tx *gorm.DB, n NewMember) (fresh bool, err error) {
	if n.Actor == "" {
		return false, nil
	}
	if err := refuseOurs(n.Actor, n.User); err != nil {
		return false, err
	}
	a, err := lockActor(tx, n.Workspace.ID, models.ActorRef{ID: n.Actor, Name: models.FitName(n.User.Name), Type: models.ActorUser})
	if err != nil {
		return false, err
	}
	g, err := groupOf(tx, n.Workspace.ID, "actor", a.ID)
	if err != nil {
		return false, err
	}
	return g.linkTo(tx, "actor", n.User)
}

// refuseOurs refuses an actor that Daybook made for somebody else, or for itself.
func refuseOurs(actor string, u *models.User) error {
	if strings.HasPrefix(actor, models.OwnActorPrefix) && actor != models.UserActor(u).ID {
		return models.FieldErrorf(models.Conflict, "actor", "%s is an actor of Daybook's own", actor)
	}
	return nil
}

func linkEvent(n NewMember, by models.ActorRef) models.Event {
	return models.Event{
		Actor: by, Action: "linked", Entity: &models.EntityRef{Type: "actor", ID: &n.Actor, Name: &n.User.Name},
		Changes: []models.Change{change("user_id", nil, n.User.ID)}, Metadata: jsonOf(map[string]any{"user_id": n.User.ID, "user_name": n.User.Name, "by": "hand"}),
	}
}

func memberEvent(n NewMember, before *models.Membership, by models.ActorRef) models.Event {
	id := fmt.Sprint(n.User.ID)
	ev := models.Event{Actor: by, Action: "member_added", Entity: &models.EntityRef{Type: "workspace_member", ID: &id, Name: &n.User.Name}}
	ev.Changes = []models.Change{change("role", nil, n.Role)}
	if before != nil {
		ev.Action, ev.Changes = "role_changed", []models.Change{change("role", before.Role, n.Role)}
	}
	return ev
}
