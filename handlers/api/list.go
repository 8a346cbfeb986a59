package api

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/listing"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/export"
)

// List gives activities as a bare array: newest first, or, with after_id, in sync order, oldest first.
func (a *API) List(c *fiber.Ctx) error {
	return a.Lists.Answer(c, listing.List{Viewers: []access.Viewer{viewer(c)}})
}

// Show gives one activity.
func (a *API) Show(c *fiber.Ctx) error {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return models.Errorf(models.NotFound, "There is no such activity here.")
	}
	v := viewer(c)
	e, err := a.Feed.One(c.UserContext(), v.Scope(true), id)
	if err != nil {
		return err
	}
	return visit.SendCached(c, export.RowOf(e))
}
