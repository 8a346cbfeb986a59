package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/savedview"
	"daybook/views"
)

// everything is the parameter of the feed that says: no view, not even the default one.
const everything = "view=all"

// viewPath is where a saved view is read: the feed with its filter.
func viewPath(slug, query string) string {
	if query == "" {
		return feedPath(slug) + "?" + everything
	}
	return feedPath(slug) + "?" + query
}

// viewsPath is where saved views are managed.
func viewsPath(slug string) string { return feedPath(slug) + "/views" }

// mostTabs is how many tabs there are over a feed; the other views are in the list of views. longestQuery is how long the filter in the address of
// a tab may be, in bytes. The page of a feed has to stay small, whatever was saved.
const (
	mostTabs     = 12
	longestQuery = 300
)

// openPath is where a saved view is opened: the feed with its filter, by way of the view's own address when that is long.
func openPath(v access.Viewer, view savedview.View) string {
	if len(view.Query) > longestQuery {
		return viewsPath(v.Workspace.Slug) + "/" + strconv.FormatInt(view.ID, 10)
	}
	return viewPath(v.Workspace.Slug, asRead(v, view.Query))
}

// OpenView leads to the feed with the filter of a view.
func (w *Web) OpenView(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	view, err := w.Views.One(c.UserContext(), v, viewID(c))
	if err != nil {
		return err
	}
	return c.Redirect(viewPath(v.Workspace.Slug, asRead(v, view.Query)), fiber.StatusSeeOther)
}

// viewTabs are the tabs over the feed: everything, one's own views, those that others share. The first one that shows what the filter does is
// the current one, and always among them.
func (w *Web) viewTabs(ctx context.Context, v access.Viewer, filter feed.Filter) (views.ViewTabList, error) {
	list, err := w.Views.List(ctx, v)
	if err != nil {
		return views.ViewTabList{}, err
	}
	slug, shown := v.Workspace.Slug, filter.String()
	current := -1
	if shown != "" {
		current = slices.IndexFunc(list, func(each savedview.View) bool { return asRead(v, each.Query) == shown })
	}
	tabs := views.ViewTabList{Manage: viewsPath(slug), Tabs: []views.ViewTab{{Name: "Everything", Href: viewPath(slug, ""), Current: shown == ""}}}
	room := mostTabs - 1
	if len(list) > room {
		tabs.All = len(list)
	}
	for i, each := range list {
		if i == current || i < room && (i < room-1 || current < room) {
			tabs.Tabs = append(tabs.Tabs, views.ViewTab{Name: each.Name, Href: openPath(v, each), Current: i == current, Shared: each.Shared})
		}
	}
	return tabs, nil
}

// asRead is the text of a stored filter as it is for a reader: whoever may not read system rows is shown none of them by any view.
func asRead(v access.Viewer, query string) string {
	if v.ReadsAll() {
		return query
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	values.Del("include_system")
	return values.Encode()
}

// defaultView is where the viewer wants to be when they open the workspace, if they chose a view for that.
func (w *Web) defaultView(ctx context.Context, v access.Viewer) (href string, ok bool, err error) {
	view, ok, err := w.Views.Default(ctx, v)
	if !ok || err != nil {
		return "", false, err
	}
	return viewPath(v.Workspace.Slug, asRead(v, view.Query)), true, nil
}

// readersNow is now, in the zone in which the viewer of the request reads dates.
func (w *Web) readersNow(v access.Viewer) time.Time { return w.config.Now().In(zoneOf(v)) }

// readView reads the filter that is stored with a view, as far as it can be read.
func (w *Web) readView(v access.Viewer, query string) (feed.Filter, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return feed.Filter{}, err
	}
	return savedview.Read(clean(values), w.readersNow(v))
}

// viewID is the view that the address names; what is no number is none.
func viewID(c *fiber.Ctx) int64 {
	id, err := c.ParamsInt("id")
	if err != nil {
		return 0
	}
	return int64(id)
}

// toViews leads to the list of views, with a message.
func (w *Web) toViews(c *fiber.Ctx, said string) error {
	if err := w.flash(c, said); err != nil {
		return err
	}
	return c.Redirect(viewsPath(visit.Of(c).Viewer.Workspace.Slug), fiber.StatusSeeOther)
}
