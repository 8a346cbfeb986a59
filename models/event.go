package models

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of an event, in bytes unless said otherwise. design.md §7.1 is their source; ingest enforces them.
const (
	MaxEventBytes       = 64 << 10
	MaxIDBytes          = 255
	MaxTypeBytes        = 64
	MaxNameBytes        = 500
	MaxURLBytes         = 2048
	MaxDescriptionBytes = 8 << 10
	MaxUserAgentBytes   = 1024
	MaxChanges          = 100 // items
	MaxMetadataDepth    = 16  // levels
	MaxArrayEvents      = 1000
	MaxArrayBytes       = 8 << 20
)

// FitName gives the beginning of a name that an event can hold, which is nearly always all of it.
func FitName(name string) string {
	if len(name) <= MaxNameBytes {
		return name
	}
	end := MaxNameBytes
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

// ActorRef names an actor in an event.
type ActorRef struct {
	ID    string    `json:"id"`
	Name  string    `json:"name,omitempty"` // empty: the name known already, else the id
	Type  ActorType `json:"type"`
	Email *string   `json:"email,omitempty"`
	Role  *string   `json:"role,omitempty"`
	// UserID says which user the actor is. Only Daybook itself sets it, for acts of somebody signed in; it has no name outside.
	UserID *int64 `json:"user_id,omitempty"`
}

// EntityRef names the thing an event was done to.
type EntityRef struct {
	Type string  `json:"type"`
	ID   *string `json:"id,omitempty"`
	Name *string `json:"name,omitempty"`
	URL  *string `json:"url,omitempty"`
}

// ProjectRef names the project of an event.
type ProjectRef struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // empty: the name known already, else the id
}

// Event is an activity on its way in: validated and normalised by ingest, durable in the inbox as JSON, posted by the journal.
type Event struct {
	UUID          uuid.UUID       `json:"uuid"`
	Actor         ActorRef        `json:"actor"`
	OnBehalfOf    *ActorRef       `json:"on_behalf_of,omitempty"`
	Action        string          `json:"action"`
	Entity        *EntityRef      `json:"entity,omitempty"`
	Project       *ProjectRef     `json:"project,omitempty"`
	Description   string          `json:"description"` // never empty: ingest makes it from the parts when the sender gave none
	Changes       []Change        `json:"changes,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Outcome       Outcome         `json:"outcome"`
	System        bool            `json:"system,omitempty"`
	CorrelationID *string         `json:"correlation_id,omitempty"`
	IP            *string         `json:"ip,omitempty"`
	UserAgent     *string         `json:"user_agent,omitempty"`
	OccurredAt    *time.Time      `json:"occurred_at,omitempty"`   // nil: when it was received
	LinkByEmail   bool            `json:"link_by_email,omitempty"` // a service token sent it: a new actor may be linked to the member with its e-mail
}
