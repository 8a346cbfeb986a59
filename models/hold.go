package models

import (
	"time"

	"github.com/google/uuid"
)

// MaxHoldName bounds the name of a hold, in characters.
const MaxHoldName = 100

// Hold keeps activities from being deleted or anonymised, whoever asks: those to which all of its criteria that are given apply.
type Hold struct {
	ID          int64
	WorkspaceID uuid.UUID
	Name        string
	ActorID     *int64 // a person, with whoever is merged with them
	ActorName   string // as they are called now; PersonID is their id in the application
	PersonID    string
	ProjectID   *int64
	ProjectName string
	ProjectRef  string // the project's id in the application
	EntityType  *string
	EntityID    *string
	From, To    *time.Time // of the time when it happened, inclusive
	PlacedBy    ActorRef
	PlacedAt    time.Time
	LiftedBy    *ActorRef
	LiftedAt    *time.Time
}

// Stands tells whether the hold was not lifted.
func (h Hold) Stands() bool { return h.LiftedAt == nil }
