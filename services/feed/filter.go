package feed

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"daybook/models"
)

// Filter selects activities. The zero value selects all but system rows. Page, list, stream, statistics, export and saved views share it. It
// has two text forms that say the same: the query part of a URL (Values), and the line of a search box (Line).
type Filter struct {
	Criteria          // what a row must have
	Not      Criteria // what it must not have: none of these
	ActorIDs []int64  // our ids, for the dialect that has them, and alternatives to Actors; empty but not nil: nobody. Not in the text forms
	From     Bound    // inclusive
	To       Bound    // inclusive
	System   bool     // system rows too
}

// Criteria are what can be asked of a row. Values of one field are alternatives, fields narrow each other; but every word must be there, and
// every part of Has.
type Criteria struct {
	Actors       []string // external ids, as actor
	ActorNames   []string // whoever bears this name, or the beginnings of its words; "me": the reader
	Types        []string // entity types
	EntityIDs    []string
	Actions      []string
	Projects     []string // external ids
	ProjectNames []string // whatever project bears this name, or the beginnings of its words
	Outcomes     []models.Outcome
	Words        []Word
	Fields       []string // names of fields that changed
	Has          []Part
	Weekdays     []time.Weekday // in the workspace's zone, as statistics are
	Hours        []int          // 0 to 23, likewise
}

// Word is what the text of a row is searched for: one word, found also as the beginning of a longer one, or a phrase, found as it stands.
// Case and accents do not count.
type Word struct {
	Text   string
	Phrase bool
}

// Part is something that a row may have.
type Part string

// The parts that can be asked for.
const (
	HasChanges  Part = "changes"
	HasMetadata Part = "metadata"
)

// Bound is one end of a range of time, as it was written and what that means.
type Bound struct {
	Text string
	At   time.Time // UTC
}

// IsSet tells whether there is such an end.
func (b Bound) IsSet() bool { return b.Text != "" }

// Parameters are the names that Parse understands, the canonical one first.
var Parameters = []struct{ Names []string }{
	{[]string{"actor_id", "user_id"}},
	{[]string{"resource_types", "entity_types", "resource_type", "entity_type"}},
	{[]string{"resource_id", "entity_id"}},
	{[]string{"actions", "action"}},
	{[]string{"project_id"}},
	{[]string{"outcome"}},
	{[]string{"start_date"}},
	{[]string{"end_date"}},
	{[]string{"include_system"}},
}

// Parse reads a filter from a URL's query. zone is that of dates without a time. Parameters it does not know are left to others. On an
// error the filter holds everything that could be read, and the error names each parameter that could not.
func Parse(query url.Values, zone *time.Location) (Filter, error) {
	p := parsing{query: query, zone: zone}
	f := Filter{
		Criteria: Criteria{
			Actors:    p.list(0, nil, ""),
			Types:     p.list(1, typePattern, "a type has 1 to 64 of a-z, 0-9, _, . and -"),
			EntityIDs: p.list(2, nil, ""),
			Actions:   p.list(3, actionPattern, "an action has 1 to 64 of a-z, 0-9, _ and ."),
			Projects:  p.list(4, nil, ""),
		},
		From:   p.bound(6, false),
		To:     p.bound(7, true),
		System: p.boolean(8),
	}
	for _, o := range p.list(5, outcomePattern, "an outcome is success, failure or denied") {
		f.Outcomes = append(f.Outcomes, models.Outcome(o))
	}
	if f.From.IsSet() && f.To.IsSet() && f.From.At.After(f.To.At) {
		p.bad("start_date", "must not be after end_date")
	}
	return f, p.err()
}

var (
	typePattern    = regexp.MustCompile(`^[a-z0-9_.-]{1,64}$`)
	actionPattern  = regexp.MustCompile(`^[a-z0-9_.]{1,64}$`)
	outcomePattern = regexp.MustCompile(`^(success|failure|denied)$`)
)

// At most this many alternatives of one field, and bytes of one value.
const (
	maxAlternatives = 100
	maxValueBytes   = models.MaxIDBytes
)

type parsing struct {
	query  url.Values
	zone   *time.Location
	fields []models.FieldError
}

func (p *parsing) bad(field, message string) {
	p.fields = append(p.fields, models.FieldError{Index: -1, Field: field, Message: message})
}

