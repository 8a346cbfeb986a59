package component

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"daybook/models"
	"daybook/views/diff"
)

// Kind is what sort of thing a stored value is, as far as a reader cares.
type Kind int

// The kinds of value.
const (
	Unset  Kind = iota // null, or nothing at all
	Empty              // a text without a letter
	Text               // any other text
	Answer             // true or false
	Number
	Moment // an instant, with its zone
	Date   // a day
	List   // of texts, numbers and the like, a few of them
	JSON   // anything else
)

// Typed is a stored JSON value with its kind. It is never markup.
type Typed struct {
	Kind  Kind
	Text  string    // to be read; for a List, its items joined
	At    time.Time // of a Moment or Date
	Items []string  // of a List
}

var (
	momentPattern = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$`)
	datePattern   = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	numberPattern = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	notCounted    = regexp.MustCompile(`(^|[_.\- ])(?i:ids?|no|nr|number|code|zip|postcode|port|phone|year|account)$|[a-z](Ids?|IDs?|No|Number|Code|Port|Phone|Year)$`)
)

// mostItems is from where on a list is shown as JSON.
const mostItems = 100

// Read reads a stored value of a field. What is no JSON is shown as it is. The field's name tells a number that counts something from one that
// names something: nobody writes the year 2,026.
func Read(field string, raw json.RawMessage) Typed {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return Typed{Kind: Unset, Text: "not set"}
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return readText(s)
		}
	case 't', 'f':
		if word, ok := map[string]string{"true": "Yes", "false": "No"}[string(raw)]; ok {
			return Typed{Kind: Answer, Text: word}
		}
	case '[':
		if items, ok := readItems(field, raw); ok {
			return Typed{Kind: List, Text: strings.Join(items, ", "), Items: items}
		}
		return Typed{Kind: JSON, Text: Laid(raw)}
	case '{':
		return Typed{Kind: JSON, Text: Laid(raw)}
	}
	text := strings.ToValidUTF8(string(raw), "\uFFFD")
	if !numberPattern.MatchString(text) {
		return Typed{Kind: Text, Text: text}
	}
	if !notCounted.MatchString(field) {
		text = grouped(text)
	}
	return Typed{Kind: Number, Text: text}
}

func readText(s string) Typed {
	switch {
	case strings.TrimSpace(s) == "":
		return Typed{Kind: Empty, Text: "empty"}
	case momentPattern.MatchString(s):
		if at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(strings.Replace(s, " ", "T", 1))); err == nil {
			return Typed{Kind: Moment, Text: s, At: at}
		}
	case datePattern.MatchString(s):
		if at, err := time.Parse(time.DateOnly, s); err == nil {
			return Typed{Kind: Date, Text: s, At: at}
		}
	}
	return Typed{Kind: Text, Text: s}
}

// readItems reads a list of single values; false when it holds lists or objects, too many, or what has to be seen as it is.
func readItems(field string, raw json.RawMessage) ([]string, bool) {
	var each []json.RawMessage
	if json.Unmarshal(raw, &each) != nil || len(each) == 0 || len(each) > mostItems {
		return nil, false
	}
	items := make([]string, 0, len(each))
	for _, one := range each {
		v := Read(field, one)
		if v.Kind == JSON || v.Kind == List || v.Kind == Text && strings.ContainsAny(v.Text, "\n,") {
			return nil, false
		}
		items = append(items, v.Text)
	}
	return items, true
}

// grouped writes a number with commas between its thousands, its digits as they were sent.
func grouped(number string) string {
	whole, fraction, hasFraction := strings.Cut(number, ".")
	const first = 5 // digits: four are read at a glance, and are often a year
	if digits := strings.TrimPrefix(whole, "-"); len(digits) >= first || hasFraction && len(digits) == first-1 {
		sign := len(whole) - len(digits)
		for at := len(whole) - 3; at > sign; at -= 3 {
			whole = whole[:at] + "," + whole[at:]
		}
	}
	if hasFraction {
		return whole + "." + fraction
	}
	return whole
}

// IsProse tells whether a value is text of some length, in which single words change.
func (v Typed) IsProse() bool {
	const short = 40 // characters
	return v.Kind == Text && (strings.Contains(strings.TrimSpace(v.Text), "\n") || utf8.RuneCountInString(v.Text) > short)
}

// contrast is a change made ready to be drawn: word by word, item by item, or both values whole.
type contrast struct {
	field         string
	before, after Typed
	prose         []diff.Edit[string] // both texts in one
	items         []diff.Edit[string] // both lists in one
}

func contrastOf(c models.Change) contrast {
	out := contrast{field: c.Field, before: Read(c.Field, c.Before), after: Read(c.Field, c.After)}
	if out.before.IsProse() && out.after.IsProse() {
		if edits, ok := diff.Text(out.before.Text, out.after.Text); ok {
			out.prose = edits
		}
	}
	if out.before.Kind == List && out.after.Kind == List {
		if edits, ok := diff.Lists(out.before.Items, out.after.Items); ok && slices.ContainsFunc(edits, func(e diff.Edit[string]) bool { return e.Kind == diff.Kept }) {
			out.items = edits
		}
	}
	return out
}

// side gives the items of one side of a change of lists: what was kept, and what is marked there.
func (c contrast) side(marked diff.Kind) []diff.Edit[string] {
	var out []diff.Edit[string]
	for _, e := range c.items {
		if e.Kind == diff.Kept || e.Kind == marked {
			for _, item := range e.Items {
				out = append(out, diff.Edit[string]{Kind: e.Kind, Items: []string{item}})
			}
		}
	}
	return out
}

// Reading says how values are shown.
type Reading struct {
	Clock Clock
	Whole bool // to the last letter; else long ones are shortened, and say so
}

// shown is a text as long as may be.
func (r Reading) shown(text string) string {
	if r.Whole {
		return text
	}
	return limited(text)
}

// kept is a stretch of prose that did not change. Where not everything is shown, its middle is left out.
func (r Reading) kept(text string, first, last bool) (head string, left int, tail string) {
	const around, worthIt = 120, 400 // characters
	runes := []rune(text)
	if r.Whole || len(runes) < worthIt {
		return text, 0, ""
	}
	from, to := around, len(runes)-around
	if first {
		from = 0
	}
	if last {
		to = len(runes)
	}
	return string(runes[:from]), to - from, string(runes[to:])
}
