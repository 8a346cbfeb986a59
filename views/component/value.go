package component

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// How much of stored data a row of the feed shows. An event has 64 KiB at most, a page has 50 of them.
const (
	maxValueRunes = 2000
	maxJSONBytes  = 8 << 10
)

// Value is a stored JSON value made ready to be read.
type Value struct {
	Text  string // never markup
	Unset bool   // null, or nothing at all: "not set"
	Empty bool   // an empty string
	JSON  bool   // a list or an object, indented
}

// NewValue reads a stored value. What is no JSON is shown as it is.
func NewValue(raw json.RawMessage) Value {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return Value{Text: "not set", Unset: true}
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			if s == "" {
				return Value{Text: "empty", Empty: true}
			}
			return Value{Text: limited(s)}
		}
	case '{', '[':
		return Value{Text: limited(laidOut(raw)), JSON: true}
	}
	return Value{Text: limited(strings.ToValidUTF8(string(raw), "\uFFFD"))}
}

// laidOut puts a short list or object on one line, and a long one on as many as it needs.
func laidOut(raw json.RawMessage) string {
	const short = 80
	var b bytes.Buffer
	if json.Compact(&b, raw) == nil && b.Len() <= short {
		return b.String()
	}
	return Indented(raw)
}

// limited shortens a text, and says that it did.
func limited(s string) string {
	if utf8.RuneCountInString(s) <= maxValueRunes {
		return s
	}
	return string([]rune(s)[:maxValueRunes]) + "… (shortened)"
}

// HasMetadata tells whether there is anything in an object.
func HasMetadata(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && !bytes.Equal(raw, []byte("{}")) && !bytes.Equal(raw, []byte("null"))
}

// Indented lays JSON out for reading, keys and numbers exactly as they were sent. It may be shortened.
func Indented(raw json.RawMessage) string {
	var b bytes.Buffer
	text := string(raw)
	if json.Indent(&b, raw, "", "  ") == nil {
		text = b.String()
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxJSONBytes {
		return text
	}
	cut := maxJSONBytes
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "\n… (shortened)"
}

// inText escapes what ends a text in HTML. Quotes do not, and JSON is full of them.
var inText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Metadata shows a JSON object as it was sent, as text.
func Metadata(object json.RawMessage) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<pre class="code">`+inText.Replace(Indented(object))+`</pre>`)
		return err
	})
}

// WebAddress gives an address back if it is safe to link to: http or https, with a host. Everything else, "javascript:" first of all, is text.
func WebAddress(stored *string) (address, host string) {
	if stored == nil {
		return "", ""
	}
	u, err := url.Parse(strings.TrimSpace(*stored))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", ""
	}
	return u.String(), u.Host
}
