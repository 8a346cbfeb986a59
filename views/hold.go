package views

import (
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// HoldsPage lists legal holds, and places one. The form posts "name", "person", "project", "resource_type", "resource_id", "start_date" and "end_date"; the
// errors carry the same names.
type HoldsPage struct {
	Shell    layout.Shell // Title "Legal holds"
	Now      time.Time
	Locale   component.Locale
	Action   string
	Typed    TypedHold
	Types    []string // that there are, to choose from
	Standing []HoldLine
	Lifted   []HoldLine
	Older    string // the page with holds that were lifted before, or empty
	Newest   string // the first page, where this is another one
	Errors   []models.FieldError
	Problem  string // why it was not placed, where no field says so
}

// TypedHold is what the form has.
type TypedHold struct{ Name, Person, Project, Type, ID, From, To string }

// HoldLine is a hold of a list.
type HoldLine struct {
	models.Hold
	Lift                            string // where lifting it posts to
	PersonHref, ProjectHref, IDHref string
}

func (p HoldsPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p HoldsPage) problems() []string {
	problems := component.ErrorsBeside(p.Errors, "name", "person", "project", "resource_type", "resource_id", "start_date", "end_date")
	if p.Problem != "" {
		problems = append(problems, p.Problem)
	}
	return problems
}

func (p HoldsPage) field(f component.Field) component.Field {
	f.Type, f.Error, f.Autocomplete = "text", component.ErrorOf(p.Errors, f.Name), "off"
	return f
}

// period says which time a hold is about, or nothing.
func (l HoldLine) period(c component.Clock) string {
	switch {
	case l.From == nil && l.To == nil:
		return ""
	case l.To == nil:
		return "from " + c.OnDay(*l.From) + " on"
	case l.From == nil:
		return "up to " + c.OnDay(*l.To)
	}
	return c.OnDay(*l.From) + " to " + c.OnDay(*l.To)
}
