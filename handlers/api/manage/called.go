package manage

import (
	"errors"
	"strings"

	"daybook/models"
)

// called gives fields of an error the names of the keys of a body, where a service calls them as the pages' forms do: pairs are their names here and there.
func called(err error, pairs ...string) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	renamed := *e
	renamed.Fields = nil
	for _, f := range e.Fields {
		for i := 0; i < len(pairs); i += 2 {
			if f.Field != pairs[i] {
				continue
			}
			f.Field = pairs[i+1]
			if rest, ok := strings.CutPrefix(renamed.Detail, pairs[i]+": "); ok {
				renamed.Detail = f.Field + ": " + rest
			}
			break
		}
		renamed.Fields = append(renamed.Fields, f)
	}
	return &renamed
}
