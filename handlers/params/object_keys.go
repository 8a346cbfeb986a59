package params

import (
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
func keysOf(body any) []key { return keysIn(reflect.TypeOf(body).Elem()) }

func keysIn(t reflect.Type) (keys []key) {
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
