package mention

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEscapes is how many times over a text may be escaped and is still seen through.
const maxEscapes = 3

// escaping tells whether a text may hold an escape.
func escaping(text string) bool { return strings.ContainsAny(text, `\%&`) }

// way is how escapes are understood that may mean several things.
type way struct {
	controls bool // \n and its like are a line break and its like; else they stay, as in C:\nina
	latin    bool // bytes that are not UTF-8 are Latin-1; else they stay: what is between them may be escaped in another manner
}

// waysFor gives the ways in which a text may be meant.
func waysFor(text string) []way {
	ways := []way{{controls: true}}
	if strings.Contains(text, `\`) {
		ways = append(ways, way{})
	}
	if strings.ContainsAny(text, `%\`) {
		ways = append(ways, way{controls: true, latin: true})
	}
	return ways
}

// unescape sees through one layer of escapes of all kinds: JSON's (and those of JavaScript and Python), URLs' and HTML's. A letter that was escaped takes the room
// of its escape.
func unescape(text []letter, how way) (plain []letter, changed bool) {
	plain = make([]letter, 0, len(text))
	for i := 0; i < len(text); {
		r, n := text[i].r, 0
		switch r {
		case '\\':
			plain, n = how.backslash(plain, text[i:])
		case '%':
			plain, n = how.percent(plain, text[i:])
		case '&':
			plain, n = entity(plain, text[i:])
		}
		if n == 0 {
			plain = append(plain, text[i])
			n = 1
		} else {
			changed = true
		}
		i += n
	}
	return plain, changed
}

// over makes a letter that takes the room of several.
func over(r rune, written []letter) letter {
	return letter{r: r, from: written[0].from, to: written[len(written)-1].to}
}

var controlled = map[rune]rune{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}

// backslash reads an escape that begins with one. It gives how many letters that took; 0: it is none.
func (w way) backslash(plain, text []letter) ([]letter, int) {
	if len(text) < 2 {
		return plain, 0
	}
	switch next := text[1].r; next {
	case '"', '\\', '/', '\'':
		return append(plain, over(next, text[:2])), 2
	case 'u':
		return unicodeEscape(plain, text)
	case 'U':
		if r, ok := hex(text[2:], 8); ok && utf8.ValidRune(r) {
			return append(plain, over(r, text[:10])), 10
		}
	case 'x':
		return w.bytes(plain, text, []rune(`\x`))
	default:
		if r, ok := controlled[next]; ok && w.controls {
			return append(plain, over(r, text[:2])), 2
		}
	}
	return plain, 0
}

// unicodeEscape reads \u00e9, a pair of surrogates, and \u{e9}.
func unicodeEscape(plain, text []letter) ([]letter, int) {
	if len(text) > 3 && text[2].r == '{' {
		for n := 1; n <= 6 && 3+n < len(text); n++ {
			if text[3+n].r != '}' {
				continue
			}
			if r, ok := hex(text[3:], n); ok && utf8.ValidRune(r) {
				return append(plain, over(r, text[:4+n])), 4 + n
			}
		}
		return plain, 0
	}
	r, ok := hex(text[2:], 4)
	switch {
	case !ok:
		return plain, 0
	case !utf16.IsSurrogate(r):
		return append(plain, over(r, text[:6])), 6
	case len(text) < 12 || text[6].r != '\\' || text[7].r != 'u':
		return plain, 0
	}
	low, ok := hex(text[8:], 4)
	if both := utf16.DecodeRune(r, low); ok && both != utf8.RuneError {
		return append(plain, over(both, text[:12])), 12
	}
	return plain, 0
}

// percent reads %C3%A9, and %u00e9 as JavaScript's escape writes it.
func (w way) percent(plain, text []letter) ([]letter, int) {
	if len(text) > 2 && text[1].r == 'u' {
		if r, ok := hex(text[2:], 4); ok && utf8.ValidRune(r) {
			return append(plain, over(r, text[:6])), 6
		}
	}
	return w.bytes(plain, text, []rune("%"))
}

// bytes reads a character that is written as the bytes of its UTF-8, each behind a mark.
func (w way) bytes(plain, text []letter, mark []rune) ([]letter, int) {
	size := len(mark) + 2
	var bytes []byte
	for at := 0; len(bytes) < utf8.UTFMax && marked(text, at, mark); at += size {
		b, ok := hex(text[at+len(mark):], 2)
		if !ok {
			break
		}
		bytes = append(bytes, byte(b))
	}
	if len(bytes) == 0 {
		return plain, 0
	}
	r, n := utf8.DecodeRune(bytes)
	if r == utf8.RuneError && n == 1 {
		if !w.latin {
			return plain, 0
		}
		r = rune(bytes[0])
	}
	return append(plain, over(r, text[:n*size])), n * size
}

func marked(text []letter, at int, mark []rune) bool {
	if at+len(mark)+2 > len(text) {
		return false
	}
	for i, r := range mark {
		if text[at+i].r != r {
			return false
		}
	}
	return true
}

// maxEntity is how long an entity of HTML is at most that is seen through.
const maxEntity = 12

// entity reads &#233;, &#xe9; and &eacute;.
func entity(plain, text []letter) ([]letter, int) {
	var name strings.Builder
	for i, l := range text[:min(len(text), maxEntity)] {
		name.WriteRune(l.r)
		if l.r != ';' {
			continue
		}
		meant := []rune(html.UnescapeString(name.String()))
		if len(meant) != 1 {
			return plain, 0
		}
		return append(plain, over(meant[0], text[:i+1])), i + 1
	}
	return plain, 0
}

// hex reads a number of so many hexadecimal digits.
func hex(text []letter, digits int) (rune, bool) {
	if len(text) < digits {
		return 0, false
	}
	var value rune
	for _, l := range text[:digits] {
		switch {
		case '0' <= l.r && l.r <= '9':
			value = value<<4 | (l.r - '0')
		case 'a' <= l.r && l.r <= 'f':
			value = value<<4 | (l.r - 'a' + 10)
		case 'A' <= l.r && l.r <= 'F':
			value = value<<4 | (l.r - 'A' + 10)
		default:
			return 0, false
		}
	}
	return value, true
}
