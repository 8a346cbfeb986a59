package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"daybook/models"
)

// Access names somebody's access to a project: of a user's actors, or of one actor by its external id.
type Access struct {
	Workspace *models.Workspace
	Project   string       // external id; made when it is new
	User      *models.User // or
	Actor     string       // external id; made when it is new
}

// Grant gives access to a project. Granting twice changes nothing.
func (s *Service) Grant(ctx context.Context, a Access, by models.ActorRef) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockWorkspace(tx, a.Workspace.ID); err != nil { // nobody is removed meanwhile, whose access would stay
			return err
		}
		if err := s.refuseForgotten(ctx, tx, a.Workspace.ID, a.Actor); err != nil {
			return err
		}
		actor, err := a.actor(tx) // before the project, as the journal does: else the two could wait for each other
		if err != nil {
			return err
		}
		project, err := a.project(tx)
		if err != nil {
			return err
		}
		if has, err := hasAccess(tx, project, actor); err != nil || has {
			return err
		}
		if project.ArchivedAt != nil {
			return archived(project)
		}
		r := tx.Exec(`INSERT INTO project_members (workspace_id, project_id, actor_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, a.Workspace.ID, project.ID, actor.ID)
		if r.Error != nil {
			return fmt.Errorf("grant access: %w", r.Error)
		}
		if r.RowsAffected == 0 {
			return nil
		}
		return s.act(ctx, tx, a.Workspace.ID, accessEvent("access_granted", project, actor, by))
	})
}

// Revoke takes access to a project away, of all of a user's actors.
func (s *Service) Revoke(ctx context.Context, a Access, by models.ActorRef) error {
	if err := models.CheckID("project", a.Project); err != nil {
		return err
	}
	if a.User == nil {
		if err := models.CheckID("actor", a.Actor); err != nil {
			return err
		}
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var project models.Project
		err := tx.Where("workspace_id = ? AND external_id = ?", a.Workspace.ID, a.Project).Take(&project).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.FieldErrorf(models.NotFound, "project", "there is no project %q in %s", a.Project, a.Workspace.Slug)
		} else if err != nil {
			return fmt.Errorf("find a project: %w", err)
		}
		named := tx.Model(&models.Actor{}).Select("coalesce(merged_into, id)").Where("workspace_id = ? AND external_id = ?", a.Workspace.ID, a.Actor)
		if a.User != nil {
			named = theirs(tx, a.Workspace.ID, a.User.ID)
		}
		var actors []models.Actor
		if err := tx.Where("workspace_id = ? AND coalesce(merged_into, id) IN (?)", a.Workspace.ID, named).Find(&actors).Error; err != nil {
			return fmt.Errorf("find actors: %w", err)
		}
		return s.revokeEach(ctx, tx, project, actors, by)
	})
}

// archived refuses to give access to a project that is closed.
func archived(p models.Project) error {
	return models.FieldErrorf(models.Conflict, "project", "%s is archived; nobody gets access to it any more", p.Name)
}

// hasAccess tells whether the person that an actor is has access already, under whichever name.
func hasAccess(tx *gorm.DB, p models.Project, a models.Actor) (has bool, err error) {
	root := a.ID
	if a.MergedInto != nil {
		root = *a.MergedInto
	}
	err = tx.Raw(`SELECT EXISTS (SELECT FROM project_members m JOIN actors a ON a.id = m.actor_id
		WHERE m.workspace_id = ? AND m.project_id = ? AND coalesce(a.merged_into, a.id) = ?)`, p.WorkspaceID, p.ID, root).Scan(&has).Error
	if err != nil {
		return false, fmt.Errorf("look for access: %w", err)
	}
	return has, nil
}

func (s *Service) revokeEach(ctx context.Context, tx *gorm.DB, project models.Project, actors []models.Actor, by models.ActorRef) error {
	revoked := 0
	for _, actor := range actors {
		r := tx.Where("workspace_id = ? AND project_id = ? AND actor_id = ?", project.WorkspaceID, project.ID, actor.ID).Delete(&models.ProjectMember{})
		if r.Error != nil {
			return fmt.Errorf("revoke access: %w", r.Error)
		}
		if r.RowsAffected == 0 {
			continue
		}
		revoked++
		if err := s.act(ctx, tx, project.WorkspaceID, accessEvent("access_revoked", project, actor, by)); err != nil {
			return err
		}
	}
	if revoked == 0 {
		return models.FieldErrorf(models.NotFound, "project", "they have no access to %q of their own", project.ExternalID)
	}
	return nil
}

func accessEvent(action string, project models.Project, actor models.Actor, by models.ActorRef) models.Event {
	c := change("member", nil, actor.Name)
	if action == "access_revoked" {
		c = change("member", actor.Name, nil)
	}
	return models.Event{
		Actor: by, Action: action, Entity: &models.EntityRef{Type: "project", ID: &project.ExternalID, Name: &project.Name},
		Project: &models.ProjectRef{ID: project.ExternalID}, Changes: []models.Change{c}, Metadata: jsonOf(map[string]string{"actor_id": actor.ExternalID}),
	}
}

// project finds the project, or makes it. The journal may make it at the same time.
func (a Access) project(tx *gorm.DB) (p models.Project, err error) {
	if err := models.CheckID("project", a.Project); err != nil {
		return p, err
	}
	made := models.Project{WorkspaceID: a.Workspace.ID, ExternalID: a.Project, Name: a.Project, Visibility: models.VisibleToMembers}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&made).Error; err != nil {
		return p, fmt.Errorf("make a project: %w", err)
	}
	err = tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("workspace_id = ? AND external_id = ?", a.Workspace.ID, a.Project).Take(&p).Error
	if err != nil {
		return p, fmt.Errorf("find a project: %w", err)
	}
	return p, nil
}

// actor finds the actor that gets access. A user's is the one the application knows, else one of ours, made now.
func (a Access) actor(tx *gorm.DB) (models.Actor, error) {
	ref := models.ActorRef{ID: a.Actor, Name: a.Actor, Type: models.ActorUser}
	if a.User != nil {
		if err := a.checkMember(tx); err != nil {
			return models.Actor{}, err
		}
		var err error
		if ref, err = actorOf(tx, a.Workspace.ID, a.User); err != nil {
			return models.Actor{}, err
		}
	}
	if err := models.CheckID("actor", ref.ID); err != nil {
		return models.Actor{}, err
	}
	return lockActor(tx, a.Workspace.ID, ref)
}

// lockActor finds an actor, or makes it. The journal may make it at the same time.
func lockActor(tx *gorm.DB, workspace uuid.UUID, ref models.ActorRef) (actor models.Actor, err error) {
	made := models.Actor{WorkspaceID: workspace, ExternalID: ref.ID, Type: ref.Type, Name: ref.Name, UserID: ref.UserID}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&made).Error; err != nil {
		return actor, fmt.Errorf("make an actor: %w", err)
	}
	err = tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("workspace_id = ? AND external_id = ?", workspace, ref.ID).Take(&actor).Error
	if err != nil {
		return actor, fmt.Errorf("find an actor: %w", err)
	}
	return actor, refuseErased("actor", actor)
}

// checkMember refuses access for a user who is no member: they could not enter the workspace anyway.
func (a Access) checkMember(tx *gorm.DB) error {
	var n int64
	if err := tx.Model(&models.Membership{}).Where("workspace_id = ? AND user_id = ?", a.Workspace.ID, a.User.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("find a member: %w", err)
	}
	if n == 0 {
		return models.FieldErrorf(models.Invalid, "user", "%s is not a member of %s; add them first", a.User.Email, a.Workspace.Slug)
	}
	return nil
}
