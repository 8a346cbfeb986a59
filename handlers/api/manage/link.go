package manage

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
)

// Invitation shows what an invitation offers, to whoever has its secret.
func (m *Manage) Invitation() fiber.Handler {
	return showBy(ofInstance, func(a ask[none]) (any, error) {
		secret(a.c)
		in, err := m.invited(a.c)
		if err != nil {
			return nil, err
		}
		return fiber.Map{"workspace": fiber.Map{"name": in.Workspace.Name}, "role": in.Link.Role, "email": in.Link.Email, "expires_at": at(&in.Link.ExpiresAt)}, nil
	})
}

// secret keeps an address that is one out of what browsers tell others.
func secret(c *fiber.Ctx) { c.Set(fiber.HeaderReferrerPolicy, "no-referrer") }

// invited finds the invitation of the path; looking for one that opens nothing counts.
func (m *Manage) invited(c *fiber.Ctx) (in *account.Invitation, err error) {
	err = m.auth.TryLink(c.UserContext(), visit.Of(c).From, func() error {
		in, err = m.account.Invitation(c.UserContext(), c.Params("secret"))
		return err
	})
	return in, err
}

// newcomer is who accepts an invitation and was nobody here before.
type newcomer struct{ Name, Email, Username, Password string }

// none refuses what is not taken from who is signed in already.
func (n newcomer) none() error {
	var errs []error
	for _, given := range [][2]string{{"name", n.Name}, {"email", n.Email}, {"username", n.Username}, {"password", n.Password}} {
		if given[1] != "" {
			errs = append(errs, models.FieldErrorf(models.Invalid, given[0], "is not taken from who is signed in already: send {}"))
		}
	}
	return models.JoinFields(errs...)
}

// AcceptInvitation makes whoever is signed in a member, or somebody new, who signs in then.
func (m *Manage) AcceptInvitation() fiber.Handler {
	return changeBy(ofInstance, func(a ask[newcomer]) (any, error) {
		secret(a.c)
		in, err := m.invited(a.c)
		if err != nil {
			return nil, err
		}
		user := visit.Of(a.c).Principal.User
		switch {
		case user != nil:
			if err := a.body.none(); err != nil {
				return nil, err
			}
			_, err = m.account.Accept(a, a.c.Params("secret"), user)
		default:
			err = m.auth.TryLink(a, visit.Of(a.c).From, func() error {
				user, _, err = m.account.AcceptAsNew(a, a.c.Params("secret"), account.NewUser{Name: a.body.Name, Email: a.body.Email, Username: a.body.Username, Password: a.body.Password})
				return err
			})
		}
		if err != nil {
			return nil, err
		}
		return fiber.Map{"workspace": fiber.Map{"id": in.Workspace.ID, "slug": in.Workspace.Slug, "name": in.Workspace.Name}, "user": fiber.Map{"id": user.ID, "name": user.Name, "email": user.Email}}, nil
	})
}

// SetPassword sets somebody's password by link, and ends all sessions and personal tokens of theirs.
func (m *Manage) SetPassword() fiber.Handler {
	type body struct {
		Password string `needs:""`
	}
	return changeBy(ofInstance, func(a ask[body]) (any, error) {
		secret(a.c)
		from := visit.Of(a.c).From
		return nil, m.auth.TryLink(a, from, func() error {
			_, err := m.account.ResetPassword(a, a.c.Params("secret"), a.body.Password, from)
			return err
		})
	})
}
