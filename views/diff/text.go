package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text gives the edits, word by word, that make one text of another: the kept and removed ones together are the one text, to the byte, the kept
// and added ones the other. Words with nothing between them but a blank that was kept are taken together, so that a rewritten clause is one edit and not
// confetti. It gives false when the texts have too little in common to be read as one.
func Text(before, after string) ([]Edit[string], bool) {
	edits, ok := Lists(words(before), words(after))
	if !ok {
		return nil, false
	}
	edits = bridged(edits)
	kept := 0
	for _, e := range edits {
		if e.Kind == Kept {
			kept += length(e.Items)
		}
	}
	const leastInCommon = 0.3 // of the shorter text
	if shorter := min(len(before), len(after)); float64(kept) < leastInCommon*float64(shorter) || shorter == 0 {
		return nil, false
	}
	return joined(edits), true
}

// words takes a text apart into words, runs of blanks, and single other characters. A character keeps the marks that belong to it, so that an accent
// or the second half of a flag is never an edit of its own.
func words(s string) []string {
	var out []string
	for s != "" {
		n := wordLength(s)
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

func wordLength(s string) int {
	first, size := utf8.DecodeRuneInString(s)
	class := classOf(first)
	n := size
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		next := classOf(r)
		if next != mark && (next != class || class == other || class == lineEnd) {
			break
		}
		n += size
		if r == joiner && n < len(s) { // what follows belongs to it
			_, size = utf8.DecodeRuneInString(s[n:])
			n += size
		}
	}
	return n
}

const joiner = '\u200d'

type class int

const (
	other class = iota
	word
	blank
	lineEnd
	mark
)

func classOf(r rune) class {
	switch {
	case r == '\n':
		return lineEnd
	case r == joiner || unicode.Is(unicode.M, r) || r >= 0x1F3FB && r <= 0x1F3FF: // joiners, accents, the tones of skin
		return mark
	case unicode.IsSpace(r):
		return blank
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai): // written without blanks
		return other
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
		return word
	}
	return other
}

// bridged makes one edit of two that only a blank parts.
func bridged(edits []Edit[string]) []Edit[string] {
	var out []Edit[string]
	for i, e := range edits {
		between := i > 0 && i+1 < len(edits)
		if e.Kind == Kept && between && len(e.Items) == 1 && strings.Trim(e.Items[0], " ") == "" && changesBothSides(edits, i) {
			out = append(join(out, Removed, e.Items), Edit[string]{Added, e.Items})
			continue
		}
		out = append(out, e)
	}
	return ordered(out)
}

// changesBothSides tells whether words were both removed and added on each side of a blank: else a reader would see the blank itself as changed.
func changesBothSides(edits []Edit[string], at int) bool {
	has := func(from, step int) (found [3]bool) {
		for i := from; i >= 0 && i < len(edits) && edits[i].Kind != Kept; i += step {
			found[edits[i].Kind] = true
		}
		return found
	}
	left, right := has(at-1, -1), has(at+1, 1)
	return left[Removed] && left[Added] && right[Removed] && right[Added]
}

func length(items []string) int {
	n := 0
	for _, s := range items {
		n += len(s)
	}
	return n
}

// joined makes one text of each stretch.
func joined(edits []Edit[string]) []Edit[string] {
	for i, e := range edits {
		edits[i].Items = []string{strings.Join(e.Items, "")}
	}
	return edits
}
