package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
)

// EditUser changes somebody's name, e-mail address and username.
func (w *Web) EditUser(c *fiber.Ctx) error {
	return w.changeUser(c, userForm{"edit", []string{"name", "email", "username"}, func(s subject, sent url.Values, version int64) (string, error) {
		username := sent.Get("username")
		edit := account.UserEdit{Name: sent.Get("name"), Email: sent.Get("email"), Username: &username, Version: version}
		return "The record is saved.", w.Account.EditUser(c.UserContext(), s.doer, *s.who.UserID, edit)
	}})
}

// ChangeRole gives a member another role. Who gave up the role that opens the page is led to the feed.
func (w *Web) ChangeRole(c *fiber.Ctx) error {
	var role models.Role
	s, said, done, err := w.tryUser(c, userForm{"role", []string{"role"}, func(s subject, sent url.Values, version int64) (string, error) {
		role = models.Role(sent.Get("role"))
		return s.who.Name + " is " + string(role) + " now.", w.Account.ChangeRole(c.UserContext(), s.doer, *s.who.UserID, role, version)
	}})
	if !done {
		return err
	}
	to := s.path()
	if s.isSelf() && role == models.Member && !s.who.InstanceAdmin {
		to = feedPath(s.slug)
	}
	return w.done(c, to, said)
}

// Deactivate keeps somebody from signing in.
func (w *Web) Deactivate(c *fiber.Ctx) error {
	return w.changeUser(c, userForm{"deactivate", nil, func(s subject, _ url.Values, version int64) (string, error) {
		return s.who.Name + " cannot sign in any more.", w.Account.Deactivate(c.UserContext(), s.doer, *s.who.UserID, version)
	}})
}

// Reactivate lets somebody sign in again.
func (w *Web) Reactivate(c *fiber.Ctx) error {
	return w.changeUser(c, userForm{"reactivate", nil, func(s subject, _ url.Values, version int64) (string, error) {
		return s.who.Name + " can sign in again.", w.Account.Reactivate(c.UserContext(), s.doer, *s.who.UserID, version)
	}})
}

// SignOutUser ends all of somebody's sessions and tokens, whatever was changed of them meanwhile.
func (w *Web) SignOutUser(c *fiber.Ctx) error {
	return w.changeUser(c, userForm{"sign-out", nil, func(s subject, _ url.Values, _ int64) (string, error) {
		return "All sessions and tokens of " + s.who.Name + " have ended.", w.Account.SignOutEverywhere(c.UserContext(), s.doer, *s.who.UserID)
	}})
}

// SetInstanceAdmin makes somebody an instance admin, or takes that from them.
func (w *Web) SetInstanceAdmin(c *fiber.Ctx) error {
	return w.changeUser(c, userForm{"instance-admin", []string{"instance_admin"}, func(s subject, sent url.Values, version int64) (string, error) {
		admin, err := chosenOf(sent, "instance_admin", []string{"true", "false"})
		if err != nil {
			return "", err
		}
		said := s.who.Name + " is no instance admin any more."
		if admin {
			said = s.who.Name + " is an instance admin now."
		}
		return said, w.Account.SetInstanceAdmin(c.UserContext(), s.doer, *s.who.UserID, admin, version)
	}})
}

// RemoveMember ends a membership. Whom nothing else is known of is not in the list any more, so the way leads to the list, and from one's own
// home.
func (w *Web) RemoveMember(c *fiber.Ctx) error {
	s, said, done, err := w.tryUser(c, userForm{"remove", nil, func(s subject, _ url.Values, version int64) (string, error) {
		return s.who.Name + " is no member of " + s.doer.Workspace.Name + " any more.", w.Account.RemoveMember(c.UserContext(), s.doer, *s.who.UserID, version)
	}})
	switch {
	case !done:
		return err
	case s.isSelf() && !s.who.InstanceAdmin:
		return w.done(c, "/", said)
	case len(s.who.Actors) == 0 && !s.who.InstanceAdmin:
		return w.done(c, peoplePath(s.slug), said)
	}
	return w.done(c, s.path(), said)
}

// MakePasswordLink makes a link by which somebody sets a new password, and shows it on this answer alone.
func (w *Web) MakePasswordLink(c *fiber.Ctx) error {
	s, secret, done, err := w.tryUser(c, userForm{"password-link", nil, func(s subject, _ url.Values, _ int64) (string, error) {
		return w.Account.PasswordLink(c.UserContext(), s.doer, *s.who.UserID)
	}})
	if !done {
		return err
	}
	return w.linkMade(c, views.LinkMadePage{
		Now: w.config.Now(), Locale: localeOf(visit.Of(c).Viewer), Link: w.passwordLink(secret), Until: w.config.Now().Add(models.PasswordLinkLife), Password: s.who.Name,
		Back: s.path(), BackLabel: "Back to " + s.who.Name,
	}, "Password link made")
}
