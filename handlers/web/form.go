package web

import (
	"errors"
	"io"
	"mime"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
)

// maxForm bounds a form, in bytes.
const maxForm = 64 << 10

// formOf reads a form.
func formOf(c *fiber.Ctx) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType, fiber.MIMEApplicationForm))
	if err != nil || kind != fiber.MIMEApplicationForm {
		return nil, models.Errorf(models.Unsupported, "A form is sent as %s.", fiber.MIMEApplicationForm)
	}
	text, err := io.ReadAll(io.LimitReader(visit.Of(c).Body, maxForm+1))
	if err != nil {
		return nil, models.Errorf(models.Malformed, "The form could not be read to its end.").Because(err)
	}
	if len(text) > maxForm {
		return nil, models.Errorf(models.TooLarge, "The form is too large.")
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, models.Errorf(models.Malformed, "The form could not be read.").Because(err)
	}
	for name, values := range form {
		for i, v := range values {
			form[name][i] = cleanText(v)
		}
	}
	return form, nil
}

// asOurs gives an error of ours as such.
func asOurs(err error) *models.Error {
	var ours *models.Error
	if errors.As(err, &ours) {
		return ours
	}
	return models.Errorf(models.Internal, "Something went wrong.").Because(err)
}

// cleanText takes out what no text of ours can hold.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
}
