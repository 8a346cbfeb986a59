package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/privacy"
	"daybook/views"
	"daybook/views/layout"
)

// RetentionPreview shows what the rules that are saved would delete now.
func (w *Web) RetentionPreview(c *fiber.Ctx) error {
	if _, err := listQuery(c); err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	is, err := w.Privacy.Retention(c.UserContext(), d)
	if err != nil {
		return err
	}
	seen, err := w.Privacy.PreviewRetention(c.UserContext(), d, nil)
	if err != nil {
		return err
	}
	page, err := w.retentionPreview(c, is.Rules, seen)
	if err != nil {
		return err
	}
	page.Saved = true
	return send(c, views.RetentionPreview(page))
}

// previewOf shows what rules would delete that are not saved yet, and asks whether they are meant.
func (w *Web) previewOf(c *fiber.Ctx, t typedRetention, o privacy.RetentionOrder, refused *models.Error) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	seen, err := w.Privacy.PreviewRetention(c.UserContext(), d, o.Rules)
	if err != nil {
		return err
	}
	page, err := w.retentionPreview(c, o.Rules, seen)
	if err != nil {
		return err
	}
	page.Action, page.Hidden = retentionPath(d.Workspace.Slug)+"/edit", t.hidden()
	page.Deletes = models.Retention{Rules: o.Rules}.Deletes()
	page.Hour = strconv.Itoa(o.Hour/10) + strconv.Itoa(o.Hour%10) + ":00"
	if refused != nil {
		page.Errors = refused.Fields
	}
	return send(c, views.RetentionPreview(page))
}

func (w *Web) retentionPreview(c *fiber.Ctx, rules []models.RetentionRule, seen privacy.RetentionPreview) (views.RetentionPreviewPage, error) {
	v := visit.Of(c).Viewer
	path := retentionPath(v.Workspace.Slug)
	page := views.RetentionPreviewPage{
		Now: w.config.Now(), Locale: localeOf(v), Rows: seen.Rows, Held: seen.Held, First: seen.First, Last: seen.Last, Looked: seen.Looked, Of: seen.Of,
		Slug: v.Workspace.Slug, Workspace: v.Workspace.Name, Zone: v.Workspace.TimeZone, Back: path,
	}
	words, err := w.words(c.UserContext(), v.Workspace)
	if err != nil {
		return page, err
	}
	page.Table.Types, page.Table.Months = tableOf(seen.Counts, words)
	if page.Rules, err = w.ruleLines(c, rules, seen.ByRule); err != nil {
		return page, err
	}
	if page.Shell, err = w.shell(c, "What would go"); err != nil {
		return page, err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Retention", Href: path}, {Label: "What would go"}}
	return page, nil
}
