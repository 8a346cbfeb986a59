package params

import (
	"net/url"
	"slices"
	"strings"

	"daybook/models"
)

// OneOf refuses a parameter that is none of some words.
func OneOf(q url.Values, name string, words ...string) error {
	if text := q.Get(name); text != "" && !slices.Contains(words, text) {
		return models.FieldErrorf(models.Malformed, name, "must be %s", strings.Join(words, " or "))
	}
	return nil
}
