package feed

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybook/models"
)

// qualifier is what narrows a filter in a line: a name, a colon and a value.
type qualifier struct {
	name    string
	example string
	many    bool // commas separate alternatives
	read    func(p *reading, t token)
}

// qualifiers are those there are, as a message names them.
var qualifiers = []qualifier{
	{"actor", "amara", false, oneText(nameRule, func(c *Criteria) *[]string { return &c.ActorNames })},
	{"actor_id", "user-123", false, oneText(idRule, func(c *Criteria) *[]string { return &c.Actors })},
	{"action", "updated", true, severalTexts(actionRule, func(c *Criteria) *[]string { return &c.Actions })},
	{"type", "invoice", true, severalTexts(typeRule, func(c *Criteria) *[]string { return &c.Types })},
	{"id", "42", false, oneText(idRule, func(c *Criteria) *[]string { return &c.EntityIDs })},
	{"project", `"New Website"`, false, oneText(nameRule, func(c *Criteria) *[]string { return &c.ProjectNames })},
	{"project_id", "42", false, oneText(idRule, func(c *Criteria) *[]string { return &c.Projects })},
	{"outcome", "failure", true, severalTexts(outcomeRule, func(c *Criteria) *[]models.Outcome { return &c.Outcomes })},
	{"is", "failed", true, (*reading).is},
	{"has", "changes", true, (*reading).has},
	{"field", "status", false, oneText(textRule, func(c *Criteria) *[]string { return &c.Fields })},
	{"changed", "status", false, oneText(textRule, func(c *Criteria) *[]string { return &c.Fields })},
	{"created", ">=2026-01-31", false, (*reading).created},
	{"after", "2026-01-31", false, (*reading).after},
	{"before", "2026-01-31", false, (*reading).before},
	{"on", "2026-01-31", false, (*reading).created},
	{"weekday", "mon", true, (*reading).weekdays},
	{"hour", "9", true, (*reading).hours},
}

// token reads a part of the line into the filter.
func (p *reading) token(t token) {
	if t.open {
		p.badAt(t.span, "the quotation mark is not closed")
		return
	}
	if t.name == "" {
		p.word(t)
		return
	}
	i := slices.IndexFunc(qualifiers, func(q qualifier) bool { return q.name == t.name })
	switch {
	case i < 0:
		names := make([]string, len(qualifiers))
		for i, q := range qualifiers {
			names[i] = q.name
		}
		p.badAt(t.span, "there is no such qualifier; there are "+strings.Join(names, ", ")+". Write \\: for a colon in a word")
	case t.text == "", qualifiers[i].many && len(t.given()) == 0:
		p.badAt(t.span, "a value must follow at once, as in "+t.name+":"+qualifiers[i].example)
	default:
		qualifiers[i].read(p, t)
	}
}

// criteria are those that a token adds to.
func (p *reading) criteria(t token) *Criteria {
	if t.not {
		return &p.filter.Not
	}
	return &p.filter.Criteria
}

func (p *reading) word(t token) {
	if t.text == "" {
		return
	}
	wrong := textRule.broken(t.text)
	if wrong == "" && len(models.WordsOf(t.text)) == 0 {
		wrong = "has no letter or digit to search for"
	}
	if wrong != "" {
		p.badAt(t.span, wrong)
		return
	}
	addTo(p, &p.criteria(t).Words, Word{Text: t.text, Phrase: t.phrase}, t.span)
}

// oneText reads a value that may have commas in it.
func oneText(r rule, field func(*Criteria) *[]string) func(*reading, token) {
	return func(p *reading, t token) { readText(p, item{t.span, t.text}, r, field(p.criteria(t))) }
}

// severalTexts reads alternatives with commas between them.
func severalTexts[T ~string](r rule, field func(*Criteria) *[]T) func(*reading, token) {
	return func(p *reading, t token) {
		for _, each := range t.given() {
			each.text = inVocabulary(each.text)
			readText(p, each, r, field(p.criteria(t)))
		}
	}
}

// inVocabulary writes a word of the vocabulary as it is kept, from how pages show it: "Time entry" is time_entry.
func inVocabulary(text string) string { return strings.ReplaceAll(strings.ToLower(text), " ", "_") }

func readText[T ~string](p *reading, each item, r rule, into *[]T) {
	if wrong := r.broken(each.text); wrong != "" {
		p.badAt(each.span, wrong)
		return
	}
	addUpTo(p, cmp.Or(r.most, maxAlternatives), into, T(each.text), each.span)
}

// given gives the items that are not empty.
func (t token) given() []item {
	var out []item
	for _, each := range t.items {
		if each.text = strings.TrimSpace(each.text); each.text != "" {
			out = append(out, each)
		}
	}
	return out
}

func (p *reading) is(t token) {
	for _, each := range t.given() {
		switch {
		case each.text == "failed":
			addTo(p, &p.criteria(t).Outcomes, models.Failure, each.span)
		case each.text == "denied":
			addTo(p, &p.criteria(t).Outcomes, models.Denied, each.span)
		case each.text == "system" && t.not:
			p.badAt(t.span, "system rows are left out anyway; is:system cannot be negated")
		case each.text == "system":
			p.filter.System = true
		default:
			p.badAt(each.span, "after is: comes failed, denied or system")
		}
	}
}

func (p *reading) has(t token) {
	for _, each := range t.given() {
		if part := Part(each.text); slices.Contains(Parts, part) {
			addTo(p, &p.criteria(t).Has, part, each.span)
		} else {
			p.badAt(each.span, "after has: comes changes, metadata, project or resource")
		}
	}
}

func (p *reading) weekdays(t token) {
	p.numbers(t, weekdayOf, 7, "a day of the week is one of mon, tue, wed, thu, fri, sat and sun, and mon..fri are several", func(n int, at span) {
		addTo(p, &p.criteria(t).Weekdays, time.Weekday(n), at)
	})
}

func (p *reading) hours(t token) {
	p.numbers(t, hourOf, 24, "an hour is a number from 0 to 23, and 9..17 are several", func(n int, at span) {
		addTo(p, &p.criteria(t).Hours, n, at)
	})
}

// numbers reads values that go round, like hours, and ranges of them.
func (p *reading) numbers(t token, read func(string) (int, bool), around int, says string, add func(n int, at span)) {
	for _, each := range t.given() {
		from, to, isRange := strings.Cut(each.text, "..")
		if !isRange {
			to = from
		}
		first, firstOK := read(from)
		last, lastOK := read(to)
		if !firstOK || !lastOK {
			p.badAt(each.span, says)
			continue
		}
		for n := first; ; n = (n + 1) % around {
			add(n, each.span)
			if n == last {
				break
			}
		}
	}
}

func weekdayOf(text string) (int, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), strings.ToLower(text)) {
			return int(d), true
		}
	}
	return 0, false
}

func hourOf(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 8)
	return int(n), err == nil && n < 24 && len(text) <= 2
}
