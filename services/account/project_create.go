package account

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
)

// NewProject is a project that is made before its first event.
type NewProject struct {
	ExternalID string // by which the sending application will name it
	Name       string // empty: the external id
	Visibility models.Visibility
}

func (n NewProject) check() error {
	return models.JoinFields(models.CheckID("external_id", n.ExternalID), models.CheckName("name", n.Name), checkVisibility(n.Visibility))
}

func checkVisibility(v models.Visibility) error {
	if v != models.VisibleToMembers && v != models.VisibleToWorkspace {
		return models.FieldErrorf(models.Invalid, "visibility", "must be %s or %s", models.VisibleToMembers, models.VisibleToWorkspace)
	}
	return nil
}

// CreateProject makes a project in the doer's workspace.
func (s *Service) CreateProject(ctx context.Context, d Doer, n NewProject) (*models.Project, error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, err
	}
	n.ExternalID, n.Name = trimmed(n.ExternalID), trimmed(n.Name)
	if n.Name == "" {
		n.Name = n.ExternalID
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	at := s.now()
	p := &models.Project{WorkspaceID: d.Workspace.ID, ExternalID: n.ExternalID, Name: n.Name, Visibility: n.Visibility, CreatedAt: at, UpdatedAt: at, Version: 1}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(p).Error; errors.Is(err, gorm.ErrDuplicatedKey) || database.IsUniqueViolation(err) {
			return models.FieldErrorf(models.Conflict, "external_id", "there is a project %s already", p.ExternalID)
		} else if err != nil {
			return fmt.Errorf("make a project: %w", err)
		}
		return s.act(ctx, tx, p.WorkspaceID, projectEvent("created", *p, d, []models.Change{change("visibility", nil, p.Visibility)}))
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
