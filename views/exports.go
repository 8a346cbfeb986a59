package views

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// ExportsPage asks for an export, and lists those made so far.
type ExportsPage struct {
	Shell  layout.Shell
	Form   ExportForm
	Made   ExportList
	Errors []models.FieldError
}

// ExportForm is what a new export is to be.
type ExportForm struct {
	Action   string // where it posts to
	Format   string
	Zone     string
	Zones    []component.Option
	Name     string
	GZIP     bool
	BOM      bool
	Raw      bool
	Groups   []ExportColumns
	Order    []ExportColumn // those that are chosen, as they will stand
	Columns  int            // how many there are to choose from
	Chips    []FilterChip   // what is exported
	Change   string         // the feed with this filter
	Hidden   []component.Hidden
	Total    Total
	Bytes    int64 // about; 0: nobody knows
	Newest   *time.Time
	Direct   bool // few enough to be downloaded at once
	Now      time.Time
	Locale   component.Locale
	Problem  string // why nothing was made, or empty
	Notices  []string
	Filters  []string // parameters of the filter that the notices are about
	Ordering bool     // the order of the columns is being changed
}

// ExportColumns is a group of columns to choose from.
type ExportColumns struct {
	Label   string
	Columns []ExportColumn
	Locked  bool // for those alone who may see addresses
}

// ExportColumn is a column to choose.
type ExportColumn struct {
	Name, Label string
	On          bool
}

func (f ExportForm) clock() component.Clock { return component.NewClock(f.Now, f.Locale) }

// order is the chosen columns as one text.
func (f ExportForm) order() string {
	names := make([]string, 0, len(f.Order))
	for _, c := range f.Order {
		names = append(names, c.Name)
	}
	return strings.Join(names, ",")
}

// size says about how large it will be.
func (f ExportForm) size() string {
	if f.Bytes <= 0 {
		return ""
	}
	return ", about " + exportBytes(f.Bytes)
}

// activities says how many there will be.
func (f ExportForm) activities() string {
	switch {
	case f.Total.Over:
		return "More than " + thousands(f.Total.Count) + " activities"
	case f.Total.AtLeast:
		return "At least " + manyActivities(f.Total.Count)
	}
	return manyActivities(f.Total.Count)
}

// problems are the messages about what the form does not show, but for the filter's: those are notices.
func (p ExportsPage) problems() []string {
	return component.ErrorsBeside(p.Errors, append([]string{"name", "columns", "zone"}, p.Form.Filters...)...)
}

// ExportList is the exports so far. While some are under way it is fetched again and again.
type ExportList struct {
	Lines   []ExportLine
	All     bool // of everybody in the workspace
	Streams bool // downloads, of which no file is kept
	Kinds   []component.Tab
	Self    string // this page of it
	Look    string // where it is fetched from while some are under way; empty: none are
	Older   string // the page of those before, or empty
	Newer   string
	Now     time.Time
	Locale  component.Locale
}

// ExportLine is an export of the list.
type ExportLine struct {
	models.Export
	Words  string // what it selects, in a few words
	Ahead  int    // of one that waits: those that come first
	Mine   bool
	File   string // where the file is, for whom it is; or empty
	Remove string // where cancelling it, or deleting its file, posts to; or empty
	Again  string // where making it again posts to; or empty
}

func (l ExportList) clock() component.Clock { return component.NewClock(l.Now, l.Locale) }

