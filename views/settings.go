package views

import (
	"strconv"
	"time"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// SettingsPage is a workspace's settings. The form posts "name", "slug", "time_zone", "week_start", "statistics", "rankings", "addresses", "agents",
// "denied_keys" (patterns, one a line) and "version", and, under the same names with "was_" before them, what the page showed at first. The errors carry the same names.
type SettingsPage struct {
	Shell      layout.Shell // Title "Settings"
	Now        time.Time
	Locale     component.Locale
	ID         string
	Typed      WorkspaceSettings
	Was        WorkspaceSettings
	Version    int64
	Meanwhile  []MeanwhileChange // what somebody else changed while this was edited
	NextZone   string            // in which the workspace is being counted anew, or empty
	Zone       string            // in which it is counted
	Zones      []string
	BuiltIn    bool // Daybook's own workspace
	ArchivedAt *time.Time
	Action     string
	Archive    string // where to post to archive it, or open it again; empty: the viewer may not
	Purge      string // its page; empty: the viewer may not
	Vocabulary string
	Errors     []models.FieldError
}

// WorkspaceSettings are settings as a form has them.
type WorkspaceSettings struct {
	Name, Slug, TimeZone, WeekStart, Statistics, Rankings string
	Addresses, Agents, DeniedKeys                         string
}

// MeanwhileChange is a setting that somebody else changed.
type MeanwhileChange struct {
	Field         string // by its name in the form
	Label         string
	Before, After string
	Kept          bool // what was typed stands against it
}

func (p SettingsPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p SettingsPage) problems() []string {
	return component.ErrorsBeside(p.Errors, "name", "slug", "time_zone", "week_start", "statistics", "rankings", "addresses", "agents", "denied_keys")
}

// field is an input with its error, or with what somebody else made of it meanwhile.
func (p SettingsPage) field(name, label, value, hint string) component.Field {
	f := component.Field{Name: name, Label: label, Type: "text", Value: value, Hint: hint, Autocomplete: "off", Required: true, Error: component.ErrorOf(p.Errors, name)}
	for _, m := range p.Meanwhile {
		if m.Field == name && m.Kept && f.Error == "" {
			f.Error = "Somebody else made this “" + m.After + "” meanwhile. Saving makes it what stands here."
		}
	}
	return f
}

// zoneHint says what changing the zone does.
func (p SettingsPage) zoneHint() string {
	return "Days of statistics begin at midnight there. After a change everything is counted anew; until that is done, the old zone holds."
}

// weekdays are the days that a week can begin on.
func weekdays() []component.Option {
	var options []component.Option
	for day := 1; day <= 7; day++ {
		options = append(options, component.Option{Value: strconv.Itoa(day), Label: time.Weekday(day % 7).String()})
	}
	return options
}

var statisticsOptions = []component.Option{
	{Value: string(models.ForMembers), Label: "All members", Hint: "Each of what they may read."},
	{Value: string(models.ForAdmins), Label: "Admins and owners alone"},
}

var addressOptions = []component.Option{
	{Value: string(models.Keep), Label: "As they are"},
	{Value: string(models.Truncate), Label: "The network alone", Hint: "203.0.113.77 becomes 203.0.113.0; of IPv6 the first 48 bits are kept."},
	{Value: string(models.Drop), Label: "Not at all"},
}

var agentOptions = []component.Option{
	{Value: string(models.Keep), Label: "As they are"},
	{Value: string(models.Drop), Label: "Not at all"},
}

// deniedKeys is the field of the patterns. It may be empty.
func (p SettingsPage) deniedKeys() component.TextArea {
	f := p.field("denied_keys", SettingLabels["denied_keys"], p.Typed.DeniedKeys, "Names of keys in metadata, at any depth, and of changed fields, one a line; a * at an end stands for anything. "+
		"Capitals, _, - and . make no difference. In place of the value stands "+models.Removed+".")
	f.Required = false
	return component.TextArea{Field: f, Rows: 12}
}

// SettingLabels are what the settings are called, by their names in the form.
var SettingLabels = map[string]string{
	"name": "Name", "slug": "Short name", "time_zone": "Time zone", "week_start": "First day of the week", "statistics": "Who sees statistics", "rankings": "Rankings",
	"addresses": "Addresses (IP)", "agents": "Agents (browsers and programs)", "denied_keys": "Keys whose values are never stored",
}
