package openapi

import (
	"sync"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
)

// ServeYAML answers with the description as YAML. It is the same for everybody.
func ServeYAML(c *fiber.Ctx) error { return serve(c, "application/yaml", The().YAML, tags().yaml) }

// ServeJSON answers with it as JSON.
func ServeJSON(c *fiber.Ctx) error {
	return serve(c, fiber.MIMEApplicationJSON, The().JSON, tags().json)
}

// tags are of the two forms.
var tags = sync.OnceValue(func() (of struct{ yaml, json string }) {
	of.yaml, of.json = visit.TagOf(The().YAML), visit.TagOf(The().JSON)
	return of
})

func serve(c *fiber.Ctx, kind string, text []byte, tag string) error {
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if visit.KnowsAlready(c, tag) {
		return nil
	}
	c.Set(fiber.HeaderContentType, kind)
	return c.Send(text)
}
