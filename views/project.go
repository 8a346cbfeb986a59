package views

import (
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// ProjectsPage lists the projects of a workspace for those who administer it.
type ProjectsPage struct {
	Shell    layout.Shell // Title "Projects"; Views are the states
	Clock    component.Clock
	Search   component.Search
	Rows     []ProjectRow
	Pages    component.Pages
	Narrowed bool // a search left something out
	Archived bool // the archived ones are shown
	Clear    string
	New      string // where one is made by hand
	Sending  string // how to send events, which makes projects by itself
}

// ProjectRow is a line of the list.
type ProjectRow struct {
	Name       string
	ExternalID string
	Href       string // its history
	Access     string
	Edit       string
	Visibility models.Visibility
	Archived   bool
	Members    int64
	Activities int64
	All        string     // these activities in the feed
	LastActive *time.Time // a day, in no zone
}

// visibleTo says who reads a project.
func visibleTo(v models.Visibility) string {
	if v == models.VisibleToWorkspace {
		return "Whole workspace"
	}
	return "Its members"
}

// alias is the application's id, where it is not the name.
func (r ProjectRow) alias() string {
	if r.ExternalID == r.Name {
		return ""
	}
	return r.ExternalID
}

// ProjectForm makes a project, or edits one. It posts "external_id" (of a new one), "name", "visibility" and "version" (of an old one).
type ProjectForm struct {
	Shell      layout.Shell // with crumbs
	Heading    string
	Action     string
	Cancel     string
	New        bool
	ExternalID string
	Name       string
	Visibility string
	Version    int64
	Archived   bool
	Archive    string // of an old one: where to post "archived" and "version"
	Links      []PageLink
	Errors     []models.FieldError
}

// PageLink leads to another page about the same thing.
type PageLink struct {
	Label, Icon, Href string
	Current           bool
}

var visibilities = []component.Option{
	{Value: string(models.VisibleToMembers), Label: "Its members", Hint: "Those who are given access. Admins and owners read everything in any case."},
	{Value: string(models.VisibleToWorkspace), Label: "The whole workspace", Hint: "Every member of the workspace, those of later too."},
}

func (p ProjectForm) problems() []string {
	return append(outdated(p.Errors), component.ErrorsBeside(p.Errors, "external_id", "name", "visibility", "version")...)
}

// outdated says that somebody else was faster, which no field is wrong for.
func outdated(errors []models.FieldError) (problems []string) {
	for _, e := range errors {
		if e.Field == "version" && strings.HasPrefix(e.Message, "is ") {
			problems = append(problems, component.FullStop("The version of the page "+e.Message))
		} else if e.Field == "version" {
			problems = append(problems, component.FullStop(e.Message))
		}
	}
	return problems
}

// ProjectAccessPage says who has access to a project, and gives and takes it. Its forms post "person" (several, by handle), "named" and "version".
type ProjectAccessPage struct {
	Shell      layout.Shell // with crumbs
	Clock      component.Clock
	Name       string
	Visibility models.Visibility
	Archived   bool
	Edit       string
	Version    int64
	Links      []PageLink
	Granted    []AccessPerson
	GrantedIn  AccessList
	Others     []AccessPerson
	OthersIn   AccessList
	Grant      string // where to post to give access
	Revoke     string // and to take it away
	Named      string // as typed
	Checked    []string
	Errors     []models.FieldError
}

// AccessList is what is around a list of people: how they are searched, and the rest of them.
type AccessList struct {
	Total  int64 // how many have access
	Search ListSearch
	More   string // the page behind, or empty
	First  string // the first page, when this is another one, or empty
}

// ListSearch is the box that narrows one list of a page with several.
type ListSearch struct {
	Action, Label string
	Name, Value   string // of the parameter
	Keep          []component.Hidden
}

// AccessPerson is somebody who has access, or could have it.
type AccessPerson struct {
	Handle      string
	Face        Face
	Name        string
	Email       string
	Known       string // the ids by which applications name them
	Role        string // in the workspace, as a word; empty: no member
	Deactivated bool
	Granted     *time.Time
}

// about is what tells two people of one name apart.
func (p AccessPerson) about() string {
	switch {
	case p.Email != "" && p.Known != "":
		return p.Email + " · " + p.Known
	case p.Email != "":
		return p.Email
	}
	return p.Known
}

// standing is what somebody is in the workspace.
func (p AccessPerson) standing() string {
	switch {
	case p.Deactivated:
		return "Deactivated"
	case p.Role != "":
		return p.Role
	}
	return "Cannot sign in"
}

func (p ProjectAccessPage) problems() []string {
	problems := outdated(p.Errors)
	if p.refusedGrant() != "" || component.ErrorOf(p.Errors, "named") != "" { // which stands further down
		problems = append(problems, "Nobody was given access. Why not is told below.")
	}
	return append(problems, component.ErrorsBeside(p.Errors, "named", "grant", "project", "person", "revoke", "version")...)
}

// refusedGrant is what is wrong with those who were to get access.
func (p ProjectAccessPage) refusedGrant() string {
	for _, e := range p.Errors {
		switch e.Field {
		case "project":
			return component.FullStop(e.Message)
		case "grant":
			return component.FullStop("The selection " + e.Message)
		case "person":
			return component.FullStop(e.Message)
		}
	}
	return ""
}

func (p ProjectAccessPage) refusedRevoke() string { return component.ErrorOf(p.Errors, "revoke") }

func (p ProjectAccessPage) isChecked(handle string) bool {
	for _, c := range p.Checked {
		if c == handle {
			return true
		}
	}
	return false
}

// summary says how many have access.
func (p ProjectAccessPage) summary() string {
	switch p.GrantedIn.Total {
	case 0:
		return "Nobody has access of their own."
	case 1:
		return "One person has access of their own."
	}
	return fmt.Sprintf("%s people have access of their own.", thousands(p.GrantedIn.Total))
}

// everybodyElse says who reads the project besides.
func (p ProjectAccessPage) everybodyElse() string {
	if p.Visibility == models.VisibleToWorkspace {
		return "Every member of the workspace reads it in any case: it is visible to the whole workspace. What is given here counts when that ends."
	}
	return "Admins and owners of the workspace read it in any case."
}
