package web

import (
	"context"
	"net/url"
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

// viewTabs are the tabs over the feed: everything, one's own views, those that others share. The first one that shows what the filter does is
// the current one.
func (w *Web) viewTabs(ctx context.Context, v access.Viewer, filter feed.Filter) ([]views.ViewTab, error) {
	list, err := w.Views.List(ctx, v)
	if err != nil {
		return nil, err
	}
	shown := filter.String()
	tabs := []views.ViewTab{{Name: "Everything", Href: viewPath(v.Workspace.Slug, ""), Current: shown == ""}}
	current := shown == ""
	for _, each := range list {
		tab := views.ViewTab{Name: each.Name, Href: viewPath(v.Workspace.Slug, each.Query), Shared: each.Shared}
		tab.Current = !current && asRead(v, each.Query) == shown
		current = current || tab.Current
		tabs = append(tabs, tab)
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
	return viewPath(v.Workspace.Slug, view.Query), true, nil
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
