package models

// Origin is what submitted an activity: a token, a person's session, an import, or a part of Daybook.
type Origin struct {
	Kind     string // token, user, import, daybook
	Key      string // unique within the kind
	Name     string // of the token or the user
	Personal bool   // the token is a person's own
}

// Words says what it is, and its name where it has one that tells more.
func (o Origin) Words() (what, name string) {
	switch o.Kind {
	case "token":
		if o.Personal {
			return "Personal token", o.Name
		}
		return "Service token", o.Name
	case "user":
		return "Signed in as", o.Name
	case "import":
		return "Import by command line", ""
	case "daybook":
		return "Daybook itself", Label(o.Key)
	}
	return "Unknown", ""
}

// Standing is what a look at one activity's leaf has found.
type Standing int

// The standings.
const (
	Intact  Standing = iota // the content is what the leaf stands for
	Altered                 // it is not
	Erased                  // part of the content was erased, and what is left and the record of it are what the leaf stands for
)
