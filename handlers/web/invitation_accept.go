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

// InvitationPage shows somebody what they are invited to.
func (w *Web) InvitationPage(c *fiber.Ctx) error {
	keepSecret(c)
	in, err := w.invited(c)
	if models.KindOf(err) == models.NotFound {
		return w.linkOver(c, models.InvitationLink, err)
	} else if err != nil {
		return err
	}
	return w.invitationPage(c, in, nil, nil)
}

// invited finds the invitation of the path; looking for one that opens nothing counts.
func (w *Web) invited(c *fiber.Ctx) (in *account.Invitation, err error) {
	err = w.Auth.TryLink(c.UserContext(), visit.Of(c).From, func() error {
		in, err = w.Account.Invitation(c.UserContext(), c.Params("secret"))
		return err
	})
	return in, err
}

// linkOver says that a link opens nothing, in the same words whatever is wrong with it.
func (w *Web) linkOver(c *fiber.Ctx, kind models.LinkKind, err error) error {
	page := views.LinkOverPage{Detail: asOurs(err).Detail, Href: "/sign-in", LinkLabel: "Sign in"}
	if !visit.Of(c).Principal.Nobody() {
		page.Href, page.LinkLabel = "/", "Open Daybook"
	}
	page.Gate.Title, page.Advice = "This link is of no use any more", "If you have set your password already, sign in with it."
	if kind == models.InvitationLink {
		page.Gate.Title, page.Advice = "This invitation is over", "If you have accepted it already, sign in: the workspace is there."
	}
	c.Status(visit.ProblemOf(c, err).Status)
	return send(c, views.LinkOver(page))
}

func (w *Web) invitationPage(c *fiber.Ctx, in *account.Invitation, typed url.Values, refused *models.Error) error {
	v := visit.Of(c)
	path := "/invitation/" + url.PathEscape(c.Params("secret"))
	page := views.InvitationPage{
		Gate:      layout.Gate{Title: "Join " + in.Workspace.Name, Foot: "Who joins is recorded in the workspace."},
		Workspace: in.Workspace.Name, Role: *in.Link.Role, Action: path, SignIn: "/sign-in?next=" + url.QueryEscape(path), SignOut: "/sign-out",
		Name: typedOr(typed, "name", ""), Email: typedOr(typed, "email", ""),
	}
	if in.Link.Email != nil {
		page.Fixed = *in.Link.Email
	}
	if u := v.Principal.User; u != nil && v.Session != nil {
		page.Me = &views.Joining{ID: u.ID, Name: u.Name, Email: u.Email, Wrong: page.Fixed != "" && page.Fixed != u.Email}
	}
	if refused != nil {
		page.Errors = refused.Fields
		if len(refused.Fields) == 0 {
			page.Problem = refused.Detail
		}
	}
	return send(c, views.Invitation(page))
}

// AcceptInvitation makes whoever is signed in a member; or somebody new, who is signed in then.
func (w *Web) AcceptInvitation(c *fiber.Ctx) error {
	keepSecret(c)
	form, err := formOf(c)
	if err != nil {
		return err
	}
	in, err := w.invited(c)
	if models.KindOf(err) == models.NotFound {
		return w.linkOver(c, models.InvitationLink, err)
	} else if err != nil {
		return err
	}
	v := visit.Of(c)
	if v.Principal.User != nil {
		if err = onlyFields(form); err != nil { // nothing of them is asked for
			return err
		}
		if _, err = w.Account.Accept(c.UserContext(), c.Params("secret"), v.Principal.User); err == nil {
			return w.done(c, feedPath(in.Workspace.Slug), "You are a member of "+in.Workspace.Name+" now.")
		}
	} else if err = w.acceptAsNew(c, form); err == nil {
		return c.Redirect(feedPath(in.Workspace.Slug), fiber.StatusSeeOther)
	}
	if models.KindOf(err) == models.NotFound { // somebody was faster
		return w.linkOver(c, models.InvitationLink, err)
	}
	refused, shown := refusedForm(c, err)
	if !shown {
		return err
	}
	return w.invitationPage(c, in, form, refused)
}

func (w *Web) acceptAsNew(c *fiber.Ctx, form url.Values) error {
	if err := onlyFields(form, "name", "email", "password"); err != nil {
		return err
	}
	var user *models.User
	err := w.Auth.TryLink(c.UserContext(), visit.Of(c).From, func() (err error) {
		user, _, err = w.Account.AcceptAsNew(c.UserContext(), c.Params("secret"), account.NewUser{Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password")})
		return err
	})
	if err != nil {
		return err
	}
	return w.begin(c, user)
}
