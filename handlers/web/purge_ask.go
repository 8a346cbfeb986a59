package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/services/savedview"
	"daybook/views"
	"daybook/views/layout"
)

// purgePath is where activities are purged.
func purgePath(slug string) string { return feedPath(slug) + "/purge" }

// PurgePage asks what is to be deleted.
func (w *Web) PurgePage(c *fiber.Ctx) error {
	given, err := listQuery(c, purgeFields...)
	if err != nil {
		return err
	}
	return w.purgePage(c, given, nil)
}

func (w *Web) purgePage(c *fiber.Ctx, given url.Values, refused *models.Error) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	before, err := w.Privacy.Purges(c.UserContext(), d, 0)
	if err != nil {
		return err
	}
	path := purgePath(v.Workspace.Slug)
	page := views.PurgePage{
		Now: w.config.Now(), Locale: localeOf(v), Preview: path + "/preview",
		Typed: views.TypedPurge{From: given.Get("start_date"), To: given.Get("end_date"), Search: given.Get("q")},
	}
	for _, p := range before {
		page.Before = append(page.Before, views.PurgeLine{Purge: p, Href: path + "/" + strconv.FormatInt(p.ID, 10)})
	}
	if refused != nil {
		page.Errors = refused.Fields
		c.Status(visit.ProblemOf(c, refused).Status)
	}
	if page.Shell, err = w.shell(c, "Purge activities"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Privacy", Href: feedPath(v.Workspace.Slug) + "/privacy"}, {Label: "Purge"}}
	return send(c, views.Purge(page))
}

// purgeFields are those of the form that say what is deleted: the period, and the line of a search. Whatever else a filter can say is in the line.
var purgeFields = []string{"start_date", "end_date", "q"}

// purgeFilter reads what is to be deleted.
func (w *Web) purgeFilter(c *fiber.Ctx, given url.Values) (feed.Filter, error) {
	query := url.Values{}
	for _, name := range purgeFields {
		if value := given.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	return feed.Parse(query, w.readersNow(visit.Of(c).Viewer))
}

// purgeFacts says in words what a purge selects.
func (w *Web) purgeFacts(c *fiber.Ctx, f feed.Filter) ([]views.FilterFact, error) {
	words, err := w.wordsFor(c.UserContext(), visit.Of(c).Viewer, []feed.Filter{f}, nil)
	if err != nil {
		return nil, err
	}
	facts := words.facts(f)
	if !f.System {
		facts = append(facts, views.FilterFact{Label: "Without", Values: []string{"system rows"}})
	}
	return facts, nil
}

// PurgeState tells how far a purge is. It is a page; for a script that asks it is just the piece that changes.
func (w *Web) PurgeState(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	p, err := w.Privacy.One(c.UserContext(), d, idParam(c, "id"))
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(p.Query)
	if err != nil {
		return err
	}
	f, _ := savedview.Read(query, w.readersNow(v)) // of one that another version made, what can be read
	words, err := w.words(c.UserContext(), v.Workspace)
	if err != nil {
		return err
	}
	path := purgePath(v.Workspace.Slug)
	self := path + "/" + strconv.FormatInt(p.ID, 10)
	page := views.PurgeStatePage{Now: w.config.Now(), Locale: localeOf(v), Purge: p, Self: self, Look: self, Cancel: self + "/cancel", List: path}
	if p.Kind == models.PurgeByHand {
		if page.Facts, err = w.purgeFacts(c, f); err != nil {
			return err
		}
	}
	for kind, n := range p.ByType {
		page.Types = append(page.Types, views.PurgeCount{Label: typeTitle(words, kind), Count: n})
	}
	page.Types = views.SortedCounts(page.Types)
	c.Vary("HX-Request")
	if c.Get("HX-Request") == "true" {
		if !p.UnderWay() {
			c.Set("HX-Refresh", "true") // it has ended: now the rest of the page is another one, too
		}
		return send(c, views.PurgeProgress(page))
	}
	if page.Shell, err = w.shell(c, p.Name()); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Purge", Href: path}, {Label: p.Name()}}
	if p.Kind == models.PurgeRetention {
		page.List = retentionPath(v.Workspace.Slug)
		page.Shell.Crumbs[0] = layout.Crumb{Label: "Retention", Href: page.List}
	}
	return send(c, views.PurgeState(page))
}

// typeTitle is what a type is called; activities may be about nothing in particular.
func typeTitle(words *models.Vocabulary, kind string) string {
	if kind == "" {
		return "About nothing in particular"
	}
	return orElse(words.Title(models.TypeTerm, kind), kind)
}
