package mention

import (
	"slices"
	"strings"
)

// spokenOf is an e-mail address as people write it for people: amara [at] example.com, amara @ example (dot) com.
func spokenOf(email string) []term {
	folded := runesOf(trimmed(foldText(email)))
	if strings.Count(string(folded), "@") != 1 {
		return nil
	}
	t := term{kind: Email, text: email, is: deleted, spoken: true}
	var word []rune
	for _, r := range folded {
		if r != '@' && r != '.' {
			word = append(word, r)
			continue
		}
		t.words, t.seams = append(t.words, word), append(t.seams, seam{sign: r})
		word = nil
	}
	t.words = append(t.words, word)
	if slices.ContainsFunc(t.words, func(word []rune) bool { return len(word) == 0 }) {
		return nil
	}
	return []term{t}
}

// signs are how the signs of an address are said.
var signs = map[rune][]rune{'@': []rune("at"), '.': []rune("dot")}

// closings are the brackets behind what is in some.
var closings = map[rune]rune{'[': ']', '(': ')', '{': '}', '<': '>'}

// spokenAt tells how many cells a sign of an address takes that is written somehow, -1 when it is none: "@", " @ ", "[at]", " (dot) ". A word without brackets may as well
// be a word (loose): "meet amara at example.com".
func spokenAt(cells []cell, i int, sign rune) (n int, loose bool) {
	is := func(at int, r rune) bool { return at < len(cells) && cells[at].r == r }
	said := func(at int) int {
		for _, r := range signs[sign] {
			if !is(at, r) {
				return -1
			}
			at++
		}
		return at
	}
	at, blank := i, is(i, ' ')
	if blank {
		at++
	}
	switch {
	case at >= len(cells) || blank && sign == '.' && is(at, sign):
		return -1, false
	case is(at, sign):
		at++
		if sign == '.' {
			return at - i, false
		}
	case closings[cells[at].r] != 0:
		closing, inside := closings[cells[at].r], at+1
		if at = said(inside); at < 0 && is(inside, sign) {
			at = inside + 1
		}
		if at < 0 || !is(at, closing) {
			return -1, false
		}
		at++
	default:
		if at = said(at); !blank || at < 0 || !is(at, ' ') {
			return -1, false
		}
		loose = true
	}
	if is(at, ' ') {
		at++
	}
	return at - i, loose
}
