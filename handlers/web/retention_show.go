package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/download"
	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/views"
	"daybook/views/layout"
)

// retentionPath is where it is said how long activities are kept.
func retentionPath(slug string) string { return feedPath(slug) + "/retention" }

// RetentionPage says how long activities are kept, and what that has deleted.
func (w *Web) RetentionPage(c *fiber.Ctx) error {
	q, err := listQuery(c, "before", "archives")
	if err != nil {
		return err
	}
	before, err := params.Number(q, "before", 0, 0, 1<<53)
	if err != nil {
		return err
	}
	v, ctx := visit.Of(c).Viewer, c.UserContext()
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	is, err := w.Privacy.Retention(ctx, d)
	if err != nil {
		return err
	}
	path := retentionPath(v.Workspace.Slug)
	page := views.RetentionPage{
		Now: w.config.Now(), Locale: localeOf(v), Retention: is, Zone: v.Workspace.TimeZone, Edit: path + "/edit", Preview: path + "/preview", Run: path + "/run",
		Privacy: feedPath(v.Workspace.Slug) + "/privacy",
	}
	if page.Rules, err = w.ruleLines(c, is.Rules, nil); err != nil {
		return err
	}
	runs, err := w.Privacy.Runs(ctx, d, int64(before))
	if err != nil {
		return err
	}
	for _, p := range runs {
		line := views.RunLine{Purge: p, Href: purgePath(v.Workspace.Slug) + "/" + strconv.FormatInt(p.ID, 10)}
		if p.UnderWay() {
			page.UnderWay = line.Href
		}
		page.Runs = append(page.Runs, line)
	}
	if len(runs) >= runsOnPage {
		page.OlderRuns = path + "?before=" + strconv.FormatInt(runs[len(runs)-1].ID, 10)
	}
	if err := w.archiveLines(c, &page, q.Get("archives")); err != nil {
		return err
	}
	if before > 0 || q.Get("archives") != "" {
		page.Newest = path
	}
	if page.Shell, err = w.shell(c, "Retention"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Privacy", Href: page.Privacy}, {Label: "Retention"}}
	return send(c, views.Retention(page))
}

// runsOnPage is how many runs a page lists (services/privacy).
const runsOnPage = 50

func (w *Web) archiveLines(c *fiber.Ctx, page *views.RetentionPage, beforeText string) error {
	before := uuid.Nil
	if beforeText != "" {
		var err error
		if before, err = uuid.Parse(beforeText); err != nil {
			return models.FieldErrorf(models.Malformed, "archives", "must be the id of an archive")
		}
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	list, more, err := w.Exports.Archives(c.UserContext(), d, before)
	if err != nil {
		return err
	}
	path := retentionPath(d.Workspace.Slug)
	for _, a := range list {
		at := path + "/archives/" + a.ID.String()
		page.Archives = append(page.Archives, views.ArchiveLine{Archive: a, File: at + "/file", Manifest: at + "/manifest", Remove: at + "/remove"})
	}
	if more {
		page.Older = path + "?archives=" + list[len(list)-1].ID.String() + "#archives"
	}
	return nil
}

// ruleLines says rules in the words of the workspace; counts are what each would delete, or nil.
func (w *Web) ruleLines(c *fiber.Ctx, rules []models.RetentionRule, counts []int64) ([]views.RuleLine, error) {
	words, err := w.words(c.UserContext(), visit.Of(c).Viewer.Workspace)
	if err != nil {
		return nil, err
	}
	lines := make([]views.RuleLine, 0, len(rules))
	for i, r := range rules {
		line := views.RuleLine{RetentionRule: r, Subject: subjectOf(r, words)}
		if i < len(counts) {
			line.Count = &counts[i]
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// subjectOf says what a rule is about: "Viewed, exported · Invoice · Denied · system rows".
func subjectOf(r models.RetentionRule, words *models.Vocabulary) string {
	if r.FitsAll() {
		return "Everything"
	}
	var parts []string
	list := func(kind models.TermKind, names []string) {
		var titles []string
		for _, name := range names {
			titles = append(titles, orElse(words.Title(kind, name), name))
		}
		if len(titles) > 0 {
			parts = append(parts, strings.Join(titles, ", "))
		}
	}
	list(models.TypeTerm, r.Types)
	list(models.ActionTerm, r.Actions)
	var outcomes []string
	for _, o := range r.Outcomes {
		outcomes = append(outcomes, map[models.Outcome]string{models.Success: "Success", models.Failure: "Failed", models.Denied: "Denied"}[o])
	}
	if len(outcomes) > 0 {
		parts = append(parts, strings.Join(outcomes, ", "))
	}
	if r.System != nil {
		parts = append(parts, map[bool]string{true: "System rows only", false: "Without system rows"}[*r.System])
	}
	return strings.Join(parts, " · ")
}

// RunRetention has the rules carried out now.
func (w *Web) RunRetention(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := retentionPath(d.Workspace.Slug)
	if err := w.Privacy.RunNow(c.UserContext(), d); models.KindOf(err) == models.Conflict {
		return w.undone(c, to, err)
	} else if err != nil {
		return err
	}
	return w.done(c, to, "The run begins in a moment. It is listed below.")
}

// archiveOf gives who asks for the archive of the path.
func archiveOf(c *fiber.Ctx) uuid.UUID {
	id, _ := uuid.Parse(c.Params("id"))
	return id
}

// ArchiveFile gives an archive. Whom another site led here sees the list.
func (w *Web) ArchiveFile(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	if visit.LedByOthers(c) {
		return c.Redirect(retentionPath(d.Workspace.Slug), fiber.StatusSeeOther)
	}
	return download.SendArchive(c, w.Exports, d, archiveOf(c))
}

// ArchiveManifest gives what is in an archive, and its sum, as a file.
func (w *Web) ArchiveManifest(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	a, err := w.Exports.Archive(c.UserContext(), d, archiveOf(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, visit.Attachment(d.Workspace.Slug+"-archive-"+strconv.FormatInt(a.PurgeID, 10)+".json"))
	return c.JSON(download.ManifestOf(a))
}

// RemoveArchive deletes an archive for good.
func (w *Web) RemoveArchive(c *fiber.Ctx) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	to := retentionPath(d.Workspace.Slug)
	switch err := w.Exports.RemoveArchive(c.UserContext(), d, archiveOf(c)); models.KindOf(err) {
	case models.Gone:
		return w.undone(c, to, models.Errorf(models.Conflict, "This archive was deleted already."))
	case models.Conflict:
		return w.undone(c, to, err)
	default:
		if err != nil {
			return err
		}
	}
	return w.done(c, to, "The archive is deleted.")
}
