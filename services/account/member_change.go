package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// Admit makes somebody who can sign in already a member of the doer's workspace, and links an actor to them if one is named.
func (s *Service) Admit(ctx context.Context, d Doer, login string, n NewMember) error {
	n.Workspace = d.Workspace
	if err := d.mayGive(n.Role); err != nil {
		return err
	}
	if err := n.check(); err != nil {
		return err
	}
	var err error
	if n.User, err = s.User(ctx, login); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockRoles(tx); err != nil {
			return err
		}
		if before, err := lockMember(tx, n); err != nil {
			return err
		} else if before != nil {
			return models.FieldErrorf(models.Conflict, "user", "%s is a member already", n.User.Name)
		}
		if n.User.DeactivatedAt != nil {
			return models.FieldErrorf(models.Conflict, "user", "%s is deactivated; reactivate them first", n.User.Name)
		}
		return s.addMember(ctx, tx, n, d.Ref)
	})
}

// CreateMember makes a user and a member of the doer's workspace at once: two changes, both recorded, or none.
func (s *Service) CreateMember(ctx context.Context, d Doer, u NewUser, n NewMember) (*models.User, error) {
	n.Workspace = d.Workspace
	if err := d.mayGive(n.Role); err != nil {
		return nil, err
	}
	if u.InstanceAdmin {
		if err := d.needs(access.Instance); err != nil {
			return nil, err
		}
	}
	user, userErr := u.check(ctx)
	if err := models.JoinFields(userErr, n.check()); err != nil {
		return nil, err
	}
	n.User = user
	return user, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockRoles(tx); err != nil {
			return err
		}
		if err := s.createUser(ctx, tx, user, d.self()); err != nil {
			return err
		}
		return s.addMember(ctx, tx, n, d.Ref)
	})
}

// check tells what is wrong with what was asked for, apart from who may ask.
func (n NewMember) check() error {
	_, err := models.ParseRole(string(n.Role))
	if n.Actor != "" {
		err = models.JoinFields(err, models.CheckID("actor", n.Actor))
	}
	return err
}

// ChangeRole gives a member another role. version is the one of the membership that the doer saw.
func (s *Service) ChangeRole(ctx context.Context, d Doer, user int64, role models.Role, version int64) error {
	if err := d.mayGive(role); err != nil && models.KindOf(err) == models.Invalid {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		n, before, err := d.member(tx, user)
		if err != nil {
			return err
		}
		if err := d.mayTouch(before.Role); err != nil {
			return err
		}
		if err := outdated(version, before.Version, "%s is %s now", n.User.Name, before.Role); err != nil {
			return err
		}
		if before.Role == role {
			return nil
		}
		if err := d.mayGive(role); err != nil {
			return err
		}
		n.Role = role
		return s.addMember(ctx, tx, n, d.Ref)
	})
}

// RemoveMember ends a membership: with the next request they are nobody here. What they did stays, and so does whom their actors are.
func (s *Service) RemoveMember(ctx context.Context, d Doer, user int64, version int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		n, before, err := d.member(tx, user)
		if err != nil {
			return err
		}
		if err := d.mayTouch(before.Role); err != nil {
			return err
		}
		if err := outdated(version, before.Version, "%s is %s now", n.User.Name, before.Role); err != nil {
			return err
		}
		if before.Role == models.Owner {
			if err := keepAnOwner(tx, d.Workspace, n.User); err != nil {
				return err
			}
		}
		if err := tx.Where("workspace_id = ? AND user_id = ?", d.Workspace.ID, user).Delete(&models.Membership{}).Error; err != nil {
			return fmt.Errorf("remove a member: %w", err)
		}
		ev := memberEvent(n, nil, d.Ref)
		ev.Action, ev.Changes = "member_removed", []models.Change{change("role", before.Role, nil)}
		return s.act(ctx, tx, d.Workspace.ID, ev)
	})
}

// member locks the membership of a user in the doer's workspace.
func (d Doer) member(tx *gorm.DB, user int64) (NewMember, *models.Membership, error) {
	n := NewMember{Workspace: d.Workspace, User: &models.User{ID: user}}
	if err := d.needs(access.Admin); err != nil {
		return n, nil, err
	}
	if err := lockRoles(tx); err != nil {
		return n, nil, err
	}
	before, err := lockMember(tx, n)
	if err != nil {
		return n, nil, err
	}
	if before == nil {
		return n, nil, noMember()
	}
	if err := tx.Take(n.User, user).Error; err != nil {
		return n, nil, fmt.Errorf("find a user: %w", err)
	}
	return n, before, nil
}

// UserByID finds a user for a doer who may know of them: members of their workspace; instance admins know everybody.
func (s *Service) UserByID(ctx context.Context, d Doer, id int64) (*models.User, error) {
	db := s.db.WithContext(ctx)
	find := db.Where("id = ?", id)
	if d.Role != access.Instance {
		if err := d.needs(access.Admin); err != nil {
			return nil, err
		}
		find = find.Where("id IN (?)", db.Model(&models.Membership{}).Select("user_id").Where("workspace_id = ?", d.Workspace.ID))
	}
	var u models.User
	err := find.Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, noMember()
	} else if err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	return &u, nil
}

// Membership finds what a user is in a workspace, or nil.
func (s *Service) Membership(ctx context.Context, w *models.Workspace, user int64) (*models.Membership, error) {
	var m models.Membership
	err := s.db.WithContext(ctx).Where("workspace_id = ? AND user_id = ?", w.ID, user).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a membership: %w", err)
	}
	return &m, nil
}

// trimmed is a text without blanks around it.
func trimmed(text string) string { return strings.TrimSpace(text) }
