package web

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/health"
	"daybook/views"
	"daybook/views/layout"
)

// HealthPage says how the instance does.
func (w *Web) HealthPage(c *fiber.Ctx) error {
	r, err := w.Health.Report(c.UserContext())
	if err != nil {
		return err
	}
	shell, err := w.shell(c, "Health")
	if err != nil {
		return err
	}
	shell.Banner = nil // the page says it all
	clock, err := w.clock(c)
	if err != nil {
		return err
	}
	p := views.HealthPage{
		Shell: shell, Clock: clock, Waiting: howMany(r.Waiting), Oldest: r.Oldest, PostedAt: r.PostedAt, Stuck: r.Stuck, Here: r.Writing, Lag: r.Lag,
		Database: health.Bytes(uint64(max(r.Database, 0))), BuiltIn: r.Storage.BuiltIn, NewestBackup: r.Storage.NewestBackup,
		Versions: []views.HealthFact{
			{Label: "Daybook", Value: r.ProgramIs}, {Label: "Go", Value: r.MadeWith}, {Label: "PostgreSQL", Value: r.PostgreSQL},
			{Label: "Tables", Value: fmt.Sprintf("migration %d", r.LastMigration)},
		},
	}
	if r.Storage.Size > 0 {
		p.Room = health.Bytes(r.Storage.Free) + " of " + health.Bytes(r.Storage.Size)
	}
	for _, each := range r.Problems {
		p.Problems = append(p.Problems, views.HealthProblem{Urgent: each.Severity == health.Urgent, Text: each.Text, Advice: each.Advice})
	}
	for _, each := range r.Rejected {
		p.Rejected = append(p.Rejected, views.HealthLine{Name: each.Workspace.Name, Href: "/w/" + each.Workspace.Slug + "/rejected", Text: howMany(each.Count)})
	}
	for _, each := range r.Counting {
		p.Counting = append(p.Counting, views.HealthLine{Name: each.Workspace.Name, Href: "/w/" + each.Workspace.Slug + "/settings", Text: "in " + each.TimeZone})
	}
	return send(c, views.Health(p))
}

func howMany(n health.Count) string {
	text := models.Thousands(n.N)
	if n.More {
		return "more than " + text
	}
	return text
}

// banner tells an instance admin on every page what needs attention.
func (w *Web) banner(ctx context.Context) *layout.Banner {
	found := w.Health.Attention(ctx)
	if len(found) == 0 {
		return nil
	}
	b := &layout.Banner{Text: found[0].Text, Href: "/instance/health", Link: "See Health."}
	if more := len(found) - 1; more > 0 {
		b.Link = fmt.Sprintf("See Health: there is %d more.", more)
	}
	return b
}
