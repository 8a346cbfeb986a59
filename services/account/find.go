package account

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
)

// Actor finds an actor of the viewer's workspace by our id. It says nothing of whether the viewer may know of them.
func (s *Service) Actor(ctx context.Context, v access.Viewer, id int64) (models.Actor, error) {
	var a models.Actor
	err := s.db.WithContext(ctx).Where("workspace_id = ? AND id = ?", v.Workspace.ID, id).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, models.Errorf(models.NotFound, "There is no such person here, or you may not see anything they did.")
	} else if err != nil {
		return a, fmt.Errorf("find an actor: %w", err)
	}
	return a, nil
}

// Linked is the user that an actor is, and their role in the workspace; Role is empty when they are no member any more.
type Linked struct {
	User models.User
	Role models.Role
}

// LinkedUser finds the user that an actor is linked to; nil when there is none. Whom an actor is linked to is for those who administer. Of somebody
// who is no member any more they learn the actor's name.
func (s *Service) LinkedUser(ctx context.Context, v access.Viewer, a models.Actor) (*Linked, error) {
	db := s.db.WithContext(ctx)
	g, err := groupOf(db, a.WorkspaceID, "actor", a.ID)
	if err != nil {
		return nil, err
	}
	user := g.user()
	if user == nil {
		return nil, nil
	}
	var l Linked
	if err := db.Take(&l.User, *user).Error; err != nil {
		return nil, fmt.Errorf("find the user of an actor: %w", err)
	}
	l.Role, err = asKnownHere(db, v.Role, a.WorkspaceID, &l.User, a.Name)
	return &l, err
}

// Project finds a project of the viewer's workspace by our id, if they may read it.
func (s *Service) Project(ctx context.Context, v access.Viewer, id int64) (models.Project, error) {
	var p models.Project
	find := s.db.WithContext(ctx).Where("workspace_id = ? AND id = ?", v.Workspace.ID, id)
	if !v.ReadsAll() {
		find = find.Where("id IN ?", v.Projects())
	}
	err := find.Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, models.Errorf(models.NotFound, "There is no such project here, or you have no access to it.")
	} else if err != nil {
		return p, fmt.Errorf("find a project: %w", err)
	}
	return p, nil
}

// Members counts the actors that have access to a project of their own.
func (s *Service) Members(ctx context.Context, p models.Project) (n int64, err error) {
	if err = s.db.WithContext(ctx).Model(&models.ProjectMember{}).Where("workspace_id = ? AND project_id = ?", p.WorkspaceID, p.ID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	return n, nil
}
