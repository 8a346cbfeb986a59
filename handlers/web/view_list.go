package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/savedview"
	"daybook/views"
)

// ViewsPage lists the saved views that somebody sees.
func (w *Web) ViewsPage(c *fiber.Ctx) error { return w.viewsPage(c, renaming{}) }

// renaming is a new name for a view that was refused.
type renaming struct {
	id      int64
	typed   string
	refused *models.Error
}

func (w *Web) viewsPage(c *fiber.Ctx, r renaming) error {
	v := visit.Of(c).Viewer
	list, err := w.Views.List(c.UserContext(), v)
	if err != nil {
		return err
	}
	filters := make([]feed.Filter, len(list))
	for i, each := range list {
		filters[i], _ = w.readView(v, each.Query) // of one that another version saved, what can be read
	}
	words, err := w.wordsFor(c.UserContext(), v, filters, nil)
	if err != nil {
		return err
	}
	page := views.SavedViewsPage{Feed: viewPath(v.Workspace.Slug, ""), Most: savedview.MostViews}
	for i, each := range list {
		one := views.ManagedView{
			ID: each.ID, Name: each.Name, Href: openPath(v, each), Facts: words.facts(filters[i]), Shared: each.Shared, Default: each.Default,
			Action: viewsPath(v.Workspace.Slug) + "/" + strconv.FormatInt(each.ID, 10), Delete: each.Own || v.Administers(),
		}
		if r.refused != nil && r.id == each.ID {
			one.Typed, one.Error = r.typed, r.refused.Fields[0].Message
		}
		if each.Own {
			page.Own = append(page.Own, one)
		} else {
			one.Owner = each.Owner
			page.Others = append(page.Others, one)
		}
	}
	if page.Shell, err = w.shell(c, "Saved views"); err != nil {
		return err
	}
	if r.refused != nil {
		c.Status(visit.ProblemOf(c, r.refused).Status)
	}
	return send(c, views.Views(page))
}
