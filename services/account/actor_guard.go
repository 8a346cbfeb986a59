package account

import (
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// mayBeTold refuses to change which actors somebody is who is more than the doer: what owners and instance admins do is recorded under their
// actors, so only owners say which those are.
func (d Doer) mayBeTold(tx *gorm.DB, users ...*int64) error {
	if d.Role >= access.Owner {
		return nil
	}
	for _, user := range users {
		if user == nil {
			continue
		}
		var over bool
		err := tx.Raw(`SELECT EXISTS (SELECT FROM users WHERE id = @user AND instance_admin) OR EXISTS (SELECT FROM memberships WHERE user_id = @user AND workspace_id = @ws AND role = @owner)`,
			map[string]any{"user": *user, "ws": d.Workspace.ID, "owner": models.Owner}).Scan(&over).Error
		if err != nil {
			return fmt.Errorf("look who somebody is: %w", err)
		}
		if over {
			return models.Errorf(models.Forbidden, "Only owners may say which actors an owner or an instance admin is.")
		}
	}
	return nil
}
