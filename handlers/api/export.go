package api

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/download"
	"daybook/handlers/visit"
	"daybook/models"
)

// Export sends what a filter selects, all of it, as CSV, JSON or lines of JSON: in the order of the list, of the activities recorded so far. An answer
// that breaks off ends the connection without an end; what X-Export-Id names tells afterwards how many rows and which bytes there were.
func (a *API) Export(c *fiber.Ctx) error {
	if err := refuseOtherSites(c); err != nil {
		return err
	}
	o, err := download.ReadOrder(c, a.config.Now())
	if err != nil {
		return err
	}
	d, err := a.doer(c)
	if err != nil {
		return err
	}
	return download.Stream(c, a.Parts.Exports, d, o)
}

// refuseOtherSites refuses what another site leads a browser to: it would go out, and be recorded, in the name of who is signed in there.
func refuseOtherSites(c *fiber.Ctx) error {
	if visit.LedByOthers(c) {
		return models.Errorf(models.Forbidden, "This request came from another site and was refused. Open Daybook itself and try again.")
	}
	return nil
}
