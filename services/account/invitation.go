package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// InvitationWish is what an invitation is to be.
type InvitationWish struct {
	Role  models.Role
	Email string        // for whoever has this address alone; empty: for whoever has the link
	Life  time.Duration // how long it is good; 0: seven days
}

// Invite makes a link that makes one person a member of the doer's workspace, and gives its secret. It takes the place of one that was made for the
// same address before. Whether somebody with its address is here
// already makes no difference to the answer.
func (s *Service) Invite(ctx context.Context, d Doer, wish InvitationWish) (secret string, link *models.Link, err error) {
	if err := d.mayGive(wish.Role); err != nil {
		return "", nil, err
	}
	if d.Workspace.ID == models.BuiltInWorkspace {
		return "", nil, models.FieldErrorf(models.Invalid, "workspace", "%s is read by instance admins and has no members", models.BuiltInSlug)
	}
	link, err = s.wished(d, wish)
	if err != nil {
		return "", nil, err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if link.Email != nil {
			if err := refuseMember(tx, d.Workspace, *link.Email); err != nil {
				return err
			}
			if err := s.auth.RevokeInvitationsFor(tx, d.Workspace.ID, *link.Email); err != nil {
				return err
			}
		}
		if secret, err = s.auth.MakeLink(tx, link); err != nil {
			return err
		}
		return s.act(ctx, tx, d.Workspace.ID, invitationEvent("invited", link, d))
	})
	return secret, link, err
}

// wished gives the link that somebody wishes for, or an error that names every wrong field.
func (s *Service) wished(d Doer, wish InvitationWish) (*models.Link, error) {
	link := &models.Link{Kind: models.InvitationLink, WorkspaceID: &d.Workspace.ID, Role: &wish.Role, CreatedBy: d.id()}
	var errs []error
	if trimmed(wish.Email) != "" {
		email, err := models.NormaliseEmail(wish.Email)
		errs = append(errs, err)
		link.Email = &email
	}
	switch {
	case wish.Life < 0 || wish.Life > models.MaxInvitationLife || wish.Life > 0 && wish.Life < models.MinInvitationLife:
		errs = append(errs, models.FieldErrorf(models.Invalid, "expires_in", "must be from an hour to %d days", int(models.MaxInvitationLife.Hours()/24)))
	case wish.Life > 0:
		link.ExpiresAt = s.now().Add(wish.Life)
	}
	return link, models.JoinFields(errs...)
}

// refuseMember refuses to invite who is a member already: that is no secret to who may list them.
func refuseMember(tx *gorm.DB, w *models.Workspace, email string) error {
	var n int64
	err := tx.Model(&models.Membership{}).Joins("JOIN users u ON u.id = user_id").Where("workspace_id = ? AND u.email = ?", w.ID, email).Count(&n).Error
	if err != nil {
		return fmt.Errorf("look for a member: %w", err)
	}
	if n > 0 {
		return models.FieldErrorf(models.Conflict, "email", "%s is a member already", email)
	}
	return nil
}

func invitationEvent(action string, link *models.Link, d Doer) models.Event {
	id := fmt.Sprint(link.ID)
	ev := models.Event{Actor: d.Ref, Action: action, Entity: &models.EntityRef{Type: "invitation", ID: &id, Name: link.Email}}
	fields := map[bool]func(field string, v any) models.Change{
		true:  func(field string, v any) models.Change { return change(field, v, nil) },
		false: func(field string, v any) models.Change { return change(field, nil, v) },
	}[action == "invitation_revoked"]
	ev.Changes = []models.Change{fields("role", link.Role)}
	if link.Email != nil {
		ev.Changes = append(ev.Changes, fields("email", link.Email))
	}
	return ev
}

// OpenInvitation is an invitation that can still be used.
type OpenInvitation struct {
	models.Link
	Maker string // the name of who made it; empty: the command line
	Void  bool   // whoever made it may not make it any more, so it opens nothing
}

// Invitations lists the invitations of the doer's workspace that can still be used.
func (s *Service) Invitations(ctx context.Context, d Doer) ([]OpenInvitation, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	links, err := s.auth.Invitations(ctx, d.Workspace.ID)
	if err != nil {
		return nil, err
	}
	list := make([]OpenInvitation, len(links))
	makers := map[int64]Doer{}
	db := s.db.WithContext(ctx)
	for i, l := range links {
		list[i].Link = l
		if l.CreatedBy == nil {
			continue
		}
		maker, known := makers[*l.CreatedBy]
		if !known {
			if maker, err = s.maker(db, &l); err != nil {
				return nil, err
			}
			makers[*l.CreatedBy] = maker
		}
		if list[i].Void = maker.mayGive(*l.Role) != nil; maker.User != nil {
			list[i].Maker = maker.User.Name
		}
	}
	return list, nil
}

