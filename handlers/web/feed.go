package web

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
)

// pageRows is how many activities a page of the feed has.
const pageRows = 50

// Home is the feed of the workspace that opens first.
func (w *Web) Home(c *fiber.Ctx) error {
	v := visit.Of(c)
	viewers, err := w.Access.EnterAll(c.UserContext(), v.Principal)
	if err != nil {
		return err
	}
	viewer, ok := first(viewers)
	if !ok {
		return w.noWorkspace(c)
	}
	v.Viewer = viewer
	return w.Feed(c)
}

// noWorkspace tells somebody whom nobody has added to a workspace yet.
func (w *Web) noWorkspace(c *fiber.Ctx) error {
	shell, err := w.shell(c, "")
	if err != nil {
		return err
	}
	c.Status(fiber.StatusNotFound)
	return send(c, views.Error(views.ErrorPage{
		Shell: &shell, Status: fiber.StatusNotFound, Title: "No workspace yet",
		Detail: "You are not a member of any workspace yet. Ask an owner of one to add you.",
	}))
}

// Feed shows a page of the workspace's activities, as the address says. What the address holds and cannot be read filters nothing, is shown as
// such, and makes the answer a 400; names that are no parameters are passed over, since links pick up all sorts of them.
func (w *Web) Feed(c *fiber.Ctx) error {
	viewer := visit.Of(c).Viewer
	given, unreadable := url.ParseQuery(string(c.Context().URI().QueryString()))
	query := clean(given)
	zone := zoneOf(viewer)
	filter, err := feed.Parse(query, w.config.Now().In(zone))
	f := feedPage{web: w, viewer: viewer, query: query, filter: filter, bad: asFields(err), path: "/w/" + viewer.Workspace.Slug}
	if !viewer.ReadsAll() {
		f.filter.System = false
	}
	f.scope = viewer.Scope(f.filter.System)
	if unreadable != nil {
		f.bad = append(f.bad, models.FieldError{Index: -1, Field: "address", Message: "has an escape that is not right"})
	}
	page, err := f.page(c)
	if err != nil {
		return err
	}
	model, err := f.model(c, page)
	if err != nil {
		return err
	}
	if len(f.bad) > 0 {
		c.Status(fiber.StatusBadRequest)
	}
	model.Zone, model.DateFormat = zone.String(), viewer.User.DateFormat
	return send(c, views.Feed(model))
}

// page reads the page that the cursor names, or the first one when it names none.
func (f *feedPage) page(c *fiber.Ctx) (feed.Page, error) {
	ask := feed.Ask{Filter: f.filter, Limit: pageRows, Cursor: f.query.Get("cursor")}
	page, err := f.web.Parts.Feed.Page(c.UserContext(), f.scope, ask)
	if models.KindOf(err) == models.Malformed && ask.Cursor != "" {
		f.bad = append(f.bad, models.FieldError{Index: -1, Field: "cursor", Message: "does not lead to a page of this list; this is the first one"})
		ask.Cursor = ""
		return f.web.Parts.Feed.Page(c.UserContext(), f.scope, ask)
	}
	return page, err
}

// clean takes out of a query what no text of ours can hold.
func clean(query url.Values) url.Values {
	out := url.Values{}
	for name, values := range query {
		for _, v := range values {
			if v != "" {
				out.Add(name, cleanText(v))
			}
		}
	}
	return out
}

func asFields(err error) []models.FieldError {
	if err == nil {
		return nil
	}
	return asOurs(err).Fields
}

// zoneOf gives the zone in which the viewer reads times: their own, else the workspace's.
func zoneOf(v access.Viewer) *time.Location {
	for _, name := range []string{v.User.TimeZone, v.Workspace.TimeZone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}
