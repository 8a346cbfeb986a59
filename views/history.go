package views

import (
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// HistoryPage is what is known of a person, a project or a thing, above what happened.
type HistoryPage struct {
	Shell  layout.Shell // Title is the name; Crumbs are set
	Now    time.Time    // the moment the page is made
	Locale component.Locale
	Lead   HistoryLead
	Tabs   []component.Tab // the other pages of the same person, or none
	About  []HistoryFact
	Ranks  []Ranking
	Rows   []FeedRow // the newest, in feed order
	Total  Total
	All    string // the feed, filtered to just this
	Empty  string // what to say where there is nothing
}

// HistoryLead is the head: who or what it is. One of Actor, Project and Icon is set.
type HistoryLead struct {
	Actor   *models.Actor
	Project *models.Project
	Icon    string // of the sprite, for a thing
	Name    string
	Notes   []string   // small facts beside each other: an address, a role
	Last    *time.Time // when something last happened
	URL     *string    // the thing's own address, as it was stored
}

// HistoryFact is a label with a value, or with a time.
type HistoryFact struct {
	Label string
	Value string
	Note  string // quieter, behind it
	Code  bool   // the value is a machine's
	Href  string
	At    *time.Time // in place of Value
	Day   bool       // only the day of At counts, and it is in no zone
}

// Ranking is a list of counts with bars.
type Ranking struct {
	Title string
	Note  string // "30 days"
	Items []RankItem
	Empty string // what to say where there are none
}

// RankItem is one line of it, which leads to the activities it counts.
type RankItem struct {
	Label   string
	Icon    string          // of the sprite, or
	Hue     string          // the class of its colour; empty: none
	Actor   *models.Actor   // or
	Project *models.Project // or nothing
	Href    string
	Count   int64
}

func (p HistoryPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

// feed is the timeline below the head.
func (p HistoryPage) feed() FeedPage {
	return FeedPage{Now: p.Now, Zone: p.Locale.Zone, DateFormat: p.Locale.DateFormat, Rows: p.Rows}
}

// activeFor is how long somebody counts as active after the last thing they did.
const activeFor = 30 * 24 * time.Hour

func (p HistoryPage) isActive() bool {
	return p.Lead.Last != nil && p.Now.Sub(*p.Lead.Last) < activeFor
}

func (p HistoryPage) state() string {
	if p.isActive() {
		return "Active, last activity " + p.clock().Ago(*p.Lead.Last)
	}
	return "Quiet, last activity " + p.clock().Ago(*p.Lead.Last)
}

func (p HistoryPage) dotClass() string {
	if p.isActive() {
		return "dot dot-ok"
	}
	return "dot dot-ring"
}

// share is how long an item's bar is, in percent of the longest.
func (r Ranking) share(item RankItem) string {
	var most int64 = 1
	for _, each := range r.Items {
		most = max(most, each.Count)
	}
	return strconv.FormatInt(max(1, item.Count*100/most), 10) + "%"
}

// unit is what a screen reader hears behind the number.
func (i RankItem) unit() string {
	if i.Count == 1 {
		return " activity"
	}
	return " activities"
}

// foot says what there is more of in the feed.
func (p HistoryPage) foot() string {
	if p.Total.Count == 1 && !p.Total.Over {
		return "See it in the feed"
	}
	return "All " + p.Total.short() + " in the feed"
}

// figure is the count alone: "3,182", "more than 10,000".
func (t Total) figure() string {
	if t.Over {
		return "more than " + thousands(t.Count)
	}
	return thousands(t.Count)
}
