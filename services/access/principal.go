package access

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"daybook/models"
)

// Principal is who makes a request: somebody signed in, a personal token (both have a User), or a service token. The zero value is nobody.
type Principal struct {
	User      *models.User  // nil for service tokens
	Token     *models.Token // nil for sessions
	SessionID string        // names the session, when there is one, and opens nothing
}

// Nobody tells whether nobody has signed in.
func (p Principal) Nobody() bool { return p.User == nil && p.Token == nil }

// InstanceAdmin tells whether the principal administers the whole instance. A token does only with the scope admin, and when it is bound to no
// workspace: one that is does nothing elsewhere.
func (p Principal) InstanceAdmin() bool {
	return p.User != nil && p.User.InstanceAdmin && (p.Token == nil || p.Token.Has(models.ScopeAdmin) && p.Token.WorkspaceID == nil)
}

// Has tells whether the principal may do what a token scope stands for. A session may do everything its user may.
func (p Principal) Has(scope string) bool { return p.Token == nil || p.Token.Has(scope) }

// Viewer is a principal in a workspace: what they may do there hangs on Role.
type Viewer struct {
	Principal
	Workspace models.Workspace
	Role      Role
	actors    []int64 // those of the workspace linked to the user
	projects  []int64 // those the user may read, by membership or because the workspace may
}

// Role is what a principal is in a workspace.
type Role int

// The roles, from least to most. A program reads everything and administers nothing.
const (
	Outsider Role = iota
	Member
	Program // a service token, or an administrator's token without the scope admin
	Admin
	Owner
	Instance
)

// ReadsAll tells whether the viewer may read every activity of the workspace, addresses and system rows included.
func (v Viewer) ReadsAll() bool { return v.Role >= Program }

// Administers tells whether the viewer may manage members, projects, access and service tokens.
func (v Viewer) Administers() bool { return v.Role >= Admin }

// SeesStatistics tells whether the viewer may see counts and charts of what they may read.
func (v Viewer) SeesStatistics() bool {
	return v.ReadsAll() || v.Role == Member && v.Workspace.Statistics != models.ForAdmins
}

// SeesRankings tells whether the viewer may see who did how much: those who read everything, where the workspace shows it at all.
func (v Viewer) SeesRankings() bool { return v.ReadsAll() && v.Workspace.Rankings }

// Own gives the actors that are the viewer. It is never nil, so that a filter for nobody is not one for everybody.
func (v Viewer) Own() []int64 { return append([]int64{}, v.actors...) }

// Projects gives the projects that a member may read. It says nothing of viewers who read everything.
func (v Viewer) Projects() []int64 { return slices.Clone(v.projects) }

// IsSelf tells whether an actor is the viewer.
func (v Viewer) IsSelf(actor int64) bool { return slices.Contains(v.actors, actor) }

// reaches tells whether the principal's token, if any, may be used in a workspace: a service token is bound to one, a personal one may be.
func (p Principal) reaches(workspace uuid.UUID) bool {
	if p.Token == nil {
		return true
	}
	if p.Token.WorkspaceID == nil {
		return p.User != nil
	}
	return *p.Token.WorkspaceID == workspace
}

// lowered gives what is left of a role with the principal's token: without the scope admin it reads as its user does and administers
// nothing. A service token has no user, and is never more than a program. One that is bound to a workspace is an owner's at most there: what an
// instance admin may beyond that reaches into other workspaces.
func (p Principal) lowered(role Role) Role {
	switch {
	case p.Token == nil:
		return role
	case p.User == nil || !p.Token.Has(models.ScopeAdmin):
		return Program
	case p.Token.WorkspaceID != nil:
		return min(role, Owner)
	}
	return role
}

// Name tells principals apart.
func (p Principal) Name() string {
	switch {
	case p.User != nil:
		return fmt.Sprint("user ", p.User.ID)
	case p.Token != nil:
		return fmt.Sprint("token ", p.Token.ID)
	}
	return "nobody"
}
