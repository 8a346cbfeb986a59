package params

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"daybook/models"
)

// Body reads a body of so many bytes at most.
func Body(body io.Reader, most int) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, int64(most)+1))
	switch {
	case err != nil:
		return nil, models.FieldErrorf(models.Malformed, "body", "could not be read to its end").Because(err)
	case len(text) > most:
		return nil, models.FieldErrorf(models.TooLarge, "body", "has more than %d bytes", most)
	}
	return text, nil
}

// Object reads a body that is a JSON object into a struct: with exactly its keys, each once, and of the kind that belongs there, however deep. A key whose field has the
// tag `needs` has to be there, and not be null; the tag says what it is. The tag `is` says what kind of value it has, where that is more than one can tell.
func Object(text []byte, into any) error {
	return object(text, into, false)
}

// LenientObject is Object for clients that send keys besides: these are passed over.
func LenientObject(text []byte, into any) error {
	return object(text, into, true)
}

func object(text []byte, into any, lenient bool) error {
	if err := isOneObject(text, into); err != nil {
		return err
	}
	w := walked(text, into, lenient)
	if len(w.unknown) > 0 {
		return models.JoinFields(w.unknown...)
	}
	if err := json.Unmarshal(text, into); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return wrongValue(text, keysOf(into), wrong)
		}
		return models.FieldErrorf(models.Malformed, "body", "must be the JSON object of this request: %s", formOf(into)).Because(err)
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &given); err != nil {
		return models.FieldErrorf(models.Malformed, "body", "must be one JSON object").Because(err)
	}
	return models.JoinFields(append(w.repeated, append(w.nulls, refuseMissing(keysOf(into), given))...)...)
}

// isOneObject refuses what is no JSON, or none of an object.
func isOneObject(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	var all json.RawMessage
	err := d.Decode(&all)
	switch {
	case err != nil:
		return models.FieldErrorf(models.Malformed, "body", "must be the JSON object of this request: %s", formOf(into)).Because(err)
	case all[0] != '{':
		return models.FieldErrorf(models.Malformed, "body", "must be the JSON object of this request")
	}
	if _, err := d.Token(); err != io.EOF {
		return models.FieldErrorf(models.Malformed, "body", "must be one JSON object")
	}
	return nil
}

// refuseMissing names all keys that have to be there and are not.
func refuseMissing(keys []key, given map[string]json.RawMessage) error {
	var errs []error
	for _, k := range keys {
		value, ok := given[k.name]
		if !k.needed || ok && string(value) != "null" {
			continue
		}
		message := "is required"
		if k.what != "" {
			message += ": " + k.what
		}
		errs = append(errs, models.FieldErrorf(models.Invalid, k.name, "%s", message))
	}
	return models.JoinFields(errs...)
}
