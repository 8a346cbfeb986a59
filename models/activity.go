package models

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Outcome says how an activity ended.
type Outcome string

// The outcomes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure" // it was tried and did not work
	Denied  Outcome = "denied"  // it was tried and not allowed
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Success, Failure, Denied}

// Change is one field that an activity altered. Before and After are any JSON values; a null means "not set".
type Change struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Activity is one thing that happened. It is written once, by the journal, and never changed.
//
// Feed order is (OccurredAt, ID) descending. Sync order is Seq ascending: dense within the workspace, from 1, and whoever has seen n
// will never later find a smaller new one.
type Activity struct {
	ID            int64 // unique in the whole database, ascending in the order of posting
	WorkspaceID   uuid.UUID
	Seq           int64
	UUID          uuid.UUID // the public id
	ActorID       int64
	OnBehalfOfID  *int64
	ActorName     string  // as it was then
	ActorRole     *string // as it was then
	Action        string
	EntityType    string // empty when the activity is about nothing in particular
	EntityID      *string
	EntityName    *string
	EntityURL     *string
	ProjectID     *int64
	Description   string
	Changes       []Change
	Metadata      json.RawMessage // an object
	Outcome       Outcome
	System        bool
	SourceID      int64
	CorrelationID *string
	IP            *netip.Addr
	UserAgent     *string
	OccurredAt    time.Time // the sender's, UTC, microseconds
	RecordedAt    time.Time // ours, UTC, microseconds
	RowKey        []byte    // 32 random bytes; gone after an erasure
	Leaf          []byte    // 32 bytes; see services/proof
}
