package web

import (
	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/views/component"
	"daybook/views/layout"
)

// The session values that hold a message for the next page, and whether it tells of something that did not work.
const (
	flashKey       = "flash"
	flashFailedKey = "flash failed"
)

// flash keeps a message for the next page of this session.
func (w *Web) flash(c *fiber.Ctx, text string) error { return w.keepFlash(c, text, false) }

// flashFailure keeps a message about what did not work.
func (w *Web) flashFailure(c *fiber.Ctx, text string) error { return w.keepFlash(c, text, true) }

func (w *Web) keepFlash(c *fiber.Ctx, text string, failed bool) error {
	v := visit.Of(c)
	v.Session.Values[flashKey] = text
	if failed {
		v.Session.Values[flashFailedKey] = true
	} else {
		delete(v.Session.Values, flashFailedKey)
	}
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
	kind := component.Success
	if failed, _ := v.Session.Values[flashFailedKey].(bool); failed {
		kind = component.Danger
	}
	delete(v.Session.Values, flashKey)
	delete(v.Session.Values, flashFailedKey)
	return &layout.Flash{Kind: kind, Text: text}, w.saveSession(c, v.Session)
}
