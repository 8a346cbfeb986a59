package account

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
)

// ArrangeProject gives a project another visibility, or archives it. A project that is archived keeps what it has; the time says since when.
func (s *Service) ArrangeProject(ctx context.Context, w *models.Workspace, wanted models.Project, by models.ActorRef) error {
	if wanted.Visibility != models.VisibleToMembers && wanted.Visibility != models.VisibleToWorkspace {
		return models.FieldErrorf(models.Invalid, "visibility", "must be %s or %s", models.VisibleToMembers, models.VisibleToWorkspace)
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		a := Access{Workspace: w, Project: wanted.ExternalID}
		p, err := a.project(tx)
		if err != nil {
			return err
		}
		var changes []models.Change
		if p.Visibility != wanted.Visibility {
			changes = append(changes, change("visibility", p.Visibility, wanted.Visibility))
		}
		if (p.ArchivedAt == nil) != (wanted.ArchivedAt == nil) {
			changes = append(changes, change("archived_at", p.ArchivedAt, wanted.ArchivedAt))
		}
		if len(changes) == 0 {
			return nil
		}
		err = tx.Model(&p).Updates(map[string]any{"visibility": wanted.Visibility, "archived_at": wanted.ArchivedAt, "updated_at": s.now()}).Error
		if err != nil {
			return fmt.Errorf("arrange a project: %w", err)
		}
		return s.act(ctx, tx, w.ID, models.Event{
			Actor: by, Action: "updated", Entity: &models.EntityRef{Type: "project", ID: &p.ExternalID, Name: &p.Name},
			Project: &models.ProjectRef{ID: p.ExternalID}, Changes: changes,
		})
	})
}
