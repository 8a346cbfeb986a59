package feedtest

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
)

// Row is an activity as the oracle sees it: a line of the table, with the names that its ids stand for.
type Row struct {
	ID          int64
	Seq         int64
	UUID        uuid.UUID
	WorkspaceID uuid.UUID
	ActorID     int64
	Actor       string // external id
	OnBehalfOf  int64  // 0: nobody
	ProjectID   int64  // 0: none
	Project     string // external id
	Action      string
	EntityType  string
	EntityID    *string
	Outcome     string
	System      bool
	OccurredAt  time.Time
	HasAddress  bool
	ActorName   string // as it was then
	EntityName  *string
	Description string
	Changes     []byte // JSON
	HasMetadata bool

	// What the ids, the JSON and the zone stand for.
	People        []Called     `gorm:"-"` // the actors that are the same person as the actor, itself among them
	Person        int64        `gorm:"-"` // the one of them that stands for all
	ProjectCalled string       `gorm:"-"`
	Fields        []string     `gorm:"-"` // those that changed
	Texts         [][]string   `gorm:"-"` // what it is searched by: the words of each text
	Weekday       time.Weekday `gorm:"-"` // in the workspace's zone
	Hour          int          `gorm:"-"` // likewise
	Mine          bool         `gorm:"-"` // the reader is the actor; see As
	AddressShown  bool         `gorm:"-"` // the reader may know the actor's address; see As
}

// Called is how an actor is known now.
type Called struct {
	ID          int64
	External    string
	Name, Email string
}

// Oracle knows all rows and all facts about access.
type Oracle struct {
	Rows        []Row // by id
	Workspaces  []models.Workspace
	Memberships []models.Membership
	Actors      []models.Actor
	Projects    []models.Project
	Grants      []models.ProjectMember
}

// Look reads whole tables.
func (w *World) Look(t testing.TB) *Oracle {
	t.Helper()
	o := &Oracle{}
	for _, table := range []any{&o.Workspaces, &o.Memberships, &o.Actors, &o.Projects, &o.Grants} {
		if err := w.DB.Gorm.Find(table).Error; err != nil {
			t.Fatal(err)
		}
	}
	err := w.DB.Gorm.Raw(`SELECT id, seq, uuid, workspace_id, actor_id, coalesce(on_behalf_of_id, 0) AS on_behalf_of, coalesce(project_id, 0) AS project_id,
		action, entity_type, entity_id, outcome, system, occurred_at, ip IS NOT NULL AS has_address, actor_name, entity_name, description, changes,
		metadata <> '{}' AS has_metadata FROM activities ORDER BY id`).Scan(&o.Rows).Error
	if err != nil {
		t.Fatal(err)
	}
	for i := range o.Rows {
		o.complete(t, &o.Rows[i])
	}
	return o
}

// complete looks up what a row's columns stand for.
func (o *Oracle) complete(t testing.TB, r *Row) {
	t.Helper()
	r.OccurredAt = r.OccurredAt.UTC()
	r.Person = o.Person(r.ActorID)
	for _, a := range o.Actors {
		if a.ID == r.ActorID {
			r.Actor = a.ExternalID
		}
		if o.Person(a.ID) == r.Person {
			c := Called{ID: a.ID, External: a.ExternalID, Name: a.Name}
			if a.Email != nil {
				c.Email = *a.Email
			}
			r.People = append(r.People, c)
		}
	}
	for _, p := range o.Projects {
		if p.ID == r.ProjectID {
			r.Project, r.ProjectCalled = p.ExternalID, p.Name
		}
	}
	for _, ws := range o.Workspaces {
		if ws.ID == r.WorkspaceID {
			zone, err := time.LoadLocation(ws.TimeZone)
			if err != nil {
				t.Fatal(err)
			}
			r.Weekday, r.Hour = r.OccurredAt.In(zone).Weekday(), r.OccurredAt.In(zone).Hour()
		}
	}
	a := models.Activity{ActorName: r.ActorName, EntityID: r.EntityID, EntityName: r.EntityName, Description: r.Description}
	if err := json.Unmarshal(r.Changes, &a.Changes); err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Changes {
		r.Fields = append(r.Fields, c.Field)
	}
	for _, text := range a.Texts() {
		r.Texts = append(r.Texts, models.WordsOf(text))
	}
}

