package params

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// key is one of a body.
type key struct {
	name   string
	kind   reflect.Type
	needed bool
	what   string // it is
	is     string // the kind of value that belongs there, where that has to be told in other words
}

// keysOf gives the keys of a body, in their order.
func keysOf(body any) (keys []key) {
	t := reflect.TypeOf(body).Elem()
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		k := key{kind: f.Type}
		if k.name, _, _ = strings.Cut(f.Tag.Get("json"), ","); k.name == "" {
			k.name = strings.ToLower(f.Name)
		}
		k.what, k.needed = f.Tag.Lookup("needs")
		k.is = f.Tag.Get("is")
		keys = append(keys, k)
	}
	return keys
}

// formOf shows what a body looks like, as in {"ids": […]}: its keys, and lists and objects as that.
func formOf(body any) string {
	var keys []string
	for _, k := range keysOf(body) {
		keys = append(keys, `"`+k.name+`": `+valueForm(k.kind))
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

func valueForm(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return valueForm(t.Elem())
	case reflect.Slice, reflect.Array:
		return "[…]"
	case reflect.Struct, reflect.Map:
		return "{…}"
	case reflect.String:
		return `"…"`
	}
	return "…"
}

// What is told of keys that stand twice: this many, each by a name of this many bytes at most.
const (
	mostRepeated = 20
	mostPlace    = 200
)

// repetition looks for keys that stand twice in an object, however deep. In other letters a key is the same: a decoder takes it for that.
type repetition struct {
	*json.Decoder
	path   []string
	places []string // where they are
}

// repeated gives the places of the keys that stand twice in a text, which is known to be well formed.
func repeated(text []byte) []string {
	r := repetition{Decoder: json.NewDecoder(bytes.NewReader(text))}
	r.value()
	return r.places
}

func (r *repetition) value() {
	token, _ := r.Token()
	switch token {
	case json.Delim('{'):
		seen := map[string]bool{}
		for r.More() {
			name, _ := r.Token()
			key := fmt.Sprint(name)
			r.path = append(r.path, "."+clean(key))
			if folded := strings.ToLower(key); !seen[folded] {
				seen[folded] = true
			} else if len(r.places) < mostRepeated {
				r.places = append(r.places, r.place())
			}
			r.value()
			r.path = r.path[:len(r.path)-1]
		}
	case json.Delim('['):
		for i := 0; r.More(); i++ {
			r.path = append(r.path, fmt.Sprintf("[%d]", i))
			r.value()
			r.path = r.path[:len(r.path)-1]
		}
	default:
		return
	}
	_, _ = r.Token() // the end of it
}

// place names where the walk is, as in rules[1].keep_days.
func (r *repetition) place() string {
	place := strings.TrimPrefix(strings.Join(r.path, ""), ".")
	if len(place) > mostPlace {
		place = strings.ToValidUTF8(place[:mostPlace], "") + "…"
	}
	return place
}
