package account

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/auth"
)

// RemoveMember ends a membership: with the next request they are nobody here. What they did stays, and so does whom their actors are: they are
// the same person if they come back. Their access to projects and their tokens for the workspace end with the membership, so that whoever is
// invited again begins with nothing but the new role.
func (s *Service) RemoveMember(ctx context.Context, d Doer, user int64, version int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		d, err := d.lockRoles(tx)
		if err != nil {
			return err
		}
		n, before, err := d.member(tx, user)
		if err != nil {
			return err
		}
		if err := d.mayTouch(before.Role); err != nil {
			return err
		}
		if err := outdated(version, before.Version, "%s is %s now", n.User.Name, before.Role); err != nil {
			return err
		}
		if before.Role == models.Owner {
			if err := keepAnOwner(tx, d.Workspace, n.User); err != nil {
				return err
			}
		}
		if err := tx.Where("workspace_id = ? AND user_id = ?", d.Workspace.ID, user).Delete(&models.Membership{}).Error; err != nil {
			return fmt.Errorf("remove a member: %w", err)
		}
		ev := memberEvent(n, nil, d.Ref)
		ev.Action, ev.Changes = "member_removed", []models.Change{change("role", before.Role, nil)}
		if err := s.endAccess(tx, n, &ev); err != nil {
			return err
		}
		return s.act(ctx, tx, d.Workspace.ID, ev)
	})
}

// endAccess takes from a former member what they had in the workspace, and says so in the record.
func (s *Service) endAccess(tx *gorm.DB, n NewMember, ev *models.Event) error {
	var projects []string
	err := tx.Raw(`WITH ended AS (
			DELETE FROM project_members m USING actors a WHERE m.workspace_id = @ws AND a.id = m.actor_id AND coalesce(a.merged_into, a.id) IN (@theirs) RETURNING m.project_id)
		SELECT external_id FROM projects WHERE workspace_id = @ws AND id IN (SELECT project_id FROM ended) ORDER BY external_id`,
		map[string]any{"ws": n.Workspace.ID, "theirs": theirs(tx, n.Workspace.ID, n.User.ID)}).Scan(&projects).Error
	if err != nil {
		return fmt.Errorf("end the access of a member: %w", err)
	}
	tokens, err := s.auth.RevokeTokensIn(tx, n.Workspace.ID, n.User.ID)
	if err != nil {
		return err
	}
	if len(projects) > 0 {
		ev.Changes = append(ev.Changes, change("projects", projects[:min(len(projects), mostNamed)], nil))
	}
	if tokens > 0 {
		ev.Changes = append(ev.Changes, change("tokens", tokens, 0))
	}
	return auth.RotateSessionsOf(tx, n.User.ID)
}
