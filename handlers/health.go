package handlers

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/services/health"
	"daybook/services/proof"
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

// instanceHealth is what the page Health shows, for programs.
func (s *Server) instanceHealth(c *fiber.Ctx) error {
	r, err := s.health.Report(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(healthOf(r))
}

func healthOf(r *health.Report) fiber.Map {
	problems, rejected := make([]fiber.Map, 0, len(r.Problems)), make([]fiber.Map, 0, len(r.Rejected))
	for _, p := range r.Problems {
		problems = append(problems, fiber.Map{"urgent": p.Severity == health.Urgent, "text": p.Text, "advice": p.Advice})
	}
	for _, w := range r.Rejected {
		rejected = append(rejected, fiber.Map{"workspace_id": w.Workspace.ID, "slug": w.Workspace.Slug, "count": w.N, "more": w.More})
	}
	storage := fiber.Map{"database_bytes": r.Database, "built_in": r.Storage.BuiltIn, "disk_free_bytes": nil, "disk_size_bytes": nil, "newest_backup": moment(r.Storage.NewestBackup)}
	if r.Storage.Size > 0 {
		storage["disk_free_bytes"], storage["disk_size_bytes"] = r.Storage.Free, r.Storage.Size
	}
	var oldest time.Time
	if r.Oldest != nil {
		oldest = *r.Oldest
	}
	return fiber.Map{
		"problems": problems, "rejected": rejected, "storage": storage,
		"journal":  fiber.Map{"posted_at": moment(r.PostedAt), "lag_seconds": r.Lag.Seconds(), "stuck": r.Stuck, "waiting": r.Waiting.N, "more_waiting": r.Waiting.More, "oldest_waiting": moment(oldest)},
		"versions": fiber.Map{"daybook": r.ProgramIs, "go": r.MadeWith, "postgresql": r.PostgreSQL, "migration": r.LastMigration},
	}
}

// moment writes a time as all our JSON does; null is one that there is not.
func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := proof.Time(t)
	return &text
}
