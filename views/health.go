package views

import (
	"time"

	"daybook/views/component"
	"daybook/views/layout"
)

// HealthPage is how the instance does.
type HealthPage struct {
	Shell    layout.Shell
	Clock    component.Clock
	Problems []HealthProblem // the worst first

	Waiting  string     // how many events are in the inbox
	Oldest   *time.Time // since when the oldest of them waits
	PostedAt time.Time
	Lag      time.Duration
	Stuck    bool
	Here     bool // the journal's writer is the process that answers

	Rejected []HealthLine
	Counting []HealthLine

	Database     string // its size
	BuiltIn      bool
	Room         string // on the disk of the data folder; empty: unknown
	NewestBackup time.Time
	Versions     []HealthFact
}

// HealthProblem is something to mend.
type HealthProblem struct {
	Urgent       bool
	Text, Advice string
}

// HealthLine is a workspace of which there is something to say.
type HealthLine struct{ Name, Href, Text string }

// HealthFact is a label and a value.
type HealthFact struct{ Label, Value string }

func (p HealthProblem) kind() component.NoticeKind {
	if p.Urgent {
		return component.Danger
	}
	return component.Warning
}

// journal says in a word how posting goes, with the class of its dot.
func (p HealthPage) journal() (word, dot string) {
	switch {
	case p.Stuck:
		return "Stuck", "dot dot-danger"
	case p.Lag >= time.Second:
		return "Behind by " + p.Lag.Round(time.Second).String(), "dot dot-warn"
	}
	return "Up to date", "dot dot-ok"
}
