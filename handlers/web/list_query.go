package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
)

// listQuery reads the address of a list that has these parameters. Whatever the list would pass over is refused: a misspelt parameter, or one given
// twice, must not silently show everything.
func listQuery(c *fiber.Ctx, names ...string) (url.Values, error) {
	q, err := params.Of(c)
	if err != nil {
		return nil, err
	}
	return q, models.JoinFields(params.Only(q, names...), params.Once(q, names...))
}

// oneWay refuses an address that asks for the page before and the page after at once.
func oneWay(q url.Values) error {
	if q.Get("before") != "" && q.Get("after") != "" {
		return models.FieldErrorf(models.Malformed, "after", "cannot be given together with before")
	}
	return nil
}
