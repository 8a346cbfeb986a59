package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/component"
)

// exportFields are those of the form that are not the filter's.
var exportFields = []string{"format", "columns", "order", "zone", "gzip", "bom", "raw", "name", "up", "down", "direct", "make"}

// exportAsk is what a form asks for: what to export, and how.
type exportAsk struct {
	feed     *feedPage // what
	choices  export.Choices
	name     string
	ordering bool // columns are being put in order
}

// exportOf gathers what is to be exported: the filter of a query, by the choices of last time.
func (w *Web) exportOf(c *fiber.Ctx, query url.Values) (exportAsk, error) {
	v := visit.Of(c).Viewer
	f := &feedPage{web: w, viewer: v, zone: zoneOf(v), query: query, path: exportsPath(v.Workspace.Slug), fold: true}
	var err error
	f.filter, err = feed.Parse(query, w.config.Now().In(f.zone))
	f.bad, f.wrong = asFields(err), feed.LineErrorsIn(err)
	if f.filter.System && !v.ReadsAll() {
		f.filter.System = false
		f.notice = "System rows are for those who may read everything in the workspace, so they are left out."
	}
	f.scope = v.Scope(f.filter.System)
	a := exportAsk{feed: f}
	var known bool
	if a.choices, known, err = w.Exports.Choices(c.UserContext(), v); err != nil {
		return a, err
	}
	if !known {
		a.choices = export.Choices{Format: export.CSV, Zone: f.zone.String()}
	}
	a.choices.Columns = slices.DeleteFunc(export.Offered(a.choices.Columns), func(name string) bool { return !mayExport(v, name) })
	if len(a.choices.Columns) == 0 {
		a.choices.Columns = slices.Clone(export.DefaultColumns)
	}
	return a, nil
}

// exportTyped reads the form.
func (w *Web) exportTyped(c *fiber.Ctx, form url.Values) (exportAsk, error) {
	query := url.Values{}
	for _, p := range feed.Parameters {
		for _, name := range p.Names {
			if len(form[name]) > 0 {
				query[name] = form[name]
			}
		}
	}
	a, err := w.exportOf(c, query)
	if err != nil {
		return a, err
	}
	is := func(name string) bool { return form.Get(name) == "true" }
	a.name = form.Get("name")
	a.choices = export.Choices{
		Format: form.Get("format"), Zone: form.Get("zone"), GZIP: is("gzip"), BOM: is("bom"), Raw: is("raw"),
		Columns: inOrder(form["columns"], strings.Split(form.Get("order"), ",")),
	}
	for name, by := range map[string]int{"up": -1, "down": 1} {
		if column := form.Get(name); column != "" {
			a.ordering = true
			moveColumn(a.choices.Columns, column, by)
		}
	}
	names := slices.Clone(exportFields)
	for name := range query {
		names = append(names, name)
	}
	return a, onlyFields(form, names...)
}

// inOrder puts what was chosen in the order that was shown; what was not there comes last, as it was sent.
func inOrder(chosen, order []string) []string {
	place := func(name string) int {
		if at := slices.Index(order, name); at >= 0 {
			return at
		}
		return len(order)
	}
	out := slices.Clone(chosen)
	slices.SortStableFunc(out, func(a, b string) int { return place(a) - place(b) })
	return slices.Compact(out)
}

func moveColumn(columns []string, name string, by int) {
	at := slices.Index(columns, name)
	if to := at + by; at >= 0 && to >= 0 && to < len(columns) {
		columns[at], columns[to] = columns[to], columns[at]
	}
}

// order gives what was asked for, to whoever makes it. Only spreadsheets have columns; the other formats have everything, one event a line in the form
// that can be sent in again.
func (a exportAsk) order() export.Order {
	ch := a.choices
	o := export.Order{Filter: a.feed.filter, Name: a.name, GZIP: ch.GZIP, Layout: export.Layout{Format: ch.Format, Zone: ch.Zone}}
	switch ch.Format {
	case export.CSV:
		o.Layout.Columns, o.Layout.BOM, o.Layout.Raw = ch.Columns, ch.BOM, ch.Raw
	case export.NDJSON:
		o.Layout.Form = export.EventForm
	}
	return o
}

// mayExport tells whether a column says anything to the viewer.
func mayExport(v access.Viewer, name string) bool {
	return !slices.ContainsFunc(export.Columns, func(c export.Column) bool { return c.Name == name && c.Admin && !v.ReadsAll() })
}

