package account

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// ChangePassword gives somebody another password, who proves with the current one that it is them. All their sessions and password links end with it,
// in the same transaction; the caller begins another one for whoever asked.
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
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		set := map[string]any{"password_hash": hash, "updated_at": s.now()}
		changed := tx.Model(&models.User{}).Where("id = ? AND password_hash = ?", user.ID, user.PasswordHash).Updates(set)
		if changed.Error != nil {
			return fmt.Errorf("change a password: %w", changed.Error)
		}
		if changed.RowsAffected == 0 { // it was changed since it was checked
			return models.FieldErrorf(models.Invalid, "current_password", "is not your password")
		}
		ended, err := auth.EndSessions(tx, user.ID, "")
		if err != nil {
			return err
		}
		if _, err := s.auth.RevokePasswordLinks(tx, user.ID); err != nil {
			return err
		}
		id := fmt.Sprint(user.ID)
		return s.auth.Act(ctx, tx, models.Event{
			Actor: models.UserActor(user), Action: "password_changed", Entity: &models.EntityRef{Type: "user", ID: &id, Name: &user.Name}, Metadata: auth.HowMany(ended),
		}, from)
	})
	if err == nil {
		user.PasswordHash = hash
	}
	return err
}
