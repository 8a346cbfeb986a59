package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/layout"
)

// SetupPage asks for the first admin and the first workspace.
func (w *Web) SetupPage(c *fiber.Ctx) error {
	keepSecret(c)
	if err := w.Auth.CheckSetup(c.UserContext(), c.Params("secret")); err != nil {
		return err
	}
	return w.setupPage(c, url.Values{}, nil)
}

func (w *Web) setupPage(c *fiber.Ctx, form url.Values, refused *models.Error) error {
	page := views.SetupPage{
		Gate: layout.Gate{Title: "Set up Daybook"}, Action: "/setup/" + url.PathEscape(c.Params("secret")),
		Name: form.Get("name"), Email: form.Get("email"), WorkspaceName: form.Get("workspace_name"), Slug: form.Get("slug"),
	}
	if refused != nil {
		c.Status(visit.ProblemOf(c, refused).Status)
		for _, f := range refused.Fields {
			if f.Field == "workspace_slug" {
				f.Field = "slug"
			}
			page.Errors = append(page.Errors, f)
		}
	}
	return send(c, views.Setup(page))
}

// SetUp makes the first admin and the first workspace, and signs the admin in.
func (w *Web) SetUp(c *fiber.Ctx) error {
	keepSecret(c)
	form, err := formOf(c)
	if err != nil {
		return err
	}
	user := account.NewUser{Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password")}
	workspace := account.NewWorkspace{Slug: form.Get("slug"), Name: form.Get("workspace_name")}
	made, ws, err := w.Account.SetUp(c.UserContext(), c.Params("secret"), user, workspace)
	if ours := asOurs(err); err != nil && len(ours.Fields) > 0 {
		return w.setupPage(c, form, ours)
	} else if err != nil {
		return err
	}
	if err := w.begin(c, made); err != nil {
		return err
	}
	return c.Redirect("/w/"+ws.Slug, fiber.StatusSeeOther)
}

// keepSecret keeps the address of the page, which is the secret, out of caches and of what browsers tell others.
func keepSecret(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
}
