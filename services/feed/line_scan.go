package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a line, from one byte to before another.
type span struct{ from, to int }

// item is a part of a value between commas.
type item struct {
	span
	text string
}

// token is a part of a line between blanks.
type token struct {
	span
	not    bool
	name   string // of a qualifier, in lower case; empty: a word or a phrase
	text   string // without quotes and escapes
	phrase bool
	items  []item
	open   bool // a quotation mark is not closed
}

// scanner takes a line apart.
type scanner struct {
	line string
	at   int
	text strings.Builder // of the token, so far
	item strings.Builder // likewise, since the last comma
	t    token
}

// next gives the next token, if there is one.
func (s *scanner) next() (token, bool) {
	s.at += len(s.line[s.at:]) - len(strings.TrimLeftFunc(s.line[s.at:], unicode.IsSpace))
	if s.at == len(s.line) {
		return token{}, false
	}
	s.t = token{span: span{from: s.at}}
	s.text.Reset()
	if s.line[s.at] == '-' && !s.blankAt(s.at+1) {
		s.t.not = true
		s.at++
	}
	if name := qualifierOf(s.line[s.at:]); name != "" {
		s.t.name = strings.ToLower(name)
		s.at += len(name) + 1
		s.value(true)
	} else if s.line[s.at] == '"' {
		s.t.phrase = true
		s.quoted()
	} else {
		s.value(false)
	}
	s.t.to, s.t.text = s.at, s.text.String()
	return s.t, true
}

// blankAt tells whether the line ends there, or a blank follows.
func (s *scanner) blankAt(at int) bool {
	r, _ := utf8.DecodeRuneInString(s.line[at:])
	return at == len(s.line) || unicode.IsSpace(r)
}

// qualifierOf gives the name with which a text begins, if a colon makes it a qualifier. "12:30" and "http://" do not.
func qualifierOf(text string) string {
	n := strings.IndexFunc(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if n < 1 || text[n] != ':' || strings.HasPrefix(text[n+1:], "//") {
		return ""
	}
	return text[:n]
}

// value reads up to a blank. Quotation marks are plain characters in a word.
func (s *scanner) value(quotes bool) {
	begin := s.at
	s.item.Reset()
	endItem := func() {
		s.t.items = append(s.t.items, item{span{begin, s.at}, s.item.String()})
		s.item.Reset()
	}
	for !s.blankAt(s.at) {
		switch c := s.line[s.at]; {
		case c == '\\' && s.at+1 < len(s.line) && !isPlain(s.line[s.at+1]):
			s.at++
			s.keep(s.rune())
		case c == '"' && quotes:
			s.quoted()
		case c == ',':
			endItem()
			s.text.WriteByte(',')
			s.at++
			begin = s.at
		default:
			s.keep(s.rune())
		}
	}
	endItem()
}

// isPlain tells whether a backslash before it means nothing outside of quotes, as in C:\temp.
func isPlain(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// quoted reads from a quotation mark to the next one.
func (s *scanner) quoted() {
	for s.at++; s.at < len(s.line); {
		switch c := s.line[s.at]; {
		case c == '"':
			s.at++
			return
		case c == '\\' && s.at+1 < len(s.line):
			s.at++
			s.keep(unescape(s.rune()))
		default:
			s.keep(s.rune())
		}
	}
	s.t.open = true
}

// rune gives the character here, maybe a broken one, and goes past it.
func (s *scanner) rune() string {
	_, n := utf8.DecodeRuneInString(s.line[s.at:])
	s.at += n
	return s.line[s.at-n : s.at]
}

func (s *scanner) keep(text string) {
	s.text.WriteString(text)
	s.item.WriteString(text)
}

// unescape gives what a character means after a backslash between quotation marks: line breaks would not survive an input of one line.
func unescape(c string) string {
	switch c {
	case "n":
		return "\n"
	case "r":
		return "\r"
	case "t":
		return "\t"
	}
	return c
}
