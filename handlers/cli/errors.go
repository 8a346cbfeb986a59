package cli

import (
	"context"
	"errors"

	"daybook/models"
)

// detail is the sentence of an error for whoever sits at the terminal.
func detail(err error) string {
	var ours *models.Error
	if errors.As(err, &ours) && ours.Kind != models.Internal {
		return ours.Detail
	}
	return err.Error()
}

// Explain is what main prints of an error: every wrong field on a line of its own.
func Explain(err error) string {
	if errors.Is(err, context.Canceled) {
		return "Interrupted."
	}
	var ours *models.Error
	if !errors.As(err, &ours) || len(ours.Fields) < 2 {
		return detail(err)
	}
	text := ""
	for _, f := range ours.Fields {
		text += "\n  " + f.Field + ": " + f.Message
	}
	return "This cannot be done:" + text
}
