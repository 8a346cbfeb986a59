package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/views/component"
	"daybook/views/layout"
)

// flashKey is the session value that holds a message for the next page.
const flashKey = "flash"

// flash keeps a message for the next page of this session.
func (w *Web) flash(c *fiber.Ctx, text string) error {
	v := visit.Of(c)
	v.Session.Values[flashKey] = text
	return w.saveSession(c, v.Session)
}

func (w *Web) takeFlash(c *fiber.Ctx) (*layout.Flash, error) {
	v := visit.Of(c)
	if v.Session == nil {
		return nil, nil
	}
	text, ok := v.Session.Values[flashKey].(string)
	if !ok {
		return nil, nil
	}
	delete(v.Session.Values, flashKey)
	return &layout.Flash{Kind: component.Success, Text: text}, w.saveSession(c, v.Session)
}
