package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// ProjectEdit is what a project is to be; what is nil stays as it is.
type ProjectEdit struct {
	Name       *string
	Visibility *models.Visibility
	Archived   *bool
	Version    int64 // of the project that the doer saw
}

// check tells what is wrong with what is given, whose name it trims.
func (e *ProjectEdit) check() error {
	var nameErr, visibilityErr error
	if e.Name != nil {
		name := trimmed(*e.Name)
		e.Name, nameErr = &name, models.CheckName("name", name)
	}
	if e.Visibility != nil {
		visibilityErr = checkVisibility(*e.Visibility)
	}
	return models.JoinFields(nameErr, visibilityErr)
}

// change makes a project what it is to be.
func (e *ProjectEdit) change(p *models.Project, now time.Time) {
	if e.Name != nil {
		p.Name = *e.Name
	}
	if e.Visibility != nil {
		p.Visibility = *e.Visibility
	}
	if e.Archived != nil && *e.Archived != (p.ArchivedAt != nil) {
		if p.ArchivedAt = nil; *e.Archived {
			at := now.UTC().Truncate(time.Microsecond)
			p.ArchivedAt = &at
		}
	}
}

// EditProject renames a project, opens it to the workspace or closes it, archives it or takes it back. It keeps its members.
func (s *Service) EditProject(ctx context.Context, d Doer, id int64, want ProjectEdit) error {
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	if err := want.check(); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := lockProject(tx, d, id)
		if err != nil {
			return err
		}
		if err := outdated(want.Version, p.Version, "%s", describeProject(p)); err != nil {
			return err
		}
		before := p
		want.change(&p, s.now())
		changes := projectChanges(before, p)
		if len(changes) == 0 {
			return nil
		}
		set := map[string]any{"name": p.Name, "visibility": p.Visibility, "archived_at": p.ArchivedAt, "version": p.Version + 1, "updated_at": s.now()}
		if err := tx.Model(&models.Project{}).Where("id = ?", p.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("change a project: %w", err)
		}
		return s.act(ctx, tx, p.WorkspaceID, projectEvent("updated", p, d, changes))
	})
}

// describeProject says what a project is at the moment.
func describeProject(p models.Project) string {
	state, seen := "active", "its members"
	if p.ArchivedAt != nil {
		state = "archived"
	}
	if p.Visibility == models.VisibleToWorkspace {
		seen = "the whole workspace"
	}
	return "it is called " + p.Name + ", " + state + ", visible to " + seen
}

func projectChanges(before, after models.Project) (changes []models.Change) {
	if before.Name != after.Name {
		changes = append(changes, change("name", before.Name, after.Name))
	}
	if before.Visibility != after.Visibility {
		changes = append(changes, change("visibility", before.Visibility, after.Visibility))
	}
	if (before.ArchivedAt == nil) != (after.ArchivedAt == nil) {
		changes = append(changes, change("archived_at", before.ArchivedAt, after.ArchivedAt))
	}
	return changes
}

func projectEvent(action string, p models.Project, d Doer, changes []models.Change) models.Event {
	return models.Event{
		Actor: d.Ref, Action: action, Entity: &models.EntityRef{Type: "project", ID: &p.ExternalID, Name: &p.Name}, Project: &models.ProjectRef{ID: p.ExternalID}, Changes: changes,
	}
}

// lockProject finds a project of the doer's workspace, by our id.
func lockProject(tx *gorm.DB, d Doer, id int64) (p models.Project, err error) {
	err = tx.Raw(`SELECT * FROM projects WHERE workspace_id = ? AND id = ? FOR NO KEY UPDATE`, d.Workspace.ID, id).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, models.FieldErrorf(models.NotFound, "project", "there is no such project here")
	} else if err != nil {
		return p, fmt.Errorf("find a project: %w", err)
	}
	return p, nil
}