func (p *parsing) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	e := models.Errorf(models.Malformed, "%s: %s", p.fields[0].Field, p.fields[0].Message)
	e.Fields = p.fields
	return e
}

// list reads a parameter that may be repeated, under any of its names. Words of the vocabulary (those with a pattern) may also be a
// list with commas; ids may contain commas themselves, and blanks, and are taken as they are.
func (p *parsing) list(parameter int, pattern *regexp.Regexp, rule string) []string {
	var out []string
	for _, name := range Parameters[parameter].Names {
		for _, given := range p.query[name] {
			values := []string{given}
			if pattern != nil {
				values = strings.Split(given, ",")
			}
			for _, v := range values {
				if pattern != nil {
					v = strings.TrimSpace(v)
				}
				switch {
				case v == "" || slices.Contains(out, v):
				case len(v) > maxValueBytes:
					p.bad(name, "has more than "+strconv.Itoa(maxValueBytes)+" bytes")
				case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
					p.bad(name, "must be UTF-8 text without NUL")
				case pattern != nil && !pattern.MatchString(v):
					p.bad(name, rule)
				default:
					out = append(out, v)
				}
			}
		}
	}
	if len(out) > maxAlternatives {
		p.bad(Parameters[parameter].Names[0], "has more than "+strconv.Itoa(maxAlternatives)+" values")
		out = out[:maxAlternatives]
	}
	return out
}

// single reads a parameter that has one value.
func (p *parsing) single(parameter int) (name, value string) {
	name = Parameters[parameter].Names[0]
	for i, given := range p.query[name] {
		given = strings.TrimSpace(given)
		if i > 0 && given != value {
			p.bad(name, "is given twice")
			return name, ""
		}
		value = given
	}
	return name, value
}

func (p *parsing) boolean(parameter int) bool {
	name, text := p.single(parameter)
	switch strings.ToLower(text) {
	case "", "false", "0":
		return false
	case "true", "1":
		return true
	}
	p.bad(name, "must be true or false")
	return false
}

func (p *parsing) bound(parameter int, end bool) Bound {
	name, text := p.single(parameter)
	if text == "" {
		return Bound{}
	}
	at, err := ParseTime(text, p.zone, end)
	if err != nil {
		p.bad(name, err.Error())
		return Bound{}
	}
	return Bound{Text: text, At: at}
}

// layouts of a time that carries no zone; it is UTC then.
var layouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04"}

// ParseTime reads a time of a query: RFC 3339, without a zone in UTC; or a date, which means its first instant in the zone, or, as the
// end of a range, its last microsecond.
func ParseTime(text string, zone *time.Location, end bool) (time.Time, error) {
	text = strings.Replace(text, " ", "+", boolToInt(strings.Contains(text, "T"))) // a + that was not escaped
	if day, err := time.ParseInLocation("2006-01-02", text, zone); err == nil {
		day = day.Add(12 * time.Hour) // a midnight may not exist; noon does
		if end {
			return inRange(models.StartOfDay(day, 1).Add(-time.Microsecond))
		}
		return inRange(models.StartOfDay(day, 0))
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return inRange(t)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return inRange(t)
		}
	}
	return time.Time{}, models.Errorf(models.Malformed, "must be a date like 2026-01-31 or a time like 2026-01-31T09:00:00Z")
}

func inRange(t time.Time) (time.Time, error) {
	if t.Year() < 1 || t.Year() > 9999 {
		return t, models.Errorf(models.Malformed, "must be between the years 1 and 9999")
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Values prints the filter, so that Parse gives it back.
func (f Filter) Values() url.Values {
	v := url.Values{}
	add := func(parameter int, values ...string) {
		for _, value := range values {
			if value != "" {
				v.Add(Parameters[parameter].Names[0], value)
			}
		}
	}
	add(0, f.Actors...)
	add(1, f.Types...)
	add(2, f.EntityIDs...)
	add(3, f.Actions...)
	add(4, f.Projects...)
	for _, o := range f.Outcomes {
		add(5, string(o))
	}
	add(6, f.From.Text)
	add(7, f.To.Text)
	if f.System {
		add(8, "true")
	}
	return v
}

// IsZero tells whether the filter selects everything that is not a system row.
func (f Filter) IsZero() bool { return len(f.Values()) == 0 && len(f.ActorIDs) == 0 }

// String is the canonical text of the filter.
func (f Filter) String() string { return f.Values().Encode() }
