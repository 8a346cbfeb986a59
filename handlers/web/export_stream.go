package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/download"
	"daybook/handlers/visit"
	"daybook/services/feed"
)

// ExportNow downloads what a filter selects at once, without a file that is kept. Whom another site led here is asked first.
func (w *Web) ExportNow(c *fiber.Ctx) error {
	if visit.LedByOthers(c) {
		return askToExport(c)
	}
	o, err := download.ReadOrder(c, w.config.Now())
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	return download.Stream(c, w.Parts.Exports, d, o)
}

// askToExport leads to the form of exports, with the filter of the address.
func askToExport(c *fiber.Ctx) error {
	given, _ := url.ParseQuery(string(c.Context().URI().QueryString())) // what cannot be read is not there: the form shows what is
	filter := url.Values{}
	for _, p := range feed.Parameters {
		for _, name := range p.Names {
			if len(given[name]) > 0 {
				filter[name] = given[name]
			}
		}
	}
	to := exportsPath(visit.Of(c).Viewer.Workspace.Slug)
	if len(filter) > 0 {
		to += "?" + filter.Encode()
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(to, fiber.StatusSeeOther)
}
