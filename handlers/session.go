package handlers

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"

	"daybook/models"
	"daybook/services/auth"
)

// openSession reads the request's session through gorilla/sessions, which wants a *http.Request: it gets one with the headers that a session
// needs.
func (s *Server) openSession(c *fiber.Ctx) (*sessions.Session, error) {
	r := &http.Request{Header: http.Header{}}
	if cookie := c.Get(fiber.HeaderCookie); cookie != "" {
		r.Header.Set(fiber.HeaderCookie, cookie)
	}
	session, err := s.sessions.New(r.WithContext(c.UserContext()), s.sessions.CookieName())
	if err != nil {
		return nil, err
	}
	if cookie := s.sessions.RenewedCookie(session); cookie != nil {
		c.Response().Header.Add(fiber.HeaderSetCookie, cookie.String())
	}
	return session, nil
}

// userOf gives the user who signed in with a session, or nil when nobody did or they were deactivated.
func (s *Server) userOf(c *fiber.Ctx, session *sessions.Session) (*models.User, error) {
	id, ok := auth.UserOf(session)
	if !ok {
		return nil, nil
	}
	return s.parts.Auth.ActiveUser(c.UserContext(), id)
}
