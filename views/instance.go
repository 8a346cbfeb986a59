package views

import (
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// InstanceWorkspacesPage lists all workspaces of the instance.
type InstanceWorkspacesPage struct {
	Shell  layout.Shell // Title "Workspaces", with tabs
	Now    time.Time
	Locale component.Locale
	Search component.Search
	List   []InstanceWorkspace
	New    string // where one is made
	Pages  component.Pages
	All    string // the list without a filter, where there is one
}

// InstanceWorkspace is a line of it.
type InstanceWorkspace struct {
	Name, Slug string
	Href       string // its feed
	Settings   string
	Members    int64
	Recorded   int64
	LastActive *time.Time
	Archived   bool
	BuiltIn    bool // Daybook's own
}

// NewWorkspacePage makes a workspace. The form posts "name", "slug", "time_zone" and "owner"; the errors carry the same names.
type NewWorkspacePage struct {
	Shell                       layout.Shell // Title "New workspace"
	Name, Slug, TimeZone, Owner string       // as typed
	Zones                       []string
	Action, Cancel              string
	Errors                      []models.FieldError
}

// InstanceUsersPage lists everybody who can sign in, or could.
type InstanceUsersPage struct {
	Shell  layout.Shell // Title "Users", with tabs
	Now    time.Time
	Locale component.Locale
	Search component.Search
	List   []InstanceUser
	Pages  component.Pages
	All    string // the list without a filter, where there is one
}

// InstanceUser is a user as instance admins see them.
type InstanceUser struct {
	ID          int64
	Name, Email string
	Username    string // or empty
	Href        string // their page here
	Admin       bool   // of the instance
	Deactivated bool
	NoPassword  bool // has never set one
	In          []InstanceMembership
	LastSeen    *time.Time
	CreatedAt   time.Time
	Version     int64

	AnonymisedAt *time.Time
}

// InstanceMembership is a workspace that a user is a member of.
type InstanceMembership struct {
	Workspace string
	Href      string // of their page there
	Role      models.Role
}

// InstanceUserPage is one user. The form of their record posts "name", "email" and "version"; the errors carry the same names.
type InstanceUserPage struct {
	Shell     layout.Shell // with crumbs
	Now       time.Time
	Locale    component.Locale
	User      InstanceUser
	Name      string // as typed; so is the next
	Email     string
	Self      bool   // they are the viewer
	Action    string // beginning of where the forms post to
	Errors    []models.FieldError
	Meanwhile string // what somebody else made of it while it was edited, or empty
}

func (p InstanceWorkspacesPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }
func (p InstanceUsersPage) clock() component.Clock      { return component.NewClock(p.Now, p.Locale) }
func (p InstanceUserPage) clock() component.Clock       { return component.NewClock(p.Now, p.Locale) }

func (p NewWorkspacePage) field(name, label, value, hint string) component.Field {
	return component.Field{Name: name, Label: label, Type: "text", Value: value, Hint: hint, Autocomplete: "off", Error: component.ErrorOf(p.Errors, name)}
}

// required is a field that has to be filled in.
func required(f component.Field) component.Field {
	f.Required = true
	return f
}

// state is a word for how somebody stands.
func (u InstanceUser) state() string {
	switch {
	case u.AnonymisedAt != nil:
		return "Anonymised"
	case u.Deactivated:
		return "Deactivated"
	case u.NoPassword:
		return "No password yet"
	}
	return "Active"
}

// anonymised says of somebody that they are nobody any more.
func (p InstanceUserPage) anonymised() string {
	return "This user was anonymised on " + p.clock().OnDay(*p.User.AnonymisedAt) + ". What they did stays; who they were is not known here any more, except where a legal hold keeps it."
}

func (u InstanceUser) dot() string {
	switch {
	case u.Deactivated:
		return "dot dot-ring"
	case u.NoPassword:
		return "dot dot-warn"
	}
	return "dot dot-ok"
}
