package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/api/openapi"
	"daybook/handlers/params"
	"daybook/models"
)

// asked holds the query of a call against openapi.yaml, which says which parameters it takes, and which of them once: so the two cannot disagree, and no handler has to ask.
// Nil where there is nothing to hold it against.
func asked(r route) fiber.Handler {
	if !strings.HasPrefix(r.path, "/api/") {
		return nil
	}
	takes, ok := openapi.The().Query(r.method, r.path)
	strict := !takes.Lenient
	selecting := selectingNames(takes, strict)
	if !ok || !strict && len(takes.Names) == 0 {
		return nil
	}
	return func(c *fiber.Ctx) error {
		if len(c.Context().URI().QueryString()) == 0 {
			return c.Next()
		}
		q, err := params.Of(c)
		if err != nil {
			return err
		}
		if strict {
			if err := params.Only(q, takes.Names...); err != nil {
				return err
			}
		}
		if err := models.JoinFields(params.Once(q, takes.Single...), params.RefuseEmpty(q, selecting...)); err != nil {
			return err
		}
		return c.Next()
	}
}

// selectingNames are those parameters of a call that must not be empty: of our own what selects activities, of the dialects of other products those that
// we added, since their clients may send their own ones empty.
func selectingNames(takes openapi.Takes, strict bool) []string {
	names := []string{"project_id", "workspace_id"}
	if strict && slices.Contains(takes.Names, "include_system") { // it has a filter
		names = append(params.FilterNames(), "workspace_id")
	}
	return slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(takes.Names, name) })
}
