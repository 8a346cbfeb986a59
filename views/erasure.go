package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// AnonymisePage asks whether somebody is to be forgotten, and says what stays and what goes.
type AnonymisePage struct {
	Shell    layout.Shell
	Clock    component.Clock
	Name     string
	Preview  models.ErasurePreview
	Samples  []Mention
	Action   string
	Back     string
	Holds    string // where holds are managed, or empty
	Problem  string // why it cannot be done, in a sentence; then there is nothing to confirm
	Refused  string // why it was not done now
	Typed    string
	KeepHeld bool
	Errors   []models.FieldError
}

// Mention is a place where somebody is meant, or may be, with where it leads to.
type Mention struct {
	models.MentionSample
	Href string // the activity, or empty
}

// FigureLine is a number and what it counts, as a line of what goes and stays.
type FigureLine struct {
	Count int64
	About string // what it counts, following the number
	Only  bool   // the number is at least that: not everything was looked at
}

func (l FigureLine) figure() string {
	if l.Only {
		return thousands(l.Count) + "+"
	}
	return thousands(l.Count)
}

// problems are sentences about what no field shows.
func (p AnonymisePage) problems() []string {
	problems := component.ErrorsBeside(p.Errors, "confirm")
	if p.isHeld() {
		problems = component.ErrorsBeside(p.Errors, "confirm", "keep_held")
	}
	if p.Refused != "" {
		problems = append(problems, p.Refused)
	}
	return problems
}

func (p AnonymisePage) confirmField() component.Field {
	return component.Field{
		Name: "confirm", Label: "Type " + p.Preview.Name + " to confirm", Type: "text", Value: p.Typed, Autocomplete: "off", Required: true,
		Error: component.ErrorOf(p.Errors, "confirm"),
	}
}

// isHeld tells whether something of it has to wait.
func (p AnonymisePage) isHeld() bool { return p.Preview.Held > 0 || len(p.Preview.Holds) > 0 }

// partly tells that mentions were looked for in the newest activities alone.
func (p AnonymisePage) partly() bool { return p.Preview.Looked < p.Preview.Of }

// goes lists what anonymising does, with numbers.
func (p AnonymisePage) goes() []FigureLine {
	v := p.Preview
	lines := []FigureLine{
		{Count: v.Activities, About: oneOr(v.Activities, "activity keeps its place and loses", "activities keep their place and lose") + " name, id, address and browser"},
		{Count: v.Mentions, About: oneOr(v.Mentions, "activity of others in which they are named has the name", "activities of others in which they are named have the name") + ", e-mail, id, username or address replaced", Only: p.partly()},
	}
	add := func(n int64, about string) {
		if n > 0 {
			lines = append(lines, FigureLine{Count: n, About: about})
		}
	}
	if v.Doubts > 0 {
		lines = append(lines, FigureLine{Count: v.Doubts, About: oneOr(v.Doubts, "place that may mean them waits", "places that may mean them wait") + " for you to decide", Only: p.partly()})
	}
	if v.UserID != nil {
		add(1, "user record is emptied; they cannot sign in any more")
	}
	add(v.Sessions, oneOr(v.Sessions, "session ends", "sessions end")+" now")
	add(v.Tokens, oneOr(v.Tokens, "token ends", "tokens end")+" now")
	add(v.Exports, oneOr(v.Exports, "file of an export", "files of exports")+" made before "+oneOr(v.Exports, "is", "are")+" deleted: the name may be in "+oneOr(v.Exports, "it", "them"))
	add(v.Archives, oneOr(v.Archives, "archive is gone through, and loses", "archives are gone through, and lose")+" the name where it is in "+oneOr(v.Archives, "it", "them"))
	add(v.Views, oneOr(v.Views, "saved view", "saved views")+" "+oneOr(v.Views, "goes or loses", "go or lose")+" the name")
	return lines
}

// where names the workspaces that it goes through.
func (p AnonymisePage) where() string { return listed(p.Preview.Workspaces) }

// listed puts words in a row: "a", "a and b", "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func oneOr(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// isData tells whether a mention stands in what an application sent as data, where it is shown as code.
func (m Mention) isData() bool {
	return strings.HasPrefix(m.Place, "/metadata") || strings.HasPrefix(m.Place, "/changes")
}

// place says where a mention stands, where that is not the sentence itself.
func (m Mention) place() string {
	if m.Place == "/description" || m.Place == "" {
		return ""
	}
	return strings.TrimPrefix(m.Place, "/")
}

// ErasurePage is an erasure: how far it is, what it did, and what somebody has to decide.
type ErasurePage struct {
	Shell   layout.Shell
	Clock   component.Clock
	Erasure models.Erasure
	Self    string // its own address
	Look    string // the address that tells how far it is
	Decide  string // where decisions are posted to
	HeldBy  []HoldLink
	List    string // all erasures
	People  []ErasedPerson
	Doubts  []DoubtLine
	After   string // the page of doubts that is shown
	Next    string // the page of doubts behind, or empty
	Back    string // the first page of doubts, or empty
	Others  int64  // doubts that the reader may not read, and others decide
	Errors  []models.FieldError
}

// HoldLink is a hold that keeps an erasure waiting, with where it is lifted: nowhere, for who may not.
type HoldLink struct{ Name, Href string }

// ErasedPerson is an actor who is nobody any more, with what they did.
type ErasedPerson struct{ Label, Href string }

// DoubtLine is a place to decide.
type DoubtLine struct {
	models.Doubt
	Mention *Mention
}

