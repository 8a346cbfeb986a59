package web

import (
	"context"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/services/access"
	"daybook/views"
	"daybook/views/component"
)

// ErrorPage answers with an error as a page: within the shell for somebody signed in, when that can be made, else at the gate.
func (w *Web) ErrorPage(c *fiber.Ctx, p visit.Problem) error {
	c.Status(p.Status)
	page := views.ErrorPage{Status: p.Status, Detail: p.Detail, RequestID: p.RequestID, Opening: c.Method() == fiber.MethodGet}
	if p.Status == fiber.StatusNotFound && len(p.Errors) == 1 { // the field is for programs: people gave none
		page.Detail = component.FullStop(p.Errors[0].Message)
	}
	page.Href, page.LinkLabel = wayOn(c, p.Status)
	v := visit.Of(c)
	if v.Principal.User == nil || v.Session == nil {
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
	page.Recorded = v.Route != "" // what another site made the browser send was refused before anybody asked for which route
	return send(c, views.Error(page))
}

// wayOn is what one can do about an error: try again, when it is ours; sign in, and then back to the page that was sent from; or go where there
// is something to see.
func wayOn(c *fiber.Ctx, status int) (href, label string) {
	v := visit.Of(c)
	nobody := v.Principal.User == nil || v.Session == nil
	switch {
	case status >= 500 && c.Method() == fiber.MethodGet:
		return here(c), "Try again"
	case status == fiber.StatusForbidden && nobody, status >= 500: // who it is was not asked
		return "/", "Open Daybook"
	case status == fiber.StatusUnauthorized:
		return signInFor(c.Get(fiber.HeaderReferer)), "Sign in"
	case nobody:
		return "/sign-in", "Sign in"
	case v.Viewer.Role != access.Outsider:
		return feedPath(v.Viewer.Workspace.Slug), "Back to the feed"
	}
	return "/", "Back to the feed"
}

// signInFor is the sign-in page that leads back to where a form was sent from. Of that address the path alone is taken: it is one of ours,
// whoever wrote the header.
func signInFor(from string) string {
	u, err := url.Parse(from)
	if err != nil || from == "" {
		return "/sign-in"
	}
	path := ownPath(u.RequestURI())
	if path == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(path)
}