// form is the model of what is asked for.
func (a exportAsk) form(c *fiber.Ctx) (views.ExportForm, error) {
	f, ch := a.feed, a.choices
	v := f.viewer
	m := views.ExportForm{
		Action: f.path, Format: ch.Format, Zone: ch.Zone, Name: a.name, GZIP: ch.GZIP, BOM: ch.BOM, Raw: ch.Raw, Ordering: a.ordering,
		Change: filteredPath(v.Workspace.Slug, f.filter), Now: f.web.config.Now(), Locale: localeOf(v), Notices: f.allProblems(),
	}
	for _, b := range f.bad {
		m.Filters = append(m.Filters, b.Field)
	}
	if f.notice != "" {
		m.Notices = append(m.Notices, f.notice)
	}
	m.Groups, m.Order, m.Columns = columnsToChoose(v, ch.Columns)
	for _, h := range hiddenOf(f.filter.Values()) {
		m.Hidden = append(m.Hidden, component.Hidden{Name: h.Name, Value: h.Value})
	}
	var err error
	if m.Zones, err = f.web.exportZones(c, f, ch.Zone); err != nil {
		return m, err
	}
	if m.Chips, err = f.chips(c, nil); err != nil {
		return m, err
	}
	if m.Name == "" && !a.ordering {
		m.Name = suggestedName(m.Chips)
	}
	return m, a.estimate(c, &m)
}

// estimate says how much there is to export.
func (a exportAsk) estimate(c *fiber.Ctx, m *views.ExportForm) error {
	f := a.feed
	var err error
	if m.Total, err = f.web.total(c.UserContext(), f.scope, f.filter); err != nil {
		return err
	}
	m.Direct = !m.Total.AtLeast && m.Total.Count <= mostDirect
	newest, err := f.web.Parts.Feed.Page(c.UserContext(), f.scope, feed.Ask{Filter: f.filter, Limit: 1, Hasty: true})
	if err != nil {
		return err
	}
	if len(newest.Entries) > 0 {
		m.Newest = &newest.Entries[0].OccurredAt
	}
	perRow, err := f.web.Exports.BytesPerRow(c.UserContext(), f.viewer, a.order())
	if err == nil && !m.Total.AtLeast {
		m.Bytes = int64(perRow * float64(m.Total.Count))
	}
	return err
}

// mostDirect is how many activities are few enough to wait for.
const mostDirect = 50_000

// suggestedName calls an export by what it selects.
func suggestedName(chips []views.FilterChip) string {
	words := showing(chips)
	if words == "" {
		return "All activities"
	}
	return words
}

// columnsToChoose are all columns the viewer may export, those marked that are chosen, and these once more in their order.
func columnsToChoose(v access.Viewer, chosen []string) (groups []views.ExportColumns, order []views.ExportColumn, all int) {
	labels := map[string]string{}
	for _, c := range export.OfferedColumns() {
		if !mayExport(v, c.Name) {
			continue
		}
		all++
		labels[c.Name] = c.Label
		group := c.Group
		if c.Admin {
			group = "Only admins and owners may export these"
		}
		at := slices.IndexFunc(groups, func(g views.ExportColumns) bool { return g.Label == group })
		if at < 0 {
			groups = append(groups, views.ExportColumns{Label: group, Locked: c.Admin})
			at = len(groups) - 1
		}
		groups[at].Columns = append(groups[at].Columns, views.ExportColumn{Name: c.Name, Label: c.Label, On: slices.Contains(chosen, c.Name)})
	}
	for _, name := range chosen {
		if label, ok := labels[name]; ok {
			order = append(order, views.ExportColumn{Name: name, Label: label, On: true})
		}
	}
	return groups, order, all
}

// exportZones offers the reader's zones first, then all others.
func (w *Web) exportZones(c *fiber.Ctx, f *feedPage, chosen string) ([]component.Option, error) {
	all, err := w.Account.TimeZones(c.UserContext())
	if err != nil {
		return nil, err
	}
	var out []component.Option
	for _, zone := range slices.Concat([]string{"UTC", f.viewer.Workspace.TimeZone, f.zone.String(), chosen}, all) {
		if zone != "" && !slices.ContainsFunc(out, func(o component.Option) bool { return o.Value == zone }) {
			out = append(out, component.Option{Value: zone, Label: zone})
		}
	}
	return out, nil
}

// exportRefused is an error that the form shows.
func exportRefused(c *fiber.Ctx, err error) (*models.Error, bool) {
	if ours := asOurs(err); ours.Kind == models.TooMany {
		c.Status(visit.ProblemOf(c, ours).Status)
		return ours, true
	}
	return refusedForm(c, err)
}
