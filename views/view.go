package views

import (
	"fmt"
	"strings"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// ViewTab is a saved view among the tabs of the feed. The first tab is everything.
type ViewTab struct {
	Name    string
	Href    string
	Current bool // the feed shows it now
	Shared  bool // by somebody, the viewer or another
}

// ViewTabList are the tabs of the feed.
type ViewTabList struct {
	Tabs   []ViewTab
	Manage string // where all views are listed
	All    int    // how many views there are, when not each has a tab
}

// FilterFact is a part of a filter in words: "Action: created, updated".
type FilterFact struct {
	Label  string
	Values []string
	Search bool // what was typed into the search box, as it was typed
}

// NewViewPage gives a filter a name. It posts "name", "query", "shared" and "default"; the errors carry the names name and query.
type NewViewPage struct {
	Shell   layout.Shell // Title "Save view"
	Action  string
	Cancel  string // the feed with this filter
	Query   string // the text of the filter
	Facts   []FilterFact
	Name    string // as typed
	Shared  bool
	Default bool
	Errors  []models.FieldError
}

// SavedViewsPage lists the views that the viewer sees.
type SavedViewsPage struct {
	Shell  layout.Shell // Title "Saved views"
	Feed   string       // the feed of everything
	Most   int          // how many views somebody may have
	Own    []ManagedView
	Others []ManagedView // shared by others
}

// ManagedView is a saved view with what can be done about it. Its forms post to Action + "/rename" ("name"), "/move" ("direction": up, down),
// "/share" ("shared"), "/default" ("default") and "/delete".
type ManagedView struct {
	ID      int64
	Name    string
	Href    string
	Owner   string // of a view that is not the viewer's
	Facts   []FilterFact
	Shared  bool
	Default bool
	Action  string
	Delete  bool   // the viewer may
	Typed   string // a name that could not be given
	Error   string // why not
}

// problems are what keeps a filter from becoming a view at all.
func (p NewViewPage) problems() []string {
	var problems []string
	for _, e := range p.Errors {
		if e.Field == "query" {
			problems = append(problems, component.FullStop("The filter "+e.Message))
		}
	}
	return append(problems, component.ErrorsBeside(p.Errors, "name", "query")...)
}

// values is a fact in words.
func (f FilterFact) values() string {
	named := make([]string, len(f.Values))
	for i, v := range f.Values {
		named[i] = called(v)
	}
	return strings.Join(named, ", ")
}

// field names an input of one view of many.
func (v ManagedView) field(name string) string { return fmt.Sprint(name, "-", v.ID) }

// typed is the name in the field: what was typed before, if that was refused.
func (v ManagedView) typed() string {
	if v.Error != "" {
		return v.Typed
	}
	return v.Name
}

// room says how many more there can be.
func (p SavedViewsPage) room() string {
	switch n := p.Most - len(p.Own); {
	case n <= 0:
		return fmt.Sprintf("You have %d views, as many as there can be.", len(p.Own))
	case n <= 10:
		return fmt.Sprintf("There can be %d more.", n)
	}
	return ""
}
