package views

import (
	"fmt"
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// PeoplePage lists the people of a workspace: those who can sign in, and those of whom applications tell.
type PeoplePage struct {
	Shell       layout.Shell // Title "People", Views are the kinds
	Now         time.Time
	Locale      component.Locale
	Search      component.Search
	Menus       []ListMenu
	Rows        []PersonRow
	Pages       component.Pages
	Narrowed    bool   // a search or a filter is on
	Clear       string // the list without them
	Invitations string
	Bars        bool // people are compared by what they do
}

// ListMenu narrows a list to one of some choices.
type ListMenu struct {
	Label   string // what is chosen, or what there is to choose: "Any role"
	Icon    string
	Choices []component.Tab
}

// PersonRow is a line of the list.
type PersonRow struct {
	Face       Face
	Name       string
	You        bool
	Note       string // what tells this one from others of the same name
	NoteTwice  bool   // the second column says the same, where it is shown
	Href       string
	Email      string
	About      string // where there is no address: for whom software acts, or the application's id
	Code       bool   // About is a machine's
	Role       string
	Seen       *time.Time
	SeenOn     *time.Time // the day of the last activity, where nothing else is known; in no zone
	Recent     int64      // activities of the last days
	Share      int        // of the most on the page, in percent
	Activities string     // the feed with them, or empty
	State      PersonState
	Links      []RowLink

	AnonymisedAt *time.Time
}

// Face is whose avatar is shown: an actor's, else a user's.
type Face struct {
	Actor *models.Actor
	User  int64
}

// PersonState is what somebody's state is called, with the class of its dot.
type PersonState struct{ Word, Dot string }

// RowLink is something to do with a row.
type RowLink struct {
	Label, Icon, Href string
	Rule              bool // a line above it
	Danger            bool
}

func (p PeoplePage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// bar is how wide a row's bar is.
func (r PersonRow) bar() string { return strconv.Itoa(r.Share) + "%" }

// offClass greys a row of somebody who cannot act any more.
func (r PersonRow) offClass() string {
	if r.State.Word == "Deactivated" || r.AnonymisedAt != nil {
		return "is-off"
	}
	return ""
}

// day is a day that stands for itself in few words, seen from today in the reader's zone.
func (p PeoplePage) day(day time.Time) string {
	today := p.Now
	if zone, err := time.LoadLocation(p.Locale.Zone); err == nil {
		today = today.In(zone)
	}
	switch day.Format(time.DateOnly) {
	case today.Format(time.DateOnly):
		return "today"
	case today.AddDate(0, 0, -1).Format(time.DateOnly):
		return "yesterday"
	}
	return p.clock().Calendar(day)
}

// PeopleCount says how many there are: "29 people".
func PeopleCount(n int64) string {
	if n == 1 {
		return "1 person"
	}
	return thousands(n) + " people"
}

// CountOf is a number of things in words: "1 project", "3 projects".
func CountOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", thousands(int64(n)), many)
}
