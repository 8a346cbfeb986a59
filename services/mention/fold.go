package mention

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"daybook/models"
)

// letter is a character of a text, and the stretch of bytes in which it is written there: longer than the character where that is escaped.
type letter struct {
	r        rune
	from, to int
}

// lettersOf takes a text apart as it is written, seeing through nothing.
func lettersOf(into []letter, text string) []letter {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		into = append(into, letter{r: r, from: i, to: i + size})
		i += size
	}
	return into
}

// cell is what remains of a letter when case, accents and ways of writing are taken away. A letter may become several cells, or none.
type cell struct {
	r        rune // white space is a blank, and a run of it is one cell
	from, to int
	upper    bool // it was a capital
	gap      bool // something that nobody sees stood before it
}

// fold takes away what does not tell two spellings apart.
func fold(into []cell, text []letter) []cell {
	gap := false
	add := func(l letter, r rune, upper bool) {
		if r == ' ' && len(into) > 0 && into[len(into)-1].r == ' ' {
			into[len(into)-1].to = l.to
			return
		}
		into = append(into, cell{r: r, from: l.from, to: l.to, upper: upper, gap: gap})
		gap = false
	}
	for _, l := range text {
		switch {
		case l.r < utf8.RuneSelf:
			add(l, plainASCII(l.r), 'A' <= l.r && l.r <= 'Z')
		case unseen(l.r):
			gap = true
		default:
			upper := unicode.IsUpper(l.r) || unicode.IsTitle(l.r)
			for _, r := range decomposed(alike(l.r)) {
				if accent(r) {
					if len(into) > 0 && into[len(into)-1].r != ' ' {
						into[len(into)-1].to = l.to
					}
					continue
				}
				for _, p := range models.PlainLetter(unicode.ToLower(alike(r))) {
					add(l, p, upper)
				}
			}
		}
	}
	return into
}

func plainASCII(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case '\t' <= r && r <= '\r':
		return ' '
	case r == '`':
		return '\''
	}
	return r
}

// unseen are characters that take no room: zero-width ones, soft hyphens, marks of direction and variation, fillers.
func unseen(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// accents are the scripts whose non-spacing marks only tell how a letter is said. In those of India and their kin they are letters.
var accents = []*unicode.RangeTable{unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic}

func accent(r rune) bool {
	return unicode.Is(unicode.Mn, r) && r != '\u3099' && r != '\u309a' && unicode.In(r, accents...)
}

// alike gives one character for several that look the same.
func alike(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case '\u2010' <= r && r <= '\u2015' || r == '\u2212':
		return '-'
	case r == '\u2018' || r == '\u2019' || r == '\u02bc' || r == '\u02b9' || r == '\u00b4' || r == '\u2032':
		return '\''
	}
	return r
}

// decomposed takes a character apart, as NFKD does.
func decomposed(r rune) []rune {
	if parts := hangul(r); parts != nil {
		return parts
	}
	var buffer [utf8.UTFMax]byte
	if d := norm.NFKD.Properties(buffer[:utf8.EncodeRune(buffer[:], r)]).Decomposition(); d != nil {
		return []rune(string(d))
	}
	return []rune{r}
}

// hangul takes a syllable apart (Unicode, chapter 3.12): the tables hold none of them.
func hangul(r rune) []rune {
	const first, count, vowels, tails = 0xac00, 11172, 21, 28
	at := r - first
	if at < 0 || at >= count {
		return nil
	}
	parts := []rune{0x1100 + at/(vowels*tails), 0x1161 + at%(vowels*tails)/tails}
	if tail := at % tails; tail > 0 {
		parts = append(parts, 0x11a7+tail)
	}
	return parts
}

// wordly tells whether a character belongs to a word.
func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// unbroken tells whether a character is of a script that leaves no blanks between words.
func unbroken(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// foldText folds a text that is written plainly.
func foldText(text string) []cell { return fold(nil, lettersOf(nil, text)) }

func runesOf(cells []cell) []rune {
	runes := make([]rune, len(cells))
	for i, c := range cells {
		runes[i] = c.r
	}
	return runes
}
