package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// scanner walks a JSON text that is known to be well formed and reports what PostgreSQL or a float64 could not keep, or would keep
// differently: numbers that change in a float64, NUL characters, lone surrogates, keys given twice. encoding/json would repair all but
// the first in silence.
type scanner struct {
	text    []byte
	at      int
	out     *report
	path    []step
	keys    [][]byte // of the objects being walked, outermost first
	written int      // bytes that PostgreSQL will write for exponents: 1e-300 is stored and read back as 302 characters
}

// step leads to a member of an object or to an item of an array.
type step struct {
	key   []byte // nil in an array
	index int
}

// scanValue checks one JSON value. It gives how many bytes longer the value is when its numbers are written out.
func scanValue(text []byte, out *report) (written int) {
	s := &scanner{text: text, out: out}
	s.value()
	return s.written
}

func (s *scanner) value() {
	s.blanks()
	switch c := s.text[s.at]; {
	case c == '{':
		s.object()
	case c == '[':
		s.array()
	case c == '"':
		s.str("")
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	default: // true, false, null
		for s.at < len(s.text) && s.text[s.at] >= 'a' && s.text[s.at] <= 'z' {
			s.at++
		}
	}
}

func (s *scanner) object() {
	first := len(s.keys)
	for s.at++; s.more('}'); {
		key := s.key()
		s.keys = append(s.keys, key)
		s.path = append(s.path, step{key: key})
		s.value()
		s.path = s.path[:len(s.path)-1]
	}
	s.distinct(s.keys[first:])
	s.keys = s.keys[:first]
}

func (s *scanner) array() {
	s.at++
	for i := 0; s.more(']'); i++ {
		s.path = append(s.path, step{index: i})
		s.value()
		s.path = s.path[:len(s.path)-1]
	}
}

// more moves to the next member or item, or behind the end.
func (s *scanner) more(end byte) bool {
	s.blanks()
	if s.text[s.at] == ',' {
		s.at++
		s.blanks()
	}
	if s.text[s.at] == end {
		s.at++
		return false
	}
	return true
}

// key reads an object's key and the colon behind it. The key is never nil.
func (s *scanner) key() []byte {
	start := s.at
	s.str("has a key that ")
	key := s.text[start+1 : s.at-1]
	if bytes.IndexByte(key, '\\') >= 0 {
		name, _ := unquote(s.text[start:s.at])
		key = []byte(name)
	}
	s.blanks()
	s.at++
	return key
}

// distinct reports the keys of an object that are there twice: it is not ours to choose between their values.
func (s *scanner) distinct(keys [][]byte) {
	if len(keys) < 2 {
		return
	}
	slices.SortFunc(keys, bytes.Compare)
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i], keys[i-1]) {
			s.path = append(s.path, step{key: keys[i]})
			s.report("is given twice")
			s.path = s.path[:len(s.path)-1]
		}
	}
}

func (s *scanner) blanks() {
	for s.at < len(s.text) && isBlank(s.text[s.at]) {
		s.at++
	}
}

// str walks a string literal, looking at its escapes. What is reported begins with prefix.
func (s *scanner) str(prefix string) {
	for s.at++; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] != '\\' {
			continue
		}
		s.at++
		if s.text[s.at] != 'u' {
			continue
		}
		switch code := s.hex(s.at + 1); {
		case code == 0:
			s.report(prefix + `contains a NUL character (\u0000), which cannot be stored`)
		case code >= 0xd800 && code <= 0xdbff && s.lowFollows():
			s.at += 6
		case code >= 0xd800 && code <= 0xdfff:
			s.report(fmt.Sprintf(`%scontains a lone surrogate (\u%04x)`, prefix, code))
		}
		s.at += 4
	}
	s.at++
}

// lowFollows tells whether the escape whose u is at s.at is followed by one of the lower half of a pair.
func (s *scanner) lowFollows() bool {
	next := s.at + 5
	if next+6 > len(s.text) || s.text[next] != '\\' || s.text[next+1] != 'u' {
		return false
	}
	low := s.hex(next + 2)
	return low >= 0xdc00 && low <= 0xdfff
}

func (s *scanner) hex(at int) rune {
	code, _ := strconv.ParseUint(string(s.text[at:at+4]), 16, 32)
	return rune(code)
}

func (s *scanner) number() {
	start := s.at
	for s.at < len(s.text) && isNumeric(s.text[s.at]) {
		s.at++
	}
	literal := s.text[start:s.at]
	if len(literal) <= 15 && bytes.IndexByte(literal, 'e') < 0 && bytes.IndexByte(literal, 'E') < 0 {
		return // 15 digits always survive
	}
	written, ok := survivesFloat64(string(literal))
	if !ok {
		s.report(fmt.Sprintf("the number %s does not survive as a 64-bit float; send it as a string", cut(string(literal), 40)))
	}
	s.written += max(0, written-len(literal))
}

func isNumeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}

// report says what is wrong at the place where the scanner is. Names of places are made for reports alone: most events need none.
func (s *scanner) report(message string) {
	var b strings.Builder
	for i, step := range s.path {
		if b.Len() > maxFieldName {
			break
		}
		switch {
		case step.key == nil:
			fmt.Fprintf(&b, "[%d]", step.index)
		case i == 0:
			b.WriteString(join("", string(step.key)))
		default:
			b.WriteString("." + join("", string(step.key)))
		}
	}
	if b.Len() == 0 {
		b.WriteString("body")
	}
	s.out.add(b.String(), "%s", message)
}

// withoutNUL replaces the NUL characters in the strings of a JSON text by U+FFFD, as encoding/json does with bad UTF-8.
func withoutNUL(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u0000`)) {
		return text
	}
	text = bytes.Clone(text)
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(text[i:], []byte(`\u0000`)) {
			copy(text[i:], `\ufffd`)
		}
		i++ // what follows a backslash begins no escape
	}
	return text
}

// unquote reads a string literal.
func unquote(literal []byte) (s string, ok bool) {
	if len(literal) < 2 || literal[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(literal, '\\') < 0 {
		return string(literal[1 : len(literal)-1]), true
	}
	err := json.Unmarshal(literal, &s)
	return s, err == nil
}