// kinds are those that the doubts on the page are of, in a fixed order.
func (p ErasurePage) kinds() (kinds []string) {
	for _, kind := range []string{"name", "part", "username", "id", "email"} {
		if slices.ContainsFunc(p.Doubts, func(d DoubtLine) bool { return d.Kind == kind }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func doubtWord(kind string) string {
	switch kind {
	case "email":
		return "e-mail"
	case "part":
		return "part of a name"
	case "id":
		return "id"
	}
	return kind
}

func doubtWords(kind string) string {
	switch kind {
	case "email":
		return "e-mail addresses"
	case "part":
		return "parts of names"
	case "id":
		return "ids"
	}
	return kind + "s"
}

// in says what a doubt is in, where that is no activity.
func (d DoubtLine) in() string {
	if d.Target == "activity" {
		return ""
	}
	return models.Title(strings.ReplaceAll(d.Target, "_", " "))
}

// did lists what an erasure has done so far.
func (p ErasurePage) did() []FigureLine {
	e := p.Erasure
	lines := []FigureLine{
		{Count: e.Activities, About: oneOr(e.Activities, "activity lost", "activities lost") + " name, id, address and browser"},
		{Count: e.Mentions, About: oneOr(e.Mentions, "activity of others", "activities of others") + " had the name, e-mail, id, username or address replaced"},
	}
	for _, went := range e.Went() {
		lines = append(lines, FigureLine{Count: went.Count, About: went.What})
	}
	return lines
}

// erasureState is a state in words, with the class of its dot.
func erasureState(e models.Erasure) (word, dot string) {
	switch e.State {
	case models.ErasureWaiting:
		return "Waiting", "dot dot-ring"
	case models.ErasureRunning:
		return "Running, " + strconv.Itoa(e.Percent()) + " %", "dot dot-warn"
	case models.ErasureOpen:
		switch {
		case e.Doubts > 0 && e.Held > 0:
			return "Waits for decisions and a hold", "dot dot-warn"
		case e.Doubts > 0:
			return "Waits for decisions", "dot dot-warn"
		case e.Held > 0:
			return "Waits for a hold", "dot dot-warn"
		}
		return "Goes on in a moment", "dot dot-warn"
	case models.ErasureTidying:
		return "Clearing away", "dot dot-warn"
	}
	if e.Undone() {
		return "Not done", "dot dot-ring"
	}
	return "Done", "dot dot-ok"
}

// says tells how it stands, in a sentence.
func (p ErasurePage) says() string {
	e := p.Erasure
	switch e.State {
	case models.ErasureWaiting:
		return "It begins in a moment. You need not stay: it goes on by itself, also after a restart."
	case models.ErasureRunning:
		return "The person cannot sign in any more, and is called " + models.DeletedName + ". The activities are gone through one after the other; it goes on by itself, also after a restart."
	case models.ErasureOpen:
		switch {
		case e.Doubts > 0 && e.Held > 0:
			return "All that is certain is done. Some places are for you to decide, and some are under a hold."
		case e.Doubts > 0:
			return "All that is certain is done. Some places are for you to decide."
		case e.Held > 0:
			return "All that may go is gone. The rest goes by itself when the hold is lifted."
		}
		return "It goes on in a moment, with what was decided."
	case models.ErasureTidying:
		return "Nothing shows the person any more. PostgreSQL is clearing away the old versions of what was changed."
	}
	if e.Undone() {
		return "Everything of the person is as it was."
	}
	return "Nothing shows the person any more."
}

// lifting names what has to be lifted before the rest can go.
func (p ErasurePage) lifting() string {
	if len(p.HeldBy) > 1 {
		return "these holds are"
	}
	return "the hold is"
}

// every is how often the page asks how far it is: while it waits for people, now and then.
func (p ErasurePage) every() string {
	if e := p.Erasure; e.UnderWay() || e.Doubts == 0 && e.Held == 0 {
		return "every 2s"
	}
	return "every 10s"
}

// goesOn tells whether something may change without the reader.
func (p ErasurePage) goesOn() bool { return p.Erasure.State != models.ErasureDone }

// hasBar tells whether there is a way that it goes.
func (p ErasurePage) hasBar() bool {
	return p.Erasure.State == models.ErasureWaiting || p.Erasure.State == models.ErasureRunning
}

// ErasureLine is an erasure of a list.
type ErasureLine struct {
	models.Erasure
	Href string
}

func (l ErasureLine) about() string {
	var about []string
	if l.State == models.ErasureOpen && l.Doubts > 0 {
		about = append(about, oneOr(l.Doubts, "1 place to decide", thousands(l.Doubts)+" places to decide"))
	}
	if l.State == models.ErasureOpen && l.Held > 0 {
		about = append(about, manyActivities(l.Held)+" held")
	}
	return strings.Join(about, ", ")
}

// PrivacyPage is what there is to do so that people and activities can go.
type PrivacyPage struct {
	Shell    layout.Shell
	Clock    component.Clock
	Erasures []ErasureLine
	Older    string // the page of erasures behind, or empty
	Newest   string // the first page of erasures, or empty
	People   string // where people are chosen
	Ways     []PrivacyWay
	Instance bool // it is about the whole instance: only the erasures
}

// PrivacyWay is another thing to do, with the page where it is done.
type PrivacyWay struct {
	Title, Href string // no address: for others than the reader
	Text        string
	State       string // how it stands, or empty
	Icon        string
}

// erasureDay is when an erasure was asked for, to tell it from others: it has no name to be called by.
func erasureDay(at time.Time, c component.Clock) string { return c.Moment(at) }
