package feedtest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
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
		action, entity_type, entity_id, outcome, system, occurred_at, ip IS NOT NULL AS has_address FROM activities ORDER BY id`).Scan(&o.Rows).Error
	if err != nil {
		t.Fatal(err)
	}
	actors, projects := map[int64]string{}, map[int64]string{}
	for _, a := range o.Actors {
		actors[a.ID] = a.ExternalID
	}
	for _, p := range o.Projects {
		projects[p.ID] = p.ExternalID
	}
	for i := range o.Rows {
		r := &o.Rows[i]
		r.Actor, r.Project, r.OccurredAt = actors[r.ActorID], projects[r.ProjectID], r.OccurredAt.UTC()
	}
	return o
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

// Own tells whether a row is the principal's: done by them, or on their behalf.
func (o *Oracle) Own(p access.Principal, r Row) bool {
	for _, a := range o.Actors {
		if p.User != nil && a.UserID != nil && *a.UserID == p.User.ID && (a.ID == r.ActorID || a.ID == r.OnBehalfOf) {
			return true
		}
	}
	return false
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
			for _, a := range o.Actors {
				if g.ProjectID == project.ID && g.ActorID == a.ID && a.UserID != nil && *a.UserID == p.User.ID {
					return true
				}
			}
		}
	}
	return false
}

// Selects tells whether a filter selects a row, apart from system rows.
func Selects(f feed.Filter, r Row) bool {
	among := func(given []string, v string) bool { return len(given) == 0 || slices.Contains(given, v) }
	outcome := len(f.Outcomes) == 0
	for _, wanted := range f.Outcomes {
		outcome = outcome || string(wanted) == r.Outcome
	}
	byActor := len(f.Actors) == 0 && f.ActorIDs == nil || slices.Contains(f.Actors, r.Actor) || slices.Contains(f.ActorIDs, r.ActorID)
	entity := len(f.EntityIDs) == 0 || r.EntityID != nil && slices.Contains(f.EntityIDs, *r.EntityID)
	inTime := (!f.From.IsSet() || !r.OccurredAt.Before(f.From.At)) && (!f.To.IsSet() || !r.OccurredAt.After(f.To.At))
	project := len(f.Projects) == 0 || r.ProjectID != 0 && slices.Contains(f.Projects, r.Project)
	return outcome && byActor && entity && inTime && project && among(f.Types, r.EntityType) && among(f.Actions, r.Action)
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
