package account

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// CreateMemberByLink makes a user without a password and a member of the doer's workspace at once, and gives the secret of a link by which they
// set their first one: all of it or nothing. Of u, name, address and username are taken.
func (s *Service) CreateMemberByLink(ctx context.Context, d Doer, u NewUser, n NewMember) (user *models.User, secret string, err error) {
	n.Workspace = d.Workspace
	if err := d.mayGive(n.Role); err != nil {
		return nil, "", err
	}
	u.Name, u.InstanceAdmin = trimmed(u.Name), false
	user, userErr := u.checkRecord()
	if err := models.JoinFields(userErr, n.check()); err != nil {
		return nil, "", err
	}
	n.User = user
	err = s.createMember(ctx, d, n, func(tx *gorm.DB, d Doer) (err error) {
		var ev models.Event
		if secret, ev, err = s.makePasswordLink(tx, d, user); err != nil {
			return err
		}
		id := fmt.Sprint(user.ID)
		ev.Actor, ev.Entity = d.self(), &models.EntityRef{Type: "user", ID: &id, Name: &user.Name}
		return s.act(ctx, tx, models.BuiltInWorkspace, ev)
	})
	return user, secret, err
}

// createMember makes a user and a member at once, and does what else belongs to it. Whoever goes on trying names that others have waits.
func (s *Service) createMember(ctx context.Context, d Doer, n NewMember, also func(*gorm.DB, Doer) error) error {
	return s.auth.TryAddress(ctx, d.User, func() error {
		return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			d, err := d.lockRoles(tx)
			if err == nil {
				err = d.mayGive(n.Role)
			}
			if err == nil && n.User.InstanceAdmin {
				err = d.needs(access.Instance)
			}
			if err != nil {
				return err
			}
			if err := s.createUser(ctx, tx, n.User, d.self()); err != nil {
				return err
			}
			if err := s.addMember(ctx, tx, n, d.Ref); err != nil {
				return err
			}
			return also(tx, d)
		})
	})
}
