package models

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much of a value a sentence or a description shows, in characters.
const (
	briefRunes = 48
	longRunes  = 120
	fieldRunes = 40
)

// describe makes the description: the predicate with a capital, then every change, then how it ended.
func (d deed) describe() string {
	w := &writer{deed: d}
	w.predicate()
	var b strings.Builder
	b.WriteString(capitalise(Text(w.parts)))
	separator := ": "
	for _, c := range d.changes {
		if c.Field == w.told {
			continue
		}
		b.WriteString(separator + fieldName(c.Field) + " " + long(c.Before) + " → " + long(c.After))
		separator = ", "
	}
	switch d.outcome {
	case Denied:
		b.WriteString(" (denied)")
	case Failure:
		b.WriteString(" (failed)")
	}
	return bound(b.String(), MaxDescriptionBytes)
}

// bound cuts a text to a number of bytes, at a character's border, and says so with an ellipsis.
func bound(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	const ellipsis = "…"
	cut := most - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}

// shorten cuts a text to a number of characters.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return strings.TrimRightFunc(string(runes[:most-1]), unicode.IsSpace) + "…"
}

// oneLine makes a text fit for the middle of a sentence: no line breaks, no control characters, valid UTF-8.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' || unicode.IsControl(r) }), " ")
}

// letters is what remains of a text for the question whether another says the same.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// fieldName is the name of a changed field in running text.
func fieldName(field string) string {
	if name := shorten(oneLine(Label(field)), fieldRunes); name != "" {
		return name
	}
	return "a field"
}

func isNull(value json.RawMessage) bool {
	trimmed := bytes.TrimSpace(value)
	return len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null"))
}

// brief is a value short and simple enough for a sentence, else nothing.
func brief(value json.RawMessage) string {
	text, simple := scalar(value)
	if !simple || utf8.RuneCountInString(text) > briefRunes {
		return ""
	}
	return text
}

// long is a value for a description: whatever it is, on one line and shortened.
func long(value json.RawMessage) string {
	if isNull(value) {
		return "not set"
	}
	text, simple := scalar(value)
	if !simple {
		var compact bytes.Buffer
		if json.Compact(&compact, value) == nil {
			text = compact.String()
		} else {
			text = string(value)
		}
		text = oneLine(text)
	}
	if text == "" {
		return "empty"
	}
	return shorten(text, longRunes)
}

// scalar is the text of a string, number or boolean. A null, a list and an object have none.
func scalar(value json.RawMessage) (text string, ok bool) {
	trimmed := bytes.TrimSpace(value)
	if len(trimmed) == 0 {
		return "", false
	}
	switch trimmed[0] {
	case '"':
		var s string
		if json.Unmarshal(trimmed, &s) != nil {
			return "", false
		}
		return oneLine(s), true
	case '{', '[', 'n':
		return "", false
	}
	return oneLine(string(trimmed)), true
}

// spokenStatus turns a machine's word for a status ("in_progress") into words; anything else stays as it is.
func spokenStatus(value json.RawMessage) json.RawMessage {
	text, ok := scalar(value)
	if !ok || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_-") != "" {
		return value
	}
	spoken, err := json.Marshal(Label(text))
	if err != nil {
		return value
	}
	return spoken
}
