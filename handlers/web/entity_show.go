package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/stats"
	"daybook/views"
)

// mostNames is how many names of a thing are told.
const mostNames = 6

// Entity shows what is known of a thing, and what was done to it, to those who may see any of that.
func (w *Web) Entity(c *fiber.Ctx) error {
	kind, id, err := thingOf(c)
	if err != nil {
		return err
	}
	h := w.history(c, entityFilter(visit.Of(c).Viewer, kind, id))
	if err := h.read(); err != nil {
		return err
	}
	if len(h.page.Rows) == 0 { // also when the search was broken off: that there is more than they may see is nothing to tell a member
		return models.Errorf(models.NotFound, "There is nothing of that type and id here, or you may not see anything that was done to it.")
	}
	h.page.Lead.Icon, h.page.Lead.Notes = typeIcon(h.words, kind), []string{h.words.Title(models.TypeTerm, kind)}
	names, err := w.Stats.Names(c.UserContext(), h.scope, kind, id, mostNames+1)
	if err != nil {
		return err
	}
	name := id
	if len(names) > 0 {
		name = names[0].Name
	}
	if len(h.page.Rows) > 0 {
		newest := h.page.Rows[0].Entry
		name, h.page.Lead.URL = newest.EntityNameOrID(), newest.OutsideURL()
	}
	if err := h.entityFacts(id, name, names); err != nil {
		return err
	}
	if err := h.actions(); err != nil {
		return err
	}
	sum, err := w.Stats.Summarise(c.UserContext(), h.scope, h.filter, mostRanked)
	if err != nil {
		return err
	}
	h.people(sum.Actors)
	return h.send(c, name)
}

// thingOf reads which thing the address asks for.
func thingOf(c *fiber.Ctx) (kind, id string, err error) {
	given, err := url.ParseQuery(string(c.Context().URI().QueryString()))
	if err != nil {
		return "", "", models.Errorf(models.Malformed, "The address has an escape that is not right.").Because(err)
	}
	kind, id = cleanText(given.Get("type")), cleanText(given.Get("id"))
	var missing []error
	for _, p := range [][2]string{{"type", kind}, {"id", id}} {
		if p[1] == "" {
			missing = append(missing, models.FieldErrorf(models.Malformed, p[0], "is missing: the address of a thing has a type and an id"))
		}
	}
	return kind, id, models.JoinFields(missing...)
}

// entityFilter selects what was done to a thing; for those who may read everything that includes what systems did to it.
func entityFilter(v access.Viewer, kind, id string) feed.Filter {
	return feed.Filter{Criteria: feed.Criteria{Types: []string{kind}, EntityIDs: []string{id}}, System: v.ReadsAll()}
}

// entityFacts tells what is known of a thing that is called so now.
func (h *history) entityFacts(id, called string, names []stats.NameCount) error {
	h.about(views.HistoryFact{Label: "ID", Value: id, Code: true})
	var newest *models.Entry
	if len(h.page.Rows) > 0 {
		newest = h.page.Rows[0].Entry
		h.about(views.HistoryFact{Label: "Last change", At: &newest.OccurredAt, Note: "by " + newest.Actor.DisplayName()})
	}
	first, err := h.web.Parts.Feed.First(h.ctx, h.scope, h.filter)
	if err != nil {
		return err
	}
	if first != nil {
		h.about(views.HistoryFact{Label: "First seen", At: &first.OccurredAt, Note: "by " + first.Actor.DisplayName()})
	}
	label := "Earlier name"
	for _, n := range names {
		if n.Name == called {
			continue
		}
		h.about(views.HistoryFact{Label: label, Value: n.Name, Note: "until " + h.clock().OnDay(n.Last)})
		label = " "
	}
	if newest != nil && newest.Project != nil {
		h.about(views.HistoryFact{Label: "Project", Value: projectLabel(*newest.Project), Href: projectOrFeedPath(h.viewer, *newest.Project)})
	}
	return nil
}
