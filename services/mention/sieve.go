package mention

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// mostAnchors is from how many anchors on looking closely is quicker.
const mostAnchors = 64

// sieve tells quickly of most texts that nobody is in them. Each term has an anchor, a stretch of letters and digits that is there wherever the term is; a
// text in plain ASCII without escapes that holds no anchor holds no term.
type sieve struct {
	anchors []anchor
	pairs   [1 << 14]bool // the first two characters of the anchors
	singles [128]bool     // those of one character
	wide    bool          // there are so many that it holds nothing back
	addresses
}

type anchor struct {
	text  string
	alone bool // a number, which nothing but a border may stand beside
	upper bool // it begins with a capital
}

// anchorOf gives the longest word of a term that is in ASCII. A term with another script in it is in no text that is plain.
func anchorOf(t term) anchor {
	words := t.words
	if t.kind != FullName && t.kind != Part {
		words = stretches(slices.Concat(t.words...))
	}
	var best []rune
	for _, word := range words {
		if slices.ContainsFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return anchor{}
		}
		if len(word) > len(best) {
			best = word
		}
	}
	return anchor{text: string(best), alone: t.number, upper: t.capital && len(words) == 1 && unicode.IsLower(best[0])}
}

// stretches takes a word apart into its letters and digits. Of an e-mail address that is the part before the @ where it says enough.
func stretches(word []rune) [][]rune {
	if at := slices.Index(word, '@'); at > 0 {
		local := longStretches(word[:at])
		if slices.ContainsFunc(local, func(s []rune) bool { return len(s) > 3 }) && !slices.ContainsFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return local
		}
	}
	if found := longStretches(word); len(found) > 0 {
		return found
	}
	return [][]rune{word}
}

func longStretches(word []rune) [][]rune {
	var found [][]rune
	start := 0
	for i := 0; i <= len(word); i++ {
		if i == len(word) || !wordly(word[i]) {
			if i > start {
				found = append(found, word[start:i])
			}
			start = i + 1
		}
	}
	return found
}

func (s *sieve) add(a anchor) {
	if a.text == "" || s.wide || slices.Contains(s.anchors, a) || a.upper && slices.Contains(s.anchors, anchor{text: a.text}) {
		return
	}
	s.anchors = append(s.anchors, a)
	s.wide = len(s.anchors) > mostAnchors
	if len(a.text) == 1 {
		s.singles[a.text[0]] = true
	} else {
		s.pairs[int(a.text[0])<<7|int(a.text[1])] = true
	}
}

var lower [256]byte

func init() {
	for i := range lower {
		lower[i] = byte(plainASCII(rune(min(i, 127))))
		if i >= utf8.RuneSelf || i == '\\' || i == '%' || i == '&' {
			lower[i] = 0xff // seen only by whoever looks closely
		}
	}
}

// mayHold tells whether a text has to be looked at closely.
func mayHold[T ~string | ~[]byte](s *sieve, text T) bool {
	if s.wide {
		return true
	}
	before := byte(0)
	for i := 0; i < len(text); i++ {
		b := lower[text[i]]
		if b == 0xff {
			return true
		}
		if (s.pairs[int(before)<<7|int(b)] && anchored(s, text, i-1)) || (s.singles[b] && anchored(s, text, i)) {
			return true
		}
		before = b
	}
	return false
}

// addAddresses has the sieve let through what holds one of these.
func (s *sieve) addAddresses(a addresses) {
	if s.addresses = a; len(a) == 0 {
		return
	}
	for b := range byte(128) {
		s.pairs[int(b)<<7|':'] = s.pairs[int(b)<<7|':'] || inAddress(b) && b != '.'
		s.pairs[int(b)<<7|'.'] = s.pairs[int(b)<<7|'.'] || digit(b)
	}
}

// anchored tells whether an anchor, or the first number of an address, begins at a byte.
func anchored[T ~string | ~[]byte](s *sieve, text T, at int) bool {
	if len(s.addresses) > 0 && at >= 0 && at+1 < len(text) && (text[at+1] == '.' || text[at+1] == ':') && around(s.addresses, text, at+1) {
		return true
	}
	for _, a := range s.anchors {
		end := at + len(a.text)
		if at < 0 || a.upper && !('A' <= text[at] && text[at] <= 'Z') || end > len(text) || a.alone && (at > 0 && wordly(rune(text[at-1])) || end < len(text) && wordly(rune(text[end]))) {
			continue
		}
		k := 0
		for k < len(a.text) && lower[text[at+k]] == a.text[k] {
			k++
		}
		if k == len(a.text) {
			return true
		}
	}
	return false
}
