package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/layout"
)

// NewProjectPage asks for what a project made by hand needs.
func (w *Web) NewProjectPage(c *fiber.Ctx) error {
	return w.newProjectPage(c, views.ProjectForm{Visibility: string(models.VisibleToMembers)})
}

func (w *Web) newProjectPage(c *fiber.Ctx, page views.ProjectForm) (err error) {
	list := projectsPath(visit.Of(c).Viewer.Workspace.Slug)
	page.New, page.Heading, page.Action, page.Cancel = true, "New project", list, list
	if page.Shell, err = w.shell(c, "New project"); err != nil {
		return err
	}
	page.Shell.Crumbs = []layout.Crumb{{Label: "Projects", Href: list}, {Label: "New project"}}
	return send(c, views.Project(page))
}

// CreateProject makes a project by hand, and leads to who has access to it.
func (w *Web) CreateProject(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	page := views.ProjectForm{ExternalID: form.Get("external_id"), Name: form.Get("name"), Visibility: form.Get("visibility")}
	var made *models.Project
	if err = onlyFields(form, "external_id", "name", "visibility"); err == nil {
		made, err = w.Account.CreateProject(c.UserContext(), d, account.NewProject{ExternalID: page.ExternalID, Name: page.Name, Visibility: models.Visibility(page.Visibility)})
	}
	if err == nil {
		return w.done(c, projectPath(d.Workspace.Slug, made.ID)+"/access", "The project is made. Give access to it here.")
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	page.Errors = refused.Fields
	return w.newProjectPage(c, page)
}

// ProjectEditPage asks for another name and visibility of a project.
func (w *Web) ProjectEditPage(c *fiber.Ctx) error { return w.projectEditPage(c, nil) }

// projectEditPage is the form of a project as it is, which typed may change.
func (w *Web) projectEditPage(c *fiber.Ctx, typed func(*views.ProjectForm)) error {
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	p, err := w.Account.ProjectOf(c.UserContext(), d, idParam(c, "id"))
	if err != nil {
		return err
	}
	at := projectPath(d.Workspace.Slug, p.ID)
	page := views.ProjectForm{
		Heading: p.Name, Action: at + "/edit", Cancel: at, ExternalID: p.ExternalID, Name: p.Name, Visibility: string(p.Visibility), Version: p.Version,
		Archived: p.ArchivedAt != nil, Archive: at + "/archive", Links: projectLinks(at, "edit"),
	}
	if typed != nil {
		typed(&page)
	}
	if page.Shell, err = w.shell(c, "Edit "+p.Name); err != nil {
		return err
	}
	page.Shell.Crumbs = projectCrumbs(d.Workspace.Slug, p.Project, "Edit")
	return send(c, views.Project(page))
}

// projectLinks are the pages about a project.
func projectLinks(at, current string) []views.PageLink {
	return []views.PageLink{
		{Label: "What happened", Icon: "feed", Href: at, Current: current == ""},
		{Label: "Who has access", Icon: "shield", Href: at + "/access", Current: current == "access"},
		{Label: "Edit", Icon: "updated", Href: at + "/edit", Current: current == "edit"},
	}
}

func projectCrumbs(slug string, p models.Project, here string) []layout.Crumb {
	return []layout.Crumb{{Label: "Projects", Href: projectsPath(slug)}, {Label: projectLabel(p), Href: projectPath(slug, p.ID)}, {Label: here}}
}

// EditProject changes a project's name and visibility. Whoever saw an older version is told what it is now, with what they typed.
func (w *Web) EditProject(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	p, err := w.Account.ProjectOf(c.UserContext(), d, idParam(c, "id"))
	if err != nil {
		return err
	}
	err = onlyFields(form, "name", "visibility", "version")
	name, visibility := form.Get("name"), models.Visibility(form.Get("visibility"))
	want := account.ProjectEdit{Name: &name, Visibility: &visibility}
	if err == nil {
		want.Version, err = versionOf(form)
	}
	if err == nil {
		err = w.Account.EditProject(c.UserContext(), d, p.ID, want)
	}
	if err == nil {
		return w.done(c, projectPath(d.Workspace.Slug, p.ID)+"/edit", "The project is saved.")
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	return w.projectEditPage(c, func(page *views.ProjectForm) {
		page.Name, page.Visibility, page.Errors = form.Get("name"), form.Get("visibility"), refused.Fields
	})
}

// ArchiveProject archives a project, or takes it back.
func (w *Web) ArchiveProject(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	p, err := w.Account.ProjectOf(c.UserContext(), d, idParam(c, "id"))
	if err != nil {
		return err
	}
	to := projectPath(d.Workspace.Slug, p.ID) + "/edit"
	var want account.ProjectEdit
	var archived bool
	err = onlyFields(form, "archived", "version")
	if err == nil {
		want.Version, err = versionOf(form)
	}
	if err == nil {
		archived, err = chosenOf(form, "archived", []string{"true", "false"})
		want.Archived = &archived
	}
	if err == nil {
		err = w.Account.EditProject(c.UserContext(), d, p.ID, want)
	}
	switch {
	case err != nil:
		return w.undone(c, to, err)
	case archived:
		return w.done(c, to, "The project is archived.")
	}
	return w.done(c, to, "The project is active again.")
}
