package account

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// UserSessions lists where somebody is signed in, for whoever may manage them.
func (s *Service) UserSessions(ctx context.Context, d Doer, user int64) ([]auth.OwnSession, error) {
	if _, err := s.managed(ctx, d, user); err != nil {
		return nil, err
	}
	return s.auth.SessionsOf(ctx, user, "")
}

// EndUserSession ends one of somebody's sessions, by its public id.
func (s *Service) EndUserSession(ctx context.Context, d Doer, user int64, session string) error {
	return s.manage(ctx, d, user, 0, func(tx *gorm.DB, _ *models.User) (*models.Event, error) {
		ended := tx.Where("id = ? AND user_id = ? AND expires_at > ?", session, user, s.now()).Delete(&models.Session{})
		switch {
		case ended.Error != nil:
			return nil, fmt.Errorf("end a session: %w", ended.Error)
		case ended.RowsAffected == 0:
			return nil, models.Errorf(models.NotFound, "This session has ended already.")
		}
		return &models.Event{Action: "sessions_ended", Changes: []models.Change{change("sessions", 1, 0)}}, nil
	})
}

// UserTokens lists somebody's personal tokens, for whoever may manage them.
func (s *Service) UserTokens(ctx context.Context, d Doer, user int64) ([]models.Token, error) {
	if _, err := s.managed(ctx, d, user); err != nil {
		return nil, err
	}
	return s.auth.Tokens(ctx, auth.TokensOf{User: &user})
}

// TokensBoundHere counts somebody's personal tokens that end with their membership of the doer's workspace.
func (s *Service) TokensBoundHere(ctx context.Context, d Doer, user int64) (int, error) {
	if err := d.needs(access.Admin); err != nil {
		return 0, err
	}
	var n int64
	if err := s.db.WithContext(ctx).Model(&models.Token{}).Where("workspace_id = ? AND user_id = ? AND revoked_at IS NULL", d.Workspace.ID, user).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count tokens: %w", err)
	}
	return int(n), nil
}

// RevokeUserToken ends one of somebody's personal tokens at once, for whoever may manage them.
func (s *Service) RevokeUserToken(ctx context.Context, d Doer, user, token int64) error {
	tokens, err := s.UserTokens(ctx, d, user)
	if err != nil {
		return err
	}
	by := d.self()
	if i := slices.IndexFunc(tokens, func(t models.Token) bool { return t.ID == token }); i >= 0 && d.Workspace != nil && tokens[i].WorkspaceID != nil && *tokens[i].WorkspaceID == d.Workspace.ID {
		by = d.Ref // it is recorded in the workspace that the token is bound to
	}
	return s.auth.RevokeToken(ctx, auth.TokensOf{User: &user}, token, by)
}

// managed finds somebody whom the doer may manage.
func (s *Service) managed(ctx context.Context, d Doer, user int64) (*models.User, error) {
	var u models.User
	db := s.db.WithContext(ctx)
	if err := db.Where("id = ?", user).Limit(1).Find(&u).Error; err != nil {
		return nil, fmt.Errorf("find a user: %w", err)
	}
	if u.ID == 0 {
		return nil, noMember()
	}
	return &u, d.mayManage(db, &u)
}
