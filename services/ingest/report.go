package ingest

import (
	"fmt"
	"unicode/utf8"

	"daybook/models"
)

// A report names at most this many fields, each with a name of at most this many bytes: an answer must not be longer than what was sent.
const (
	maxReported  = 20
	maxFieldName = 200
)

// report collects what is wrong with one event, so that a sender learns everything at once.
type report struct {
	index  int // position in the array, or -1
	fields []models.FieldError
}

func (r *report) add(field, format string, args ...any) {
	if len(r.fields) >= maxReported {
		return
	}
	r.fields = append(r.fields, models.FieldError{Index: r.index, Field: cut(field, maxFieldName), Message: fmt.Sprintf(format, args...)})
}

// err makes the error of a report, or nil: its first message is the sentence, all of them are the fields.
func (r *report) err(kind models.Kind) error {
	if len(r.fields) == 0 {
		return nil
	}
	sentence := r.fields[0].Field + ": " + r.fields[0].Message
	if r.index >= 0 {
		sentence = fmt.Sprintf("event %d: %s", r.index, sentence)
	}
	return &models.Error{Kind: kind, Detail: sentence, Fields: r.fields}
}

// join names a member of what path names; the event itself has no path.
func join(path, name string) string {
	if name == "" {
		name = `""`
	}
	if path == "" {
		return cut(name, 60)
	}
	return path + "." + cut(name, 60)
}

// cut shortens a text for a message, at a character's border.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