// says tells of what is under way, for who does not see it.
func (l ExportList) says() string {
	running, waiting := 0, 0
	for _, line := range l.Lines {
		switch line.State {
		case models.ExportRunning:
			running++
		case models.ExportWaiting:
			waiting++
		}
	}
	switch {
	case running == 0 && waiting == 0:
		return "No export is being made."
	case waiting == 0:
		return count(running, "export is", "exports are") + " being made."
	}
	return count(running, "export is", "exports are") + " being made, " + strconv.Itoa(waiting) + " waiting."
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (l ExportLine) removeWord() string {
	if l.UnderWay() {
		return "Cancel"
	}
	return "Delete the file of"
}

func (l ExportLine) againWord() string {
	if l.State == models.ExportFailed {
		return "Try again"
	}
	return "Make again"
}

// id names a part of the line on the page.
func (l ExportLine) id(part string) string { return part + "-" + l.Export.ID.String() }

// title is what the export is called.
func (l ExportLine) title() string {
	if l.Name != "" {
		return l.Name
	}
	if l.Words == "" {
		return "All activities"
	}
	return l.Words
}

// under is what stands below the title.
func (l ExportLine) under() string {
	words := strings.ToUpper(l.Format)
	if l.GZIP {
		words += ", packed"
	}
	if l.Kind == models.ExportStream {
		words += ", downloaded at once"
	}
	switch {
	case l.Name == "":
		return words
	case l.Words == "":
		return words + " · all activities"
	}
	return words + " · " + l.Words
}

func (l ExportLine) rows() string {
	if l.Rows == 0 && l.State != models.ExportDone && l.State != models.ExportExpired {
		return "—"
	}
	return thousands(l.Rows)
}

// of is how many rows there will be, while that is another number.
func (l ExportLine) of() string {
	if l.Expected == nil || l.State == models.ExportDone || l.State == models.ExportExpired || l.Rows == *l.Expected || l.Rows == 0 {
		return ""
	}
	return "of " + thousands(*l.Expected)
}

func (l ExportLine) size() string {
	if l.Bytes == 0 || l.State == models.ExportFailed || l.State == models.ExportCancelled {
		return "—"
	}
	return exportBytes(l.Bytes)
}

func (l ExportLine) sum() string { return hex.EncodeToString(l.SHA256) }

func (l ExportLine) percent() (string, bool) {
	n, known := l.Percent()
	return strconv.Itoa(n), known
}

// progress is what stands at the left below the bar.
func (l ExportLine) progress() string {
	if percent, known := l.percent(); known {
		return percent + " %"
	}
	return exportBytes(l.Bytes)
}

// left is about how long it will take still.
func (l ExportLine) left(now time.Time) string {
	if l.StartedAt == nil || l.Expected == nil || l.Rows <= 0 || l.Rows >= *l.Expected {
		return ""
	}
	took := now.Sub(*l.StartedAt)
	left := time.Duration(float64(took) / float64(l.Rows) * float64(*l.Expected-l.Rows))
	switch {
	case took < time.Second:
		return ""
	case left < 10*time.Second:
		return "a few seconds left"
	case left < 90*time.Second:
		return fmt.Sprintf("about %d s left", 10*int(left/(10*time.Second)+1))
	case left < 90*time.Minute:
		return fmt.Sprintf("about %d min left", int(left/time.Minute)+1)
	}
	return fmt.Sprintf("about %d h left", int(left/time.Hour)+1)
}

// expiry is when the file goes, rounded: "in 7 days".
func (l ExportLine) expiry(clock component.Clock, now time.Time) string {
	const day = 24 * time.Hour
	if left := l.ExpiresAt.Sub(now).Round(day); left >= 2*day {
		return fmt.Sprintf("in %d days", left/day)
	}
	return clock.Ago(*l.ExpiresAt)
}

// gone says when and why there is no file any more.
func (l ExportLine) gone(clock component.Clock) (word, more string) {
	at := func(t time.Time) string {
		text := clock.Moment(t)
		for _, day := range []string{"Today", "Yesterday"} {
			text = strings.Replace(text, day, strings.ToLower(day), 1)
		}
		return text
	}
	switch {
	case l.RemovedAt != nil && l.Problem != "":
		return "Removed", at(*l.RemovedAt) + ": " + l.problem()
	case l.RemovedAt != nil:
		return "Removed", at(*l.RemovedAt)
	case l.ExpiresAt != nil:
		return "Expired", "file deleted " + at(*l.ExpiresAt)
	}
	return "Expired", ""
}

// queue says what it waits for.
func (l ExportLine) queue() string {
	if l.Ahead == 0 {
		return "soon begun"
	}
	return strconv.Itoa(l.Ahead) + " before it"
}

// problem is why it failed, as the rest of a sentence.
func (l ExportLine) problem() string {
	words := strings.TrimSuffix(l.Problem, ".")
	if words == "" {
		return ""
	}
	return strings.ToLower(words[:1]) + words[1:]
}

// exportBytes writes a size: "310 kB", "2.9 MB".
func exportBytes(n int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	size := float64(n) / 1000
	for _, unit := range units[:len(units)-1] {
		if size < 999.5 {
			return sized(size) + " " + unit
		}
		size /= 1000
		units = units[1:]
	}
	return sized(size) + " " + units[0]
}

func sized(size float64) string {
	if size < 9.95 {
		return strconv.FormatFloat(size, 'f', 1, 64)
	}
	return strconv.FormatFloat(size, 'f', 0, 64)
}
