package web

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
)

// mostAlike is how many values of one criterion have chips of their own; more of them are one chip. Each chip's address has all the others in
// it, so sixty would make a page of addresses.
const mostAlike = 8

// chipMaker collects the chips of a filter.
type chipMaker struct {
	*feedPage
	names filterWords
	chips []views.FilterChip
}

// chips are the filters that are on, each with the address of the feed without it. What could not be read is a chip too, marked.
func (f *feedPage) chips(c *fiber.Ctx, entries []models.Entry) ([]views.FilterChip, error) {
	names, err := f.web.wordsFor(c.UserContext(), f.viewer, []feed.Filter{f.filter}, entries)
	if err != nil {
		return nil, err
	}
	m := &chipMaker{feedPage: f, names: names}
	m.all()
	for _, b := range f.bad {
		if canonicalName(b.Field) != "q" {
			m.chips = append(m.chips, views.FilterChip{Label: wordFor(b.Field), Value: cut(f.query.Get(b.Field)), Remove: f.of(f.filter), Bad: true})
		}
	}
	if !f.fold {
		folded := *f
		folded.fold = true
		m.chips = append(m.chips, views.FilterChip{Label: "Alike rows", Value: "one by one", Remove: folded.of(f.filter), Way: true})
	}
	return m.chips, nil
}

// all makes the chips of what filters.
func (m *chipMaker) all() {
	m.time()
	m.criteria("", func(f *feed.Filter) *feed.Criteria { return &f.Criteria })
	m.criteria(" is not", func(f *feed.Filter) *feed.Criteria { return &f.Not })
	if m.filter.System {
		without := m.filter
		without.System = false
		m.add("With", "system rows", without)
	}
}

func (m *chipMaker) add(label, value string, without feed.Filter) {
	m.chips = append(m.chips, views.FilterChip{Label: label, Value: cut(value), Remove: m.of(without)})
}

func (m *chipMaker) time() {
	if words := periodWords(m.filter.From, m.filter.To, m.web.config.Now().In(m.zone)); words != "" {
		without := m.filter
		without.From, without.To = feed.Bound{}, feed.Bound{}
		m.add("Period", words, without)
	}
}

// criteria makes the chips of what rows must have, or must not have.
func (m *chipMaker) criteria(not string, of func(*feed.Filter) *feed.Criteria) {
	c := of(&m.filter)
	chipsFor(m, "Action"+not, c.Actions, m.names.action, func(f *feed.Filter) *[]string { return &of(f).Actions })
	chipsFor(m, "Type"+not, c.Types, m.names.kind, func(f *feed.Filter) *[]string { return &of(f).Types })
	chipsFor(m, "Who"+not, c.Actors, m.names.actor, func(f *feed.Filter) *[]string { return &of(f).Actors })
	chipsFor(m, "Who"+not, c.ActorNames, said, func(f *feed.Filter) *[]string { return &of(f).ActorNames })
	chipsFor(m, "Project"+not, c.Projects, m.names.project, func(f *feed.Filter) *[]string { return &of(f).Projects })
	chipsFor(m, "Project"+not, c.ProjectNames, said, func(f *feed.Filter) *[]string { return &of(f).ProjectNames })
	chipsFor(m, "Outcome"+not, c.Outcomes, outcomeWord, func(f *feed.Filter) *[]models.Outcome { return &of(f).Outcomes })
	chipsFor(m, "Id"+not, c.EntityIDs, said, func(f *feed.Filter) *[]string { return &of(f).EntityIDs })
	chipsFor(m, "Changed field"+not, c.Fields, lower, func(f *feed.Filter) *[]string { return &of(f).Fields })
	text := "Text"
	if not != "" {
		text = "Text without"
	}
	for i, p := range c.Has {
		without := m.filter
		of(&without).Has = slices.Delete(slices.Clone(c.Has), i, i+1)
		label, word := partWords(p, not == "")
		m.add(label, word, without)
	}
	chipsFor(m, "Day"+m.elsewhere()+not, c.Weekdays, func(d time.Weekday) string { return d.String() }, func(f *feed.Filter) *[]time.Weekday { return &of(f).Weekdays })
	chipsFor(m, "Hour"+m.elsewhere()+not, c.Hours, func(h int) string { return strconv.Itoa(h) + "–" + strconv.Itoa(h+1) }, func(f *feed.Filter) *[]int { return &of(f).Hours })
	chipsFor(m, text, c.Words, wordWords, func(f *feed.Filter) *[]feed.Word { return &of(f).Words })
}

// elsewhere names the workspace's zone, in which days and hours are counted, for those who read times in another.
func (m *chipMaker) elsewhere() string {
	if zone := m.viewer.Workspace.TimeZone; zone != m.zone.String() {
		return " in " + zone
	}
	return ""
}

// chipsFor makes a chip for each value of a criterion, or one for all of them where they are many.
func chipsFor[T comparable](m *chipMaker, label string, values []T, word func(T) string, in func(*feed.Filter) *[]T) {
	if len(values) > mostAlike {
		without := m.filter
		*in(&without) = nil
		said := make([]string, 0, mostAlike)
		for _, v := range values[:mostAlike/2] {
			said = append(said, cut(word(v)))
		}
		m.add(label, strings.Join(said, ", ")+" and "+strconv.Itoa(len(values)-len(said))+" more", without)
		return
	}
	for i, v := range values {
		without := m.filter
		*in(&without) = slices.Delete(slices.Clone(values), i, i+1)
		m.add(label, word(v), without)
	}
}

// showing says in few words what the chips let through, for the title of a window: "invoice, failed", "invoice, not updated and 2 more".
func showing(chips []views.FilterChip) string {
	const most = 3
	var words []string
	for _, c := range chips {
		word := c.Value
		switch {
		case c.Bad || c.Way:
			continue
		case strings.HasSuffix(c.Label, " is not"):
			word = "not " + word
		case strings.HasPrefix(c.Label, "With"), c.Label == "About", strings.HasSuffix(c.Label, "without"):
			word = strings.ToLower(c.Label[strings.LastIndexByte(c.Label, ' ')+1:]) + " " + word
		}
		words = append(words, word)
	}
	if len(words) > most {
		words = append(words[:most-1], strconv.Itoa(len(words)-most+1)+" more")
		words = []string{strings.Join(words[:most-1], ", ") + " and " + words[most-1]}
	}
	all := strings.Join(words, ", ")
	_, size := utf8.DecodeRuneInString(all)
	return strings.ToUpper(all[:size]) + all[size:]
}

// partWords says that rows have a part, or lack it.
func partWords(p feed.Part, there bool) (label, word string) {
	label, word = "With", string(p)
	if !there {
		label = "Without"
	}
	switch {
	case p == feed.HasProject:
		word = "a project"
	case p == feed.HasResource && there:
		label, word = "About", "something in particular"
	case p == feed.HasResource:
		label, word = "About", "nothing in particular"
	}
	return label, word
}

func said(text string) string { return text }

// lower is a machine's word as the middle of a sentence has it.
func lower(word string) string {
	if label := models.Label(word); label != "" {
		return label
	}
	return word
}

func outcomeWord(o models.Outcome) string {
	switch o {
	case models.Failure:
		return "failed"
	case models.Denied:
		return "denied"
	}
	return "done"
}

func wordWords(w feed.Word) string {
	if w.Phrase {
		return "“" + w.Text + "”"
	}
	return w.Text
}

// cut keeps a chip from filling the page.
func cut(value string) string {
	const most = 100
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}
