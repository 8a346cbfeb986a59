package auth

import (
	"context"
	"fmt"

	"daybook/models"
)

// LiveSession tells whether a session, of a browser or a program, is still good. It is for answers that take long: the session may be ended meanwhile.
func (s *Service) LiveSession(ctx context.Context, id string) (bool, error) {
	var n int64
	err := s.db.WithContext(ctx).Model(&models.Session{}).Where("id = ? AND user_id IS NOT NULL AND expires_at > ?", id, s.now()).Limit(1).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for a session: %w", err)
	}
	return n > 0, nil
}
