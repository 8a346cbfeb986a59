package views

import (
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// VocabularyPage lists the words of a workspace: its actions, or its types of entity.
type VocabularyPage struct {
	Shell  layout.Shell
	Kind   models.TermKind
	Search component.Search
	Terms  []TermLine
	More   int    // so many are there besides
	All    string // the list without the search
}

// TermLine is a word of the list.
type TermLine struct {
	Name     string // as applications send it
	Title    string
	Icon     string
	Hue      int // -1: none
	Sentence string
	URL      string
	Count    int64 // activities
	Changed  bool
	Href     string
	Feed     string // its activities
}

func (p VocabularyPage) head() string {
	if p.Kind == models.TypeTerm {
		return "Type"
	}
	return "Action"
}

func (p VocabularyPage) last() string {
	if p.Kind == models.TypeTerm {
		return "Address"
	}
	return "Sentence"
}

func (l TermLine) told() string { return l.Sentence + l.URL }

func (l TermLine) markClass() string { return hueMark(l.Hue) }

func hueMark(hue int) string {
	if hue < 0 || hue >= models.Hues {
		return "term-mark"
	}
	return "term-mark mark-hue hue-" + strconv.Itoa(hue)
}

// TermPage is where a word is changed, with activities that show what it makes of them.
type TermPage struct {
	Shell    layout.Shell
	Now      time.Time
	Locale   component.Locale
	Kind     models.TermKind
	Name     string
	Title    string // as built in
	Icon     string // likewise
	Action   string // where the form is posted to
	Reset    string // where it is set back; empty: it is as built in
	Cancel   string
	Typed    TypedTerm
	Version  int64
	Errors   []models.FieldError
	Examples []FeedRow // with what is typed; none, when what is typed cannot be told
	Invented bool      // there is no activity yet that could be shown
	Tried    bool      // the examples show what is typed and not saved
	Keys     []string  // placeholders for what the examples have
}

// TypedTerm is a word as the form has it.
type TypedTerm struct{ Label, Sentence, Icon, Hue, URL string }

func (p TermPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p TermPage) isAction() bool { return p.Kind == models.ActionTerm }

func (p TermPage) problems() []string {
	return component.ErrorsBeside(p.Errors, "label", "sentence", "icon", "hue", "url")
}

func (p TermPage) field(name, label, value, hint string) component.Field {
	return component.Field{Name: name, Label: label, Type: "text", Value: value, Hint: hint, Autocomplete: "off", Error: component.ErrorOf(p.Errors, name)}
}

func (p TermPage) labelHint() string {
	hint := "Built in: “" + p.Title + "”. Menus, filters and lists show it"
	if p.isAction() {
		return hint + "."
	}
	return hint + ", and sentences: “created " + p.lower() + " 42”."
}

func (p TermPage) lower() string { return models.Label(p.Name) }

// choice is an icon or a colour that can be chosen.
type choice struct{ value, icon, label, class string }

func (p TermPage) icons() []choice {
	out := []choice{{"", p.Icon, "As built in", ""}}
	for _, name := range models.TermIcons {
		out = append(out, choice{name, name, models.Title(name), ""})
	}
	return out
}

// hueNames are what the ten hues look like.
var hueNames = []string{"Red", "Orange", "Amber", "Olive", "Green", "Teal", "Cyan", "Sky", "Blue", "Pink"}

func (p TermPage) hues() []choice {
	out := []choice{{"", "", "None", ""}}
	for i, name := range hueNames {
		out = append(out, choice{strconv.Itoa(i), "", name, "hue-" + strconv.Itoa(i)})
	}
	return out
}

func (p TermPage) examplesTitle() string {
	switch {
	case p.Invented:
		return "How it reads, in an invented example"
	case p.Tried:
		return "How the latest would read"
	}
	return "How the latest read"
}

// outOf is where the address of a type leads for an activity.
func outOf(row FeedRow) *string { return row.Entry.OutsideURL() }

func exampleMark(row FeedRow) string {
	return rowView{FeedRow: row}.markClass()
}
