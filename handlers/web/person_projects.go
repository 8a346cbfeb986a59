package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// projectsOnPage is how many projects the page of a person shows; a search finds the others.
const projectsOnPage = 300

// UserProjectsPage shows which projects a user has access to.
func (w *Web) UserProjectsPage(c *fiber.Ctx) error { return w.showProjects(c, w.userOf) }

// ActorProjectsPage shows which projects an actor of nobody's has access to.
func (w *Web) ActorProjectsPage(c *fiber.Ctx) error { return w.showProjects(c, w.actorOf) }

// ChangeUserProjects gives and takes access to many projects at once.
func (w *Web) ChangeUserProjects(c *fiber.Ctx) error { return w.changeProjects(c, w.userOf) }

// ChangeActorProjects does so for an actor of nobody's.
func (w *Web) ChangeActorProjects(c *fiber.Ctx) error { return w.changeProjects(c, w.actorOf) }

func (w *Web) showProjects(c *fiber.Ctx, find func(*fiber.Ctx) (subject, error)) error {
	s, err := find(c)
	if err != nil {
		return err
	}
	return w.projectsPage(s, nil, nil)
}

// projectsPage is the page after the form was refused: with what was checked.
func (w *Web) projectsPage(s subject, refusal *views.Refusal, sent url.Values) error {
	q, err := params.Of(s.c)
	if err != nil {
		return err
	}
	list, err := w.Account.ProjectsOfPerson(s.c.UserContext(), s.doer, s.who, q.Get("q"))
	if err != nil {
		return err
	}
	page := views.PersonProjectsPage{
		Action: s.path() + "/projects", All: s.who.Role == models.Owner || s.who.Role == models.Admin || s.who.InstanceAdmin, More: len(list) > projectsOnPage,
		Search: component.Search{Action: s.path() + "/projects", Label: "Search projects", Placeholder: "Name or id of a project", Value: q.Get("q")},
	}
	if page.PersonFrame, err = w.frame(s, tabProjects); err != nil {
		return err
	}
	page.Refusal = refusal
	for _, p := range list[:min(len(list), projectsOnPage)] {
		line := views.PersonProject{Project: p.Project, Name: projectLabel(p.Project), Href: projectPath(s.slug, p.ID), Granted: p.Granted, Checked: p.Granted}
		if sent != nil {
			line.Checked = slices.Contains(sent["project"], strconv.FormatInt(p.ID, 10))
		}
		page.Projects = append(page.Projects, line)
	}
	return send(s.c, views.PersonProjects(page))
}

// changeProjects does what somebody changed in the list that they saw: what others changed meanwhile stays as they made it.
func (w *Web) changeProjects(c *fiber.Ctx, find func(*fiber.Ctx) (subject, error)) error {
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	s, err := find(c)
	if err != nil {
		return err
	}
	var done account.MembersChanged
	grant, revoke, err := projectsSent(sent)
	if err == nil {
		done, err = w.Account.ChangeProjects(c.UserContext(), s.doer, s.who, grant, revoke)
	}
	if models.KindOf(err) == models.NotFound && len(asOurs(err).Fields) > 0 { // a project of another workspace
		err = models.FieldErrorf(models.Invalid, "project", "is none of this workspace")
	}
	if err == nil {
		return w.done(c, s.path()+"/projects", projectsChanged(done))
	}
	refused, ok := refusedForm(c, err)
	if !ok {
		return err
	}
	return w.projectsPage(s, w.refusal(s, "projects", refused, models.EntityRef{}), sent)
}

// projectsSent reads which projects are to be given and which taken: those whose box was changed.
func projectsSent(sent url.Values) (grant, revoke []int64, err error) {
	if err := onlyFields(sent, "project", "had", "had_not"); err != nil {
		return nil, nil, err
	}
	had, hadNot, wanted, err := idsOf(sent, "had", "had_not", "project")
	if err != nil {
		return nil, nil, err
	}
	for _, id := range wanted {
		switch {
		case slices.Contains(hadNot, id):
			grant = append(grant, id)
		case !slices.Contains(had, id):
			return nil, nil, models.FieldErrorf(models.Invalid, "project", "is not in the list that was shown: open the page again")
		}
	}
	for _, id := range had {
		if !slices.Contains(wanted, id) {
			revoke = append(revoke, id)
		}
	}
	return grant, revoke, nil
}

// idsOf reads three fields that hold numbers.
func idsOf(sent url.Values, first, second, third string) (a, b, c []int64, err error) {
	lists := make([][]int64, 3)
	for i, name := range []string{first, second, third} {
		for _, text := range sent[name] {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, nil, nil, models.FieldErrorf(models.Invalid, name, "must be a number")
			}
			lists[i] = append(lists[i], id)
		}
	}
	return lists[0], lists[1], lists[2], nil
}

func projectsChanged(done account.MembersChanged) string {
	switch {
	case done.Added == 0 && done.Removed == 0:
		return "Nothing was different from before."
	case done.Removed == 0:
		return "Access to " + views.CountOf(done.Added, "project", "projects") + " was given."
	case done.Added == 0:
		return "Access to " + views.CountOf(done.Removed, "project", "projects") + " was taken."
	}
	return "Access to " + views.CountOf(done.Added, "project", "projects") + " was given, to " + strconv.Itoa(done.Removed) + " taken."
}
