package params

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"daybook/models"
)

// What is told of keys that do not belong where they stand: this many, each by a name of this many bytes at most.
const (
	mostWrongKeys = 20
	mostPlace     = 200
)

// walk goes through a text that is known to be well formed, beside the type that it is read into, and notes what a decoder lets pass.
type walk struct {
	*json.Decoder
	lenient           bool // keys that the type does not have, in any letters, are passed over, with all that is in them
	path              []string
	unknown, repeated []error
	nulls             []error
}

// walked goes through a body.
func walked(text []byte, into any, lenient bool) *walk {
	w := &walk{Decoder: json.NewDecoder(bytes.NewReader(text)), lenient: lenient}
	w.value(reflect.TypeOf(into).Elem())
	return w
}

// value goes through the next one, which is read into a type; nil: into none that says what belongs there. It tells whether it is null.
func (w *walk) value(t reflect.Type) (null bool) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil && (reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || t.Kind() == reflect.Interface) {
		t = nil
	}
	token, _ := w.Token()
	switch token {
	case json.Delim('{'):
		w.object(t)
	case json.Delim('['):
		w.list(t)
	}
	return token == nil
}

func (w *walk) object(t reflect.Type) {
	var keys []key
	isStruct := t != nil && t.Kind() == reflect.Struct
	if isStruct {
		keys = keysIn(t)
	}
	seen := map[string]bool{}
	for w.More() {
		token, _ := w.Token()
		name := fmt.Sprint(token)
		w.path = append(w.path, "."+Clean(name))
		var of reflect.Type
		if isStruct {
			i := slices.IndexFunc(keys, func(k key) bool { return folded(k.name) == folded(name) }) // as the decoder looks for it
			switch {
			case i >= 0 && keys[i].name == name:
				of = keys[i].kind
			case i >= 0 || !w.lenient: // in other letters it would be taken for the key
				w.note(&w.unknown, models.Malformed, "is not a key of this request")
			default:
				w.pass()
				w.path = w.path[:len(w.path)-1]
				continue
			}
		} else if t != nil && t.Kind() == reflect.Map {
			of = t.Elem()
		}
		if seen[name] {
			w.note(&w.repeated, models.Invalid, "is given twice")
		}
		seen[name] = true
		w.value(of)
		w.path = w.path[:len(w.path)-1]
	}
	_, _ = w.Token() // the end of it
}

func (w *walk) list(t reflect.Type) {
	var of reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		of = t.Elem()
	}
	for i := 0; w.More(); i++ {
		w.path = append(w.path, fmt.Sprintf("[%d]", i))
		if w.value(of) && of != nil && of.Kind() != reflect.Pointer && of.Kind() != reflect.Interface { // nothing would be taken for something
			w.note(&w.nulls, models.Invalid, "must be "+kindInWords(of))
		}
		w.path = w.path[:len(w.path)-1]
	}
	_, _ = w.Token()
}

// pass goes over a value.
func (w *walk) pass() {
	var over json.RawMessage
	_ = w.Decode(&over)
}

func (w *walk) note(errs *[]error, kind models.Kind, message string) {
	if len(*errs) < mostWrongKeys {
		*errs = append(*errs, models.FieldErrorf(kind, w.place(), "%s", message))
	}
}

// place names where the walk is, as in rules[1].keep_days.
func (w *walk) place() string {
	place := strings.TrimPrefix(strings.Join(w.path, ""), ".")
	if len(place) > mostPlace {
		place = strings.ToValidUTF8(place[:mostPlace], "") + "…"
	}
	return place
}

// folded is the same for names that a decoder takes for the same: of each letter, the first of those that differ in case alone.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			first = min(first, other)
		}
		return first
	}, name)
}
