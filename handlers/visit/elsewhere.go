package visit

import "github.com/gofiber/fiber/v2"

// LedByOthers tells whether another site led a browser here, by a link for instance, and it came with our session. Pages do not mind that; an address that
// by itself takes something out does. No site makes a browser add a bearer token.
func LedByOthers(c *fiber.Ctx) bool {
	from := c.Get("Sec-Fetch-Site")
	return (from == "cross-site" || from == "same-site") && Of(c).Principal.Token == nil
}
