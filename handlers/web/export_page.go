package web

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/savedview"
	"daybook/views"
	"daybook/views/component"
)

// ExportsPage asks for an export of what the address selects, and lists those made so far. For a script that asks it is just the list.
func (w *Web) ExportsPage(c *fiber.Ctx) error {
	given, err := url.ParseQuery(string(c.Context().URI().QueryString()))
	if err != nil {
		return models.FieldErrorf(models.Malformed, "address", "has an escape that is not right").Because(err)
	}
	given = clean(given)
	c.Vary("HX-Request")
	if c.Get("HX-Request") == "true" {
		made, err := w.exportsMade(c, given)
		if err != nil {
			return err
		}
		return send(c, views.ExportsMade(made))
	}
	a, err := w.exportOf(c, given)
	if err != nil {
		return err
	}
	if len(a.feed.bad) > 0 {
		c.Status(fiber.StatusBadRequest)
	}
	return w.exportsPage(c, a, given, nil)
}

func (w *Web) exportsPage(c *fiber.Ctx, a exportAsk, given url.Values, refused *models.Error) error {
	page := views.ExportsPage{}
	var err error
	if page.Form, err = a.form(c); err != nil {
		return err
	}
	if page.Made, err = w.exportsMade(c, given); err != nil {
		return err
	}
	if refused != nil {
		page.Errors = refused.Fields
		if len(page.Errors) == 0 {
			page.Form.Problem = refused.Detail
		}
	}
	if page.Shell, err = w.shell(c, "Exports"); err != nil {
		return err
	}
	page.Shell.End = views.ExportsNote()
	return send(c, views.Exports(page))
}

// exportsMade is the list, from where the address says.
func (w *Web) exportsMade(c *fiber.Ctx, given url.Values) (views.ExportList, error) {
	v := visit.Of(c).Viewer
	which, err := listedExports(given)
	if err != nil {
		return views.ExportList{}, err
	}
	lines, more, err := w.Exports.List(c.UserContext(), v, which)
	if err != nil {
		return views.ExportList{}, err
	}
	path := exportsPath(v.Workspace.Slug)
	at := func(which export.Listing) string {
		q := url.Values{}
		for name, values := range given {
			if slices.ContainsFunc(feed.Parameters, func(p struct{ Names []string }) bool { return slices.Contains(p.Names, name) }) {
				q[name] = values
			}
		}
		if which.Kind != models.ExportFile {
			q.Set("kind", string(which.Kind))
		}
		if which.Before != uuid.Nil {
			q.Set("before", which.Before.String())
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	l := views.ExportList{All: v.Administers(), Now: w.config.Now(), Locale: localeOf(v), Self: at(which), Streams: which.Kind == models.ExportStream}
	for _, tab := range []component.Tab{{Label: "Files"}, {Label: "Downloads"}} {
		kind := models.ExportFile
		if tab.Label == "Downloads" {
			kind = models.ExportStream
		}
		tab.Href, tab.Current = at(export.Listing{Kind: kind})+"#made", kind == which.Kind
		l.Kinds = append(l.Kinds, tab)
	}
	if which.Before != uuid.Nil {
		l.Newer = at(export.Listing{Kind: which.Kind})
	}
	if more {
		l.Older = at(export.Listing{Kind: which.Kind, Before: lines[len(lines)-1].Export.ID})
	}
	words, err := w.exportWords(c, v, lines)
	if err != nil {
		return l, err
	}
	for i, line := range lines {
		if line.UnderWay() {
			l.Look = l.Self
		}
		l.Lines = append(l.Lines, exportLine(v, line, words[i], path))
	}
	return l, nil
}

// listedExports says which exports an address lists: files, unless it asks for downloads.
func listedExports(given url.Values) (which export.Listing, err error) {
	which.Kind = models.ExportFile
	switch kind := given.Get("kind"); kind {
	case "", string(models.ExportFile):
	case string(models.ExportStream):
		which.Kind = models.ExportStream
	default:
		return which, models.FieldErrorf(models.Malformed, "kind", "must be file or stream")
	}
	if text := given.Get("before"); text != "" {
		if which.Before, err = uuid.Parse(text); err != nil {
			return which, models.FieldErrorf(models.Malformed, "before", "must be the id of an export")
		}
	}
	return which, nil
}

// exportLine gives an export with what the viewer may do with it.
func exportLine(v access.Viewer, line export.Line, words, path string) views.ExportLine {
	of := path + "/" + line.Export.ID.String()
	mine := export.Asked(line.Export, v)
	out := views.ExportLine{Export: line.Export, Words: words, Ahead: line.Ahead, Mine: mine}
	isFile := line.Kind == models.ExportFile
	if mine && line.Offered() {
		out.File = of + "/file"
	}
	if isFile && (line.UnderWay() || line.Offered()) {
		out.Remove = of + "/remove"
	}
	if mine && isFile && !line.UnderWay() && !line.Offered() {
		out.Again = of + "/again"
	}
	return out
}

// exportWords says in a few words what each of some exports selects.
func (w *Web) exportWords(c *fiber.Ctx, v access.Viewer, lines []export.Line) ([]string, error) {
	filters := make([]feed.Filter, len(lines))
	for i, line := range lines {
		if query, err := url.ParseQuery(line.Query); err == nil {
			filters[i], _ = savedview.Read(query, line.CreatedAt.In(zoneOf(v))) // of one that another version made, what can be read
		}
		filters[i].From, filters[i].To = w.boundThen(v, line.From, false), w.boundThen(v, line.To, true) // what is a week or a day was one then
	}
	names, err := w.wordsFor(c.UserContext(), v, filters, nil)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(lines))
	for i := range filters {
		m := &chipMaker{feedPage: &feedPage{web: w, viewer: v, zone: zoneOf(v), filter: filters[i], path: exportsPath(v.Workspace.Slug), fold: true}, names: names}
		m.all()
		out[i] = showing(m.chips)
	}
	return out, nil
}
