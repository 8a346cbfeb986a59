package account

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// PasswordLink makes a link by which somebody else sets a new password, and gives its secret. Links made before end.
func (s *Service) PasswordLink(ctx context.Context, d Doer, user int64) (secret string, err error) {
	err = s.manage(ctx, d, user, 0, func(tx *gorm.DB, u *models.User) (*models.Event, error) {
		if d.is(u) {
			return nil, models.Errorf(models.Forbidden, "Your own password is changed on your account page, which asks for the current one.")
		}
		if u.DeactivatedAt != nil {
			return nil, models.Errorf(models.Conflict, "%s is deactivated; reactivate them first.", u.Name)
		}
		var err error
		var ev models.Event
		secret, ev, err = s.makePasswordLink(tx, d, u)
		return &ev, err
	})
	return secret, err
}

// makePasswordLink makes the link, and what is to be recorded of it.
func (s *Service) makePasswordLink(tx *gorm.DB, d Doer, u *models.User) (secret string, ev models.Event, err error) {
	link := models.Link{Kind: models.PasswordLink, UserID: &u.ID, CreatedBy: d.id()}
	if d.Workspace != nil {
		link.WorkspaceID = &d.Workspace.ID
	}
	if secret, err = s.auth.MakeLink(tx, &link); err != nil {
		return "", ev, err
	}
	return secret, models.Event{Action: "password_link_made", Changes: []models.Change{change("expires_at", nil, &link.ExpiresAt)}}, nil
}

// PasswordLinkOwner tells whose password a link sets, if it is good.
func (s *Service) PasswordLinkOwner(ctx context.Context, secret string) (*models.User, error) {
	_, user, err := s.passwordLink(s.db.WithContext(ctx), secret)
	return user, err
}

// passwordLink finds a link that is good: whoever made it must still be allowed to.
func (s *Service) passwordLink(tx *gorm.DB, secret string) (*models.Link, *models.User, error) {
	link, err := s.auth.FindLink(tx, models.PasswordLink, secret)
	if err != nil {
		return nil, nil, err
	}
	var u models.User
	if err := tx.Take(&u, *link.UserID).Error; err != nil {
		return nil, nil, fmt.Errorf("find a user: %w", err)
	}
	if u.DeactivatedAt != nil {
		return nil, nil, auth.BadLink(models.PasswordLink)
	}
	maker, err := s.maker(tx, link)
	if err != nil {
		return nil, nil, err
	}
	err = maker.mayManage(tx, &u)
	if kind := models.KindOf(err); err != nil && (kind == models.Forbidden || kind == models.NotFound) {
		err = auth.BadLink(models.PasswordLink)
	}
	return link, &u, err
}

// maker gives who made a link as somebody who would make it now.
func (s *Service) maker(tx *gorm.DB, link *models.Link) (Doer, error) {
	d := Doer{Role: access.Instance}
	var workspace uuid.UUID
	if link.WorkspaceID != nil {
		workspace = *link.WorkspaceID
		d.Workspace = &models.Workspace{ID: workspace}
	}
	if link.CreatedBy == nil {
		return d, nil // the command line
	}
	var err error
	d.Role, d.User, err = standing(tx, *link.CreatedBy, workspace)
	return d, err
}

// ResetPassword spends a link, sets the password, and ends all sessions and personal tokens of its owner: somebody else made the link because its
// owner lost control, of what they signed in with at the least.
func (s *Service) ResetPassword(ctx context.Context, secret, password string, from auth.From) (*models.User, error) {
	if _, err := s.PasswordLinkOwner(ctx, secret); err != nil {
		return nil, err
	}
	if err := models.CheckPassword("password", password); err != nil {
		return nil, err
	}
	hash, err := auth.HashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	var user *models.User
	return user, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockRoles(tx); err != nil {
			return err
		}
		link, u, err := s.passwordLink(tx, secret)
		if err != nil {
			return err
		}
		user = u
		if err := s.auth.UseLink(tx, link, u.ID); err != nil {
			return err
		}
		if u, err = lockUser(tx, u.ID); err != nil {
			return err
		}
		u.PasswordHash = hash
		if err := s.saveUser(tx, u); err != nil {
			return err
		}
		sessions, tokens, err := s.auth.EndAccess(tx, u.ID)
		if err != nil {
			return err
		}
		id := fmt.Sprint(u.ID)
		return s.auth.Act(ctx, tx, models.Event{
			Actor: models.UserActor(u), Action: "password_changed", Entity: &models.EntityRef{Type: "user", ID: &id, Name: &u.Name},
			Metadata: jsonOf(map[string]any{"by": "link", "sessions": sessions, "tokens": tokens}),
		}, from)
	})
}
