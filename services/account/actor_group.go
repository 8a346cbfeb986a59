package account

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
)

// group is the actors that are one person: the one that stands for all, and those merged into it.
type group struct {
	root   models.Actor
	merged []models.Actor
}

func (g group) all() []models.Actor { return append([]models.Actor{g.root}, g.merged...) }

func (g group) ids() []int64 {
	var ids []int64
	for _, a := range g.all() {
		ids = append(ids, a.ID)
	}
	return ids
}

func (g group) externalIDs() []string {
	var ids []string
	for _, a := range g.all() {
		ids = append(ids, a.ExternalID)
	}
	return ids
}

// user is whose the group is, or nil. There is one at most.
func (g group) user() *int64 {
	for _, a := range g.all() {
		if a.UserID != nil {
			return a.UserID
		}
	}
	return nil
}

// ours tells which user an actor that Daybook made for a user is for ever.
func (g group) ours() bool {
	for _, a := range g.all() {
		if a.UserID != nil && a.ExternalID == models.UserActor(&models.User{ID: *a.UserID}).ID {
			return true
		}
	}
	return false
}

// lockWorkspace keeps others from changing members, links and merges of a workspace until the transaction ends.
func lockWorkspace(tx *gorm.DB, id uuid.UUID) error {
	if err := tx.Exec(`SELECT FROM workspaces WHERE id = ? FOR NO KEY UPDATE`, id).Error; err != nil {
		return fmt.Errorf("lock a workspace: %w", err)
	}
	return nil
}

// groupOf finds the group of an actor, by our id. Of another workspace's actor it says that there is none.
func groupOf(tx *gorm.DB, workspace uuid.UUID, field string, id int64) (g group, err error) {
	err = tx.Raw(`SELECT t.* FROM actors a JOIN actors t ON t.id = coalesce(a.merged_into, a.id) WHERE a.workspace_id = ? AND a.id = ?`, workspace, id).Take(&g.root).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return g, models.FieldErrorf(models.NotFound, field, "there is no such person here")
	} else if err != nil {
		return g, fmt.Errorf("find an actor: %w", err)
	}
	if err := tx.Where("merged_into = ?", g.root.ID).Order("id").Find(&g.merged).Error; err != nil {
		return g, fmt.Errorf("find merged actors: %w", err)
	}
	return g, nil
}

// actor gives one of the group.
func (g group) actor(id int64) models.Actor {
	for _, a := range g.merged {
		if a.ID == id {
			return a
		}
	}
	return g.root
}

// says what is known of one of the group.
func (g group) says(a models.Actor) string {
	switch {
	case a.MergedInto != nil:
		return a.Name + " is merged into " + g.root.Name
	case g.user() != nil:
		return a.Name + " is linked to a user"
	}
	return a.Name + " is linked to nobody and merged with nobody"
}

// linkTo makes a group the user's, and tells whether that is new. Somebody else's is refused, and so is one that is no person.
func (g group) linkTo(tx *gorm.DB, field string, u *models.User) (fresh bool, err error) {
	switch user := g.user(); {
	case user != nil && *user == u.ID:
		return false, nil
	case user != nil:
		return false, models.FieldErrorf(models.Conflict, field, "%s is linked to somebody else already", g.root.ExternalID)
	case g.root.Type != models.ActorUser:
		return false, models.FieldErrorf(models.Conflict, field, "%s is no person, its type is %s", g.root.ExternalID, g.root.Type)
	}
	if err := refuseErasing(tx, field, &u.ID, g.ids()...); err != nil {
		return false, err
	}
	err = tx.Model(&models.Actor{}).Where("id = ?", g.root.ID).Updates(map[string]any{"user_id": u.ID, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return false, fmt.Errorf("link an actor: %w", err)
	}
	return true, nil
}
