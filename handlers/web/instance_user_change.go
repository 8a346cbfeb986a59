package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// EditInstanceUser changes somebody's name and address.
func (w *Web) EditInstanceUser(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, id := account.InstanceDoer(visit.Of(c).Principal), idParam(c, "id")
	if _, err := w.Account.UserLine(c.UserContext(), d, id); err != nil {
		return err
	}
	version, err := versionOf(form)
	if err == nil {
		err = onlyFields(form, "name", "email", "version")
	}
	if err == nil {
		err = w.Account.EditUser(c.UserContext(), d, id, account.UserEdit{Name: form.Get("name"), Email: form.Get("email"), Version: version})
	}
	if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		return w.instanceUserPage(c, form, refused)
	}
	return w.done(c, instanceUserPath(id), "The record is saved.")
}

// DeactivateInstanceUser keeps somebody out. The page asked before.
func (w *Web) DeactivateInstanceUser(c *fiber.Ctx) error {
	return w.changeInstanceUser(c, nil, func(d account.Doer, id, version int64, _ url.Values) (string, error) {
		return "They are deactivated, and signed out everywhere.", w.Account.Deactivate(c.UserContext(), d, id, version)
	})
}

// ReactivateInstanceUser lets them in again.
func (w *Web) ReactivateInstanceUser(c *fiber.Ctx) error {
	return w.changeInstanceUser(c, nil, func(d account.Doer, id, version int64, _ url.Values) (string, error) {
		return "They can sign in again.", w.Account.Reactivate(c.UserContext(), d, id, version)
	})
}

// SetAdminOfInstance makes somebody an instance admin, or takes that away. The page asked before.
func (w *Web) SetAdminOfInstance(c *fiber.Ctx) error {
	return w.changeInstanceUser(c, []string{"admin"}, func(d account.Doer, id, version int64, form url.Values) (string, error) {
		admin, err := chosenOf(form, "admin", []string{"true", "false"})
		if err != nil {
			return "", err
		}
		said := "They are no instance admin any more."
		if admin {
			said = "They are an instance admin now."
		}
		return said, w.Account.SetInstanceAdmin(c.UserContext(), d, id, admin, version)
	})
}

// changeInstanceUser runs a change that is a button with the version that was seen, and leads back to the page.
func (w *Web) changeInstanceUser(c *fiber.Ctx, fields []string, change func(d account.Doer, id, version int64, form url.Values) (string, error)) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, id := account.InstanceDoer(visit.Of(c).Principal), idParam(c, "id")
	if _, err := w.Account.UserLine(c.UserContext(), d, id); err != nil { // nobody's page is nothing to lead back to
		return err
	}
	version, err := versionOf(form)
	if err == nil {
		err = onlyFields(form, append(fields, "version")...)
	}
	var said string
	if err == nil {
		said, err = change(d, id, version, form)
	}
	if err != nil {
		return w.undone(c, instanceUserPath(id), err)
	}
	if id == d.User.ID { // whoever takes it from themselves may open the page no more, and whoever is out is signed out
		if err = w.done(c, "/", said); models.KindOf(err) == models.Unauthenticated {
			return c.Redirect("/sign-in", fiber.StatusSeeOther)
		}
		return err
	}
	return w.done(c, instanceUserPath(id), said)
}

// SignOutInstanceUser ends somebody's sessions and personal tokens. The page asked before.
func (w *Web) SignOutInstanceUser(c *fiber.Ctx) error {
	d, id := account.InstanceDoer(visit.Of(c).Principal), idParam(c, "id")
	if err := w.Account.SignOutEverywhere(c.UserContext(), d, id); err != nil {
		return err
	}
	if id == d.User.ID {
		return c.Redirect("/sign-in", fiber.StatusSeeOther)
	}
	return w.done(c, instanceUserPath(id), "Their sessions have ended, and their personal tokens are revoked.")
}

// MakeInstancePasswordLink makes a link that sets somebody's password, and shows it on the answer: nowhere else, and never again.
func (w *Web) MakeInstancePasswordLink(c *fiber.Ctx) error {
	d, id := account.InstanceDoer(visit.Of(c).Principal), idParam(c, "id")
	line, err := w.Account.UserLine(c.UserContext(), d, id)
	if err != nil {
		return err
	}
	secret, err := w.Account.PasswordLink(c.UserContext(), d, id)
	if err != nil {
		return w.undone(c, instanceUserPath(id), err)
	}
	page := views.LinkMadePage{Now: w.config.Now(), Link: w.passwordLink(secret), Until: w.config.Now().Add(models.PasswordLinkLife), Password: line.Name, New: line.HasNoKey, Back: instanceUserPath(id), BackLabel: "Back to " + line.Name}
	if page.Locale, err = w.ownLocale(c); err != nil {
		return err
	}
	return w.linkMade(c, page, "Link made")
}
