package account

import (
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
)

// refuseErasing refuses to say more of people who are about to be anonymised than was known when that was asked for: with whoever is linked to them or
// merged with them in between, somebody else would go whom nobody named. Once it has begun, refuseErased does so.
func refuseErasing(tx *gorm.DB, field string, user *int64, actors ...int64) error {
	var waits bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM erasures e WHERE e.state = 'waiting' AND (e.user_id = @user
		OR EXISTS (SELECT FROM erasure_workspaces w CROSS JOIN LATERAL unnest(w.actor_ids) AS a WHERE w.erasure_id = e.id AND a IN @actors)))`,
		map[string]any{"user": user, "actors": append([]int64{0}, actors...)}).Scan(&waits).Error
	if err != nil {
		return fmt.Errorf("look for an erasure: %w", err)
	}
	if waits {
		return models.FieldErrorf(models.Conflict, field, "is about to be anonymised; who they are stays as it is")
	}
	return nil
}

// keepFormer notes which user some actors were said to be, before they are no more.
func keepFormer(tx *gorm.DB, user *int64, actors []int64) error {
	if user == nil {
		return nil
	}
	err := tx.Exec(`UPDATE actors SET former_user_ids = former_user_ids || CAST(@user AS bigint) WHERE id IN @actors AND NOT CAST(@user AS bigint) = ANY (former_user_ids)`,
		map[string]any{"user": *user, "actors": actors}).Error
	if err != nil {
		return fmt.Errorf("keep who an actor was: %w", err)
	}
	return nil
}
