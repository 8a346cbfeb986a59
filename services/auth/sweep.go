package auth

import (
	"context"
	"fmt"

	"daybook/models"
)

// Sweep removes sessions that have ended and failures that are forgotten. Nothing depends on it but the size of the tables.
func (s *Service) Sweep(ctx context.Context) error {
	db := s.db.WithContext(ctx)
	if err := db.Where("expires_at <= ?", s.now()).Delete(&models.Session{}).Error; err != nil {
		return fmt.Errorf("remove expired sessions: %w", err)
	}
	if err := db.Where("updated_at < ? AND retry_at <= ?", s.now().Add(-forgetAfter), s.now()).Delete(&attempt{}).Error; err != nil {
		return fmt.Errorf("remove forgotten sign-in attempts: %w", err)
	}
	return nil
}
