package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// AddMemberPage asks for somebody who has an account already.
func (w *Web) AddMemberPage(c *fiber.Ctx) error { return w.addMemberPage(c, nil, nil) }

func (w *Web) addMemberPage(c *fiber.Ctx, typed url.Values, refused *models.Error) error {
	page, err := w.addingPage(c, views.ByAddress, refused)
	if err != nil {
		return err
	}
	page.Email, page.Role = typedOr(typed, "user", ""), typedOr(typed, "role", string(models.Member))
	return send(c, views.AddPeople(page))
}

// AddMember makes somebody who has an account a member.
func (w *Web) AddMember(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	if err = onlyFields(form, "user", "role"); err == nil {
		err = w.Account.Admit(c.UserContext(), d, form.Get("user"), account.NewMember{Role: models.Role(form.Get("role"))})
	}
	if ours := asOurs(err); err != nil && ours.Kind == models.NotFound && len(ours.Fields) > 0 { // nobody's address: the form says so
		c.Status(visit.ProblemOf(c, ours).Status)
		return w.addMemberPage(c, form, ours)
	} else if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		return w.addMemberPage(c, form, refused)
	}
	warning, err := w.warningOf(c, form.Get("user"))
	if err != nil {
		return err
	}
	return w.done(c, peoplePath(visit.Of(c).Viewer.Workspace.Slug), strings.TrimSpace(form.Get("user")+" is a member now. "+warning))
}

// warningOf says what follows when somebody has the address of somebody who was anonymised: nobody sees it from what is missing.
func (w *Web) warningOf(c *fiber.Ctx, email string) (string, error) {
	forgotten, err := w.Account.WasForgotten(c.UserContext(), visit.Of(c).Viewer.Workspace.ID, email)
	if err != nil || !forgotten {
		return "", err
	}
	return models.ForgottenAddress, nil
}

// NewMemberPage asks for somebody new.
func (w *Web) NewMemberPage(c *fiber.Ctx) error { return w.newMemberPage(c, nil, nil) }

func (w *Web) newMemberPage(c *fiber.Ctx, typed url.Values, refused *models.Error) error {
	page, err := w.addingPage(c, views.ByAccount, refused)
	if err != nil {
		return err
	}
	page.Name, page.Email, page.Role = typedOr(typed, "name", ""), typedOr(typed, "email", ""), typedOr(typed, "role", string(models.Member))
	return send(c, views.AddPeople(page))
}

// CreateMember makes an account without a password, and shows the link that sets one on the answer: nowhere else, and never again.
func (w *Web) CreateMember(c *fiber.Ctx) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	d, err := w.doer(c)
	if err != nil {
		return err
	}
	var user *models.User
	var secret string
	if err = onlyFields(form, "name", "email", "role"); err == nil {
		user, secret, err = w.Account.CreateMemberByLink(c.UserContext(), d, account.NewUser{Name: form.Get("name"), Email: form.Get("email")}, account.NewMember{Role: models.Role(form.Get("role"))})
	}
	if err != nil {
		refused, shown := refusedForm(c, err)
		if !shown {
			return err
		}
		return w.newMemberPage(c, form, refused)
	}
	v := visit.Of(c).Viewer
	warning, err := w.warningOf(c, user.Email)
	if err != nil {
		return err
	}
	return w.linkMade(c, views.LinkMadePage{
		Warning: warning, Now: w.config.Now(), Locale: localeOf(v), Link: w.passwordLink(secret), Until: w.config.Now().Add(models.PasswordLinkLife), Password: user.Name, New: true,
		Back: peoplePath(v.Workspace.Slug), BackLabel: "To the people", Again: feedPath(v.Workspace.Slug) + "/members/new", AgainLabel: "Make another account",
	}, "Account made")
}

// passwordLink is the address at which somebody sets their password.
func (w *Web) passwordLink(secret string) string {
	return w.config.BaseURL.JoinPath("password", secret).String()
}
