// Package platform speaks what the clients of the platform activity log ask for besides the workspace's list, which is our own form: signing in,
// one's workspaces, the histories of things and one's own (design.md §7.2). README.md is its specification. It is imported by package handlers alone.
package platform

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/listing"
	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
)

// Parts are the services behind it.
type Parts struct {
	Access *access.Service
	Auth   *auth.Service
	Lists  *listing.Lists
}

// Platform holds the handlers.
type Platform struct{ Parts }

// New makes them.
func New(parts Parts) *Platform { return &Platform{parts} }

// History makes a handler of what happened to a thing: of the type that is given, else of the path's. On a path of a workspace it is that one's,
// else that of all that the caller may see.
func (p *Platform) History(kind string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		thing, err := thingOf(c, kind)
		if err != nil {
			return err
		}
		if c.Params("ws") != "" {
			return p.Lists.Answer(c, listing.List{Viewers: []access.Viewer{visit.Of(c).Viewer}, Of: thing})
		}
		viewers, err := p.viewers(c)
		if err != nil {
			return err
		}
		return p.Lists.Answer(c, listing.List{Viewers: viewers, Of: thing, Across: true})
	}
}

// Own lists what the caller did, or what was done on their behalf, in all workspaces.
func (p *Platform) Own(c *fiber.Ctx) error {
	if _, err := visit.Person(c); err != nil {
		return err
	}
	viewers, err := p.viewers(c)
	if err != nil {
		return err
	}
	return p.Lists.Answer(c, listing.List{Viewers: viewers, Own: true, Across: true})
}

// viewers gives the caller's view of each workspace asked for: the one of workspace_id, or all that they may see.
func (p *Platform) viewers(c *fiber.Ctx) ([]access.Viewer, error) {
	q, err := params.Of(c)
	if err != nil {
		return nil, err
	}
	return p.Access.EnterAsked(c.UserContext(), visit.Of(c).Principal, q.Get("workspace_id"))
}

// thingOf reads the path, in which ids may be escaped.
func thingOf(c *fiber.Ctx, kind string) (*listing.Thing, error) {
	if kind == "" {
		kind = c.Params("type")
	}
	kind, kindErr := url.PathUnescape(kind)
	id, idErr := url.PathUnescape(c.Params("id"))
	if err := errors.Join(kindErr, idErr); err != nil {
		return nil, models.Errorf(models.NotFound, "The path has an escape that is not right.").Because(err)
	}
	return &listing.Thing{Type: kind, ID: id}, nil
}
