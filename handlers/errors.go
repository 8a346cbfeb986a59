package handlers

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
)

// answerError answers every error that a handler or the gate gives: JSON under /api, a page elsewhere.
func (s *Server) answerError(c *fiber.Ctx, err error) {
	v := visit.Of(c)
	p := visit.ProblemOf(c, err)
	if p.Status >= 500 && models.KindOf(err) == models.Internal {
		s.config.Log.Error("a request failed", "request_id", p.RequestID, "route", routeOf(v), "status", p.Status, "error", err)
	}
	if p.Status == fiber.StatusForbidden {
		s.recordRefusal(c, v)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	err = s.guarded(c, func() error {
		if v.Route == "/metrics" || v.Route == "/static/*" || isAPI(c) {
			return p.Send(c)
		}
		s.recognise(c, v, p)
		return s.web.ErrorPage(c, p)
	})
	if err != nil { // the error page itself could not be made
		s.config.Log.Error("an error could not be answered as a page", "request_id", p.RequestID, "route", routeOf(v), "error", err)
		if err := p.Send(c); err != nil {
			c.Status(p.Status)
		}
	}
}

// recognise finds out who gets an error page, where the gate was not asked: at addresses that are no route. When it cannot, that is nobody.
func (s *Server) recognise(c *fiber.Ctx, v *visit.Visit, p visit.Problem) {
	if v.Session == nil && v.Principal.Nobody() && p.Status < 500 {
		if err := s.identify(c, v, anybody); err != nil {
			s.config.Log.Warn("who gets an error page could not be told", "request_id", v.ID, "error", err)
		}
	}
}

// unreadable answers what is no request for HTTP, or not one that we read: it comes from Fiber before any handler is asked.
func (s *Server) unreadable(c *fiber.Ctx, err error) error {
	v := visit.Of(c)
	v.ID = uuid.Must(uuid.NewV7()).String()
	secure(c)
	p := visit.ProblemOf(c, err)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Context().SetConnectionClose()
	if p.Status != fiber.StatusRequestTimeout { // then nothing is on its way
		leaveUnread(c.Context().Conn())
	}
	s.config.Log.Info("request", "request_id", v.ID, "route", routeOf(v), "status", p.Status)
	return p.Send(c)
}
