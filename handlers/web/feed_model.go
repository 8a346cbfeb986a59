package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// feedPage gathers what the model of a feed page is made of.
type feedPage struct {
	web    *Web
	viewer access.Viewer
	scope  access.Scope
	query  url.Values // of the address, with what could not be read
	filter feed.Filter
	bad    []models.FieldError
	path   string
}

func (f feedPage) model(c *fiber.Ctx, page feed.Page) (views.FeedPage, error) {
	ctx := c.UserContext()
	m := views.FeedPage{Now: f.web.config.Now()}
	var err error
	if m.Shell, err = f.web.shell(c, "Feed"); err != nil {
		return m, err
	}
	if m.Total, err = f.total(c, f.filter); err != nil {
		return m, err
	}
	if len(page.Entries) == 0 && !f.filter.IsZero() {
		without, err := f.total(c, feed.Filter{})
		if err != nil {
			return m, err
		}
		m.Without = &without
	}
	known, err := f.web.Stats.Summarise(ctx, f.scope, feed.Filter{System: f.filter.System}, mostPeople)
	if err != nil {
		return m, err
	}
	projects, err := f.web.Account.Projects(ctx, f.viewer)
	if err != nil {
		return m, err
	}
	m.Rows, m.Filter = f.rows(page.Entries), f.bar(known, projects, page.Entries)
	m.Newer, m.Older = f.turn(page.Newer), f.turn(page.Older)
	if f.viewer.Administers() {
		m.Sending = &views.SendingHint{Workspace: f.viewer.Workspace.Slug, URL: f.web.config.BaseURL.JoinPath("api/v1/workspaces", f.viewer.Workspace.Slug, "activity").String()}
	}
	return m, nil
}

func (f feedPage) total(c *fiber.Ctx, filter feed.Filter) (views.Total, error) {
	n, err := f.web.Stats.Total(c.UserContext(), f.scope, filter)
	switch {
	case err != nil:
		return views.Total{}, err
	case n == nil:
		return views.Total{Count: stats.CountedRows, Over: true}, nil
	}
	return views.Total{Count: *n}, nil
}

// rows gives each activity with the places its names lead to: the feed, filtered by that name.
func (f feedPage) rows(entries []models.Entry) []views.FeedRow {
	rows := make([]views.FeedRow, len(entries))
	for i := range entries {
		e := &entries[i]
		rows[i] = views.FeedRow{Entry: e, ActorHref: f.only("actor_id", e.Actor.ExternalID)}
		if e.OnBehalfOf != nil {
			rows[i].OnBehalfHref = f.only("actor_id", e.OnBehalfOf.ExternalID)
		}
		if e.EntityID != nil {
			rows[i].EntityHref = f.only("resource_types", e.EntityType, "resource_id", *e.EntityID)
		}
		if e.Project != nil {
			rows[i].ProjectHref = f.only("project_id", e.Project.ExternalID)
		}
	}
	return rows
}

// only is the feed with nothing but these parameters.
func (f feedPage) only(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return f.address(q)
}

func (f feedPage) address(q url.Values) string {
	if len(q) == 0 {
		return f.path
	}
	return f.path + "?" + q.Encode()
}

// turn is the address of another page of the same list.
func (f feedPage) turn(cursor string) string {
	if cursor == "" {
		return ""
	}
	q := f.filter.Values()
	q.Set("cursor", cursor)
	return f.address(q)
}

// A menu offers so many at most, the busiest, and what is on besides: a page must not grow with the workspace. Whoever is not offered is a link
// in a row.
const (
	mostPeople  = 30
	mostOptions = 40
)

