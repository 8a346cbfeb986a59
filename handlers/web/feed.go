package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
)

// pageRows is how many rows a page of the feed has.
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
	f, err := w.feedPage(c)
	if err != nil {
		return err
	}
	if f.first != "" && len(f.query) == 0 {
		c.Vary(fiber.HeaderCookie)
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		return c.Redirect(f.first, fiber.StatusSeeOther)
	}
	seen, err := f.seen(c)
	if err != nil {
		return err
	}
	page, err := f.page(c)
	if err != nil {
		return err
	}
	model, err := f.model(c, page, seen)
	if err != nil {
		return err
	}
	if len(f.bad) > 0 {
		c.Status(fiber.StatusBadRequest)
	}
	return send(c, views.Feed(model))
}

// feedPage gathers what the model of a feed page is made of.
type feedPage struct {
	web    *Web
	viewer access.Viewer
	scope  access.Scope
	zone   *time.Location
	query  url.Values // of the address, with what could not be read
	filter feed.Filter
	fold   bool   // runs are one row
	first  string // where the view is that opens first, if there is one
	bad    []models.FieldError
	wrong  feed.LineErrors // what is wrong with the line in q, part of bad
	notice string
	path   string
}

// feedPage reads what the address asks for.
func (w *Web) feedPage(c *fiber.Ctx) (*feedPage, error) {
	viewer := visit.Of(c).Viewer
	f := w.filtered(c, zoneOf(viewer), feedPath(viewer.Workspace.Slug))
	f.fold = f.query.Get("fold") != "no"
	var err error
	f.first, _, err = w.defaultView(c.UserContext(), viewer)
	return f, err
}

// filtered reads the filter in the address of a page, in the days of a zone.
func (w *Web) filtered(c *fiber.Ctx, zone *time.Location, path string) *feedPage {
	viewer := visit.Of(c).Viewer
	given, unreadable := url.ParseQuery(string(c.Context().URI().QueryString()))
	f := &feedPage{web: w, viewer: viewer, zone: zone, query: clean(given), path: path}
	var err error
	f.filter, err = feed.Parse(f.query, w.config.Now().In(f.zone))
	f.bad, f.wrong = asFields(err), feed.LineErrorsIn(err)
	if f.filter.System && !viewer.ReadsAll() {
		f.filter.System = false
		f.notice = "System rows are for those who may read everything in the workspace, so they are left out."
	}
	f.scope = viewer.Scope(f.filter.System)
	if unreadable != nil {
		f.bad = append(f.bad, models.FieldError{Index: -1, Field: "address", Message: "has an escape that is not right"})
	}
	return f
}

// page reads the page that the cursor names. A cursor of another list, as in a link from somebody who sees other things, leads to the first page.
func (f *feedPage) page(c *fiber.Ctx) (feed.Page, error) {
	ask := feed.Ask{Filter: f.filter, Limit: pageRows, Cursor: f.query.Get("cursor"), Hasty: true}
	if f.fold {
		ask.Fold = f.zone
	}
	page, err := f.web.Parts.Feed.Page(c.UserContext(), f.scope, ask)
	if models.KindOf(err) == models.Malformed && ask.Cursor != "" {
		f.notice = "The address led to a page of another list, so this is the first page."
		f.query.Del("cursor")
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

// address is the feed with these parameters, shown as it is now. Without any it is everything, which has to be said where another view opens first.
func (f *feedPage) address(q url.Values) string {
	q = f.shownAlike(q)
	if len(q) == 0 {
		return f.path
	}
	return f.path + "?" + strings.ReplaceAll(q.Encode(), "%3A", ":")
}

func (f *feedPage) shownAlike(q url.Values) url.Values {
	out := url.Values{}
	for name, values := range q {
		if len(values) > 0 {
			out[name] = values
		}
	}
	if !f.fold {
		out.Set("fold", "no")
	}
	if len(out) == 0 && f.first != "" {
		out.Set("view", "all")
	}
	return out
}

// of is the feed with another filter.
func (f *feedPage) of(filter feed.Filter) string { return f.address(filter.Values()) }

// clear is the feed without a filter.
func (f *feedPage) clear() string {
	if f.first != "" {
		return f.path + "?view=all"
	}
	return f.path
}

// turn is the address of another page of the same list.
func (f *feedPage) turn(cursor string) string {
	if cursor == "" {
		return ""
	}
	q := f.filter.Values()
	q.Set("cursor", cursor)
	return f.address(q)
}
