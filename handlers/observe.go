package handlers

import (
	"context"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
)

// How long an answer may take. Sending has the time of a long upload, and its own limits once the body is there.
const (
	requestTime = 30 * time.Second
	uploadTime  = 12 * time.Hour
)

// uploadIdle is how long the rest of a body may be waited for while nothing comes.
const uploadIdle = time.Minute

// observe gives each request an id, an address, a deadline, a line in the log and its place in the metrics; and to each error an answer.
func (s *Server) observe(c *fiber.Ctx) error {
	begin := time.Now()
	limit := requestTime
	if sends(c.Method(), c.Path()) {
		limit = uploadTime
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c.SetUserContext(ctx)
	v := visit.Of(c)
	v.ID = uuid.Must(uuid.NewV7()).String()
	v.From.IP, v.From.UserAgent = s.clientIP(c), strings.ToValidUTF8(c.Get(fiber.HeaderUserAgent), "")
	v.Body = &visit.Body{Stream: c.Context().RequestBodyStream(), Conn: c.Context().Conn(), Idle: uploadIdle, Until: begin.Add(limit)}
	secure(c)
	if err := c.Next(); err != nil {
		s.answerError(c, err)
	}
	status, took := c.Response().StatusCode(), time.Since(begin)
	s.metrics.request(c.Method(), routeOf(v), status, took)
	s.config.Log.Info("request", "request_id", v.ID, "method", c.Method(), "route", routeOf(v), "status", status, "ms", took.Milliseconds())
	return nil
}

// sends tells whether a request may have a body of any length: it sends activities.
func sends(method, path string) bool {
	return method == fiber.MethodPost && strings.HasPrefix(path, "/api/") && strings.HasSuffix(strings.TrimRight(path, "/"), "/activity")
}

// routeOf names a request in the log and in metrics: by the pattern of its path, never by the path itself.
func routeOf(v *visit.Visit) string {
	if v.Route == "" {
		return "(none)"
	}
	return v.Route
}

// guard makes an error of a handler's panic.
func (s *Server) guard(c *fiber.Ctx) error {
	return s.guarded(c, c.Next)
}

func (s *Server) guarded(c *fiber.Ctx, do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			v := visit.Of(c)
			s.config.Log.Error("a handler panicked", "request_id", v.ID, "route", routeOf(v), "panic", r, "stack", string(debug.Stack()))
			err = models.Errorf(models.Internal, "panic: %v", r)
		}
	}()
	return do()
}

// How much of an unread body is taken before the answer, and for how long; beyond, the connection is closed after it.
const (
	drainAtMost = 16 << 20
	drainTime   = 10 * time.Second
)

// drain reads what a handler left of the body: otherwise the client, still sending, sees a reset in place of the answer.
func drain(c *fiber.Ctx) error {
	err := c.Next()
	if !visit.Of(c).Body.Drain(drainAtMost, drainTime) {
		leaveUnread(c.Context().Conn())
		c.Context().SetConnectionClose() // what follows on the connection is not the next request
	}
	return err
}

// secure sets the headers that every answer carries.
func secure(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("X-Request-ID", visit.Of(c).ID)
}
