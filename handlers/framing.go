package handlers

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
)

// oneLength refuses a request that tells its length twice, and closes the connection: a proxy in front of us may see its end elsewhere, and take what
// we would for somebody else's request (RFC 9112, 6.3). fasthttp believes the last that is told.
func oneLength(c *fiber.Ctx) error {
	told := 0
	for line := range bytes.Lines(c.Request().Header.RawHeaders()) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte(fiber.HeaderContentLength)) || bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding)) {
			told++
		}
	}
	if told > 1 {
		c.Context().SetConnectionClose()
		return models.Errorf(models.Malformed, "The request tells its length more than once.")
	}
	return c.Next()
}
