package api

import (
	"encoding/json"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/proof"
)

// row is an activity as our JSON gives it (design.md §7.2; seeds/platform-activity-log.md). Every key is always there.
type row struct {
	ID            uuid.UUID       `json:"id"`
	Seq           int64           `json:"seq"`
	WorkspaceID   uuid.UUID       `json:"workspace_id"`
	Timestamp     string          `json:"timestamp"`  // when it happened: UTC, six digits
	CreatedAt     string          `json:"created_at"` // the same
	RecordedAt    string          `json:"recorded_at"`
	Actor         actor           `json:"actor"`
	ActorType     string          `json:"actor_type"`
	ActorID       string          `json:"actor_id"`
	OnBehalfOf    *actorName      `json:"on_behalf_of"`
	Action        string          `json:"action"`
	ResourceType  *string         `json:"resource_type"`
	ResourceID    *string         `json:"resource_id"`
	Resource      *resource       `json:"resource"`
	EntityType    *string         `json:"entity_type"`
	EntityID      *string         `json:"entity_id"`
	EntityName    *string         `json:"entity_name"`
	IssueID       *string         `json:"issue_id"`
	Project       *project        `json:"project"`
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

type actor struct {
	ID   string           `json:"id"`
	Name string           `json:"name"`
	Type models.ActorType `json:"type"`
	Role *string          `json:"role"`
}

type actorName struct {
	ID   string           `json:"id"`
	Name string           `json:"name"`
	Type models.ActorType `json:"type"`
}

type resource struct {
	Type string  `json:"type"`
	ID   *string `json:"id"`
	Name *string `json:"name"`
	URL  *string `json:"url"`
}

type project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func rowOf(e models.Entry) row {
	r := row{
		ID: e.UUID, Seq: e.Seq, WorkspaceID: e.WorkspaceID, Timestamp: proof.Time(e.OccurredAt), CreatedAt: proof.Time(e.OccurredAt), RecordedAt: proof.Time(e.RecordedAt),
		Actor:     actor{ID: e.Actor.ExternalID, Name: e.ActorName, Type: e.Actor.Type, Role: e.ActorRole},
		ActorType: string(e.Actor.Type), ActorID: e.Actor.ExternalID, Action: e.Action,
		ResourceID: e.EntityID, EntityID: e.EntityID, EntityName: e.EntityName,
		Description: e.Description, Changes: e.Changes, Metadata: e.Metadata, Details: e.Metadata,
		Outcome: e.Outcome, System: e.System, CorrelationID: e.CorrelationID, UserAgent: e.UserAgent,
	}
	if o := e.OnBehalfOf; o != nil {
		r.OnBehalfOf = &actorName{ID: o.ExternalID, Name: o.Name, Type: o.Type}
	}
	if e.EntityType != "" {
		kind := e.EntityType
		r.ResourceType, r.EntityType = &kind, &kind
		r.Resource = &resource{Type: kind, ID: e.EntityID, Name: e.EntityName, URL: e.EntityURL}
		if kind == "issue" {
			r.IssueID = e.EntityID
		}
	}
	if e.Project != nil {
		r.Project = &project{ID: e.Project.ExternalID, Name: e.Project.Name}
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

func rowsOf(entries []models.Entry) []row {
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = rowOf(e)
	}
	return rows
}
