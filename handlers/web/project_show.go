package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/feed"
	"daybook/views"
	"daybook/views/layout"
)

// Project shows what is known of a project, and what happened in it, to those who have access to it.
func (w *Web) Project(c *fiber.Ctx) error {
	project, err := w.Account.Project(c.UserContext(), visit.Of(c).Viewer, idOf(c))
	if err != nil {
		return err
	}
	h := w.history(c, feed.Filter{Criteria: feed.Criteria{Projects: []string{project.ExternalID}}})
	h.page.Empty = "Nothing has happened in it yet."
	if err := h.read(); err != nil {
		return err
	}
	h.page.Lead.Project = &project
	if err := h.projectFacts(project); err != nil {
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
	h.types(sum.Types)
	if h.viewer.Administers() {
		slug := h.viewer.Workspace.Slug
		at := projectPath(slug, project.ID)
		h.from = &layout.Crumb{Label: "Projects", Href: projectsPath(slug)}
		h.end = views.ProjectButtons(projectLinks(at, "")[1:])
	}
	return h.send(c, projectLabel(project))
}

func (h *history) projectFacts(p models.Project) error {
	h.page.Lead.Notes = []string{"Project"}
	if p.ArchivedAt != nil {
		h.page.Lead.Notes = append(h.page.Lead.Notes, "archived")
	}
	if err := h.span(); err != nil {
		return err
	}
	h.about(views.HistoryFact{Label: "Known as", Value: p.ExternalID, Code: true})
	visible := "its members"
	if p.Visibility == models.VisibleToWorkspace {
		visible = "the whole workspace"
	}
	h.about(views.HistoryFact{Label: "Visible to", Value: visible})
	if !h.viewer.Administers() {
		return nil
	}
	members, err := h.web.Account.Members(h.ctx, p)
	if err != nil {
		return err
	}
	h.about(views.HistoryFact{Label: "Members", Value: strconv.FormatInt(members, 10), Href: projectPath(h.viewer.Workspace.Slug, p.ID) + "/access"})
	return nil
}
