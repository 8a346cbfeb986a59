package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/views"
	"daybook/views/component"
)

// AccountPage shows somebody their own record.
func (w *Web) AccountPage(c *fiber.Ctx) error { return w.accountPage(c, nil, nil) }

// accountPage is the page after a form of it was refused: with what was wrong, and with what was typed into the preferences.
func (w *Web) accountPage(c *fiber.Ctx, refused *models.Error, typed url.Values) error {
	shell, err := w.shell(c, "Account")
	if err != nil {
		return err
	}
	v := visit.Of(c)
	u := v.Principal.User
	page := views.AccountPage{Shell: shell, Now: w.config.Now(), Name: u.Name, Email: u.Email, InstanceAdmin: u.InstanceAdmin, Action: "/account/password"}
	if u.Username != nil {
		page.Username = *u.Username
	}
	memberships, err := w.Account.Memberships(c.UserContext(), u)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		page.Memberships = append(page.Memberships, views.AccountMembership{Workspace: m.Workspace.Name, Href: "/w/" + m.Workspace.Slug, Role: m.Role})
	}
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	if page.Preferences, err = w.preferences(c, u, typed); err != nil {
		return err
	}
	if page.Sessions, err = w.ownSessions(c); err != nil {
		return err
	}
	if page.GoodTokens, err = w.goodTokens(c); err != nil {
		return err
	}
	page.Tokens = ownTokensPath
	if refused != nil {
		page.Errors = refused.Fields
		c.Status(visit.ProblemOf(c, refused).Status)
	}
	return send(c, views.Account(page))
}

// ownLocale is how somebody reads times where they are in no workspace: in their own zone, else in that of the workspace that opens first.
func (w *Web) ownLocale(c *fiber.Ctx) (component.Locale, error) {
	v := visit.Of(c)
	viewer := access.Viewer{Principal: v.Principal}
	if v.Principal.User.TimeZone == "" {
		viewers, err := w.Access.EnterAll(c.UserContext(), v.Principal)
		if err != nil {
			return component.Locale{}, err
		}
		if one, ok := first(viewers); ok {
			viewer = one
		}
	}
	return localeOf(viewer), nil
}

// ChangePassword gives somebody another password, and ends their other sessions.
func (w *Web) ChangePassword(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c)
	user := v.Principal.User
	err = w.Account.ChangePassword(c.UserContext(), user, form.Get("current_password"), form.Get("new_password"), v.From)
	if ours := asOurs(err); err != nil && (len(ours.Fields) > 0 || ours.Kind == models.TooMany) {
		if len(ours.Fields) == 0 {
			ours.Fields = []models.FieldError{{Index: -1, Field: "current_password", Message: ours.Detail}}
		}
		return w.accountPage(c, ours, nil)
	} else if err != nil {
		return err
	}
	if err := w.Sessions.Rotate(request(c), v.Session, user); err != nil {
		return err
	}
	if err := w.flash(c, "Your password was changed. Your other sessions have ended."); err != nil {
		return err
	}
	return c.Redirect("/account", fiber.StatusSeeOther)
}

// first gives the workspace that opens when none is named: the first one by slug that is not our own.
func first(viewers []access.Viewer) (access.Viewer, bool) {
	for _, v := range viewers {
		if v.Workspace.ID != models.BuiltInWorkspace {
			return v, true
		}
	}
	if len(viewers) > 0 {
		return viewers[0], true
	}
	return access.Viewer{}, false
}
