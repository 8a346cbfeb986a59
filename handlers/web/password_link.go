package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/views"
	"daybook/views/layout"
)

// PasswordLinkPage asks for a new password.
func (w *Web) PasswordLinkPage(c *fiber.Ctx) error {
	keepSecret(c)
	user, err := w.linkOwner(c)
	if models.KindOf(err) == models.NotFound {
		return w.linkOver(c, models.PasswordLink, err)
	} else if err != nil {
		return err
	}
	return w.passwordLinkPage(c, user, nil)
}

// linkOwner finds whose password the link of the path sets; looking for one that opens nothing counts.
func (w *Web) linkOwner(c *fiber.Ctx) (user *models.User, err error) {
	err = w.Auth.TryLink(c.UserContext(), visit.Of(c).From, func() error {
		user, err = w.Account.PasswordLinkOwner(c.UserContext(), c.Params("secret"))
		return err
	})
	return user, err
}

func (w *Web) passwordLinkPage(c *fiber.Ctx, user *models.User, refused *models.Error) error {
	page := views.PasswordLinkPage{
		Gate: layout.Gate{Title: "Set a password", Foot: "That the password was set is recorded; the password is not."}, Name: user.Name, Email: user.Email,
		Action: "/password/" + url.PathEscape(c.Params("secret")),
	}
	if refused != nil {
		page.Errors = refused.Fields
	}
	return send(c, views.PasswordLink(page))
}

// SetPassword sets it, and ends all sessions of its owner.
func (w *Web) SetPassword(c *fiber.Ctx) error {
	keepSecret(c)
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c)
	user, err := w.linkOwner(c)
	if err == nil {
		if err = onlyFields(form, "username", "password"); err == nil { // the first is there for password managers
			_, err = w.Account.ResetPassword(c.UserContext(), c.Params("secret"), form.Get("password"), v.From)
		}
	}
	if models.KindOf(err) == models.NotFound {
		return w.linkOver(c, models.PasswordLink, err)
	} else if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown || user == nil {
			return err
		}
		return w.passwordLinkPage(c, user, refused)
	}
	if me := v.Principal.User; me != nil && me.ID != user.ID {
		return w.done(c, "/", "The password of "+user.Name+" is set.")
	}
	return c.Redirect("/sign-in?out=password", fiber.StatusSeeOther)
}
