package views

import (
	"fmt"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// SendingPage tells how to send the first event, and whether it has come.
type SendingPage struct {
	Shell     layout.Shell // Title "Sending"; Views are the tabs of sending
	Workspace string       // its slug
	Address   string       // where events are posted
	Snippets  []Snippet
	Arrival   Arrival
	Archived  bool
	Settings  string // where it is unarchived
	Tokens    string
	Guide     string // the guide, for this workspace
	NewToken  string
	Senders   int // tokens that may send
}

// Arrival says whether an event has come from an application yet.
type Arrival struct {
	Look     string // where the answer is looked for again
	Page     string // the page it stands on
	Clock    component.Clock
	At       *time.Time // of the latest, or nil: none yet
	Source   models.Origin
	Sentence []models.Part
	Href     string // the latest activity
	Rejected int64  // events that came and could not be posted
	Why      string // where these are
}

// from says what sent the latest event.
func (a Arrival) from() string { return from(a.Source) }

// from says where an event came from, in the middle of a sentence.
func from(o models.Origin) string {
	what, name := o.Words()
	switch {
	case o.Kind == "user":
		what = ""
	case o.Kind == "daybook":
		return "from Daybook itself"
	default:
		what = strings.ToLower(what[:1]) + what[1:]
	}
	return strings.TrimRight("from "+strings.TrimSpace(what+" "+name), " ")
}

func (p SendingPage) senders() string {
	switch p.Senders {
	case 0:
		return "There is no token yet that may send."
	case 1:
		return "One token may send. Its text was shown when it was made; make another one if it is lost."
	}
	return fmt.Sprintf("%d tokens may send. Their texts were shown when they were made; make another one if they are lost.", p.Senders)
}

func rejectedCount(n int64) string {
	if n == 1 {
		return "One event came and was rejected."
	}
	return thousands(n) + " events came and were rejected."
}

// SendingTabs are the pages about what is sent. waiting is how many rejected events there are.
func SendingTabs(sending, rejected string, waiting int64, here string) []component.Tab {
	tabs := []component.Tab{{Label: "How to send", Href: sending, Current: here == sending}, {Label: "Rejected", Href: rejected, Current: here == rejected}}
	if waiting > 0 {
		tabs[1].Count = &waiting
	}
	return tabs
}
