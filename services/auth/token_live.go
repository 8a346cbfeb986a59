package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
)

// LiveToken gives a token that is neither revoked nor expired, or nil. It is for work that goes on after the request that the token came with;
// whether a personal one's user is still there is asked of ActiveUser.
func (s *Service) LiveToken(ctx context.Context, id int64) (*models.Token, error) {
	var token models.Token
	err := s.db.WithContext(ctx).Where("id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", id, s.now()).Take(&token).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find a token: %w", err)
	}
	token.Hash = nil
	return &token, nil
}
