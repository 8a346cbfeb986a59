package models

import (
	"regexp"
	"time"

	"github.com/google/uuid"
)

// BuiltInWorkspace is the workspace in which Daybook records its own acts that concern no other one: sign-ins, users, instance
// settings. The first migration makes it; instance admins read it like any other; its slug is taken.
var BuiltInWorkspace = uuid.MustParse("00000000-0000-7000-8000-00000000da1b")

// BuiltInSlug addresses BuiltInWorkspace.
const BuiltInSlug = "daybook"

// Workspace is a tenant: its members, projects, actors and activities. Its id and its slug both address it.
type Workspace struct {
	ID         uuid.UUID `gorm:"type:uuid;primaryKey"`
	Slug       string
	Name       string
	TimeZone   string     // IANA name; the days of its statistics are days of this zone
	ArchivedAt *time.Time // sending is refused from then on, reading stays
	CreatedAt  time.Time
	UpdatedAt  time.Time

	NextTimeZone *string  // asked for; it becomes TimeZone when the journal has counted everything in it
	WeekStart    int      `gorm:"default:1"` // 1, Monday, to 7
	Statistics   Audience `gorm:"default:members"`
	Rankings     bool     `gorm:"default:true"` // whether anybody sees who did how much
	Version      int64    `gorm:"default:1"`    // counts the edits

	Addresses  Keeping `gorm:"default:keep"`
	Agents     Keeping `gorm:"default:keep"`
	DeniedKeys string  `gorm:"default:(-)"` // patterns of keys whose values are not stored, one a line (Minimising); those of the database, when nobody chose any

	VocabularyVersion int64 // counts the changes of its vocabulary
}

// FirstWeekday is the day that its weeks begin on; Monday, when nobody chose one.
func (w Workspace) FirstWeekday() time.Weekday {
	if w.WeekStart < 1 || w.WeekStart > 7 {
		return time.Monday
	}
	return time.Weekday(w.WeekStart % 7)
}

// Audience says who sees the statistics of a workspace.
type Audience string

// The audiences.
const (
	ForMembers Audience = "members" // each of what they may read
	ForAdmins  Audience = "admins"
)

var slugPattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// CheckSlug tells what is wrong with a workspace's slug, or nil. Slugs stand in addresses, so they are lower case and never a uuid.
func CheckSlug(slug string) error {
	if !slugPattern.MatchString(slug) {
		return FieldErrorf(Invalid, "slug", "must be 1 to 64 lower-case letters, digits and inner hyphens, like acme-studio")
	}
	if _, err := uuid.Parse(slug); err == nil {
		return FieldErrorf(Invalid, "slug", "must not look like an id; choose a word, like acme-studio")
	}
	return nil
}

// Role is what a member may do in a workspace.
type Role string

// The roles of a workspace, from most to least.
const (
	Owner  Role = "owner"
	Admin  Role = "admin"
	Member Role = "member"
)

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case Owner, Admin, Member:
		return r, nil
	}
	return "", FieldErrorf(Invalid, "role", "must be owner, admin or member")
}

// Membership makes a user a member of a workspace.
type Membership struct {
	WorkspaceID uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID      int64     `gorm:"primaryKey"`
	Role        Role
	CreatedAt   time.Time
	Version     int64 `gorm:"default:1"` // counts the edits
}
