package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"daybook/models"
)

// object is a JSON object taken apart: its members in order, their values still text.
type object struct{ members []member }

type member struct {
	name  string
	value json.RawMessage
}

// readObject takes an object apart. A null member counts as absent. The values are parts of text, which is known to be well formed.
func readObject(text []byte, path string, out *report) *object {
	if jsonKind(text) != "an object" {
		if path == "" {
			path = "body"
		}
		out.add(path, "must be an object, not %s", jsonKind(text))
		return nil
	}
	o := &object{members: make([]member, 0, 12)}
	for at := 1; ; {
		if at = skipTo(text, at, '"'); at == len(text) {
			return o
		}
		end, _ := skip(text, at)
		name, _ := unquote(text[at:end])
		at = skipBlanks(text, skipTo(text, end, ':')+1)
		end, _ = skip(text, at)
		if value := text[at:end]; string(value) != "null" {
			o.members = append(o.members, member{name, value})
		}
		at = end
	}
}

// items takes an array apart in the same way; ok tells whether it is one.
func items(text []byte) (list []json.RawMessage, ok bool) {
	if jsonKind(text) != "a list" {
		return nil, false
	}
	text = bytes.Trim(text, blanks)
	for at := skipBlanks(text, 1); text[at] != ']'; {
		end, _ := skip(text, at)
		list = append(list, text[at:end])
		if at = skipBlanks(text, end); text[at] == ',' {
			at = skipBlanks(text, at+1)
		}
	}
	return list, true
}

// skip gives the place behind the value that begins at a place of a well-formed text, and how many levels of arrays and objects it has.
func skip(text []byte, at int) (end, levels int) {
	for depth := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			for at++; text[at] != '"'; at++ {
				if text[at] == '\\' {
					at++
				}
			}
		case c == '{' || c == '[':
			depth++
			levels = max(levels, depth)
			continue
		case c == '}' || c == ']':
			depth--
		case depth == 0: // a number or a word
			for at < len(text) && (isNumeric(text[at]) || text[at] >= 'a' && text[at] <= 'z') {
				at++
			}
			return at, levels
		}
		if depth == 0 {
			return at + 1, levels
		}
	}
	return at, levels
}

// skipTo gives the next place of a character, or the end. Between members there are only blanks and marks.
func skipTo(text []byte, at int, c byte) int {
	if i := bytes.IndexByte(text[at:], c); i >= 0 {
		return at + i
	}
	return len(text)
}

// blanks is what JSON may have between its parts.
const blanks = " \t\r\n"

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func skipBlanks(text []byte, at int) int {
	for at < len(text) && isBlank(text[at]) {
		at++
	}
	return at
}

// take removes and returns a member, under whichever of its names it was sent; two names for one thing are an error.
func (o *object) take(out *report, names ...string) (field string, value json.RawMessage) {
	for _, name := range names {
		for i := range o.members {
			m := &o.members[i]
			if m.value == nil || m.name != name {
				continue
			}
			if field == "" {
				field, value = name, m.value
			} else {
				out.add(name, "says the same as %s; send one of them", field)
			}
			m.value = nil
		}
	}
	return field, value
}

// within takes a member of a nested object; its field carries the path.
func (o *object) within(out *report, path, name string) (string, json.RawMessage) {
	field, value := o.take(out, name)
	if field == "" {
		return "", nil
	}
	return path + "." + field, value
}

// rest reports the members nobody took.
func (o *object) rest(path string, out *report, known string) {
	for _, m := range o.members {
		if m.value != nil {
			out.add(join(path, m.name), "is not a key of %s", known)
		}
	}
}

// checkSyntax tells whether the text is exactly one JSON value in valid UTF-8.
func checkSyntax(text []byte) error {
	if !utf8.Valid(text) {
		return models.FieldErrorf(models.Malformed, "body", "is not valid UTF-8")
	}
	if json.Valid(text) {
		return nil
	}
	var value json.RawMessage
	reason := "it cannot be read"
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &value), &syntax) {
		reason = fmt.Sprintf("%s at byte %d", syntax.Error(), syntax.Offset)
	}
	return models.FieldErrorf(models.Malformed, "body", "is not JSON: %s", reason)
}

// jsonKind names the kind of a JSON value for a message.
func jsonKind(text []byte) string {
	text = bytes.Trim(text, blanks)
	if len(text) == 0 {
		return "nothing"
	}
	switch text[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
