package auth

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
)

// RevokeTokensIn ends a user's personal tokens that are bound to a workspace, in the transaction of what made them worthless, and tells how many
// those were.
func (s *Service) RevokeTokensIn(tx *gorm.DB, workspace uuid.UUID, user int64) (revoked int64, err error) {
	r := tx.Model(&models.Token{}).Where("workspace_id = ? AND user_id = ? AND revoked_at IS NULL", workspace, user).Update("revoked_at", s.now())
	if r.Error != nil {
		return 0, fmt.Errorf("revoke tokens: %w", r.Error)
	}
	return r.RowsAffected, nil
}
