package views

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// PurgePage asks what is to be deleted, and lists what was deleted before.
type PurgePage struct {
	Shell   layout.Shell
	Now     time.Time
	Locale  component.Locale
	Preview string // where the form leads to
	Typed   TypedPurge
	Errors  []models.FieldError
	Before  []PurgeLine
}

// TypedPurge is what the form has.
type TypedPurge struct{ From, To, Search string }

// PurgeLine is a purge of the list.
type PurgeLine struct {
	models.Purge
	Href string
}

func (p PurgePage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p PurgePage) problems() []string {
	return component.ErrorsBeside(p.Errors, "start_date", "end_date", "q")
}

func (p PurgePage) field(f component.Field) component.Field {
	f.Error, f.Autocomplete = component.ErrorOf(p.Errors, f.Name), "off"
	return f
}

// PurgePreviewPage shows what would be deleted, and asks for the word that confirms it.
type PurgePreviewPage struct {
	Shell     layout.Shell
	Now       time.Time
	Locale    component.Locale
	Facts     []FilterFact
	Rows      int64
	First     *time.Time // days
	Last      *time.Time
	Months    []PurgeMonth
	Types     []PurgeCount
	Samples   []FeedRow
	Stays     int64
	Held      int64
	HeldMore  bool // there may be more than Held
	Workspace string
	Slug      string
	Action    string
	Back      string             // the form, with what was typed
	Hidden    []component.Hidden // what is confirmed
	Errors    []models.FieldError
}

// PurgeMonth counts what would be deleted of a month.
type PurgeMonth struct {
	Label  string
	Counts []int64 // of each type, in their order
	All    int64
}

// PurgeCount counts what would be deleted of a type.
type PurgeCount struct {
	Label string
	Count int64
}

func (p PurgePreviewPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p PurgePreviewPage) problems() []string { return component.ErrorsBeside(p.Errors, "confirm") }

func (p PurgePreviewPage) confirmField() component.Field {
	return component.Field{
		Name: "confirm", Label: "Type " + p.Slug + " to confirm", Type: "text", Autocomplete: "off", Required: true, Error: component.ErrorOf(p.Errors, "confirm"),
	}
}

func (p PurgePreviewPage) activities() string { return manyActivities(p.Rows) }

// held says how many are spared because of a legal hold.
func (p PurgePreviewPage) held() string {
	if p.HeldMore {
		return "At least " + manyActivities(p.Held)
	}
	return manyActivities(p.Held)
}

func manyActivities(n int64) string {
	if n == 1 {
		return "1 activity"
	}
	return thousands(n) + " activities"
}

// PurgeStatePage is a purge, and how far it is.
type PurgeStatePage struct {
	Shell  layout.Shell
	Now    time.Time
	Locale component.Locale
	Purge  models.Purge
	Facts  []FilterFact
	Types  []PurgeCount
	Self   string // its own address
	Cancel string // where cancelling posts to
	List   string
	Look   string // the address that tells how far it is
}

func (p PurgeStatePage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p PurgeStatePage) months() []PurgeCount {
	out := make([]PurgeCount, 0, len(p.Purge.ByMonth))
	for _, month := range slices.Sorted(maps.Keys(p.Purge.ByMonth)) {
		out = append(out, PurgeCount{MonthName(month), p.Purge.ByMonth[month]})
	}
	return out
}

// MonthName writes a month like 2026-01 in words.
func MonthName(month string) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return at.Format("January 2006")
}

// SortedCounts puts the largest first.
func SortedCounts(counts []PurgeCount) []PurgeCount {
	slices.SortFunc(counts, func(a, b PurgeCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label)) })
	return counts
}

// purgeState is a state in words, with the class of its dot.
func purgeState(p models.Purge) (word, dot string) {
	switch p.State {
	case models.PurgeWaiting:
		return "Waiting", "dot dot-ring"
	case models.PurgeRunning:
		return "Running, " + strconv.Itoa(p.Percent()) + " %", "dot dot-warn"
	case models.PurgeDone:
		return "Done", "dot dot-ok"
	case models.PurgeCancelled:
		return "Cancelled", "dot"
	}
	return "Failed", "dot dot-danger"
}

// purgePeriod is the stretch of time of a purge.
func purgePeriod(p models.Purge, clock component.Clock) string {
	if p.Kind == models.PurgeRetention {
		return "Recorded before " + clock.OnDay(p.To)
	}
	if p.From == nil {
		return "Up to " + clock.OnDay(p.To)
	}
	return clock.OnDay(*p.From) + " to " + clock.OnDay(p.To)
}