// RevokeInvitation withdraws an invitation.
func (s *Service) RevokeInvitation(ctx context.Context, d Doer, id int64) error {
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		link, err := s.auth.RevokeInvitation(tx, d.Workspace.ID, id)
		if err != nil {
			return err
		}
		return s.act(ctx, tx, d.Workspace.ID, invitationEvent("invitation_revoked", link, d))
	})
}

// Invitation is what a good invitation offers.
type Invitation struct {
	Link      *models.Link
	Workspace *models.Workspace
}

// Invitation finds what a link offers. It is good as long as whoever made it may make it.
func (s *Service) Invitation(ctx context.Context, secret string) (*Invitation, error) {
	return s.invitation(s.db.WithContext(ctx), secret)
}

func (s *Service) invitation(tx *gorm.DB, secret string) (*Invitation, error) {
	link, err := s.auth.FindLink(tx, models.InvitationLink, secret)
	if err != nil {
		return nil, err
	}
	maker, err := s.maker(tx, link)
	if err != nil {
		return nil, err
	}
	if maker.mayGive(*link.Role) != nil {
		return nil, auth.BadLink(models.InvitationLink)
	}
	var w models.Workspace
	if err := tx.Take(&w, "id = ?", *link.WorkspaceID).Error; err != nil {
		return nil, fmt.Errorf("find a workspace: %w", err)
	}
	return &Invitation{Link: link, Workspace: &w}, nil
}

// AcceptAsNew makes the user that an invitation asks for, and makes them a member. An invitation for one address is for that one, whatever
// u says; nothing else than name, address, username and password is taken from u.
func (s *Service) AcceptAsNew(ctx context.Context, secret string, u NewUser) (*models.User, *models.Workspace, error) {
	in, err := s.Invitation(ctx, secret)
	if err != nil {
		return nil, nil, err
	}
	if in.Link.Email != nil {
		u.Email = *in.Link.Email
	}
	u.InstanceAdmin = false
	user, err := u.check(ctx)
	if err != nil {
		return nil, nil, err
	}
	return user, in.Workspace, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockRoles(tx); err != nil {
			return err
		}
		err := s.createUser(ctx, tx, user, models.Itself)
		if models.KindOf(err) == models.Conflict && isAbout(err, "email") {
			return models.FieldErrorf(models.Conflict, "email", "has an account already: sign in with it, and open this link again")
		} else if err != nil {
			return err
		}
		return s.accept(ctx, tx, secret, user)
	})
}

func isAbout(err error, field string) bool {
	var e *models.Error
	return errors.As(err, &e) && len(e.Fields) == 1 && e.Fields[0].Field == field
}

// Accept makes somebody who is signed in a member.
func (s *Service) Accept(ctx context.Context, secret string, user *models.User) (*models.Workspace, error) {
	in, err := s.Invitation(ctx, secret)
	if err != nil {
		return nil, err
	}
	return in.Workspace, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockRoles(tx); err != nil {
			return err
		}
		return s.accept(ctx, tx, secret, user)
	})
}

// accept spends an invitation. The roles are locked, so that its maker may still make it.
func (s *Service) accept(ctx context.Context, tx *gorm.DB, secret string, user *models.User) error {
	in, err := s.invitation(tx, secret)
	if err != nil {
		return err
	}
	if in.Link.Email != nil && *in.Link.Email != user.Email {
		return models.Errorf(models.Forbidden, "This invitation is for somebody else's address. Sign in with the account it was made for.")
	}
	n := NewMember{Workspace: in.Workspace, User: user, Role: *in.Link.Role}
	before, err := lockMember(tx, n)
	if err != nil {
		return err
	}
	if before != nil {
		return models.Errorf(models.Conflict, "You are a member of %s already.", in.Workspace.Name)
	}
	if err := s.auth.UseLink(tx, in.Link, user.ID); err != nil {
		return err
	}
	if err := s.auth.RevokeInvitationsFor(tx, in.Workspace.ID, user.Email); err != nil {
		return err
	}
	by, err := actorOf(tx, in.Workspace.ID, user)
	if err != nil {
		return err
	}
	n.invitation = in.Link.ID
	return s.addMember(ctx, tx, n, by)
}
