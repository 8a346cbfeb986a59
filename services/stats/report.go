package stats

import (
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// Unit is what a bar of a series stands for.
type Unit string

// The units, the shortest first. Weeks begin on the workspace's first day of the week.
const (
	Hour  Unit = "hour"
	Day   Unit = "day"
	Week  Unit = "week"
	Month Unit = "month"
)

// Stack is what the bars of a series are divided by.
type Stack string

// The ways to divide bars. ByNothing leaves them whole.
const (
	ByNothing Stack = ""
	ByType    Stack = "type"
	ByAction  Stack = "action"
	ByOutcome Stack = "outcome"
)

// Range is a stretch of time.
type Range struct {
	From time.Time // inclusive
	To   time.Time // exclusive
}

// Bucket is one bar of a series. Its count is the number of rows that a list gives whose filter has its range added: From, and To less a microsecond.
type Bucket struct {
	Range          // its borders in time, in the zone of the series
	Count    int64 // activities
	Troubles int64 // of these, failed or denied
	Parts    []int64
}

// Series is activities over time, without gaps: a bucket in which nothing happened is there with zeros.
type Series struct {
	Zone    *time.Location // whose hours, days, weeks and months these are: the workspace's
	Unit    Unit
	Stack   Stack
	Keys    []string // what Parts of each bucket count, the most frequent first; rows that have none of these are Others
	Others  bool     // the last of Parts counts all that has none of Keys, or nothing there (an empty type)
	Buckets []Bucket // the first and the last may be cut by the range that was asked for
}

// Figures are the sums of a range.
type Figures struct {
	Total    int64
	Troubles int64 // failed or denied
	Failed   int64
	Denied   int64
	Actors   int64 // people, agents and systems that acted; merged ones count once
	Projects int64 // that something happened in
	Created  int64 // rows whose action is created: new entities
}

// RankedActor, RankedProject and RankedWord are lines of a ranking, the busiest first.
type (
	// RankedActor is a person, or an agent, who acted.
	RankedActor struct {
		models.Actor // ID, ExternalID, Type, Name, UserID
		Count        int64
	}
	// RankedProject is a project that something happened in. ID is 0 for what is in none.
	RankedProject struct {
		models.Project // ID, ExternalID, Name, Visibility
		Count          int64
	}
	// RankedWord is an entity type or an action. An empty type is what is about nothing in particular.
	RankedWord struct {
		Word  string
		Count int64
	}
)

// Rankings are the busiest of each kind, and how many there are of each in all.
type Rankings struct {
	Actors                                              []RankedActor // nil unless asked for
	Projects                                            []RankedProject
	Types                                               []RankedWord
	Actions                                             []RankedWord
	Created                                             []RankedWord // types of what was created
	ActorsIn, ProjectsIn, TypesIn, ActionsIn, CreatedIn int
}

// Heat counts by weekday, Monday first, and hour of the zone's clocks.
type Heat struct {
	Cells [7][24]int64
	Most  int64 // in a cell
}

// QuietProject is a project in which nothing happened in the range, though something had before.
type QuietProject struct {
	models.Project
	Last  time.Time // the day of the last activity that the reader may see; midnight UTC
	Count int64     // activities before the range
}

// Ask says what a report is about.
type Ask struct {
	Filter  feed.Filter // both ends of its range are set
	Unit    Unit        // of the series; empty: UnitFor the range
	Stack   Stack
	Top     int  // how many lines each ranking has
	People  bool // actors are ranked, too
	Compare bool // count the range before, too
}

// SeriesAsk says what a series is to show. The zero value asks for whole bars of UnitFor the range.
type SeriesAsk struct {
	Unit  Unit
	Stack Stack
	Top   int // how many Keys, at most; what else there is are Others
}

// Report is what the page of statistics shows, of one workspace and one reader.
type Report struct {
	Range
	Before Range   // just as long, in days or months of the zone, and ending where Range begins
	Over   bool    // the rollups cannot tell, and there are more than CountedRows: nothing below is set
	Now    Figures // of Range
	Then   Figures // of Before
	// Compared tells that Then and Previous are set: they were asked for, and can be told.
	Compared bool
	// Series is of days when hours were asked for and cannot be told (a filter of types or actions, and more than CountedRows rows).
	Series Series
	// Previous is the count of the counterpart of each bucket in the range before; nil unless asked for.
	Previous []int64
	Rankings
	Heat *Heat // nil when the hourly rollups cannot tell (a filter of types or actions) and there are more than CountedRows rows
	// Quiet are projects that the reader has access to, the one with the latest activity first. Nil when the filter asks for anything but
	// projects: of what it selects nobody knows where it was last, but by reading all of history.
	Quiet []QuietProject
}
