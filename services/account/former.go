package account

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// sentOfUsers is a part of questions that have the actors of a workspace with the user that each is: what applications sent of each user. Actors of
// Daybook's own tell when there are no others; they are named as the user was when they did something last.
const sentOfUsers = `sent AS (
    SELECT DISTINCT ON (person) person, name, coalesce(email, '') AS email FROM acting WHERE person IS NOT NULL
     ORDER BY person, external_id LIKE 'daybook:%', merged_into IS NOT NULL, id
)`

// asKnownHere leaves of a user's record what somebody with a role in a workspace may know of it: all of it of a member, and for an instance admin;
// else nothing but what applications sent of them, which is the name of an actor.
func asKnownHere(tx *gorm.DB, role access.Role, workspace uuid.UUID, u *models.User, sent string) (models.Role, error) {
	var m models.Membership
	if err := tx.Where("workspace_id = ? AND user_id = ?", workspace, u.ID).Limit(1).Find(&m).Error; err != nil {
		return "", fmt.Errorf("find a membership: %w", err)
	}
	if m.Role == "" && role != access.Instance {
		*u = models.User{ID: u.ID, Name: sent}
	}
	return m.Role, nil
}