// Role is what the facts make of a principal in a workspace.
type Role int

// The roles that matter to reading.
const (
	Stranger Role = iota // the workspace does not exist
	Blind                // may enter, may read nothing: a token without activity:read
	Plain                // own ∪ projects
	Reader               // everything
)

// Role tells what a principal may read in a workspace (design.md §6).
func (o *Oracle) Role(p access.Principal, workspace uuid.UUID) Role {
	role := Stranger
	switch {
	case p.User == nil && p.Token == nil:
		return Stranger
	case p.Token != nil && p.Token.WorkspaceID != nil && *p.Token.WorkspaceID != workspace:
		return Stranger
	case p.User == nil, p.User != nil && p.User.InstanceAdmin:
		role = Reader
	default:
		for _, m := range o.Memberships {
			if m.UserID == p.User.ID && m.WorkspaceID == workspace {
				role = Reader
				if m.Role == models.Member {
					role = Plain
				}
			}
		}
	}
	if role != Stranger && p.Token != nil && !slices.Contains([]string{"activity:read", "activity:write activity:read", "activity:read admin"}, p.Token.Scopes) {
		return Blind
	}
	return role
}

// Person gives the actor that stands for an actor: itself, or the one that it is merged into.
func (o *Oracle) Person(actor int64) int64 {
	for _, a := range o.Actors {
		if a.ID == actor && a.MergedInto != nil {
			return *a.MergedInto
		}
	}
	return actor
}

// is tells whether an actor is a principal: it, or one merged with it, is linked to their user.
func (o *Oracle) is(p access.Principal, actor int64) bool {
	return actor != 0 && p.User != nil && slices.ContainsFunc(o.Actors, func(a models.Actor) bool {
		return a.UserID != nil && *a.UserID == p.User.ID && o.Person(a.ID) == o.Person(actor)
	})
}

// Own tells whether a row is the principal's: done by them, or on their behalf.
func (o *Oracle) Own(p access.Principal, r Row) bool {
	return o.is(p, r.ActorID) || o.is(p, r.OnBehalfOf)
}

// As gives a row as a principal sees it: Mine when one of their actors did it, AddressShown when they read everything.
func (o *Oracle) As(p access.Principal, r Row) Row {
	r.AddressShown = o.Role(p, r.WorkspaceID) == Reader
	r.Mine = o.is(p, r.ActorID)
	return r
}

// May tells whether a principal may read a row; a system row only when those are asked for.
func (o *Oracle) May(p access.Principal, r Row, system bool) bool {
	switch o.Role(p, r.WorkspaceID) {
	case Reader:
		return system || !r.System
	case Plain:
		return !r.System && (o.Own(p, r) || o.inProjects(p, r))
	}
	return false
}

func (o *Oracle) inProjects(p access.Principal, r Row) bool {
	for _, project := range o.Projects {
		if project.ID != r.ProjectID {
			continue
		}
		if project.Visibility == models.VisibleToWorkspace {
			return true
		}
		for _, g := range o.Grants {
			if g.ProjectID == project.ID && o.is(p, g.ActorID) {
				return true
			}
		}
	}
	return false
}

// Find gives the rows for which a condition holds, by id.
func (o *Oracle) Find(holds func(Row) bool) []Row {
	var out []Row
	for _, r := range o.Rows {
		if holds(r) {
			out = append(out, r)
		}
	}
	return out
}

// InFeedOrder gives the ids of rows, newest first.
func InFeedOrder(rows []Row) []int64 {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Row) int {
		if c := b.OccurredAt.Compare(a.OccurredAt); c != 0 {
			return c
		}
		return int(b.ID - a.ID)
	})
	return IDs(rows)
}

// IDs gives the ids of rows.
func IDs(rows []Row) []int64 {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}
