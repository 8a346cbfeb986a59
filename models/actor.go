package models

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ActorType says what sort of thing acts.
type ActorType string

// The types of actors.
const (
	ActorUser   ActorType = "user"   // a person
	ActorAgent  ActorType = "agent"  // software acting on its own
	ActorSystem ActorType = "system" // the application or Daybook itself
)

// Actor is who acts in a workspace. ExternalID is the sending application's id, unique in the workspace, or ours ("daybook:user:5")
// for a member the application has not named yet. Activities point to actors and never to users, so linking, merging and
// splitting people changes actors alone.
type Actor struct {
	ID          int64     `gorm:"primaryKey"`
	WorkspaceID uuid.UUID `gorm:"type:uuid"`
	ExternalID  string
	Type        ActorType
	Name        string // the latest one sent
	Email       *string
	Role        *string
	UserID      *int64 // the user this actor is, if known
	CreatedAt   time.Time
	UpdatedAt   time.Time
	MergedInto  *int64     // the actor of the workspace that is the same person and stands for both; that one is never merged itself
	Version     int64      `gorm:"default:1"` // counts the edits
	ErasedAt    *time.Time // when the person was anonymised
}

// OwnActorPrefix begins the ids of actors that Daybook makes; applications cannot use it.
const OwnActorPrefix = "daybook:"

// UserActor names a user as the actor of their own acts, where the application has not named them.
func UserActor(u *User) ActorRef {
	id := u.ID
	return ActorRef{ID: fmt.Sprintf("%suser:%d", OwnActorPrefix, u.ID), Name: u.Name, Type: ActorUser, UserID: &id}
}

// TokenActor names a service token as the actor of what it does to a workspace.
func TokenActor(t *Token) ActorRef {
	return ActorRef{ID: fmt.Sprintf("%stoken:%d", OwnActorPrefix, t.ID), Name: t.Name, Type: ActorAgent}
}

// CommandLine is the actor of what an administrator of the machine does.
var CommandLine = ActorRef{ID: OwnActorPrefix + "cli", Name: "Command line", Type: ActorSystem}

// Itself is the actor of what Daybook does by itself.
var Itself = ActorRef{ID: OwnActorPrefix + "itself", Name: "Daybook", Type: ActorSystem}

// Visibility says who may read a project's activities.
type Visibility string

// The visibilities of a project.
const (
	VisibleToMembers   Visibility = "members"   // the project's own members
	VisibleToWorkspace Visibility = "workspace" // every member of the workspace
)

// Project is the context that access is granted by. ExternalID is the sending application's id, unique in the workspace.
type Project struct {
	ID          int64     `gorm:"primaryKey"`
	WorkspaceID uuid.UUID `gorm:"type:uuid"`
	ExternalID  string
	Name        string
	Visibility  Visibility
	ArchivedAt  *time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64 `gorm:"default:1"` // counts the edits
}

// ProjectMember grants an actor, with or without a user, access to a project.
type ProjectMember struct {
	WorkspaceID uuid.UUID `gorm:"type:uuid;primaryKey"`
	ProjectID   int64     `gorm:"primaryKey"`
	ActorID     int64     `gorm:"primaryKey"`
	CreatedAt   time.Time
}
