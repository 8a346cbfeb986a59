package report

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"daybook/models"

	_ "embed"
)

// mostShown is how many activities of a workspace the page shows, the latest ones. All of them are in the other files.
const mostShown = 1000

// page is index.html.
type page struct {
	Name       string
	At         time.Time
	Activities int64
	kept       []json.RawMessage // see keptFiles
	Places     []*pagePlace
	Files      []listed
	Sections   []section
}

type pagePlace struct {
	slug, Name, Zone string
	All              int64
	Lines            []pageLine // the latest first
}

type pageLine struct {
	Time, UTC, Sentence, Remark, About string
	Data                               string // what an application sent as data, where it names the person
}

// section is a table of the page.
type section struct {
	Title, None string
	Heads       []string
	Rows        [][]string
}

// aboutWords say how an activity is about the person.
var aboutWords = map[string]string{byThem: "by you", forThem: "on your behalf", toThem: "about you", mentioned: "you are mentioned"}

// add takes the activities of a workspace, in the order in which they were recorded.
func (p *page) add(of *place, lines []line) {
	var here *pagePlace
	if n := len(p.Places); n > 0 && p.Places[n-1].slug == of.Slug {
		here = p.Places[n-1]
	} else {
		here = &pagePlace{slug: of.Slug, Name: of.Name, Zone: of.TimeZone, All: int64(len(of.seqs))}
		p.Places = append(p.Places, here)
	}
	zone, err := time.LoadLocation(of.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	for _, l := range lines {
		var about []string
		for _, how := range l.about {
			about = append(about, aboutWords[how])
		}
		here.Lines = append(here.Lines, pageLine{
			Time: l.OccurredAt.In(zone).Format("2 January 2006, 15:04"), UTC: l.OccurredAt.Format(time.RFC3339), About: strings.Join(about, ", "),
			Sentence: begun(models.Text(models.Sentence(&l.Entry))), Remark: models.Remark(&l.Entry), Data: l.data(),
		})
	}
}

// begun is a sentence as it begins: a colleague is no name.
func begun(sentence string) string {
	if rest, is := strings.CutPrefix(sentence, Colleague); is {
		return strings.ToUpper(Colleague[:1]) + Colleague[1:] + rest
	}
	return sentence
}

// mostData is how much of what an application sent the page shows of one activity, in characters.
const mostData = 1000

// data gives metadata and changes in which the person is found: nothing else on the page shows them.
func (l *line) data() string {
	has := func(part string) bool {
		return slices.ContainsFunc(l.found, func(place string) bool { return strings.HasPrefix(place, part) })
	}
	var parts []string
	if has("/metadata") {
		parts = append(parts, string(l.Metadata))
	}
	if has("/changes") {
		if text, err := json.Marshal(l.Changes); err == nil {
			parts = append(parts, string(text))
		}
	}
	text := []rune(strings.Join(parts, " "))
	if len(text) > mostData {
		return string(text[:mostData]) + "…"
	}
	return string(text)
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"thousands": models.Thousands}).Parse(pageText))

func (p *page) write(w io.Writer, files []listed) error {
	p.Files = files
	for _, place := range p.Places {
		slices.Reverse(place.Lines)
	}
	if err := p.readKept(); err != nil {
		return err
	}
	if err := pageTemplate.Execute(w, p); err != nil {
		return fmt.Errorf("write the page of a report: %w", err)
	}
	return nil
}

// Date is when the report was made.
func (p *page) Date() string { return p.At.Format("2 January 2006, 15:04") + " UTC" }

// More is how many activities the page does not show.
func (p *pagePlace) More() int64 { return p.All - int64(len(p.Lines)) }

// readKept makes tables of what is kept besides activities.
func (p *page) readKept() error {
	var who struct {
		User, Preferences             map[string]any
		Actors, Memberships, Projects []map[string]any
		LastVisits                    []map[string]any `json:"last_visits"`
		ExportChoices                 []map[string]any `json:"export_choices"`
		Invitations                   []map[string]any
	}
	var sessions, tokens, exports, views []map[string]any
	for i, into := range []any{&who, &sessions, &tokens, &exports, &views} {
		if err := json.Unmarshal(p.kept[i], into); err != nil {
			return fmt.Errorf("read what is kept about somebody: %w", err)
		}
	}
	record := section{Title: "Your record", None: "You cannot sign in here, so there is no record of you as a user."}
	for _, key := range []string{"name", "email", "username", "created_at", "updated_at", "deactivated_at"} {
		if value := spoken(who.User[key]); value != "" {
			record.Rows = append(record.Rows, []string{models.Title(key), value})
		}
	}
	for _, key := range []string{"time_zone", "theme", "date_format"} {
		if value := spoken(who.Preferences[key]); value != "" {
			record.Rows = append(record.Rows, []string{models.Title(key), value})
		}
	}
	p.Sections = []section{
		record,
		tableOf("What applications call you", "No application knows you.", who.Actors, "workspace", "external_id", "name", "email", "role"),
		tableOf("Memberships", "You are a member of no workspace.", who.Memberships, "workspace_name", "role", "since"),
		tableOf("Projects", "You were given access to no project.", who.Projects, "workspace", "name", "since"),
		tableOf("Invitations", "There are no invitations.", who.Invitations, "workspace", "email", "role", "created_at", "used_at"),
		tableOf("Where you looked last", "You have looked at no feed.", who.LastVisits, "workspace", "latest_at"),
		tableOf("Sessions", "You are not signed in anywhere.", sessions, "address", "agent", "signed_in_at", "last_seen_at"),
		tableOf("Personal tokens", "You have no tokens.", tokens, "name", "scopes", "created_at", "last_used_at", "last_used_address", "revoked_at"),
		tableOf("Exports", "You have asked for no exports.", exports, "workspace", "name", "filter", "format", "rows", "created_at"),
		tableOf("Saved views", "You have saved no views.", views, "workspace", "name", "filter"),
	}
	return nil
}

func tableOf(title, none string, objects []map[string]any, keys ...string) section {
	s := section{Title: title, None: none}
	for _, key := range keys {
		s.Heads = append(s.Heads, models.Title(key))
	}
	for _, o := range objects {
		var cells []string
		for _, key := range keys {
			cells = append(cells, spoken(o[key]))
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}

// spoken writes a value for people.
func spoken(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		if at, err := time.Parse("2006-01-02T15:04:05.000000Z", v); err == nil {
			return at.Format("2 January 2006, 15:04") + " UTC"
		}
		return v
	case float64:
		return models.Thousands(int64(v))
	case []any:
		var each []string
		for _, one := range v {
			each = append(each, spoken(one))
		}
		return strings.Join(each, ", ")
	}
	return fmt.Sprint(value)
}