// bar makes the filter bar: what can be chosen, what is on, what could not be read.
func (f feedPage) bar(known stats.Summary, projects []models.Project, entries []models.Entry) views.FeedFilter {
	b := views.FeedFilter{Action: f.path, Clear: f.path}
	var people []views.FilterOption
	for _, a := range known.Actors {
		people = append(people, views.FilterOption{Value: a.ExternalID, Label: a.Name, Count: &a.Count})
	}
	people = append(people, f.others(people, entries)...)
	var places []views.FilterOption
	for _, p := range projects {
		places = append(places, views.FilterOption{Value: p.ExternalID, Label: p.Name})
	}
	var outcomes []views.FilterOption
	for _, o := range models.Outcomes {
		outcomes = append(outcomes, views.FilterOption{Value: string(o)})
	}
	b.Menus = []views.FilterMenu{
		f.menu("resource_types", "Type", counted(known.Types), f.filter.Types),
		f.menu("actions", "Action", counted(known.Actions), f.filter.Actions),
		f.menu("actor_id", "Person", people, f.filter.Actors),
		f.menu("project_id", "Project", places, f.filter.Projects),
		f.menu("outcome", "Outcome", outcomes, texts(f.filter.Outcomes)),
	}
	b.From = views.FilterDate{Name: "start_date", Value: f.query.Get("start_date"), Error: f.wrong("start_date")}
	b.To = views.FilterDate{Name: "end_date", Value: f.query.Get("end_date"), Error: f.wrong("end_date")}
	if f.viewer.ReadsAll() {
		b.IncludeSystem = &views.FilterSwitch{Name: "include_system", On: f.filter.System}
	}
	for _, id := range f.filter.EntityIDs {
		b.Hidden = append(b.Hidden, views.FilterHidden{Name: "resource_id", Value: id})
	}
	b.Chips = f.chips(b.Menus)
	return b
}

// counted makes options of counts, the most frequent first.
func counted(counts map[string]int64) []views.FilterOption {
	options := make([]views.FilterOption, 0, len(counts))
	for value, n := range counts {
		options = append(options, views.FilterOption{Value: value, Count: &n})
	}
	slices.SortFunc(options, func(a, b views.FilterOption) int {
		if *a.Count != *b.Count {
			return int(*b.Count - *a.Count)
		}
		return strings.Compare(a.Value, b.Value)
	})
	return options
}

// others gives the people who are on and not among the busiest, by the names that the page has them under.
func (f feedPage) others(known []views.FilterOption, entries []models.Entry) []views.FilterOption {
	var others []views.FilterOption
	for _, id := range f.filter.Actors {
		if slices.ContainsFunc(known, func(o views.FilterOption) bool { return o.Value == id }) {
			continue
		}
		other := views.FilterOption{Value: id, Label: id}
		for _, e := range entries {
			if e.Actor.ExternalID == id {
				other.Label = e.Actor.DisplayName()
				break
			}
		}
		others = append(others, other)
	}
	return others
}

// menu marks what is on; a value that is on and not known is offered too.
func (f feedPage) menu(name, label string, options []views.FilterOption, on []string) views.FilterMenu {
	for _, value := range on {
		at := slices.IndexFunc(options, func(o views.FilterOption) bool { return o.Value == value })
		if at < 0 {
			options = append(options, views.FilterOption{Value: value})
			at = len(options) - 1
		}
		options[at].Active = true
	}
	n := 0
	options = slices.DeleteFunc(options, func(o views.FilterOption) bool {
		n++
		return n > mostOptions && !o.Active
	})
	return views.FilterMenu{Name: name, Label: label, Multiple: true, Options: options, Error: f.wrong(name)}
}

// wrong says what is wrong with a parameter of the address, under any of its names.
func (f feedPage) wrong(name string) string {
	for _, b := range f.bad {
		for _, p := range feed.Parameters {
			if slices.Contains(p.Names, name) && slices.Contains(p.Names, b.Field) {
				return b.Message
			}
		}
	}
	return ""
}

func texts(outcomes []models.Outcome) []string {
	out := make([]string, len(outcomes))
	for i, o := range outcomes {
		out[i] = string(o)
	}
	return out
}
