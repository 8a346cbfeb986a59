package download

import (
	"fmt"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/export"
	"daybook/services/feed"
)

// ReadOrder reads what is to be exported from the address: the parameters of the list, and how it is to be written.
func ReadOrder(c *fiber.Ctx, now time.Time) (export.Order, error) {
	q, err := params.Of(c)
	if err != nil {
		return export.Order{}, err
	}
	errs := []error{
		params.RefuseUnknown(q, "format", "form", "columns", "zone", "gzip", "bom", "raw"),
		params.Once(q, "format", "form", "zone", "gzip", "bom", "raw"), // feed.Parse knows of its own
	}
	o := export.Order{Layout: export.Layout{Format: q.Get("format"), Form: q.Get("form"), Columns: export.ReadColumns(q["columns"]), Zone: q.Get("zone")}}
	if o.Filter, err = feed.Parse(q, now.In(params.Zone(visit.Of(c).Viewer))); err != nil {
		errs = append(errs, err)
	}
	for name, flag := range map[string]*bool{"gzip": &o.GZIP, "bom": &o.Layout.BOM, "raw": &o.Layout.Raw} {
		var wrong error
		*flag, wrong = params.Flag(q, name)
		errs = append(errs, wrong)
	}
	return o, models.JoinFields(append(errs, o.Check())...)
}

// Stream answers with an export that goes straight out. HEAD makes none.
func Stream(c *fiber.Ctx, files *export.Files, d account.Doer, o export.Order) error {
	v := visit.Of(c).Viewer
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary("Cookie", "Authorization")
	if c.Method() == fiber.MethodHead {
		c.Set(fiber.HeaderContentType, o.Layout.MediaType(o.GZIP))
		c.Response().SkipBody = true
		return nil
	}
	s, err := files.Stream(c.UserContext(), d, v, o)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, o.Layout.MediaType(o.GZIP))
	c.Set(fiber.HeaderContentDisposition, visit.Attachment(export.FileName(s.Export, v.Workspace.Slug)))
	c.Set("X-Export-Id", s.ID.String())
	c.Set(fiber.HeaderLink, fmt.Sprintf(`</api/v1/workspaces/%s/exports/%s>; rel="describedby"`, url.PathEscape(v.Workspace.Slug), s.ID))
	visit.SendStream(c, s, s.WhenBrokenOff)
	return nil
}
