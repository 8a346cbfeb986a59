package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/views"
)

// ErrorPage answers with an error as a page: within the shell for somebody signed in, when that can be made, else at the gate.
func (w *Web) ErrorPage(c *fiber.Ctx, p visit.Problem) error {
	c.Status(p.Status)
	page := views.ErrorPage{Status: p.Status, Detail: p.Detail, RequestID: p.RequestID, Href: "/", LinkLabel: "Back to the feed"}
	v := visit.Of(c)
	if v.Principal.User == nil || v.Session == nil {
		page.Href, page.LinkLabel = "/sign-in", "Sign in"
		return send(c, views.Error(page))
	}
	if p.Status != fiber.StatusServiceUnavailable { // that is the database itself
		// The request's own time may be what has run out.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), 2*time.Second)
		defer cancel()
		c.SetUserContext(ctx)
		if shell, err := w.shell(c, ""); err == nil {
			page.Shell = &shell
		}
	}
	return send(c, views.Error(page))
}
