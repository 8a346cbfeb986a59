package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/download"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/export"
)

// MakeExport has a file made in the background. The same form puts columns in order, and leads to the download of few activities.
func (w *Web) MakeExport(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	a, err := w.exportTyped(c, form)
	if err == nil && len(a.feed.bad) > 0 {
		err = models.JoinFields(badFilter(a.feed))
	}
	if a.ordering && err == nil {
		return w.exportsPage(c, a, a.feed.filter.Values(), nil)
	}
	if err == nil {
		err = w.beginExport(c, a, form.Get("direct") != "")
	}
	if err == nil {
		return nil
	}
	refused, shown := exportRefused(c, err)
	if !shown || a.feed == nil {
		return err
	}
	return w.exportsPage(c, a, a.feed.filter.Values(), refused)
}

// badFilter is an error of the filter that the form carries along.
func badFilter(f *feedPage) error {
	e := models.Errorf(models.Invalid, "The filter cannot be read.")
	e.Fields = f.bad
	return e
}

// beginExport begins the export, and leads on.
func (w *Web) beginExport(c *fiber.Ctx, a exportAsk, direct bool) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	o := a.order()
	if !slices.Contains(export.Formats, o.Layout.Format) {
		return models.FieldErrorf(models.Invalid, "format", "must be chosen")
	}
	if len(o.Layout.Columns) == 0 && o.Layout.Format == export.CSV {
		return models.FieldErrorf(models.Invalid, "columns", "choose one at least")
	}
	if err := o.Check(); err != nil {
		return err
	}
	if err := w.Exports.Remember(c.UserContext(), v, a.choices); err != nil {
		return err
	}
	if direct {
		return c.Redirect(directExport(v.Workspace.Slug, a), fiber.StatusSeeOther)
	}
	if _, err = w.Exports.Make(c.UserContext(), d, v, o); err != nil {
		return err
	}
	return w.done(c, exportsPath(v.Workspace.Slug), "The export is being made. You can leave this page; it is listed below.")
}

// directExport is the address that the export streams from.
func directExport(slug string, a exportAsk) string {
	o := a.order()
	q := url.Values{}
	maps.Copy(q, a.feed.filter.Values())
	q.Set("format", o.Layout.Format)
	q.Set("zone", o.Layout.Zone)
	if len(o.Layout.Columns) > 0 {
		q.Set("columns", strings.Join(o.Layout.Columns, ","))
	}
	if o.Layout.Form != "" {
		q.Set("form", o.Layout.Form)
	}
	for name, on := range map[string]bool{"gzip": o.GZIP, "bom": o.Layout.BOM, "raw": o.Layout.Raw} {
		if on {
			q.Set(name, strconv.FormatBool(on))
		}
	}
	return feedPath(slug) + "/export?" + q.Encode()
}

// exportID reads the id of the path; what is none is nobody's.
func exportID(c *fiber.Ctx) uuid.UUID {
	id, _ := uuid.Parse(c.Params("id"))
	return id
}

// RemoveExport cancels an export that is under way, and deletes the file of one that is done.
func (w *Web) RemoveExport(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := exportsPath(v.Workspace.Slug)
	e, err := w.Exports.Remove(c.UserContext(), d, v, exportID(c))
	if err != nil {
		return w.undone(c, to, err)
	}
	if e.State == models.ExportCancelled {
		return w.done(c, to, "The export is cancelled.")
	}
	return w.done(c, to, "The file is deleted.")
}

// RepeatExport makes an export once more: of what its filter selects now.
func (w *Web) RepeatExport(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := exportsPath(v.Workspace.Slug)
	if _, err = w.Exports.Again(c.UserContext(), d, v, exportID(c), w.readersNow(v)); err != nil {
		if ours := asOurs(err); ours.Kind == models.TooMany {
			err = models.Errorf(models.Conflict, "%s", ours.Detail)
		}
		return w.undone(c, to, err)
	}
	return w.done(c, to, "The export is being made again.")
}

// ExportedFile gives the file of an export. Whom another site led here sees the list.
func (w *Web) ExportedFile(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	if visit.LedByOthers(c) {
		return c.Redirect(exportsPath(v.Workspace.Slug), fiber.StatusSeeOther)
	}
	x, err := w.Exports.Open(c.UserContext(), v, exportID(c))
	if err != nil {
		return err
	}
	return download.Send(c, w.Exports, x)
}
