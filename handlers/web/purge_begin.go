package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/privacy"
	"daybook/services/stats"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// PurgePreview shows what would be deleted. It changes nothing.
func (w *Web) PurgePreview(c *fiber.Ctx) error {
	given, err := listQuery(c, purgeFields...)
	if err != nil {
		return err
	}
	return w.purgePreview(c, given, nil)
}

// purgePreview shows it once more when the confirmation was refused.
func (w *Web) purgePreview(c *fiber.Ctx, given url.Values, refused *models.Error) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	filter, err := w.purgeFilter(c, given)
	var seen privacy.Preview
	if err == nil {
		seen, err = w.Privacy.Preview(c.UserContext(), d, v, filter)
	}
	if err != nil {
		if wrong, shown := refusedForm(c, err); shown {
			return w.purgePage(c, given, wrong)
		}
		return err
	}
	page, err := w.preview(c, seen)
	if err != nil {
		return err
	}
	if page.Facts, err = w.purgeFacts(c, filter); err != nil {
		return err
	}
	path := purgePath(v.Workspace.Slug)
	again := url.Values{}
	for _, name := range purgeFields {
		if given.Get(name) != "" {
			again.Set(name, given.Get(name))
		}
	}
	// What is confirmed is what was shown: a day that began meanwhile, or a row that was recorded meanwhile, is not part of it; hours of another zone
	// are refused.
	page.Hidden = hiddenFor(filter, seen)
	page.Action, page.Back = path, path+"?"+again.Encode()
	if refused != nil {
		page.Errors = refused.Fields
		if len(page.Errors) == 0 {
			page.Errors = []models.FieldError{{Index: -1, Field: "confirm", Message: refused.Detail}}
		}
		c.Status(visit.ProblemOf(c, refused).Status)
	}
	if page.Shell, err = w.shell(c, "What would be purged"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Purge", Href: page.Back}, {Label: "What would go"}}
	return send(c, views.PurgePreview(page))
}

// hiddenFor carries a filter along, with its days as instants.
func hiddenFor(f feed.Filter, seen privacy.Preview) []component.Hidden {
	line := f
	line.From, line.To = feed.Bound{}, feed.Bound{}
	hidden := []component.Hidden{
		{Name: "end_date", Value: exactly(f.To.At).Text}, {Name: "up_to", Value: strconv.FormatInt(seen.UpTo, 10)}, {Name: "time_zone", Value: seen.Zone},
	}
	if f.From.IsSet() {
		hidden = append(hidden, component.Hidden{Name: "start_date", Value: exactly(f.From.At).Text})
	}
	if text := line.Line(); text != "" {
		hidden = append(hidden, component.Hidden{Name: "q", Value: text})
	}
	return hidden
}

func (w *Web) preview(c *fiber.Ctx, seen privacy.Preview) (views.PurgePreviewPage, error) {
	v := visit.Of(c).Viewer
	page := views.PurgePreviewPage{
		Now: w.config.Now(), Locale: localeOf(v), Rows: seen.Rows, First: seen.First, Last: seen.Last, Stays: seen.Stays, Held: seen.Held, HeldMore: seen.HeldMore, Samples: linkedRows(v, seen.Samples),
		Workspace: v.Workspace.Name, Slug: v.Workspace.Slug,
	}
	words, err := w.words(c.UserContext(), v.Workspace)
	if err != nil {
		return page, err
	}
	page.Types, page.Months = tableOf(seen.Counts, words)
	return page, nil
}

// mostColumns is how many types have a column of their own; the others share one.
const mostColumns = 6

// tableOf makes a table of months and types, the most frequent types first.
func tableOf(counts []stats.MonthCount, words *models.Vocabulary) (types []views.PurgeCount, months []views.PurgeMonth) {
	byType := map[string]int64{}
	for _, each := range counts {
		byType[each.Type] += each.Count
	}
	kinds := byFrequency(byType)
	column := map[string]int{}
	for i, kind := range kinds {
		switch at := min(i, mostColumns); {
		case at < mostColumns:
			column[kind] = at
			types = append(types, views.PurgeCount{Label: typeTitle(words, kind), Count: byType[kind]})
		default:
			column[kind] = at
			if at == len(types) {
				types = append(types, views.PurgeCount{Label: "Others"})
			}
			types[at].Count += byType[kind]
		}
	}
	for _, each := range counts {
		label := views.MonthName(each.Month)
		if len(months) == 0 || months[len(months)-1].Label != label {
			months = append(months, views.PurgeMonth{Label: label, Counts: make([]int64, len(types))})
		}
		m := &months[len(months)-1]
		m.Counts[column[each.Type]] += each.Count
		m.All += each.Count
	}
	return types, months
}

// byFrequency gives words, the most frequent first.
func byFrequency(counts map[string]int64) []string {
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		return len(a) - len(b)
	})
	return words
}

// BeginPurge has it deleted, and leads to where one sees how far that is.
func (w *Web) BeginPurge(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	err = onlyFields(form, append([]string{"confirm", "up_to", "time_zone"}, purgeFields...)...)
	filter, unreadable := w.purgeFilter(c, form)
	upTo, notANumber := strconv.ParseInt(form.Get("up_to"), 10, 64)
	if notANumber != nil && form.Get("up_to") != "" {
		notANumber = models.FieldErrorf(models.Invalid, "up_to", "must be the number that the preview gave")
	} else {
		notANumber = nil
	}
	if err = models.JoinFields(err, unreadable, notANumber); err != nil {
		return w.purgeRefused(c, form, err)
	}
	made, err := w.Privacy.Purge(c.UserContext(), d, v, privacy.Order{Filter: filter, Confirm: form.Get("confirm"), UpTo: upTo, Zone: form.Get("time_zone")})
	if err != nil {
		return w.purgeRefused(c, form, err)
	}
	return w.done(c, purgePath(v.Workspace.Slug)+"/"+strconv.FormatInt(made.ID, 10), "The purge has begun.")
}

// purgeRefused shows the preview again when the confirmation was refused, else the form.
func (w *Web) purgeRefused(c *fiber.Ctx, form url.Values, err error) error {
	refused, shown := refusedForm(c, err)
	switch {
	case !shown:
		return err
	case len(refused.Fields) == 0 || refused.Fields[0].Field == "confirm":
		return w.purgePreview(c, form, refused)
	}
	return w.purgePage(c, form, refused)
}

// CancelPurge ends a purge that is under way.
func (w *Web) CancelPurge(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	id := idParam(c, "id")
	to := purgePath(d.Workspace.Slug) + "/" + strconv.FormatInt(id, 10)
	if err := w.Privacy.Cancel(c.UserContext(), d, id); models.KindOf(err) == models.Conflict {
		return w.undone(c, to, err)
	} else if err != nil {
		return err
	}
	return w.done(c, to, "The purge is cancelled.")
}
