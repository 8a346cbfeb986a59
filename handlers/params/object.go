package params

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

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

// Object reads a body that is a JSON object into a struct: with exactly its keys, each once, and of the kind that belongs there. A key whose field has the
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
	d := json.NewDecoder(bytes.NewReader(text))
	if !lenient {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		if _, quoted, ok := strings.Cut(err.Error(), "json: unknown field "); ok {
			name, _ := strconv.Unquote(quoted)
			return unknownKey(name)
		}
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return wrongValue(text, keysOf(into), wrong)
		}
		return models.FieldErrorf(models.Malformed, "body", "must be the JSON object of this request: %s", formOf(into)).Because(err)
	}
	keys, given := keysOf(into), map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &given); err != nil {
		return models.FieldErrorf(models.Malformed, "body", "must be one JSON object").Because(err)
	}
	for name := range given { // a decoder takes other letters for the same key
		if !lenient && !slices.ContainsFunc(keys, func(k key) bool { return k.name == name }) {
			return unknownKey(name)
		}
	}
	return models.JoinFields(refuseRepeated(text, keys), refuseMissing(keys, given))
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

func unknownKey(name string) error {
	return models.FieldErrorf(models.Malformed, clean(name), "is not a key of this request")
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

// refuseRepeated names the keys that are there twice: it is not ours to choose between their values. Keys that are passed over may be.
func refuseRepeated(text []byte, keys []key) error {
	var errs []error
	for _, where := range repeated(text) {
		of, _, _ := strings.Cut(where, ".")
		of, _, _ = strings.Cut(of, "[")
		if slices.ContainsFunc(keys, func(k key) bool { return k.name == of }) {
			errs = append(errs, models.FieldErrorf(models.Invalid, where, "is given twice"))
		}
	}
	return models.JoinFields(errs...)
}
