package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/component"
)

// projectListRows is how many projects a page of the list has.
const projectListRows = 50

// projectsPath is the list of a workspace's projects.
func projectsPath(slug string) string { return feedPath(slug) + "/projects" }

// projectAsk is what the address of the list asks for.
type projectAsk struct{ slug, q, state, before, after string }

// ProjectsPage lists the projects of a workspace.
func (w *Web) ProjectsPage(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	q, err := listQuery(c, "q", "state", "before", "after")
	if err != nil {
		return err
	}
	ask := projectAsk{slug: visit.Of(c).Viewer.Workspace.Slug, q: q.Get("q"), state: q.Get("state"), before: q.Get("before"), after: q.Get("after")}
	if ask.state != "" && ask.state != "archived" {
		return models.FieldErrorf(models.Malformed, "state", "must be archived, or absent")
	}
	if err := oneWay(q); err != nil {
		return err
	}
	list, err := w.Account.ProjectsOf(c.UserContext(), d, ask.filter())
	if err != nil {
		return err
	}
	page := views.ProjectsPage{
		Search:   component.Search{Action: projectsPath(ask.slug), Label: "Search projects", Placeholder: "Name, or id in the sending application", Value: ask.q},
		Narrowed: ask.q != "", Archived: ask.state != "", Clear: ask.with(func(a *projectAsk) { a.q = "" }), New: projectsPath(ask.slug) + "/new", Sending: sendingPath(ask.slug),
	}
	if ask.state != "" {
		page.Search.Keep = []component.Hidden{{Name: "state", Value: ask.state}}
	}
	for _, p := range list.Projects {
		page.Rows = append(page.Rows, projectRow(ask.slug, p))
	}
	if list.Prev != "" {
		page.Pages.Back = ask.with(func(a *projectAsk) { a.before = list.Prev })
	}
	if list.Next != "" {
		page.Pages.Next = ask.with(func(a *projectAsk) { a.after = list.Next })
	}
	return w.sendProjects(c, d, ask, page)
}

func (w *Web) sendProjects(c *fiber.Ctx, d account.Doer, ask projectAsk, page views.ProjectsPage) error {
	active, archived, err := w.Account.CountProjects(c.UserContext(), d)
	if err != nil {
		return err
	}
	if page.Clock, err = w.clock(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Projects"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("States of projects", []component.Tab{
		{Label: "Active", Count: &active, Current: ask.state == "", Href: ask.with(func(a *projectAsk) { a.state = "" })},
		{Label: "Archived", Count: &archived, Current: ask.state != "", Href: ask.with(func(a *projectAsk) { a.state = "archived" })},
	})
	page.Shell.End = views.NewProjectButton(page.New)
	return send(c, views.Projects(page))
}

func (a projectAsk) filter() account.ProjectFilter {
	f := account.ProjectFilter{Search: a.q, State: "active", Cursor: a.after, Limit: projectListRows}
	if a.state != "" {
		f.State = a.state
	}
	if a.before != "" {
		f.Cursor, f.Back = a.before, true
	}
	return f
}

// with is the address of the list asked otherwise, from its beginning.
func (a projectAsk) with(change func(*projectAsk)) string {
	a.before, a.after = "", ""
	change(&a)
	q := url.Values{}
	for name, value := range map[string]string{"q": a.q, "state": a.state, "before": a.before, "after": a.after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return projectsPath(a.slug)
	}
	return projectsPath(a.slug) + "?" + q.Encode()
}

func projectRow(slug string, p account.ProjectLine) views.ProjectRow {
	at := projectPath(slug, p.ID)
	return views.ProjectRow{
		Name: p.Name, ExternalID: p.ExternalID, Href: at, Access: at + "/access", Edit: at + "/edit", Visibility: p.Visibility, Archived: p.ArchivedAt != nil,
		Members: p.Members, Activities: p.Activities, LastActive: p.LastActive,
		All: filteredPath(slug, feed.Filter{Criteria: feed.Criteria{Projects: []string{p.ExternalID}}}),
	}
}

// numbers reads ids that a form sends; what is no number is nobody's.
func numbers(values []string) []int64 {
	ids := make([]int64, 0, len(values))
	for _, v := range values {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
