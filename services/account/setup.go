package account

import (
	"context"

	"gorm.io/gorm"

	"daybook/models"
)

// SetUp makes the first admin and the first workspace, which they own, and spends the setup link: all of it or nothing.
func (s *Service) SetUp(ctx context.Context, secret string, u NewUser, n NewWorkspace) (*models.User, *models.Workspace, error) {
	if err := s.auth.CheckSetup(ctx, secret); err != nil {
		return nil, nil, err
	}
	u.InstanceAdmin = true
	user, userErr := u.check(ctx)
	w, workspaceErr := n.check()
	if err := models.JoinFields(userErr, models.PrefixFields("workspace_", workspaceErr)); err != nil {
		return nil, nil, err
	}
	if err := s.checkZone(ctx, w.TimeZone); err != nil {
		return nil, nil, models.PrefixFields("workspace_", err)
	}
	return user, w, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := s.auth.UseSetup(tx, secret); err != nil {
			return err
		}
		if err := s.createUser(ctx, tx, user, models.Itself); err != nil {
			return err
		}
		by := models.UserActor(user)
		if err := s.createWorkspace(ctx, tx, w, by); err != nil {
			return models.PrefixFields("workspace_", err)
		}
		return s.addMember(ctx, tx, NewMember{Workspace: w, User: user, Role: models.Owner}, by)
	})
}
