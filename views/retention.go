package views

import (
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// RetentionPage says how long activities are kept, and what that has deleted.
type RetentionPage struct {
	Shell     layout.Shell // Title "Retention"
	Now       time.Time
	Locale    component.Locale
	Retention models.Retention
	Zone      string // of the hour
	Rules     []RuleLine
	Edit      string
	Preview   string
	Run       string // where running them now posts to
	Privacy   string // where it says who is being anonymised
	UnderWay  string // the run that is under way, or empty
	Runs      []RunLine
	OlderRuns string
	Archives  []ArchiveLine
	Older     string // archives
	Newest    string
}

// RuleLine is a rule in words.
type RuleLine struct {
	models.RetentionRule
	Subject string // what it is about, in the workspace's words
	Count   *int64 // what it would delete; nil: nobody counted
}

func (r RuleLine) keeps() string {
	if r.KeepDays == nil {
		return "For ever"
	}
	return daysOf(*r.KeepDays)
}

func daysOf(n int) string {
	if n == 1 {
		return "1 day"
	}
	return thousands(int64(n)) + " days"
}

// RunLine is a run of the list.
type RunLine struct {
	models.Purge
	Href string
}

// ArchiveLine is an archive of the list.
type ArchiveLine struct {
	models.Archive
	File, Manifest, Remove string // addresses
	Run                    string // of its run
}

func (a ArchiveLine) called() string { return "Archive of run " + strconv.FormatInt(a.PurgeID, 10) }

func (a ArchiveLine) size() string {
	if a.Bytes < 1<<20 {
		return thousands((a.Bytes+1023)/1024) + " kB"
	}
	return thousands(a.Bytes>>20) + " MB"
}

func (p RetentionPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func hourText(hour int) string { return strconv.Itoa(hour/10) + strconv.Itoa(hour%10) + ":00" }

// EditRetentionPage changes the rules. It posts "version", "hour" and of each rule, from 0, "keep-0" (days or forever), "days-0", "types-0" and "actions-0"
// (words with commas), "outcomes-0" (several), "system-0" (empty, true or false) and "archive-0", with the button "do": add, up:0, down:0, remove:0,
// preview. The errors carry the same names.
type EditRetentionPage struct {
	Shell   layout.Shell
	Action  string
	Back    string
	Zone    string
	Version string
	Hour    string
	Rules   []TypedRule
	Types   []string // to choose from
	Actions []string
	Errors  []models.FieldError
	Problem string
	Most    int // rules
}

// TypedRule is a rule as the form has it.
type TypedRule struct {
	Keep, Days, Types, Actions, System string
	Success, Failure, Denied, Archive  bool
}

func (p EditRetentionPage) problems() []string {
	shown := []string{"hour"}
	for i := range p.Rules {
		for _, name := range []string{"days", "types", "actions", "outcomes", "system", "archive"} {
			shown = append(shown, ruleField(name, i))
		}
	}
	problems := component.ErrorsBeside(p.Errors, shown...)
	if p.Problem != "" {
		problems = append(problems, p.Problem)
	}
	return problems
}

func ruleField(name string, i int) string { return name + "-" + strconv.Itoa(i) }

func (p EditRetentionPage) field(i int, f component.Field) component.Field {
	f.Name = ruleField(f.Name, i)
	f.Type, f.Error, f.Autocomplete = "text", component.ErrorOf(p.Errors, f.Name), "off"
	return f
}

func (p EditRetentionPage) hours() component.Select {
	s := component.Select{Field: component.Field{Name: "hour", Label: "Carried out each night at", Value: p.Hour, Error: component.ErrorOf(p.Errors, "hour"), Hint: "Of the clock in " + p.Zone + "."}}
	for hour := range 24 {
		s.Options = append(s.Options, component.Option{Value: strconv.Itoa(hour), Label: hourText(hour)})
	}
	return s
}

func (p EditRetentionPage) system(i int) component.Select {
	return component.Select{Field: p.field(i, component.Field{Name: "system", Label: "System rows", Value: p.Rules[i].System}), Options: []component.Option{
		{Value: "", Label: "Too"}, {Value: "true", Label: "These only"}, {Value: "false", Label: "Without them"},
	}}
}

func (p EditRetentionPage) keep(i int) component.Select {
	f := p.field(i, component.Field{Name: "keep", Label: "Keep", Value: p.Rules[i].Keep})
	return component.Select{Field: f, Options: []component.Option{{Value: "days", Label: "For some days"}, {Value: "forever", Label: "For ever"}}}
}

// RetentionPreviewPage says what rules would delete now. When they are not saved yet it asks for the word that confirms them, and carries them along.
type RetentionPreviewPage struct {
	Shell     layout.Shell
	Now       time.Time
	Locale    component.Locale
	Rules     []RuleLine
	Rows      int64
	Held      int64
	First     *time.Time // days
	Last      *time.Time
	Looked    int64
	Of        int64
	Table     PurgePreviewPage // months and types
	Slug      string
	Workspace string
	Saved     bool // these are the rules that there are
	Deletes   bool // some rule deletes something, some day
	Hour      string
	Zone      string
	Action    string // saves them; of saved ones: runs them
	Back      string
	Hidden    []component.Hidden
	Errors    []models.FieldError
}

func (p RetentionPreviewPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p RetentionPreviewPage) problems() []string { return component.ErrorsBeside(p.Errors, "confirm") }

func (p RetentionPreviewPage) partly() bool { return p.Looked < p.Of }

func (p RetentionPreviewPage) activities() string {
	if p.partly() {
		return "At least " + manyActivities(p.Rows)
	}
	return manyActivities(p.Rows)
}

func (p RetentionPreviewPage) confirmField() component.Field {
	return component.Field{
		Name: "confirm", Label: "Type " + p.Slug + " to confirm", Type: "text", Autocomplete: "off", Required: true, Error: component.ErrorOf(p.Errors, "confirm"),
	}
}
