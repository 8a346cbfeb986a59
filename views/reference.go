package views

import (
	"slices"
	"strconv"
	"strings"

	"daybook/views/layout"
)

// ReferencePage is what is said of every call of the API. It has no data in it, so it is for whoever it is.
type ReferencePage struct {
	Shell  layout.Shell
	Choice DocsWorkspaces
	Reference
}

// Reference is the same for everybody.
type Reference struct {
	Intro    []string // paragraphs
	Base     string   // where the calls are
	Files    []ReferenceFile
	Errors   []CallError
	Areas    []ReferenceArea
	Shapes   []Shape
	SignedIn []string // ways to say who one is
}

// ReferenceFile is something to take along.
type ReferenceFile struct{ Label, Href string }

// ReferenceArea is calls that belong together.
type ReferenceArea struct {
	ID, Title, Says string
	Calls           []Call
}

// Call is one that can be made.
type Call struct {
	ID       string // the anchor
	Method   string
	Path     string
	Does     string
	Says     []string // paragraphs
	Who      string   // who may, in a sentence
	Inputs   []Inputs // parameters by where they stand
	Body     *CallBody
	Answers  []CallAnswer
	Errors   []CallError
	Programs []Program
}

// Inputs are the parameters of a part of a request.
type Inputs struct {
	Where  string
	Fields []ShapeField
}

// CallBody is what a call takes.
type CallBody struct {
	Kinds  []string // media types
	Of     ShapeType
	Fields []ShapeField
}

// CallAnswer is what a call gives.
type CallAnswer struct {
	Status  int
	Kinds   []string
	Of      ShapeType
	Fields  []ShapeField
	Headers []ShapeField
	Example string
}

// CallError is a status of a refusal.
type CallError struct {
	Status      int
	Title, Says string
}

// Shape is an object that several calls speak of.
type Shape struct {
	Name, Says string
	Fields     []ShapeField
}

// ShapeField is a key, a parameter or a header.
type ShapeField struct {
	Name  string
	Depth int // 1 and more: a key of the one before it that is less deep
	Type  ShapeType
	Mark  string // whether it has to be there, or is; empty: it need not, or it is
	Says  string
}

// ShapeType says what a value is, in words: before the name of a shape, the name, and behind it.
type ShapeType struct{ Words, Shape, After string }

// Program makes a call.
type Program struct {
	ID    string
	Title string
	Get   string // what to do before, once, in a shell; empty: nothing
	File  string // what to save it as; empty: it is typed into a shell
	Run   string // how to run that
	Code  string
	Shown bool // until another is chosen, although others stand before it
}

// shownFirst is the place of the program that is shown until another is chosen: the first one, or the one that says so.
func shownFirst(list []Program) int {
	return max(0, slices.IndexFunc(list, func(p Program) bool { return p.Shown }))
}

// anchor is where a shape stands on the page.
func (t ShapeType) anchor() string { return "#" + shapeID(t.Shape) }

func shapeID(name string) string { return "shape-" + name }

func (c Call) class() string { return "verb verb-" + strings.ToLower(c.Method) }

func (e CallError) id() string { return "status-" + strconv.Itoa(e.Status) }

// tab is the name of the choice among a call's programs.
func (c Call) tab() string { return "program-" + c.ID }

// part is a stretch of a text: code or not.
type part struct {
	text string
	code bool
}

// marked takes a text apart at its backticks.
func marked(text string) []part {
	var parts []part
	for i, stretch := range strings.Split(text, "`") {
		if stretch != "" {
			parts = append(parts, part{stretch, i%2 == 1})
		}
	}
	return parts
}
