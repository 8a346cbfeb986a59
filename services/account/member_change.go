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
	return s.auth.TryAddress(ctx, d.User, func() error {
		var err error
		if n.User, err = s.User(ctx, login); models.KindOf(err) == models.NotFound {
			return nobodyToAdd()
		} else if err != nil {
			return err
		}
		return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return s.admit(ctx, tx, d, n) })
	})
}

func (s *Service) admit(ctx context.Context, tx *gorm.DB, d Doer, n NewMember) error {
	d, err := d.lockRoles(tx)
	if err == nil {
		err = d.mayGive(n.Role)
	}
	if err != nil {
		return err
	}
	if before, err := lockMember(tx, n); err != nil {
		return err
	} else if before != nil {
		return models.FieldErrorf(models.Conflict, "user", "%s is a member already", n.User.Name)
	}
	if n.User.DeactivatedAt != nil {
		return nobodyToAdd()
	}
	return s.addMember(ctx, tx, n, d.Ref)
}

// nobodyToAdd is the answer about an address that is nobody's, and about that of somebody deactivated: whoever administers one workspace does not
// learn of people who are in none of theirs.
func nobodyToAdd() error {
	return models.FieldErrorf(models.NotFound, "user", "nobody can be added under this name; send an invitation instead")
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
	return user, s.createMember(ctx, d, n, func(*gorm.DB, Doer) error { return nil })
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
		d, err := d.lockRoles(tx)
		if err != nil {
			return err
		}
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

// member locks the membership of a user in the doer's workspace. The roles are locked.
func (d Doer) member(tx *gorm.DB, user int64) (NewMember, *models.Membership, error) {
	n := NewMember{Workspace: d.Workspace, User: &models.User{ID: user}}
	if err := d.needs(access.Admin); err != nil {
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
