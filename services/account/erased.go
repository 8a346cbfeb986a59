package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
)

// refuseErased refuses to change what is known of people who were anonymised: who they are is nobody's to say any more.
func refuseErased(field string, actors ...models.Actor) error {
	for _, a := range actors {
		if a.ErasedAt != nil {
			return models.FieldErrorf(models.Conflict, field, "%s was anonymised; nothing is linked to them, merged with them or granted to them any more", a.ExternalID)
		}
	}
	return nil
}

// refuseErasedUser does so for the record of a user.
func refuseErasedUser(u *models.User) error {
	if u.ErasedAt == nil {
		return nil
	}
	return models.Errorf(models.Conflict, "This user was anonymised; the record is empty for good.")
}

// mayAnonymise tells whether a page offers the doer to anonymise a person (design.md §6): an instance admin everybody, who administers a workspace
// those whom it alone knows, and owners only as an owner; nobody themselves, and no software. services/erasure decides it again, and knows of holds.
func (d Doer) mayAnonymise(tx *gorm.DB, p *Person) (bool, error) {
	switch {
	case d.Role < access.Admin, p.Kind == Agents, p.Kind == Anonymised, p.UserID == nil && len(p.Actors) == 0, p.UserID != nil && d.User != nil && *p.UserID == d.User.ID:
		return false, nil
	case p.UserID == nil, d.Role == access.Instance:
		return true, nil
	case p.InstanceAdmin, p.Role != "" && !d.MayChange(p.Role):
		return false, nil
	}
	var elsewhere bool
	err := tx.Raw(`SELECT EXISTS (SELECT FROM memberships WHERE user_id = @user AND workspace_id <> @ws)
		OR EXISTS (SELECT FROM actors WHERE user_id = @user AND workspace_id NOT IN (@ws, @own))`,
		map[string]any{"user": *p.UserID, "ws": d.Workspace.ID, "own": models.BuiltInWorkspace}).Scan(&elsewhere).Error
	if err != nil {
		return false, fmt.Errorf("look where somebody is known: %w", err)
	}
	return !elsewhere, nil
}

// MayAnonymise tells of some people of a list whom the doer would be offered to anonymise. Who is known elsewhere is not looked up: the page of the
// person says it.
func (d Doer) MayAnonymise(p *Person) bool {
	if d.Role != access.Instance && p.UserID != nil && (p.InstanceAdmin || !d.MayChange(p.Role)) {
		return false
	}
	return d.Role >= access.Admin && p.Kind != Agents && p.Kind != Anonymised && (p.UserID == nil || d.User == nil || *p.UserID != d.User.ID)
}

// Forgotten tells which of some external ids are those of people whom a workspace has forgotten (services/erasure).
type Forgotten func(ctx context.Context, tx database.Tx, workspace uuid.UUID, ids []string) (map[string]bool, error)

// AskForgotten has the service make no actors again of people who were forgotten.
func (s *Service) AskForgotten(f Forgotten) { s.forgotten = f }

// WasForgotten tells whether a workspace has forgotten somebody who had an address: what applications send with it stays nobody's, whoever has it now. The
// built-in workspace tells it of all users.
func (s *Service) WasForgotten(ctx context.Context, workspace uuid.UUID, email string) (bool, error) {
	left, err := s.withoutForgotten(ctx, s.db.WithContext(ctx), workspace, []string{email})
	return err == nil && len(left) == 0, err
}

// withoutForgotten leaves out the ids of people who were forgotten: an application that still names them must not bring them back, nor be kept from
// naming the others.
func (s *Service) withoutForgotten(ctx context.Context, tx *gorm.DB, workspace uuid.UUID, ids []string) ([]string, error) {
	if s.forgotten == nil || len(ids) == 0 {
		return ids, nil
	}
	forgotten, err := s.forgotten(ctx, database.GormTx(tx), workspace, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return forgotten[id] }), nil
}

// refuseForgotten refuses an id of somebody who was forgotten; empty is nobody's.
func (s *Service) refuseForgotten(ctx context.Context, tx *gorm.DB, workspace uuid.UUID, actor string) error {
	if actor == "" {
		return nil
	}
	left, err := s.withoutForgotten(ctx, tx, workspace, []string{actor})
	if err == nil && len(left) == 0 {
		err = models.FieldErrorf(models.Conflict, "actor", "is the id of somebody who was anonymised")
	}
	return err
}
