package visit

import (
	"mime"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
)

// Person gives who asks, if that is a person.
func Person(c *fiber.Ctx) (*models.User, error) {
	if u := Of(c).Principal.User; u != nil {
		return u, nil
	}
	return nil, models.Errorf(models.Forbidden, "This is for people and their tokens; a service token is nobody’s.")
}

// maxSignIn bounds what somebody signs in with, in bytes.
const maxSignIn = 16 << 10

// SignInBody reads what somebody signs in with, which is of this type, whatever it says when it says nothing.
func SignInBody(c *fiber.Ctx, kind string) ([]byte, error) {
	given, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType, kind))
	if err != nil || given != kind {
		return nil, models.Errorf(models.Unsupported, "This is sent as %s.", kind)
	}
	return params.Body(Of(c).Body, maxSignIn)
}

// Given refuses what somebody has to sign in with and is empty.
func Given(field, value string) error {
	if value == "" {
		return models.FieldErrorf(models.Invalid, field, "is required")
	}
	return nil
}
