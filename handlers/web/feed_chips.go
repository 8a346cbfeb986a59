package web

import (
	"net/url"
	"slices"

	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
)

// chips are the filters that are on, each with the address of the feed without it. What could not be read is a chip too, marked.
func (f feedPage) chips(menus []views.FilterMenu) []views.FilterChip {
	var chips []views.FilterChip
	for _, m := range menus {
		for _, o := range m.Options {
			if o.Active {
				chips = append(chips, views.FilterChip{Label: m.Label, Value: nameOf(o), Remove: f.without(m.Name, o.Value)})
			}
		}
	}
	for _, id := range f.filter.EntityIDs {
		chips = append(chips, views.FilterChip{Label: "Id", Value: id, Remove: f.without("resource_id", id)})
	}
	if f.filter.From.IsSet() {
		chips = append(chips, views.FilterChip{Label: "From", Value: f.filter.From.Text, Remove: f.without("start_date", f.filter.From.Text)})
	}
	if f.filter.To.IsSet() {
		chips = append(chips, views.FilterChip{Label: "To", Value: f.filter.To.Text, Remove: f.without("end_date", f.filter.To.Text)})
	}
	if f.filter.System {
		chips = append(chips, views.FilterChip{Label: "With", Value: "system rows", Remove: f.without("include_system", "true")})
	}
	for _, b := range f.bad {
		value := f.query.Get(b.Field)
		if !f.hasControl(b.Field) {
			value = b.Message // nothing else on the page says what is wrong
		}
		chips = append(chips, views.FilterChip{Label: wordFor(b.Field), Value: shorten(value), Remove: f.address(f.filter.Values()), Bad: true})
	}
	return chips
}

func nameOf(o views.FilterOption) string {
	if o.Label != "" {
		return o.Label
	}
	return models.Title(o.Value)
}

// without is the feed's address with one value less.
func (f feedPage) without(name, value string) string {
	q := url.Values{}
	for n, values := range f.filter.Values() {
		q[n] = slices.Clone(values)
		if n == canonicalName(name) {
			q[n] = slices.DeleteFunc(q[n], func(v string) bool { return v == value })
		}
		if len(q[n]) == 0 {
			delete(q, n)
		}
	}
	return f.address(q)
}

func canonicalName(name string) string {
	for _, p := range feed.Parameters {
		if slices.Contains(p.Names, name) {
			return p.Names[0]
		}
	}
	return name
}

// hasControl tells whether the bar has a place for the error of a parameter.
func (f feedPage) hasControl(name string) bool {
	return slices.Contains([]string{"resource_types", "actions", "actor_id", "project_id", "outcome", "start_date", "end_date"}, canonicalName(name))
}

// shorten keeps a chip from filling the page.
func shorten(value string) string {
	const most = 100
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}

// wordFor is what the bar calls a parameter.
func wordFor(name string) string {
	words := map[string]string{
		"actor_id": "Person", "resource_types": "Type", "resource_id": "Id", "actions": "Action", "project_id": "Project", "outcome": "Outcome",
		"start_date": "From", "end_date": "To", "include_system": "System rows", "cursor": "Page",
	}
	if word, ok := words[canonicalName(name)]; ok {
		return word
	}
	return name
}
