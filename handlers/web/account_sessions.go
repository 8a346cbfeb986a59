package web

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/views"
)

// ownSessions lists where somebody is signed in.
func (w *Web) ownSessions(c *fiber.Ctx) (views.Sessions, error) {
	v := visit.Of(c)
	page := views.Sessions{EndOthers: "/account/sessions/end-others", EndAll: "/account/sessions/end-all"}
	list, err := w.Auth.SessionsOf(c.UserContext(), v.Principal.User.ID, v.Session.ID)
	for _, s := range list {
		one := views.AccountSession{
			UserAgent: s.UserAgent, Address: s.IP, SignedInAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, Here: s.Here, Program: s.Program, End: "/account/sessions/" + url.PathEscape(s.ID) + "/end",
		}
		if s.Here {
			one.End = "/sign-out"
		}
		page.List = append(page.List, one)
	}
	return page, err
}

// EndSession ends one of somebody's sessions.
func (w *Web) EndSession(c *fiber.Ctx) error {
	v := visit.Of(c)
	err := w.Auth.EndSession(c.UserContext(), v.Principal.User, cleanText(c.Params("id")), v.From)
	switch {
	case models.KindOf(err) == models.NotFound:
		err = w.flashFailure(c, asOurs(err).Detail)
	case err == nil:
		err = w.flash(c, "The session has ended.")
	}
	if models.KindOf(err) == models.Unauthenticated { // it was this one
		return c.Redirect("/sign-in", fiber.StatusSeeOther)
	} else if err != nil {
		return err
	}
	return c.Redirect("/account", fiber.StatusSeeOther)
}

// EndOtherSessions signs somebody out everywhere but here.
func (w *Web) EndOtherSessions(c *fiber.Ctx) error {
	v := visit.Of(c)
	n, err := w.Auth.EndAllSessions(c.UserContext(), v.Principal.User, v.Session.ID, v.From)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%d other sessions have ended.", n)
	switch n {
	case 0:
		text = "There was no other session."
	case 1:
		text = "The other session has ended."
	}
	if err := w.flash(c, text); err != nil {
		return err
	}
	return c.Redirect("/account", fiber.StatusSeeOther)
}

// EndAllSessions signs somebody out everywhere, here too.
func (w *Web) EndAllSessions(c *fiber.Ctx) error {
	v := visit.Of(c)
	if _, err := w.Auth.EndAllSessions(c.UserContext(), v.Principal.User, "", v.From); err != nil {
		return err
	}
	v.Session.Options.MaxAge = -1
	if err := w.saveSession(c, v.Session); err != nil {
		return err
	}
	return c.Redirect("/sign-in?out=everywhere", fiber.StatusSeeOther)
}
