package models

import (
	"time"

	"github.com/google/uuid"
)

// LinkKind says what a link opens.
type LinkKind string

// The kinds of links.
const (
	SetupLink      LinkKind = "setup"      // makes the first admin
	InvitationLink LinkKind = "invitation" // makes somebody a member of a workspace
	PasswordLink   LinkKind = "password"   // sets somebody's password
)

// How long a link for a password is good, and an invitation may be.
const (
	PasswordLinkLife  = 24 * time.Hour
	MinInvitationLife = time.Hour
	MaxInvitationLife = 90 * 24 * time.Hour
)

// Link opens one thing, once, for a while. Whoever has its secret may use it; only the hash is stored.
type Link struct {
	ID          int64 `gorm:"primaryKey"`
	Kind        LinkKind
	Hash        []byte
	WorkspaceID *uuid.UUID `gorm:"type:uuid"` // of an invitation; of another link, where its maker may make it
	Role        *Role      // of an invitation
	Email       *string    // of an invitation for one address alone
	UserID      *int64     // whose password
	CreatedBy   *int64     // nil: the command line
	CreatedAt   time.Time
	ExpiresAt   time.Time
	UsedAt      *time.Time
	UsedBy      *int64
	RevokedAt   *time.Time
}
