package account

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// ChangePassword gives somebody another password, who proves with the current one that it is them. All their sessions end with it; the
// caller begins another one for whoever asked.
func (s *Service) ChangePassword(ctx context.Context, user *models.User, current, next string, from auth.From) error {
	if err := s.auth.CheckOwn(ctx, user, current, from); err != nil {
		return err
	}
	if err := models.CheckPassword("new_password", next); err != nil {
		return err
	}
	hash, err := auth.HashPassword(ctx, next)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Model(&models.User{}).Where("id = ?", user.ID).Updates(map[string]any{"password_hash": hash, "updated_at": s.now()}).Error; err != nil {
			return fmt.Errorf("change a password: %w", err)
		}
		if err := s.auth.EndSessions(tx, user.ID); err != nil {
			return err
		}
		id := fmt.Sprint(user.ID)
		return s.auth.Act(ctx, tx, models.Event{
			Actor: models.UserActor(user), Action: "password_changed", Entity: &models.EntityRef{Type: "user", ID: &id, Name: &user.Name},
		}, from)
	})
}
