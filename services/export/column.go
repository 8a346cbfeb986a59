package export

import (
	"slices"
	"strings"

	"daybook/models"
	"daybook/services/feed"
)

// Formats of an export.
const (
	CSV    = "csv"
	JSON   = "json"
	NDJSON = "ndjson"
)

// Formats lists them.
var Formats = []string{CSV, JSON, NDJSON}

// EventForm is the form of objects that can be sent in again (design.md §7.1), of JSON and NDJSON.
const EventForm = "event"

// Column is something about an activity that an export can have.
type Column struct {
	Name  string // as in columns=; the keys of the list's JSON, where there is one
	Label string // as people read it
	Group string // what it belongs to
	Admin bool   // empty for whoever may not read everything
}

// Columns lists what there is, by group.
var Columns = []Column{
	{"timestamp", "Time", "What happened", false},
	{"sentence", "Sentence", "What happened", false},
	{"action", "Action", "What happened", false},
	{"outcome", "Outcome", "What happened", false},
	{"description", "Description", "What happened", false},
	{"changes", "Changes (JSON)", "What happened", false},
	{"metadata", "Metadata (JSON)", "What happened", false},
	{"actor", "Actor", "Who", false},
	{"actor.id", "Actor id", "Who", false},
	{"actor.name", "Actor name", "Who", false},
	{"actor.type", "Actor type", "Who", false},
	{"actor.role", "Actor role", "Who", false},
	{"on_behalf_of.id", "On behalf of: id", "Who", false},
	{"on_behalf_of.name", "On behalf of: name", "Who", false},
	{"resource_type", "Type", "Thing", false},
	{"resource_id", "Id of the thing", "Thing", false},
	{"resource.name", "Name of the thing", "Thing", false},
	{"resource.url", "Address of the thing", "Thing", false},
	{"project.id", "Project id", "Thing", false},
	{"project.name", "Project", "Thing", false},
	{"id", "Activity id", "Record", false},
	{"seq", "Number", "Record", false},
	{"created_at", "Time, as created_at", "Record", false},
	{"recorded_at", "Recorded", "Record", false},
	{"system", "System", "Record", false},
	{"correlation_id", "Correlation id", "Record", false},
	{"workspace_id", "Workspace id", "Record", false},
	{"ip_address", "IP address", "Record", true},
	{"user_agent", "Browser or agent", "Record", true},
}

// DefaultColumns are those of CSV when none are asked for: at first the ones that seeds/platform-activity-log.md ("Audit Trail Export") writes, then
// what somebody wants who opens it as a spreadsheet; what machines need comes last. Metadata are objects of any size, and left to whoever asks.
var DefaultColumns = []string{
	"timestamp", "actor", "action", "resource_type", "resource_id", "description",
	"outcome", "resource.name", "project.name", "on_behalf_of.name", "changes", "id", "seq",
}

// aliases are other names of columns, as the list's parameters and rows have them. The heading of a column is the name it was asked by.
var aliases = map[string]string{
	"entity_type": "resource_type", "resource.type": "resource_type", "entity_id": "resource_id", "resource.id": "resource_id",
	"entity_name": "resource.name", "resource_name": "resource.name", "entity_url": "resource.url", "resource_url": "resource.url",
	"actor_id": "actor.id", "user_id": "actor.id", "actor_name": "actor.name", "actor_type": "actor.type", "actor_role": "actor.role",
	"project": "project.name", "project_id": "project.id", "project_name": "project.name", "on_behalf_of": "on_behalf_of.name",
	"details": "metadata", "extra_data": "metadata", "uuid": "id", "occurred_at": "timestamp",
}

// canonical gives the name of the column that is meant, or nothing.
func canonical(name string) string {
	if other, ok := aliases[name]; ok {
		return other
	}
	if slices.ContainsFunc(Columns, func(c Column) bool { return c.Name == name }) {
		return name
	}
	return ""
}

// sources are the columns of activities that each column is made of, beside the time and the number.
var sources = map[string][]string{
	"id": {"uuid"}, "seq": {"seq"}, "recorded_at": {"recorded_at"}, "workspace_id": {"workspace_id"},
	"actor": {"actor_name"}, "actor.name": {"actor_name"}, "actor.id": {"actor_id"}, "actor.type": {"actor_id"}, "actor.role": {"actor_role"},
	"on_behalf_of.id": {"on_behalf_of_id"}, "on_behalf_of.name": {"on_behalf_of_id"}, "action": {"action"},
	"resource_type": {"entity_type"}, "resource_id": {"entity_id"}, "resource.name": {"entity_name"}, "resource.url": {"entity_url"},
	"project.id": {"project_id"}, "project.name": {"project_id"}, "description": {"description"}, "changes": {"changes"}, "metadata": {"metadata"},
	"outcome": {"outcome"}, "system": {"system"}, "correlation_id": {"correlation_id"}, "ip_address": {"ip"}, "user_agent": {"user_agent"},
	"sentence": feed.EntryColumns,
}

