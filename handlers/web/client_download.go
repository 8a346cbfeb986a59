package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/clients"
)

// ClientFile hands out a sender, to be kept beside the application's code. It changes with Daybook, so it is asked for again each time.
func ClientFile(file clients.File) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+file.Name+`"`)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderContentType, file.Kind)
		return c.Send(file.Content)
	}
}
