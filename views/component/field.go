package component

import "daybook/models"

// Field is one input of a form with everything around it.
type Field struct {
	Name         string // of the parameter; the id too, so it is unique on the page
	Label        string
	Type         string // text, email, password
	Value        string // never set for a password
	Hint         string // below the label, or empty
	Autocomplete string // see the HTML standard, "autofill"
	Error        string // what to mend, or empty
	Invalid      bool   // marked as wrong although the message stands elsewhere
	Required     bool
	MaxLength    string // characters, or empty
}

// describedBy names what a screen reader adds to the label.
func (f Field) describedBy() string {
	ids := ""
	if f.Hint != "" {
		ids = f.Name + "-hint"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.Name + "-error"
	}
	return ids
}

// ErrorOf finds the message about a field, or nothing.
func ErrorOf(errors []models.FieldError, field string) string {
	for _, e := range errors {
		if e.Field == field {
			return FullStop(e.Message)
		}
	}
	return ""
}

// ErrorsBeside finds the messages about fields that the form does not show: they go above it.
func ErrorsBeside(errors []models.FieldError, shown ...string) []string {
	var rest []string
next:
	for _, e := range errors {
		for _, field := range shown {
			if e.Field == field {
				continue next
			}
		}
		rest = append(rest, FullStop(models.Label(e.Field)+" "+e.Message))
	}
	return rest
}
