package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/savedview"
	"daybook/views"
)

// NewViewPage asks for the name of a view. The filter is in the address, as that of the feed is.
func (w *Web) NewViewPage(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	given, unreadable := url.ParseQuery(string(c.Context().URI().QueryString()))
	filter, err := savedview.Read(clean(given), w.readersNow(v))
	if err == nil && unreadable != nil {
		err = models.FieldErrorf(models.Malformed, "query", "has an escape that is not right")
	}
	if err != nil {
		return w.newViewPage(c, views.NewViewPage{Query: filter.String()}, filter, asOurs(err))
	}
	return w.newViewPage(c, views.NewViewPage{Query: filter.String()}, filter, nil)
}

func (w *Web) newViewPage(c *fiber.Ctx, page views.NewViewPage, filter feed.Filter, refused *models.Error) error {
	v := visit.Of(c).Viewer
	words, err := w.wordsFor(c.UserContext(), v, []feed.Filter{filter}, nil)
	if err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "Save view"); err != nil {
		return err
	}
	page.Action, page.Cancel, page.Facts = viewsPath(v.Workspace.Slug), viewPath(v.Workspace.Slug, page.Query), words.facts(filter)
	if refused != nil {
		page.Errors = refused.Fields
		c.Status(visit.ProblemOf(c, refused).Status)
	}
	return send(c, views.NewView(page))
}

// CreateView saves a view, and leads to it.
func (w *Web) CreateView(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	page := views.NewViewPage{Query: form.Get("query"), Name: form.Get("name"), Shared: form.Get("shared") == "true", Default: form.Get("default") == "true"}
	query, err := url.ParseQuery(page.Query)
	if err != nil {
		err = models.FieldErrorf(models.Invalid, "query", "has an escape that is not right").Because(err)
		return w.newViewPage(c, page, feed.Filter{}, asOurs(err))
	}
	draft := savedview.Draft{Name: page.Name, Query: clean(query), Shared: page.Shared, Default: page.Default}
	made, err := w.Views.Create(c.UserContext(), v, draft, w.readersNow(v))
	if ours := asOurs(err); err != nil && len(ours.Fields) > 0 {
		filter, _ := savedview.Read(draft.Query, w.readersNow(v)) // what can be read of it; the error tells the rest
		page.Query = filter.String()
		return w.newViewPage(c, page, filter, ours)
	} else if err != nil {
		return err
	}
	if err := w.flash(c, "The view “"+made.Name+"” is saved."); err != nil {
		return err
	}
	return c.Redirect(viewPath(v.Workspace.Slug, made.Query), fiber.StatusSeeOther)
}
