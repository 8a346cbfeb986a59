package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// instanceWorkspacesPath is the list of all workspaces.
const instanceWorkspacesPath = "/instance/workspaces"

// InstanceWorkspacesPage lists all workspaces.
func (w *Web) InstanceWorkspacesPage(c *fiber.Ctx) error {
	l := instanceList{path: instanceWorkspacesPath, states: []string{"", "open", "archived"}, labels: []string{"All", "Open", "Archived"}}
	if err := l.read(c); err != nil {
		return err
	}
	list, next, err := w.Account.WorkspaceLines(c.UserContext(), account.InstanceDoer(visit.Of(c).Principal), l.filter)
	if err != nil {
		return err
	}
	page := views.InstanceWorkspacesPage{
		Now: w.config.Now(), New: instanceWorkspacesPath + "/new", Pages: l.pages(next), All: l.all(), Search: l.search("Search workspaces", "Name or short name"),
	}
	for _, each := range list {
		page.List = append(page.List, views.InstanceWorkspace{
			Name: each.Name, Slug: each.Slug, Href: feedPath(each.Slug), Settings: settingsPath(each.Slug), Members: each.Members, Recorded: each.Recorded, LastActive: each.LastActive,
			Archived: each.ArchivedAt != nil, BuiltIn: each.ID == models.BuiltInWorkspace,
		})
	}
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Workspaces"); err != nil {
		return err
	}
	page.Shell.Views = component.Tabs("Which workspaces", l.tabs())
	return send(c, views.InstanceWorkspaces(page))
}

// instanceList is what the lists of the instance read of an address: a search, a state, a place.
type instanceList struct {
	path           string
	states, labels []string
	filter         account.ListFilter
}

func (l *instanceList) read(c *fiber.Ctx) error {
	q, err := listQuery(c, "q", "state", "cursor")
	if err != nil {
		return err
	}
	l.filter = account.ListFilter{Search: q.Get("q"), State: q.Get("state"), Cursor: q.Get("cursor")}
	for _, state := range l.states {
		if l.filter.State == state {
			return nil
		}
	}
	return models.FieldErrorf(models.Malformed, "state", "is none of this list")
}

// address is the list with these parameters; empty ones are left out.
func (l *instanceList) address(state, search, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": state, "q": search, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return l.path
	}
	return l.path + "?" + q.Encode()
}

func (l *instanceList) tabs() []component.Tab {
	tabs := make([]component.Tab, len(l.states))
	for i, state := range l.states {
		tabs[i] = component.Tab{Label: l.labels[i], Href: l.address(state, l.filter.Search, ""), Current: state == l.filter.State}
	}
	return tabs
}

func (l *instanceList) search(label, placeholder string) component.Search {
	s := component.Search{Action: l.path, Label: label, Placeholder: placeholder, Value: l.filter.Search}
	if l.filter.State != "" {
		s.Keep = []component.Hidden{{Name: "state", Value: l.filter.State}}
	}
	return s
}

// pages lead on, and from a later page to the first: cursors go one way.
func (l *instanceList) pages(next string) component.Pages {
	var p component.Pages
	if next != "" {
		p.Next = l.address(l.filter.State, l.filter.Search, next)
	}
	if l.filter.Cursor != "" {
		p.Back = l.address(l.filter.State, l.filter.Search, "")
	}
	return p
}

// all is the list without a filter, where there is one.
func (l *instanceList) all() string {
	if l.filter.Search == "" && l.filter.State == "" {
		return ""
	}
	return l.path
}
