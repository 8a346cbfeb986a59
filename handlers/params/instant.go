package params

import (
	"time"

	"daybook/models"
	"daybook/services/feed"
)

// Instant reads an end of a period; empty is open. In end_date a day means the whole of it.
func Instant(field, text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := feed.ParseTime(text, now, field == "end_date")
	if err != nil {
		return nil, models.FieldErrorf(models.Invalid, field, "must be a day like 2025-12-31, or a time")
	}
	return &at, nil
}