// Layout is how an export is written.
type Layout struct {
	Format  string   // empty: CSV
	Form    string   // EventForm, or empty
	Columns []string // in their order; none: as is usual for the format
	Zone    string   // of times; empty: UTC
	BOM     bool     // CSV begins with a mark by which Excel knows UTF-8
	Raw     bool     // CSV has cells as they are, also those that a spreadsheet would execute
}

// Check refuses what cannot be written. The errors name the parameters.
func (l Layout) Check() error {
	var errs []error
	wrong := func(field, format string, args ...any) {
		errs = append(errs, models.FieldErrorf(models.Malformed, field, format, args...))
	}
	csv := l.Format == "" || l.Format == CSV
	if !csv && !slices.Contains(Formats, l.Format) {
		wrong("format", "must be one of %s", strings.Join(Formats, ", "))
	}
	switch {
	case l.Form != "" && l.Form != EventForm:
		wrong("form", "must be event, or left out")
	case l.Form != "" && csv:
		wrong("form", "is for json and ndjson")
	case l.Form != "" && len(l.Columns) > 0:
		wrong("columns", "cannot be chosen with form=event: what can be sent in again is whole")
	}
	seen := map[string]bool{}
	for _, name := range l.Columns {
		switch {
		case canonical(name) == "":
			wrong("columns", "%q is no column; there are %s", shorten(name), strings.Join(columnNames(), ", "))
		case seen[name]:
			wrong("columns", "has %s twice", name)
		}
		seen[name] = true
	}
	if _, err := loadZone(l.Zone); err != nil {
		wrong("zone", "must be the name of a time zone, such as Europe/Berlin")
	}
	if l.BOM && !csv {
		wrong("bom", "is for csv")
	}
	if l.Raw && !csv {
		wrong("raw", "is for csv")
	}
	return models.JoinFields(errs...)
}

// refuseAddresses refuses columns of what is not for everybody: empty cells would say that there was nothing.
func (l Layout) refuseAddresses() error {
	var errs []error
	for _, name := range l.Columns {
		if slices.ContainsFunc(Columns, func(c Column) bool { return c.Admin && c.Name == canonical(name) }) {
			errs = append(errs, models.FieldErrorf(models.Forbidden, "columns", "%s is for those who may read everything in the workspace", name))
		}
	}
	return models.JoinFields(errs...)
}

func columnNames() []string {
	var names []string
	for _, c := range Columns {
		names = append(names, c.Name)
	}
	return names
}

// shorten keeps a message short that quotes what was given.
func shorten(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// ReadColumns reads columns=, which may be repeated and have commas.
func ReadColumns(given []string) []string {
	var names []string
	for _, list := range given {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// chosen gives the columns, or those that are usual; none: whole rows.
func (l Layout) chosen() []string {
	if len(l.Columns) == 0 && (l.Format == "" || l.Format == CSV) {
		return DefaultColumns
	}
	return l.Columns
}

// Reads gives the columns of activities that have to be read (feed.Course).
func (l Layout) Reads() []string {
	chosen := l.chosen()
	if len(chosen) == 0 {
		return feed.EntryColumns
	}
	var out []string
	for _, name := range chosen {
		from := sources[canonical(name)]
		if l.Format != "" && l.Format != CSV && canonical(name) == "actor" {
			from = []string{"actor_id", "actor_name", "actor_role"}
		}
		for _, column := range from {
			if !slices.Contains(out, column) {
				out = append(out, column)
			}
		}
	}
	return out
}

// Extension is the end of a file's name.
func (l Layout) Extension(gzip bool) string {
	end := "." + l.Format
	if l.Format == "" {
		end = "." + CSV
	}
	if gzip {
		end += ".gz"
	}
	return end
}

// MediaType is the type of the bytes, for Content-Type.
func (l Layout) MediaType(gzip bool) string {
	switch {
	case gzip:
		return "application/gzip"
	case l.Format == JSON:
		return "application/json"
	case l.Format == NDJSON:
		return "application/x-ndjson"
	}
	return "text/csv; charset=utf-8; header=present"
}
