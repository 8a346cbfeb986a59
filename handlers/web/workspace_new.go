package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// NewWorkspacePage asks what the workspace is to be.
func (w *Web) NewWorkspacePage(c *fiber.Ctx) error { return w.newWorkspacePage(c, nil, nil) }

func (w *Web) newWorkspacePage(c *fiber.Ctx, typed url.Values, refused *models.Error) (err error) {
	page := views.NewWorkspacePage{
		Name: typedOr(typed, "name", ""), Slug: typedOr(typed, "slug", ""), TimeZone: typedOr(typed, "time_zone", ""), Owner: typedOr(typed, "owner", visit.Of(c).Principal.User.Email),
		Action: instanceWorkspacesPath, Cancel: instanceWorkspacesPath,
	}
	if refused != nil {
		page.Errors = refused.Fields
	}
	if page.Zones, err = w.Account.TimeZones(c.UserContext()); err != nil {
		return err
	}
	if page.Shell, err = w.shell(c, "New workspace"); err != nil {
		return err
	}
	return send(c, views.NewWorkspace(page))
}

// CreateWorkspace makes a workspace.
func (w *Web) CreateWorkspace(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	var made *models.Workspace
	if err = onlyFields(form, "name", "slug", "time_zone", "owner"); err == nil {
		n := account.NewWorkspace{Name: form.Get("name"), Slug: form.Get("slug"), TimeZone: form.Get("time_zone")}
		made, err = w.Account.FoundWorkspaceOf(c.UserContext(), account.InstanceDoer(visit.Of(c).Principal), n, form.Get("owner"))
	}
	if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		return w.newWorkspacePage(c, form, refused)
	}
	return w.done(c, instanceWorkspacesPath, "The workspace "+made.Name+" is made.")
}
