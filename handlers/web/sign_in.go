package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

// SignInPage asks who one is.
func (w *Web) SignInPage(c *fiber.Ctx) error {
	if !visit.Of(c).Principal.Nobody() {
		return c.Redirect(ownPath(c.Query("next")), fiber.StatusSeeOther)
	}
	return w.signInPage(c, c.Query("next"), "", nil)
}

// signedOut tells why somebody is on the sign-in page who did not ask for it.
func (w *Web) signedOut(c *fiber.Ctx) *layout.Flash {
	switch {
	case c.Query("out") == "everywhere":
		return &layout.Flash{Kind: component.Success, Text: "You are signed out everywhere."}
	case c.Query("out") == "password":
		return &layout.Flash{Kind: component.Success, Text: "The password is set. Sign in with it."}
	case c.Method() != fiber.MethodPost && visit.Of(c).Session.IsNew && c.Cookies(w.Sessions.CookieName()) != "":
		return &layout.Flash{Kind: component.Info, Text: "Your session here has ended: it was ended from elsewhere, or not used for thirty days. Sign in again to go on."}
	}
	return nil
}

func (w *Web) signInPage(c *fiber.Ctx, next, login string, refused *models.Error) error {
	page := views.SignInPage{
		Gate: layout.Gate{Title: "Sign in", Foot: "Sign-ins are recorded, failed ones too.", Flash: w.signedOut(c)}, Action: "/sign-in", DemoAction: "/sign-in", Next: next, Login: login,
	}
	if len(w.config.Demo) > 0 {
		page.Gate.Title = "Look around"
	}
	for i, a := range w.config.Demo {
		page.Demo = append(page.Demo, views.DemoAccount{ID: int64(i + 1), Name: a.Name, Email: a.Email, Note: a.Note})
	}
	if refused != nil {
		page.Error = refused.Detail
		if refused.Kind == models.Unauthenticated {
			page.Detail = "After a few failed tries, each makes the next one wait a little longer."
		}
		c.Status(visit.ProblemOf(c, refused).Status)
	}
	return send(c, views.SignIn(page))
}

// SignIn signs somebody in: with a password, or in a demo by choosing an account.
func (w *Web) SignIn(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	v := visit.Of(c)
	user, err := w.chosen(c, form.Get("email"))
	if user == nil && err == nil {
		user, err = w.Auth.SignIn(c.UserContext(), form.Get("login"), form.Get("password"), v.From)
	}
	if kind := models.KindOf(err); err != nil && (kind == models.Unauthenticated || kind == models.TooMany) {
		return w.signInPage(c, form.Get("next"), form.Get("login"), asOurs(err))
	} else if err != nil {
		return err
	}
	if err := w.begin(c, user); err != nil {
		return err
	}
	return c.Redirect(ownPath(form.Get("next")), fiber.StatusSeeOther)
}

// chosen gives the demo account that was chosen, or nil.
func (w *Web) chosen(c *fiber.Ctx, email string) (*models.User, error) {
	for _, a := range w.config.Demo {
		if email != "" && a.Email == email {
			user, err := w.Account.User(c.UserContext(), email)
			if err != nil {
				return nil, err
			}
			if user.DeactivatedAt != nil {
				return nil, models.Errorf(models.Unauthenticated, "This account was deactivated.")
			}
			return user, w.Auth.SignedIn(c.UserContext(), user, visit.Of(c).From)
		}
	}
	return nil, nil
}

// begin makes the session somebody's, under a new secret.
func (w *Web) begin(c *fiber.Ctx, user *models.User) error {
	v := visit.Of(c)
	if err := w.Sessions.Rotate(request(c), v.Session, user); err != nil {
		return err
	}
	return w.saveSession(c, v.Session)
}

// SignOut ends the session.
func (w *Web) SignOut(c *fiber.Ctx) error {
	v := visit.Of(c)
	v.Session.Options.MaxAge = -1
	if err := w.saveSession(c, v.Session); err != nil {
		return err
	}
	if err := w.Auth.SignedOut(c.UserContext(), v.Principal.User, v.From); err != nil {
		return err
	}
	return c.Redirect("/sign-in", fiber.StatusSeeOther)
}
