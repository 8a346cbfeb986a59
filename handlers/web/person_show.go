package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/layout"
)

// Person shows what is known of an actor, and what they did. Whoever reads only part of the workspace is shown those of whom they see something.
func (w *Web) Person(c *fiber.Ctx) error {
	v := visit.Of(c).Viewer
	actor, err := w.Account.Actor(c.UserContext(), v, idOf(c))
	if err != nil {
		return err
	}
	f := feed.Filter{Criteria: feed.Criteria{Actors: []string{actor.ExternalID}}}
	f.System = v.ReadsAll() && actor.Type == models.ActorSystem
	h := w.history(c, f)
	h.page.Empty = "Nothing they did themselves, as far as you may see."
	if err := h.read(); err != nil {
		return err
	}
	behalf, err := w.Stats.OnBehalf(c.UserContext(), h.scope, actor.ID)
	if err != nil {
		return err
	}
	if h.page.Total.Count == 0 && behalf == 0 && !v.ReadsAll() && !v.IsSelf(actor.ID) {
		return models.Errorf(models.NotFound, "There is no such person here, or you may not see anything they did.")
	}
	h.page.Lead.Actor = &actor
	if err := h.personFacts(actor, behalf); err != nil {
		return err
	}
	if err := h.actions(); err != nil {
		return err
	}
	if err := h.projects(); err != nil {
		return err
	}
	if v.Administers() {
		s, err := w.personOf(c, actor.ID, 0)
		if err != nil {
			return err
		}
		h.page.Tabs, h.from, h.end = s.tabs(tabActivities), &layout.Crumb{Label: "People", Href: peoplePath(s.slug)}, s.end()
		if s.who.UserID != nil || len(s.who.Actors) > 1 { // here it is about one of several names
			h.page.Tabs[0].Href = personPath(s.slug, actor.ID)
		}
	}
	return h.send(c, actor.DisplayName())
}

func (h *history) personFacts(actor models.Actor, behalf int64) error {
	lead := &h.page.Lead
	lead.Notes = append(lead.Notes, map[models.ActorType]string{models.ActorUser: "Person", models.ActorAgent: "Agent: software acting on its own", models.ActorSystem: "System"}[actor.Type])
	if actor.Role != nil && strings.TrimSpace(*actor.Role) != "" {
		lead.Notes = append(lead.Notes, models.Title(*actor.Role))
	}
	if err := h.span(); err != nil {
		return err
	}
	if behalf > 0 {
		h.about(views.HistoryFact{Label: "Done for them", Value: strconv.FormatInt(behalf, 10), Note: "by agents"})
	}
	if actor.ErasedAt != nil {
		lead.Notes = []string{anonymisedOn(*actor.ErasedAt, h.clock())}
		h.about(views.HistoryFact{Label: "Anonymised", At: actor.ErasedAt})
	}
	if !strings.HasPrefix(actor.ExternalID, models.OwnActorPrefix) {
		h.about(views.HistoryFact{Label: "Known as", Value: actor.ExternalID, Code: true})
	}
	if !h.viewer.Administers() {
		return nil
	}
	if actor.ErasedAt != nil {
		return nil
	}
	if actor.Email != nil {
		h.about(views.HistoryFact{Label: "E-mail", Value: *actor.Email})
	}
	linked, err := h.web.Account.LinkedUser(h.ctx, h.viewer, actor)
	if err != nil {
		return err
	}
	if linked == nil {
		h.about(views.HistoryFact{Label: "Signs in", Value: "not linked to a user"})
		return nil
	}
	role := string(linked.Role)
	if role == "" {
		role = "no member any more"
	}
	if linked.User.Email == "" { // what else is known of them is not this workspace's business
		h.about(views.HistoryFact{Label: "Signs in", Value: role})
		return nil
	}
	h.about(views.HistoryFact{Label: "Signs in as", Value: linked.User.Name, Note: linked.User.Email + ", " + role})
	return nil
}

// projects adds where they did it.
func (h *history) projects() error {
	counts, err := h.web.Stats.Projects(h.ctx, h.scope, h.filter, mostRanked)
	if err != nil {
		return err
	}
	r := views.Ranking{Title: "Projects"}
	for _, each := range counts {
		only := h.with(func(f *feed.Filter) { f.Projects = []string{each.ExternalID} })
		r.Items = append(r.Items, views.RankItem{Label: projectLabel(each.Project), Project: &each.Project, Count: each.Count, Href: h.feed(only)})
	}
	h.rank(r)
	return nil
}

// projectLabel is a project's name, or its id where it has none.
func projectLabel(p models.Project) string {
	if strings.TrimSpace(p.Name) != "" {
		return p.Name
	}
	return p.ExternalID
}
