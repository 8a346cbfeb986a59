package access

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/database"
)

// Service finds out who may do what. It reads the database at each question, so that losing access takes effect on the next request.
type Service struct{ db *gorm.DB }

// New makes the service.
func New(db *database.Database) *Service { return &Service{db: db.Gorm} }

// Enter gives the principal's view of a workspace, addressed by slug or id. For whoever may not see it, it does not exist.
func (s *Service) Enter(ctx context.Context, p Principal, address string) (Viewer, error) {
	missing := models.Errorf(models.NotFound, "There is no workspace %q here, or you are not a member of it.", cut(address))
	find := s.db.WithContext(ctx).Limit(1)
	if id, err := uuid.Parse(address); err == nil {
		find = find.Where("id = ?", id)
	} else if models.CheckSlug(address) == nil { // what cannot be a slug may be no text for PostgreSQL either
		find = find.Where("slug = ?", address)
	} else {
		return Viewer{}, missing
	}
	viewers, err := s.view(ctx, p, find)
	if err != nil {
		return Viewer{}, err
	}
	if len(viewers) == 0 {
		return Viewer{}, missing
	}
	return viewers[0], nil
}

// cut shortens a text for a message, at a character's border.
func cut(s string) string {
	const limit = 64
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// EnterAll gives the principal's view of every workspace they may see, by slug. It asks the database as often for many workspaces as for one.
func (s *Service) EnterAll(ctx context.Context, p Principal) ([]Viewer, error) {
	find := s.db.WithContext(ctx).Order("slug")
	if p.Token != nil && p.Token.WorkspaceID != nil {
		find = find.Where("id = ?", *p.Token.WorkspaceID)
	} else if p.User != nil && !p.User.InstanceAdmin {
		find = find.Where("id IN (SELECT workspace_id FROM memberships WHERE user_id = ?)", p.User.ID)
	}
	return s.view(ctx, p, find)
}

// view gives the principal's view of the workspaces found, without those that they may not see.
func (s *Service) view(ctx context.Context, p Principal, find *gorm.DB) ([]Viewer, error) {
	if p.Nobody() {
		return nil, nil
	}
	var workspaces []models.Workspace
	if err := find.Find(&workspaces).Error; err != nil {
		return nil, fmt.Errorf("find workspaces: %w", err)
	}
	roles, err := s.roles(ctx, p, workspaces)
	if err != nil {
		return nil, err
	}
	viewers := make([]Viewer, 0, len(workspaces))
	for _, w := range workspaces {
		if role := roles[w.ID]; role != Outsider {
			viewers = append(viewers, Viewer{Principal: p, Workspace: w, Role: role})
		}
	}
	if p.User == nil || len(viewers) == 0 {
		return viewers, nil
	}
	return viewers, s.findTheirs(ctx, p.User.ID, viewers)
}

// roles tells what the principal is in each workspace; where nothing is said, an outsider.
func (s *Service) roles(ctx context.Context, p Principal, workspaces []models.Workspace) (map[uuid.UUID]Role, error) {
	ids := make([]uuid.UUID, 0, len(workspaces))
	for _, w := range workspaces {
		if p.reaches(w.ID) {
			ids = append(ids, w.ID)
		}
	}
	roles := make(map[uuid.UUID]Role, len(ids))
	if p.User == nil || p.User.InstanceAdmin {
		for _, id := range ids {
			roles[id] = p.lowered(Instance)
		}
		return roles, nil
	}
	var memberships []models.Membership
	if err := s.db.WithContext(ctx).Where("user_id = ? AND workspace_id IN ?", p.User.ID, ids).Find(&memberships).Error; err != nil {
		return nil, fmt.Errorf("find memberships: %w", err)
	}
	for _, m := range memberships {
		switch m.Role {
		case models.Owner:
			roles[m.WorkspaceID] = p.lowered(Owner)
		case models.Admin:
			roles[m.WorkspaceID] = p.lowered(Admin)
		case models.Member:
			roles[m.WorkspaceID] = Member
		}
	}
	return roles, nil
}

// own asks for the actors that are a user in some workspaces: those linked to them, and whatever is merged with one of these.
const own = `SELECT workspace_id, coalesce(merged_into, id) AS id FROM actors WHERE user_id = ? AND workspace_id IN ?
	UNION SELECT m.workspace_id, m.id FROM actors a JOIN actors m ON m.merged_into = coalesce(a.merged_into, a.id) WHERE a.user_id = ? AND a.workspace_id IN ?`

// findTheirs fills in the actors that are the user, and the projects that members may read.
func (s *Service) findTheirs(ctx context.Context, user int64, viewers []Viewer) error {
	byID := make(map[uuid.UUID]*Viewer, len(viewers))
	var all, asMember []uuid.UUID
	for i := range viewers {
		v := &viewers[i]
		byID[v.Workspace.ID] = v
		all = append(all, v.Workspace.ID)
		if !v.ReadsAll() {
			asMember = append(asMember, v.Workspace.ID)
		}
	}
	type theirs struct {
		WorkspaceID uuid.UUID
		ID          int64
	}
	var actors, projects []theirs
	db := s.db.WithContext(ctx)
	if err := db.Raw(`SELECT workspace_id, id FROM (`+own+`) AS own ORDER BY id`, user, all, user, all).Scan(&actors).Error; err != nil {
		return fmt.Errorf("find one's actors: %w", err)
	}
	for _, a := range actors {
		v := byID[a.WorkspaceID]
		v.actors = append(v.actors, a.ID)
	}
	if len(asMember) == 0 {
		return nil
	}
	err := db.Raw(`SELECT workspace_id, id FROM projects WHERE workspace_id IN ? AND visibility = 'workspace'
		UNION SELECT m.workspace_id, m.project_id FROM project_members m JOIN (`+own+`) AS own ON own.id = m.actor_id AND own.workspace_id = m.workspace_id
		ORDER BY 2`, asMember, user, asMember, user, asMember).Scan(&projects).Error
	if err != nil {
		return fmt.Errorf("find one's projects: %w", err)
	}
	for _, p := range projects {
		v := byID[p.WorkspaceID]
		v.projects = append(v.projects, p.ID)
	}
	return nil
}
