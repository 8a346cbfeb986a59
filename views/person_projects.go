package views

import (
	"daybook/models"
	"daybook/views/component"
)

// PersonProjectsPage says which projects somebody has access to, and changes many of them at once. For each project that is shown, it posts "had"
// (its id, where they had access when the page was made) or "had_not", and "project" where they are to have it.
type PersonProjectsPage struct {
	PersonFrame
	Action   string
	Search   component.Search
	Projects []PersonProject
	More     bool // there are more than are shown
	All      bool // they read every project, whatever is checked
	Granted  int
}

// PersonProject is a project in that list.
type PersonProject struct {
	Project models.Project
	Name    string
	Href    string
	Granted bool // when the page was made
	Checked bool // as it was sent, else Granted
}

// how says in what way somebody has access.
func (p PersonProject) how() string {
	switch {
	case p.Project.ArchivedAt != nil:
		return "archived"
	case p.Project.Visibility == models.VisibleToWorkspace:
		return "visible to the whole workspace"
	case p.Granted:
		return "granted"
	}
	return ""
}

// fixed tells whether nothing about it can be changed: nobody gets access to what is archived.
func (p PersonProject) fixed() bool { return p.Project.ArchivedAt != nil && !p.Granted && !p.Checked }

// had is the name of the field that says how it was.
func (p PersonProject) had() string {
	if p.Granted {
		return "had"
	}
	return "had_not"
}
