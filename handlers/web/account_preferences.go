package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// preferences is the form, with what was typed into it, if that was refused.
func (w *Web) preferences(c *fiber.Ctx, u *models.User, typed url.Values) (views.Preferences, error) {
	p := views.Preferences{Action: "/account/preferences", Name: u.Name, TimeZone: u.TimeZone, Theme: u.Theme, DateFormat: u.DateFormat}
	if typed != nil {
		p.Name, p.TimeZone = typed.Get("name"), typed.Get("time_zone")
		p.Theme, p.DateFormat = models.Theme(typed.Get("theme")), models.DateFormat(typed.Get("date_format"))
	}
	var err error
	p.Zones, err = w.Account.TimeZones(c.UserContext())
	return p, err
}

// SavePreferences changes somebody's name, and how pages look to them.
func (w *Web) SavePreferences(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = w.Account.SavePreferences(c.UserContext(), visit.Of(c).Principal.User, account.Preferences{
		Name: form.Get("name"), TimeZone: form.Get("time_zone"), Theme: form.Get("theme"), DateFormat: form.Get("date_format"),
	})
	if ours := asOurs(err); err != nil && len(ours.Fields) > 0 {
		return w.accountPage(c, ours, form)
	} else if err != nil {
		return err
	}
	if err := w.flash(c, "Your preferences are saved."); err != nil {
		return err
	}
	return c.Redirect("/account", fiber.StatusSeeOther)
}

// SetTheme changes how bright somebody's pages are, and leads back to the page they are on.
func (w *Web) SetTheme(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	if err := w.Account.SetTheme(c.UserContext(), visit.Of(c).Principal.User, form.Get("theme")); err != nil {
		return err
	}
	return c.Redirect(ownPath(form.Get("next")), fiber.StatusSeeOther)
}

// here is the address of the page, to come back to. What was posted to has no page, and an overlong address is not carried along.
func here(c *fiber.Ctx) string {
	const most = 2000
	if method := c.Method(); method != fiber.MethodGet && method != fiber.MethodHead || len(c.OriginalURL()) > most {
		return "/"
	}
	return ownPath(c.OriginalURL())
}
