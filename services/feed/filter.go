package feed

import (
	"net/url"
	"slices"
	"strings"
	"time"

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
	HasProject  Part = "project"
	HasResource Part = "resource" // it is about something: it has an entity type
)

// Parts are those there are.
var Parts = []Part{HasChanges, HasMetadata, HasProject, HasResource}

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
	{[]string{"q"}},
}

// Parse reads a filter from a URL's query. The days of now, and their names, are those of its zone. What the parameters and the line in q say
// goes together: alternatives join, words add up. Parameters it does not know are left to others. On an error the filter holds everything
// that could be read, and the error names each parameter that could not; a LineError in it tells where in q.
func Parse(query url.Values, now time.Time) (Filter, error) {
	p := reading{query: query, now: now}
	p.filter = Filter{
		Criteria: Criteria{
			Actors:    p.list(0, idRule),
			Types:     p.list(1, typeRule),
			EntityIDs: p.list(2, idRule),
			Actions:   p.list(3, actionRule),
			Projects:  p.list(4, idRule),
		},
		From:   p.bound(6, false),
		To:     p.bound(7, true),
		System: p.boolean(8),
	}
	for _, o := range p.list(5, outcomeRule) {
		p.filter.Outcomes = append(p.filter.Outcomes, models.Outcome(o))
	}
	if line, ok := p.once("q"); ok {
		p.line(line)
		p.fits(p.filter.withoutParameters())
	}
	p.inOrder()
	return p.filter, p.err()
}

// list reads a parameter that may be repeated, under any of its names. Words of the vocabulary (those with a pattern) may also be a
// list with commas; ids may contain commas themselves, and blanks, and are taken as they are.
func (p *reading) list(parameter int, r rule) []string {
	var out []string
	for _, name := range Parameters[parameter].Names {
		for _, given := range p.query[name] {
			values := []string{given}
			if r.pattern != nil {
				values = strings.Split(given, ",")
			}
			for _, v := range values {
				if r.pattern != nil {
					v = strings.TrimSpace(v)
				}
				if v == "" || slices.Contains(out, v) {
					continue
				}
				if wrong := r.broken(v); wrong != "" {
					p.bad(name, wrong)
					continue
				}
				out = append(out, v)
			}
		}
	}
	if len(out) > maxAlternatives {
		p.bad(Parameters[parameter].Names[0], tooMany(maxAlternatives))
		out = out[:maxAlternatives]
	}
	return out
}

// once reads a parameter that has one value, and tells whether it has one.
func (p *reading) once(name string) (value string, ok bool) {
	for i, given := range p.query[name] {
		if i > 0 && given != value {
			p.bad(name, "is given twice")
			return "", false
		}
		value = given
	}
	return value, value != ""
}

// single reads a parameter that has one value, in which blanks at the ends do not count.
func (p *reading) single(parameter int) (name, value string) {
	name = Parameters[parameter].Names[0]
	value, _ = p.once(name)
	return name, strings.TrimSpace(value)
}

func (p *reading) boolean(parameter int) bool {
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

func (p *reading) bound(parameter int, end bool) Bound {
	name, text := p.single(parameter)
	if text == "" {
		return Bound{}
	}
	at, err := ParseTime(text, p.now, end)
	if err != nil {
		p.bad(name, err.Error())
		return Bound{}
	}
	return Bound{Text: timeText(text), At: at}
}

// Values prints the filter, so that Parse gives it back. What no parameter of its own can say is in q.
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
	add(9, f.withoutParameters().Line())
	return v
}

// withoutParameters is what of the filter is left for q.
func (f Filter) withoutParameters() Filter {
	rest := Filter{Criteria: f.Criteria, Not: f.Not}
	rest.Actors, rest.Types, rest.EntityIDs, rest.Actions, rest.Projects, rest.Outcomes = nil, nil, nil, nil, nil, nil
	return rest
}

// Lacking gives the filter narrowed to what lacks a part.
func (f Filter) Lacking(p Part) Filter {
	if !slices.Contains(f.Not.Has, p) {
		f.Not.Has = append(slices.Clip(f.Not.Has), p)
	}
	return f
}

// IsZero tells whether the filter selects everything that is not a system row.
func (f Filter) IsZero() bool { return len(f.Values()) == 0 && len(f.ActorIDs) == 0 }

// String is the canonical text of the filter.
func (f Filter) String() string { return f.Values().Encode() }
