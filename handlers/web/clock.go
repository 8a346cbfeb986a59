package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/services/access"
	"daybook/views/component"
)

// clock reads times as whoever asks does, in a workspace or in none.
func (w *Web) clock(c *fiber.Ctx) (component.Clock, error) {
	if v := visit.Of(c).Viewer; v.Role != access.Outsider {
		return component.NewClock(w.config.Now(), localeOf(v)), nil
	}
	locale, err := w.ownLocale(c)
	return component.NewClock(w.config.Now(), locale), err
}
