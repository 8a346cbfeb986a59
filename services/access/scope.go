package access

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"daybook/models"
)

// Scope is the set of activities somebody may read. Its zero value is the empty set. It can be narrowed, never widened.
type Scope struct{ parts []part }

// part is a scope within one workspace.
type part struct {
	Region
	list      string // whose list of what this is
	self      []int64
	addresses bool // addresses and agents may be shown
}

// Region is the part of a scope that lies in one workspace, as package feed turns it into SQL. A row is in it when everything is (All), or its
// project is one of Projects, or it is own: its actor, or the one on whose behalf, is one of Own, and its project one of Within.
type Region struct {
	Workspace uuid.UUID
	System    bool // system rows too
	All       bool
	Projects  []int64
	Own       []int64
	Within    []int64 // projects; nil: any project or none
}

// Scope gives what the viewer may read in their workspace; system rows only when asked for and allowed.
func (v Viewer) Scope(system bool) Scope {
	if v.Role == Outsider || !v.Has(models.ScopeRead) {
		return Scope{}
	}
	region := Region{Workspace: v.Workspace.ID, All: true, System: system}
	if !v.ReadsAll() {
		region = Region{Workspace: v.Workspace.ID, Own: v.actors, Projects: v.projects}
	}
	return Scope{parts: []part{{Region: region, list: v.Name(), self: v.actors, addresses: v.ReadsAll()}}}
}

// Together gives the union of what viewers of different workspaces may read.
func Together(viewers []Viewer, system bool) Scope {
	return union(viewers, func(v Viewer) Scope { return v.Scope(system) })
}

func union(viewers []Viewer, of func(Viewer) Scope) Scope {
	var s Scope
	for _, v := range viewers {
		if !slices.Contains(s.Workspaces(), v.Workspace.ID) {
			s.parts = append(s.parts, of(v).parts...)
		}
	}
	return s
}

// owned gives what the viewer has done, or what was done on their behalf, and nothing else.
func (v Viewer) owned(system bool) Scope {
	s := v.Scope(system)
	for i := range s.parts {
		p := &s.parts[i]
		p.Region = Region{Workspace: p.Workspace, System: p.System, Own: v.actors}
		p.list += " own"
	}
	return s
}

// OwnedTogether gives the union of what viewers of different workspaces have done themselves; system rows only when asked for and allowed.
func OwnedTogether(viewers []Viewer, system bool) Scope {
	return union(viewers, func(v Viewer) Scope { return v.owned(system) })
}

// Narrow keeps what belongs to one of these projects.
func (s Scope) Narrow(projects []int64) Scope {
	projects = slices.Compact(slices.Sorted(slices.Values(projects)))
	narrow := Scope{parts: slices.Clone(s.parts)}
	for i := range narrow.parts {
		p := &narrow.parts[i]
		if p.All {
			p.All, p.Projects = false, projects
		} else {
			p.Projects = both(p.Projects, projects)
		}
		if p.Within == nil {
			p.Within = projects
		} else {
			p.Within = both(p.Within, projects)
		}
		if p.Within == nil {
			p.Within = []int64{} // nil would be anywhere
		}
	}
	return narrow
}

// both gives what two lists share.
func both(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

// Same tells whether two scopes are of the same reader, and of the same.
func (s Scope) Same(as Scope) bool { return reflect.DeepEqual(s.parts, as.parts) }

// Empty tells whether nothing can be in the scope.
func (s Scope) Empty() bool {
	return !slices.ContainsFunc(s.parts, func(p part) bool { return !p.Region.Empty() })
}

// Empty tells whether nothing can be in the region.
func (r Region) Empty() bool {
	return !r.All && len(r.Projects) == 0 && (len(r.Own) == 0 || r.Within != nil && len(r.Within) == 0)
}

// Allows tells whether an activity is in the scope. It is the same predicate as the SQL of package feed; a property test holds them together.
func (s Scope) Allows(a *models.Activity) bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return p.allows(a) })
}

func (r Region) allows(a *models.Activity) bool {
	if a.WorkspaceID != r.Workspace || a.System && !r.System {
		return false
	}
	if r.All || a.ProjectID != nil && slices.Contains(r.Projects, *a.ProjectID) {
		return true
	}
	own := slices.Contains(r.Own, a.ActorID) || a.OnBehalfOfID != nil && slices.Contains(r.Own, *a.OnBehalfOfID)
	return own && (r.Within == nil || a.ProjectID != nil && slices.Contains(r.Within, *a.ProjectID))
}

// ShowsAddresses tells whether the reader may see the address and agent of an activity of this workspace.
func (s Scope) ShowsAddresses(workspace uuid.UUID) bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return p.Workspace == workspace && p.addresses })
}

// Self lists the actors that are the reader, whatever of the scope they are in.
func (s Scope) Self() []int64 {
	var ids []int64
	for _, p := range s.parts {
		ids = append(ids, p.self...)
	}
	return ids
}

// Workspaces lists the workspaces the scope reaches into.
func (s Scope) Workspaces() []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(s.parts))
	for _, p := range s.parts {
		ids = append(ids, p.Workspace)
	}
	return ids
}

// Regions takes the scope apart, by workspace. The lists in it are not to be changed.
func (s Scope) Regions() []Region {
	regions := make([]Region, 0, len(s.parts))
	for _, p := range s.parts {
		if !p.Region.Empty() {
			regions = append(regions, p.Region)
		}
	}
	return regions
}

// List names whose list of what this is, for cursors to be bound to. It says nothing of the projects and actors that the reader has at
// the moment, so that somebody may gain or lose a project between two pages.
func (s Scope) List() string {
	var b strings.Builder
	for _, p := range s.parts {
		fmt.Fprintf(&b, "%s of %s", p.list, p.Workspace)
		if p.Within != nil {
			fmt.Fprint(&b, " within ", p.Within)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
