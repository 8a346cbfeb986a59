package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/views"
)

// Run gives what a run of the feed opens to, as a piece of a page: the newest activities of a filter, row by row. It is no look at the feed, so
// it notes no visit and leaves messages for the next page.
func (w *Web) Run(c *fiber.Ctx) error {
	f, err := w.feedPage(c)
	if err != nil {
		return err
	}
	if len(f.bad) > 0 {
		bad := models.Errorf(models.Malformed, "The address of this run cannot be read.")
		bad.Fields = f.bad
		return bad
	}
	f.fold = false
	page, err := f.page(c)
	if err != nil {
		return err
	}
	return send(c, views.Run(views.RunOf{Now: w.config.Now(), Locale: localeOf(f.viewer), Rows: f.rows(page), Href: f.of(f.filter)}))
}
