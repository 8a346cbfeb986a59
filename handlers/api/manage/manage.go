// Package manage answers over JSON about who there is and what they may do: in a workspace people, members, invitations, projects, tokens,
// settings, rejected events; in the instance workspaces and users; one's own tokens; and what links open (design.md §6). Who may do what is
// decided in services/account; most routes are for those who administer.
package manage

import (
	"context"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/journal"
	"daybook/services/proof"
)

// Manage holds the handlers.
type Manage struct {
	account *account.Service
	auth    *auth.Service
	journal *journal.Journal
	base    *url.URL // where people reach us
}

// New makes them.
func New(a *account.Service, s *auth.Service, j *journal.Journal, base *url.URL) *Manage {
	return &Manage{account: a, auth: s, journal: j, base: base}
}

// mostBody bounds a body: the largest is a list of the members of a project.
const mostBody = 2 << 20

// ask is a request to change something.
type ask[T any] struct {
	context.Context
	by   account.Doer
	id   int64  // of the path
	name string // of the path, where it is no number
	body T
	c    *fiber.Ctx
}

// none is the body of a request that needs none.
type none struct{}

// reading makes a handler of what shows activities, or parts of them: a token that administers and does not read is refused.
func reading(handle fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if token := visit.Of(c).Principal.Token; token != nil && !token.Has(models.ScopeRead) {
			return models.Errorf(models.Forbidden, "This shows activities: the token needs the scope %s too.", models.ScopeRead)
		}
		return handle(c)
	}
}

// change makes a handler of what changes something. The body is read strictly, as params.Object says: a key that is not one of T's is an error, whatever
// it may mean elsewhere, and one that T needs has to be there. Whatever do gives is the answer; nil is 204.
func change[T any](m *Manage, do func(ask[T]) (any, error)) fiber.Handler {
	return changeBy(m.ofWorkspace, do)
}

// who gives whoever asks as somebody who makes changes.
type who func(c *fiber.Ctx) (account.Doer, error)

// ofWorkspace is who asks about the workspace of the path.
func (m *Manage) ofWorkspace(c *fiber.Ctx) (account.Doer, error) {
	return m.account.Doer(c.UserContext(), visit.Of(c).Viewer)
}

// ofInstance is who asks about the whole instance, or about themselves.
func ofInstance(c *fiber.Ctx) (account.Doer, error) {
	return account.InstanceDoer(visit.Of(c).Principal), nil
}

// changeBy is change for whoever by says.
func changeBy[T any](by who, do func(ask[T]) (any, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a := ask[T]{Context: c.UserContext(), c: c, name: c.Params("id")}
		if text := c.Params("id"); text != "" {
			a.id, _ = strconv.ParseInt(text, 10, 64) // what is no number is nobody's id
		}
		if name, err := url.PathUnescape(a.name); err == nil {
			a.name = name
		}
		if err := read(c, &a.body); err != nil {
			return err
		}
		var err error
		if a.by, err = by(c); err != nil {
			return err
		}
		answer, err := do(a)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		if answer == nil {
			return c.SendStatus(fiber.StatusNoContent)
		}
		return c.JSON(answer)
	}
}

// show makes a handler of what only answers.
func show(m *Manage, do func(ask[none]) (any, error)) fiber.Handler {
	return showBy(m.ofWorkspace, do)
}

// showBy is show for whoever asker says.
func showBy(asker who, do func(ask[none]) (any, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		by, err := asker(c)
		if err != nil {
			return err
		}
		id, _ := strconv.ParseInt(c.Params("id"), 10, 64) // what is no number is nobody's id
		answer, err := do(ask[none]{Context: c.UserContext(), by: by, id: id, c: c})
		if err != nil {
			return err
		}
		return visit.SendCached(c, answer)
	}
}

// read reads a body of JSON.
func read(c *fiber.Ctx, into any) error {
	if reflect.TypeOf(into) == reflect.TypeFor[*none]() {
		return nil
	}
	text, err := params.Body(visit.Of(c).Body, mostBody)
	if err != nil {
		return err
	}
	return params.Object(text, into)
}

// needsVersion refuses to change what the client has not seen.
func needsVersion(v int64) error { return needsVersionIn("version", v) }

func needsVersionIn(field string, v int64) error {
	if v < 1 {
		return models.FieldErrorf(models.Invalid, field, "is required: the one that was read")
	}
	return nil
}

// at writes a time as all our JSON does; nothing is null.
func at(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := proof.Time(*t)
	return &s
}

// day writes a day.
func day(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.Format(time.DateOnly)
	return &s
}

// link gives an address of ours.
func (m *Manage) link(parts ...string) string { return m.base.JoinPath(parts...).String() }
