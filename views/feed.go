package views

import (
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// FeedPage is the timeline of a workspace, one page of it.
type FeedPage struct {
	Shell      layout.Shell      // Title "Feed"
	Now        time.Time         // the moment the page is made; relative times count from it
	Zone       string            // the viewer's IANA time zone; one that does not exist is UTC
	DateFormat models.DateFormat // the viewer's
	Rows       []FeedRow         // in feed order, newest first
	Bar        FeedBar
	Chips      []FilterChip // what is on
	Problems   []string     // what of the address could not be read, in sentences; the line has its own
	Notice     string       // something else to say, once
	Total      Total
	// Without is how many there would be without the filter; shown where nothing matches. Nil: not known.
	Without *Total
	// Searched is set where the search was broken off: it got to this time, and goes on at Older.
	Searched *time.Time
	Newer    string       // where the page before this one is, or empty
	Older    string       // where the next one is, or empty
	Sending  *SendingHint // how to send the first event, for those who may; shown where the workspace is empty
	// Histogram is nil where nobody counted, or the viewer may not see it.
	Histogram *Histogram
}

// FeedRow is one activity with the places its names lead to. An empty one makes plain text of the name.
type FeedRow struct {
	Entry        *models.Entry
	Href         string // the permalink
	Opens        bool   // what is inside can be fetched at the permalink + "/inside"
	ActorHref    string // where this actor is at home
	OnBehalfHref string // the person the agent acted for
	EntityHref   string // the history of this entity
	ProjectHref  string // the project
	Run          *FeedRun
	New          bool       // the viewer has not seen it on an earlier visit
	Since        *time.Time // set on the last of the newest stretch of new rows: when the earlier visit was
}

// FeedRun is a run of alike activities that is one row: the Entry is its newest one.
type FeedRun struct {
	Facts models.RunFacts
	Href  string // the feed of just these
}

// Total counts activities. Over means "more than Count": nobody counted further. AtLeast means that so many were found so far.
type Total struct {
	Count   int64
	Over    bool
	AtLeast bool
}

// SendingHint is what the example of sending needs.
type SendingHint struct {
	Page      string // where it is told, and the first event is looked for
	Guide     string // where everything is told, for this workspace
	URL       string // where events of this workspace are posted to
	Workspace string // its slug
}

// FeedBar stands above the timeline: the search box, the period, the way to the filter.
type FeedBar struct {
	User   int64          // who reads: lines searched before are theirs
	Action string         // the feed's own path
	Hidden []FilterHidden // parameters that the box carries along
	Line   string         // what stands in the box
	Wrong  []LineMistake  // in the order of the line
	Help   []LineExample
	Period FeedPeriod
	Filter string // where the filter's panel is
	Count  int    // how many filters are on
	Clear  string // the feed without any filter
}

// LineMistake is what is wrong with the line, from one byte of it to before another.
type LineMistake struct {
	From, To int
	Message  string
}

// LineExample explains a part of the line's grammar. Href is the feed with it.
type LineExample struct{ Example, Meaning, Href string }

// FeedPeriod is the menu of the time that is read.
type FeedPeriod struct {
	Label    string // what is on: "30 days"; empty: nothing is
	Presets  []PeriodPreset
	Hidden   []FilterHidden // parameters that the form carries along
	From, To FilterDate
}

// PeriodPreset is a line of the menu.
type PeriodPreset struct {
	Label string
	Href  string
	On    bool
}

// FilterDate is one end of the period, inclusive.
type FilterDate struct {
	Name  string // of the parameter
	Value string // as in the address, even if it cannot be read
	Error string // what is wrong with it, or empty
}

// FilterHidden is carried along by a form.
type FilterHidden struct{ Name, Value string }

// FilterChip is a filter that is on. Remove is the address of this page without it.
type FilterChip struct {
	Label, Value string
	Remove       string
	Bad          bool // its value could not be read; it filters nothing
	Way          bool // it says how the feed is shown, and leaves nothing out
}

// feedDay is a day of the timeline.
type feedDay struct {
	component.Day
	rows  []FeedRow
	count string // how many activities it has, on whatever pages; empty: not known
}

func (p FeedPage) clock() component.Clock {
	return component.NewClock(p.Now, component.Locale{Zone: p.Zone, DateFormat: p.DateFormat})
}

// days puts the rows under their days, in the viewer's zone. Rows without an activity are left out.
func (p FeedPage) days() []feedDay {
	clock := p.clock()
	var days []feedDay
	for _, row := range p.Rows {
		if row.Entry == nil {
			continue
		}
		day := clock.DayOf(row.Entry.OccurredAt)
		if last := len(days) - 1; last < 0 || !days[last].Start.Equal(day.Start) {
			days = append(days, feedDay{Day: day, count: p.countOf(day)})
		}
		days[len(days)-1].rows = append(days[len(days)-1].rows, row)
	}
	return days
}

// span is the stretch of time on the page.
func (p FeedPage) span() string {
	days := p.days()
	if len(days) == 0 {
		return ""
	}
	last := days[len(days)-1].rows
	return p.clock().Span(last[len(last)-1].Entry.OccurredAt, days[0].rows[0].Entry.OccurredAt)
}

// filters counts what narrows the feed.
func (p FeedPage) filters() int {
	n := 0
	for _, c := range p.Chips {
		if !c.Way {
			n++
		}
	}
	return n
}

// String is "749 activities", "more than 10,000 activities", "no activities".
func (t Total) String() string {
	switch {
	case t.Over:
		return "more than " + thousands(t.Count) + " activities"
	case t.AtLeast && t.Count == 0:
		return "no activities so far"
	case t.AtLeast:
		return "at least " + Total{Count: t.Count}.String()
	case t.Count == 0:
		return "no activities"
	case t.Count == 1:
		return "1 activity"
	}
	return thousands(t.Count) + " activities"
}

// headline is String at the start of a line.
func (t Total) headline() string {
	s := t.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

func thousands(n int64) string { return models.Thousands(n) }

// value is what the chip shows of it.
func (c FilterChip) value() string { return called(c.Value) }

// called is a name, or a word where an application gave none that could be seen: what is chosen or removed needs one.
func called(name string) string {
	if strings.TrimSpace(name) == "" {
		return "Unnamed"
	}
	return name
}

func (p FeedPeriod) hasError() bool { return p.From.Error != "" || p.To.Error != "" }

func (p FeedPeriod) label() string {
	if p.Label == "" {
		return "Any time"
	}
	return p.Label
}

// inputType is a date picker, unless the value is none: a picker would hide what has to be mended.
func (d FilterDate) inputType() string {
	if _, err := time.Parse(time.DateOnly, d.Value); err != nil && d.Value != "" {
		return "text"
	}
	return "date"
}
