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

// ProjectLine is a project in the list that admins see.
type ProjectLine struct {
	models.Project `gorm:"embedded"`
	Members        int64      // persons who have access of their own
	Activities     int64      // system rows apart
	LastActive     *time.Time // the day of the latest, in the workspace's zone
	Place          string     `json:"-"` // in the list
	Key            string     `json:"-"`
}

// ProjectsOf lists the projects of the doer's workspace by name, archived ones too, with what is going on in them. next is the cursor of the page behind.
func (s *Service) ProjectsOf(ctx context.Context, d Doer, search, cursor string, limit int) (list []ProjectLine, next string, err error) {
	if err := d.needs(access.Admin); err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > mostPeople {
		limit = 50
	}
	place, key, err := readPlace(d.Workspace.ID, cursor)
	if err != nil {
		return nil, "", err
	}
	err = s.db.WithContext(ctx).Raw(`
		WITH page AS (
			SELECT p.*, lower(name) AS place, lpad(id::text, 19, '0') AS key FROM projects p
			 WHERE workspace_id = @ws AND (@search = '' OR strpos(lower(name || ' ' || external_id), lower(@search)) > 0)
			   AND (@cursor = '' OR (lower(name), lpad(id::text, 19, '0')) > (@place, @key)) ORDER BY place, key LIMIT @limit)
		SELECT page.*, (SELECT count(DISTINCT coalesce(a.merged_into, a.id)) FROM project_members m JOIN actors a ON a.id = m.actor_id
		                 WHERE m.workspace_id = @ws AND m.project_id = page.id) AS members, coalesce(done.n, 0) AS activities, done.latest AS last_active
		  FROM page LEFT JOIN LATERAL (SELECT sum(count)::bigint AS n, max(day) AS latest FROM daily_counts d
		                                WHERE d.workspace_id = @ws AND d.project_id = page.id AND NOT d.system AND d.count > 0) AS done ON true
		 ORDER BY place, key`, map[string]any{"ws": d.Workspace.ID, "search": trimmed(clean(search)), "cursor": cursor, "place": place, "key": key, "limit": limit + 1}).Scan(&list).Error
	if err != nil {
		return nil, "", fmt.Errorf("list projects: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = writePlace(d.Workspace.ID, personRow{Place: last.Place, Key: last.Key})
	}
	return list, next, nil
}

// ProjectEdit is what a project is to be.
type ProjectEdit struct {
	Name       string
	Visibility models.Visibility
	Archived   bool
	Version    int64 // of the project that the doer saw
}

// EditProject renames a project, opens it to the workspace or closes it, archives it or takes it back. It keeps its members.
func (s *Service) EditProject(ctx context.Context, d Doer, id int64, want ProjectEdit) error {
	want.Name = trimmed(want.Name)
	if err := d.needs(access.Admin); err != nil {
		return err
	}
	var visibilityErr error
	if want.Visibility != models.VisibleToMembers && want.Visibility != models.VisibleToWorkspace {
		visibilityErr = models.FieldErrorf(models.Invalid, "visibility", "must be %s or %s", models.VisibleToMembers, models.VisibleToWorkspace)
	}
	if err := models.JoinFields(models.CheckName("name", want.Name), visibilityErr); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := lockProject(tx, d, id)
		if err != nil {
			return err
		}
		if err := outdated(want.Version, p.Version, "it is %s, visible to %s, archived %t", p.Name, p.Visibility, p.ArchivedAt != nil); err != nil {
			return err
		}
		before := p
		if p.Name, p.Visibility = want.Name, want.Visibility; want.Archived != (p.ArchivedAt != nil) {
			if p.ArchivedAt = nil; want.Archived {
				at := s.now().UTC().Truncate(time.Microsecond)
				p.ArchivedAt = &at
			}
		}
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
