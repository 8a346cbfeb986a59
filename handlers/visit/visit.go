// Package visit is what handlers know about the request they answer, and the forms in which all of them answer: who makes it, from where, in
// which workspace, with what body; problems, and JSON that clients may keep. The gate in package handlers fills it in; handlers read it.
package visit

import (
	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"

	"daybook/services/access"
	"daybook/services/auth"
)

// Visit is one request.
type Visit struct {
	ID        string // request id, in the answer's X-Request-ID and in the log
	Route     string // the pattern of the path, in the table of routes; empty when there is none for it
	From      auth.From
	Body      *Body // never nil
	Principal access.Principal
	Viewer    access.Viewer     // set on routes with :ws
	Session   *sessions.Session // set unless the route takes the bearer token that was sent
	held      *held             // what its list takes up
}

type key struct{}

// Of gives the visit of a request.
func Of(c *fiber.Ctx) *Visit {
	if v, ok := c.Locals(key{}).(*Visit); ok {
		return v
	}
	v := &Visit{Body: &Body{}}
	c.Locals(key{}, v)
	return v
}
