package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/static"
)

// Static serves the files that browsers keep for ever, by the hash in their name.
func Static(c *fiber.Ctx) error {
	content, kind, ok := static.Open(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, kind)
	return c.Send(content)
}

// Favicon answers browsers that ask for the old name.
func Favicon(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-cache") // the next release has another
	return c.Redirect(static.Path("favicon.svg"), fiber.StatusFound)
}
