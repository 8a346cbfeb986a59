package handlers

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
)

// healthz tells that the process answers.
func (s *Server) healthz(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"status": "ok"})
}

// readyz tells whether requests can be served: the database answers, its tables are those of this program, and the journal is not stuck.
func (s *Server) readyz(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 3*time.Second)
	defer cancel()
	checks := fiber.Map{"database": "ok", "migrations": "ok", "journal": "ok"}
	ready := true
	fail := func(name, why string) {
		checks[name] = why
		ready = false
	}
	if err := s.parts.Database.Pool.Ping(ctx); err != nil {
		fail("database", "does not answer")
	} else {
		if n, err := s.parts.Database.Pending(ctx); err != nil {
			fail("migrations", "cannot be read, or are newer than this program")
		} else if n > 0 {
			fail("migrations", "some are not applied")
		}
		if st, err := s.parts.Journal.Status(ctx); err != nil {
			fail("journal", "its state cannot be read")
		} else if st.Stuck {
			fail("journal", "has posted nothing for more than 60 s while events wait")
		}
	}
	status := "ready"
	if !ready {
		status = "not ready"
		c.Status(fiber.StatusServiceUnavailable)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"status": status, "checks": checks})
}
