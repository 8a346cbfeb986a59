package export

import (
	"encoding/json"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/proof"
)

// Row is an activity as our JSON gives it, in lists and in exports (design.md §7.2; seeds/platform-activity-log.md). Every key is always there.
type Row struct {
	ID            uuid.UUID       `json:"id"`
	Seq           int64           `json:"seq"`
	WorkspaceID   uuid.UUID       `json:"workspace_id"`
	Timestamp     string          `json:"timestamp"`  // when it happened: UTC, six digits
	CreatedAt     string          `json:"created_at"` // the same
	RecordedAt    string          `json:"recorded_at"`
	Actor         RowActor        `json:"actor"`
	ActorType     string          `json:"actor_type"`
	ActorID       string          `json:"actor_id"`
	OnBehalfOf    *RowOnBehalf    `json:"on_behalf_of"`
	Action        string          `json:"action"`
	ResourceType  *string         `json:"resource_type"`
	ResourceID    *string         `json:"resource_id"`
	Resource      *RowResource    `json:"resource"`
	EntityType    *string         `json:"entity_type"`
	EntityID      *string         `json:"entity_id"`
	EntityName    *string         `json:"entity_name"`
	IssueID       *string         `json:"issue_id"`
	Project       *RowProject     `json:"project"`
	Description   string          `json:"description"`
	Changes       []models.Change `json:"changes"`
	Metadata      json.RawMessage `json:"metadata"`
	Details       json.RawMessage `json:"details"` // the same
	Outcome       models.Outcome  `json:"outcome"`
	System        bool            `json:"system"`
	CorrelationID *string         `json:"correlation_id"`
	IPAddress     *string         `json:"ip_address"`
	UserAgent     *string         `json:"user_agent"`
}

// RowActor is who did it.
type RowActor struct {
	ID   string           `json:"id"`
	Name string           `json:"name"` // as it was then
	Type models.ActorType `json:"type"`
	Role *string          `json:"role"`
}

// RowOnBehalf is for whom it was done.
type RowOnBehalf struct {
	ID   string           `json:"id"`
	Name string           `json:"name"`
	Type models.ActorType `json:"type"`
}

// RowResource is what it was done to.
type RowResource struct {
	Type string  `json:"type"`
	ID   *string `json:"id"`
	Name *string `json:"name"`
	URL  *string `json:"url"`
}

// RowProject is where it belongs.
type RowProject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// RowOf gives an entry as a row.
func RowOf(e models.Entry) Row {
	r := Row{
		ID: e.UUID, Seq: e.Seq, WorkspaceID: e.WorkspaceID, Timestamp: proof.Time(e.OccurredAt), CreatedAt: proof.Time(e.OccurredAt), RecordedAt: proof.Time(e.RecordedAt),
		Actor:     RowActor{ID: e.Actor.ExternalID, Name: e.ActorName, Type: e.Actor.Type, Role: e.ActorRole},
		ActorType: string(e.Actor.Type), ActorID: e.Actor.ExternalID, Action: e.Action,
		ResourceID: e.EntityID, EntityID: e.EntityID, EntityName: e.EntityName,
		Description: e.Description, Changes: e.Changes, Metadata: e.Metadata, Details: e.Metadata,
		Outcome: e.Outcome, System: e.System, CorrelationID: e.CorrelationID, UserAgent: e.UserAgent,
	}
	if o := e.OnBehalfOf; o != nil {
		r.OnBehalfOf = &RowOnBehalf{ID: o.ExternalID, Name: o.Name, Type: o.Type}
	}
	if e.EntityType != "" {
		kind := e.EntityType
		r.ResourceType, r.EntityType = &kind, &kind
		r.Resource = &RowResource{Type: kind, ID: e.EntityID, Name: e.EntityName, URL: e.EntityURL}
		if kind == "issue" {
			r.IssueID = e.EntityID
		}
	}
	if e.Project != nil {
		r.Project = &RowProject{ID: e.Project.ExternalID, Name: e.Project.Name}
	}
	if e.IP != nil {
		ip := e.IP.String()
		r.IPAddress = &ip
	}
	if r.Changes == nil {
		r.Changes = []models.Change{}
	}
	return r
}

// event is an activity in the form in which it can be sent in again (design.md §7.1).
type event struct {
	ID            uuid.UUID       `json:"id"`
	Actor         RowActor        `json:"actor"`
	OnBehalfOf    *RowOnBehalf    `json:"on_behalf_of"`
	Action        string          `json:"action"`
	Resource      *RowResource    `json:"resource"`
	Project       *RowProject     `json:"project"`
	Description   string          `json:"description"`
	Changes       []models.Change `json:"changes"`
	Metadata      json.RawMessage `json:"metadata"`
	Outcome       models.Outcome  `json:"outcome"`
	System        bool            `json:"system"`
	CorrelationID *string         `json:"correlation_id"`
	IPAddress     *string         `json:"ip_address"`
	UserAgent     *string         `json:"user_agent"`
	OccurredAt    string          `json:"occurred_at"`
}

func eventOf(r Row) event {
	return event{
		ID: r.ID, Actor: r.Actor, OnBehalfOf: r.OnBehalfOf, Action: r.Action, Resource: r.Resource, Project: r.Project, Description: r.Description, Changes: r.Changes,
		Metadata: r.Metadata, Outcome: r.Outcome, System: r.System, CorrelationID: r.CorrelationID, IPAddress: r.IPAddress, UserAgent: r.UserAgent, OccurredAt: r.Timestamp,
	}
}
