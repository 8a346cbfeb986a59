package params

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"daybook/models"
)

// wrongValue says which value of a body is none of the kind that belongs there. Nothing about which: the body is none of this request.
func wrongValue(text []byte, keys []key, wrong *json.UnmarshalTypeError) error {
	field := pathTo(text, wrong.Offset)
	if field == "" {
		return models.FieldErrorf(models.Malformed, "body", "must be the JSON object of this request").Because(wrong)
	}
	kind := kindInWords(wrong.Type)
	if i := slices.IndexFunc(keys, func(k key) bool { return k.name == field }); i >= 0 && keys[i].is != "" {
		kind = keys[i].is
	}
	return models.FieldErrorf(models.Invalid, field, "must be %s", kind).Because(wrong)
}

func kindInWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text, between quotation marks"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list, between [ and ]"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number, without quotation marks"
	case reflect.Struct, reflect.Map:
		return "an object, between { and }"
	}
	return "something else"
}

// pathTo gives where the value stands that a decoder did not take, by the offset that it tells: as in rules[1].keep_days.
func pathTo(text []byte, offset int64) string {
	type level struct {
		key   string
		index int // -1: it is an object
		isKey bool
	}
	var path []level
	d := json.NewDecoder(bytes.NewReader(text))
	step := func() { // behind a value
		if len(path) > 0 {
			at := &path[len(path)-1]
			if at.isKey = at.index < 0; !at.isKey {
				at.index++
			}
		}
	}
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		brace, isBrace := token.(json.Delim)
		closes := isBrace && (brace == '}' || brace == ']')
		if closes {
			path = path[:len(path)-1]
		} else if len(path) > 0 && path[len(path)-1].isKey {
			path[len(path)-1].key, path[len(path)-1].isKey = fmt.Sprint(token), false
			continue
		}
		if d.InputOffset() >= offset {
			break
		}
		switch {
		case isBrace && !closes:
			path = append(path, level{index: map[json.Delim]int{'{': -1, '[': 0}[brace], isKey: brace == '{'})
		default:
			step()
		}
	}
	var at strings.Builder
	for _, l := range path {
		switch {
		case l.index >= 0:
			fmt.Fprintf(&at, "[%d]", l.index)
		case at.Len() > 0:
			at.WriteString("." + l.key)
		default:
			at.WriteString(l.key)
		}
	}
	return at.String()
}
