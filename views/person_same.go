package views

import (
	"daybook/models"
	"daybook/views/component"
)

// SamePersonPage says who else a person is: a list to choose from, to link or to merge.
type SamePersonPage struct {
	PersonFrame
	Here       string // its own address
	Title      string
	Text       string
	Search     component.Search
	Candidates []Candidate
	More       bool
}

// Candidate is one to choose.
type Candidate struct {
	Face   Face
	Name   string
	Code   string // the application's id
	Note   string
	Href   string // where choosing leads, or
	Action string // where it posts to: "user" and "version"
	Button string
	Says   string // what happens
	User   int64
	Vers   int64
}

// MergePage shows what merging would do. It posts "into", "version" and "into_version".
type MergePage struct {
	PersonFrame
	Action      string
	Back        string // to choose another one
	Actor, Into models.Actor
	Along       int
	Activities  int64
	OnBehalf    int64
	Projects    int64
	User        string // whose all of it would be, or empty
	Rows        []FeedRow
	Problem     string // why it cannot be, or empty
	Outdated    string
	Feed        string
	SeesWhat    bool // somebody who can sign in gets to read it
}

func (m MergePage) feed() FeedPage {
	return FeedPage{Now: m.Now, Zone: m.Locale.Zone, DateFormat: m.Locale.DateFormat, Rows: m.Rows}
}

// counts says what would count as somebody else's.
func (m MergePage) counts() string {
	text := CountOf(int(m.Activities), "activity counts", "activities count") + " as theirs"
	if m.OnBehalf > 0 {
		text += ", and so does what others did for them, " + CountOf(int(m.OnBehalf), "time", "times")
	}
	return text + "."
}
