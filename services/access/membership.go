package access

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/models"
)

// Memberships tells what the principal's user is a member as, by workspace. It says nothing of what they may: an instance admin may everything, whatever
// they are there, and a token may less.
func (s *Service) Memberships(ctx context.Context, p Principal) (map[uuid.UUID]models.Role, error) {
	if p.User == nil {
		return nil, nil
	}
	var memberships []models.Membership
	if err := s.db.WithContext(ctx).Where("user_id = ?", p.User.ID).Find(&memberships).Error; err != nil {
		return nil, fmt.Errorf("find memberships: %w", err)
	}
	roles := make(map[uuid.UUID]models.Role, len(memberships))
	for _, m := range memberships {
		roles[m.WorkspaceID] = m.Role
	}
	return roles, nil
}
