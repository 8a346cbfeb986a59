package views

import (
	"strconv"
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
	Filter     FeedFilter
	Total      Total
	// Without is how many there would be without the filter; shown where nothing matches. Nil: not known.
	Without *Total
	Newer   string       // where the page before this one is, or empty
	Older   string       // where the next one is, or empty
	Sending *SendingHint // how to send the first event, for those who may; shown where the workspace is empty
}

// FeedRow is one activity with the places its names lead to. An empty one makes plain text of the name.
type FeedRow struct {
	Entry        *models.Entry
	Href         string // the permalink
	ActorHref    string // the feed of this actor
	OnBehalfHref string // the feed of the person the agent acted for
	EntityHref   string // the feed of this entity
	ProjectHref  string // the feed of this project
}

// Total counts activities. Over means "more than Count": nobody counted further.
type Total struct {
	Count int64
	Over  bool
}

// SendingHint is what the example of sending needs.
type SendingHint struct {
	URL       string // where events of this workspace are posted to
	Workspace string // its slug
}

// FeedFilter is the bar above the timeline: a GET form, and what is on already.
type FeedFilter struct {
	Action        string       // the feed's own path
	Menus         []FilterMenu // in the order of the bar: type, action, person, project, outcome
	From, To      FilterDate
	IncludeSystem *FilterSwitch  // nil: the viewer may not ask for system rows
	Hidden        []FilterHidden // parameters that are on and have no control of their own (entity id …)
	Chips         []FilterChip   // what is on
	Clear         string         // the feed without any filter
}

// FilterMenu is one menu of the bar.
type FilterMenu struct {
	Name     string // of the parameter
	Label    string // "Type"
	Any      string // the first choice of a menu with one answer: "Any project"
	Multiple bool   // several may be chosen
	Options  []FilterOption
	Error    string // what is wrong with the value in the address, or empty
}

// FilterOption is one line of a menu.
type FilterOption struct {
	Value  string
	Label  string // empty: the value, as words
	Count  *int64 // how many activities, if known
	Active bool
}

// FilterDate is one end of the period, inclusive.
type FilterDate struct {
	Name  string // of the parameter
	Value string // as in the address, even if it cannot be read
	Error string // what is wrong with it, or empty
}

// FilterSwitch is on or off; on sends "true".
type FilterSwitch struct {
	Name string
	On   bool
}

// FilterHidden is carried along by the form.
type FilterHidden struct{ Name, Value string }

// FilterChip is a filter that is on. Remove is the address of this page without it.
type FilterChip struct {
	Label, Value string
	Remove       string
	Bad          bool // its value could not be read; it filters nothing
}

// feedDay is a day of the timeline.
type feedDay struct {
	component.Day
	rows []FeedRow
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
			days = append(days, feedDay{Day: day})
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

// filtered tells whether anything is on.
func (p FeedPage) filtered() bool { return len(p.Filter.Chips) > 0 }

// String is "749 activities", "more than 10,000 activities", "no activities".
func (t Total) String() string {
	switch {
	case t.Over:
		return "more than " + thousands(t.Count) + " activities"
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

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (o FilterOption) label() string {
	if o.Label != "" {
		return called(o.Label)
	}
	if title := models.Title(o.Value); title != "" {
		return title
	}
	return called(o.Value)
}

// value is what the chip shows of it.
func (c FilterChip) value() string { return called(c.Value) }

// called is a name, or a word where an application gave none that could be seen: what is chosen or removed needs one.
func called(name string) string {
	if strings.TrimSpace(name) == "" {
		return "Unnamed"
	}
	return name
}

// chosen counts the options that are on.
func (m FilterMenu) chosen() int {
	n := 0
	for _, o := range m.Options {
		if o.Active {
			n++
		}
	}
	return n
}

// long menus get a box to search them, if scripts run.
func (m FilterMenu) long() bool { return len(m.Options) > 12 }

func (f FeedFilter) dateError() bool { return f.From.Error != "" || f.To.Error != "" }

// inputType is a date picker, unless the value is none: a picker would hide what has to be mended.
func (d FilterDate) inputType() string {
	if _, err := time.Parse(time.DateOnly, d.Value); err != nil && d.Value != "" {
		return "text"
	}
	return "date"
}
