package component

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Stored JSON is laid out for reading: what fits stands on one line, everything else on as many as it needs. Keys keep their order, and keys and
// numbers are as they were sent. Marks that turn the direction of text round are written as escapes, so that nothing can be made to look like something else.

// layWidth is how many characters a list or an object may have on one line.
const layWidth = 72

// Laid lays JSON out as plain text. What is no JSON stays as it is.
func Laid(raw json.RawMessage) string {
	return layOut(raw, func(_ shade, text string) string { return text })
}

// Metadata shows a JSON object as it was sent, keys and numbers set off, all of it. id is the element's.
func Metadata(id string, object json.RawMessage) templ.Component {
	return markup(func(b *strings.Builder) {
		fmt.Fprintf(b, `<pre class="code" id="%s">%s</pre>`, templ.EscapeString(id), layOut(object, marks))
	})
}

// MetadataInRow is Metadata where there is little room: a large object is shortened, and says so.
func MetadataInRow(object json.RawMessage) templ.Component {
	return markup(func(b *strings.Builder) {
		text := Laid(object)
		if len(text) <= maxJSONBytes {
			b.WriteString(`<pre class="code">` + layOut(object, marks) + `</pre>`)
			return
		}
		head := strings.ToValidUTF8(text[:maxJSONBytes], "")
		b.WriteString(`<pre class="code">` + inText.Replace(head) + "\n… (shortened)</pre>")
	})
}

// marks sets keys and numbers off.
func marks(s shade, text string) string {
	text = inText.Replace(text)
	switch s {
	case key:
		return "<b>" + text + "</b>"
	case literal:
		return "<i>" + text + "</i>"
	}
	return text
}

// shade is what a stretch of JSON is.
type shade int

const (
	plain shade = iota
	key
	literal // a number, true, false or null
)

type shading func(s shade, text string) string

// leaf or branch of a parsed value.
type node struct {
	open, end byte // brackets; 0 for a single value
	keys      []string
	below     []node
	text      string // of a single value, as JSON
	literal   bool
}

func layOut(raw json.RawMessage, as shading) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	n, err := parse(d)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			var b strings.Builder
			n.write(&b, "", as)
			return b.String()
		}
	}
	return as(plain, strings.ToValidUTF8(string(raw), "\uFFFD"))
}

func parse(d *json.Decoder) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		_, isText := token.(string)
		return node{text: asJSON(token), literal: !isText}, nil
	}
	n := node{open: byte(open), end: byte(open) + 2} // { and }, [ and ] are two apart
	for d.More() {
		if n.open == '{' {
			name, err := d.Token()
			if err != nil {
				return n, err
			}
			n.keys = append(n.keys, asJSON(name))
		}
		below, err := parse(d)
		if err != nil {
			return n, err
		}
		n.below = append(n.below, below)
	}
	_, err = d.Token()
	return n, err
}

// turning are the marks of direction that can make text look like another one (CVE-2021-42574).
var turning = strings.NewReplacer("\u202a", `\u202a`, "\u202b", `\u202b`, "\u202c", `\u202c`, "\u202d", `\u202d`, "\u202e", `\u202e`,
	"\u2066", `\u2066`, "\u2067", `\u2067`, "\u2068", `\u2068`, "\u2069", `\u2069`)

func asJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return ""
	}
	return turning.Replace(strings.TrimSuffix(b.String(), "\n"))
}

// width is how long a value is on one line, or more than the limit.
func (n node) width() int {
	if n.open == 0 {
		return len(n.text)
	}
	w := 2
	for i, below := range n.below {
		if i < len(n.keys) {
			w += len(n.keys[i]) + 2
		}
		if w += below.width() + 2; w > layWidth {
			break
		}
	}
	return w
}

func (n node) write(b *strings.Builder, indent string, as shading) {
	switch {
	case n.open == 0 && n.literal:
		b.WriteString(as(literal, n.text))
	case n.open == 0:
		b.WriteString(as(plain, n.text))
	case len(n.below) == 0:
		b.WriteString(string([]byte{n.open, n.end}))
	case n.width()+len(indent) <= layWidth && indent != "" || n.open == '[' && n.width() <= layWidth:
		n.writeLine(b, as)
	default:
		n.writeLines(b, indent+"  ", as)
		b.WriteString("\n" + indent + string(n.end))
	}
}

func (n node) writeLine(b *strings.Builder, as shading) {
	space := ""
	if n.open == '{' {
		space = " "
	}
	b.WriteString(string(n.open) + space)
	for i, below := range n.below {
		if i > 0 {
			b.WriteString(", ")
		}
		n.writeKey(b, i, as)
		if below.open == 0 || len(below.below) == 0 {
			below.write(b, " ", as)
		} else {
			below.writeLine(b, as)
		}
	}
	b.WriteString(space + string(n.end))
}

func (n node) writeLines(b *strings.Builder, indent string, as shading) {
	b.WriteByte(n.open)
	for i, below := range n.below {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent)
		n.writeKey(b, i, as)
		below.write(b, indent, as)
	}
}

func (n node) writeKey(b *strings.Builder, i int, as shading) {
	if n.open == '{' {
		b.WriteString(as(key, n.keys[i]) + ": ")
	}
}
