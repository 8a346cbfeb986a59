package account

import (
	"context"
	"fmt"

	"daybook/models"
	"daybook/services/access"
)

// Projects lists the projects of the viewer's workspace that they may read, by name.
func (s *Service) Projects(ctx context.Context, v access.Viewer) ([]models.Project, error) {
	find := s.db.WithContext(ctx).Where("workspace_id = ?", v.Workspace.ID).Order("lower(name), id")
	if !v.ReadsAll() {
		find = find.Where("id IN ?", v.Projects())
	}
	var projects []models.Project
	if err := find.Find(&projects).Error; err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	return projects, nil
}

// MembershipIn is somebody's membership with its workspace.
type MembershipIn struct {
	Workspace models.Workspace
	Role      models.Role
}

// Memberships lists the workspaces that somebody is a member of, by name.
func (s *Service) Memberships(ctx context.Context, u *models.User) ([]MembershipIn, error) {
	var rows []struct {
		models.Workspace
		Role models.Role
	}
	err := s.db.WithContext(ctx).Table("memberships m").Select("w.*, m.role").Joins("JOIN workspaces w ON w.id = m.workspace_id").
		Where("m.user_id = ?", u.ID).Order("lower(w.name), w.id").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	out := make([]MembershipIn, len(rows))
	for i, r := range rows {
		out[i] = MembershipIn{Workspace: r.Workspace, Role: r.Role}
	}
	return out, nil
}
