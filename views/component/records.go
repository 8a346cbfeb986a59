package component

// Tab is a way to see part of the same list.
type Tab struct {
	Label   string
	Href    string
	Count   *int64 // how many there are; nil: nobody counted
	Current bool
}

// Search is a box that narrows a list, as a GET form.
type Search struct {
	Action      string // the list's address
	Label       string // what is searched, for those who do not see the box
	Placeholder string
	Value       string
	Keep        []Hidden // the other parameters of the list, which the search keeps
}

// Hidden is a parameter that a form carries along.
type Hidden struct{ Name, Value string }

// Pages are the ways to the neighbouring pages of a list; an empty address is a page that does not exist.
type Pages struct {
	Back, Next string
	Text       string // where one is: "1–50 of 230"
}

// None tells whether there is just one page.
func (p Pages) None() bool { return p.Back == "" && p.Next == "" }

// Option is one value of a Select.
type Option struct {
	Value, Label string
	Hint         string // under the label, where the options are shown as radio buttons
}

// Select is a field with some values to choose from.
type Select struct {
	Field
	Options []Option
}

// TextArea is a field of several lines.
type TextArea struct {
	Field
	Rows int
}

// Check is a field of yes or no. It posts "true", or nothing.
type Check struct {
	Name, Label, Hint string
	Value             string // what is posted when it is on; empty: "true"
	On                bool
}

func (c Check) value() string {
	if c.Value == "" {
		return "true"
	}
	return c.Value
}

// Confirmation asks before something is done. The form is the children; without a script it is a details element.
type Confirmation struct {
	Button string // what opens it, ending in "…"
	Of     string // what it is about, where many buttons say the same: for those who do not see the row
	Icon   string // of the button, or empty
	Danger bool
	Open   bool   // it was sent and refused
	Class  string // of its own, or empty
}

func (c Confirmation) class() string {
	if c.Danger {
		return "confirm confirm-danger " + c.Class
	}
	return "confirm " + c.Class
}

func (c Confirmation) button() string {
	if c.Danger {
		return "btn btn-danger"
	}
	return "btn"
}
