package component

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// How much of stored data a row of the feed opens to; the page of the activity has all of it.
const (
	maxValueRunes = 2000
	maxJSONBytes  = 8 << 10
)

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

// inText escapes what ends a text in HTML. Quotes do not, and JSON is full of them.
var inText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

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
