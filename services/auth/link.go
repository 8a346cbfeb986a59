package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
)

// How long links are good.
const (
	setupLife      = 24 * time.Hour // each start makes a new one until the first admin exists
	invitationLife = 7 * 24 * time.Hour
	passwordLife   = models.PasswordLinkLife
)

// MakeLink stores a link for something in the caller's transaction, and gives its secret, which is known to nobody afterwards. Without a time at
// which it ends it is good for as long as links of its kind are. Of links for one person's password the latest is good.
func (s *Service) MakeLink(tx *gorm.DB, link *models.Link) (secret string, err error) {
	life := invitationLife
	if link.Kind == models.PasswordLink {
		life = passwordLife
		if _, err := s.RevokePasswordLinks(tx, *link.UserID); err != nil {
			return "", err
		}
	}
	secret = randomText(24)
	link.Hash, link.CreatedAt = hashOf(secret), s.now()
	if link.ExpiresAt.IsZero() {
		link.ExpiresAt = s.now().Add(life)
	}
	if err := tx.Create(link).Error; err != nil {
		return "", fmt.Errorf("make a link: %w", err)
	}
	return secret, nil
}

// RevokePasswordLinks ends the links that would set somebody's password, and tells how many those were.
func (s *Service) RevokePasswordLinks(tx *gorm.DB, user int64) (revoked int64, err error) {
	r := s.good(tx.Model(&models.Link{}), models.PasswordLink).Where("user_id = ?", user).Update("revoked_at", s.now())
	if r.Error != nil {
		return 0, fmt.Errorf("revoke links: %w", r.Error)
	}
	return r.RowsAffected, nil
}

// RevokeInvitationsFor withdraws the open invitations of a workspace for one address: the newest is the one that counts, and none of them does
// once who has it has joined.
func (s *Service) RevokeInvitationsFor(tx *gorm.DB, workspace uuid.UUID, email string) error {
	err := s.good(tx.Model(&models.Link{}), models.InvitationLink).Where("workspace_id = ? AND email = ?", workspace, email).Update("revoked_at", s.now()).Error
	if err != nil {
		return fmt.Errorf("revoke invitations: %w", err)
	}
	return nil
}

// FindLink gives the link with a secret while it is good. Whatever is wrong with it, it is NotFound in the same words.
func (s *Service) FindLink(db *gorm.DB, kind models.LinkKind, secret string) (*models.Link, error) {
	var link models.Link
	err := s.good(db, kind).Where("hash = ?", hashOf(secret)).Take(&link).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, BadLink(kind)
	} else if err != nil {
		return nil, fmt.Errorf("find a link: %w", err)
	}
	return &link, nil
}

// good narrows a question to links that can be used.
func (s *Service) good(db *gorm.DB, kind models.LinkKind) *gorm.DB {
	return db.Where("kind = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?", kind, s.now())
}

// UseLink spends a link in the transaction of what it opens. Of two at the same time, one wins.
func (s *Service) UseLink(tx *gorm.DB, link *models.Link, user int64) error {
	r := s.good(tx.Model(&models.Link{}), link.Kind).Where("id = ?", link.ID).Updates(map[string]any{"used_at": s.now(), "used_by": user})
	if r.Error != nil {
		return fmt.Errorf("use a link: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return BadLink(link.Kind)
	}
	return nil
}

// BadLink is the answer to a link that opens nothing (any more).
func BadLink(kind models.LinkKind) error {
	switch kind {
	case models.InvitationLink:
		return models.Errorf(models.NotFound, "This invitation was used or withdrawn, or its time is over. Ask whoever sent it for another one.")
	case models.PasswordLink:
		return models.Errorf(models.NotFound, "This link was used or replaced, or is older than 24 hours. Ask whoever sent it for another one.")
	}
	return models.Errorf(models.NotFound, "This setup link was used, or is older than 24 hours. Restart Daybook to get a new one.")
}

// mostInvitations bounds the list of a workspace's invitations.
const mostInvitations = 500

// Invitations lists a workspace's invitations that can still be used, the latest first.
func (s *Service) Invitations(ctx context.Context, workspace uuid.UUID) ([]models.Link, error) {
	var links []models.Link
	err := s.good(s.db.WithContext(ctx), models.InvitationLink).Where("workspace_id = ?", workspace).
		Order("id DESC").Limit(mostInvitations).Omit("hash").Find(&links).Error
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	return links, nil
}

// RevokeInvitation ends an invitation of a workspace, in the caller's transaction.
func (s *Service) RevokeInvitation(tx *gorm.DB, workspace uuid.UUID, id int64) (*models.Link, error) {
	var link models.Link
	err := s.good(tx, models.InvitationLink).Where("workspace_id = ? AND id = ?", workspace, id).Take(&link).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, models.Errorf(models.NotFound, "There is no such invitation here, or it was used or withdrawn already.")
	} else if err != nil {
		return nil, fmt.Errorf("find an invitation: %w", err)
	}
	r := s.good(tx.Model(&models.Link{}), models.InvitationLink).Where("id = ?", id).Update("revoked_at", s.now())
	if r.Error != nil {
		return nil, fmt.Errorf("revoke an invitation: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return nil, models.Errorf(models.NotFound, "There is no such invitation here, or it was used or withdrawn already.")
	}
	return &link, nil
}
