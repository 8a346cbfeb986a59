package mention

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Finder looks for one person. It is safe for concurrent use.
type Finder struct {
	terms  []term
	ascii  [128][]int // the terms by their first character
	others map[rune][]int
	sieve  sieve
}

// NewFinder makes a finder.
func NewFinder(p Person) *Finder {
	terms, parts := termsOf(p), partsOf(p.Names)
	markParts(terms, parts)
	f := finderOf(slices.Concat(terms, parts, othersOf(p.Others)))
	f.sieve.addAddresses(addressesOf(p))
	return f
}

// NewFinderAs makes a finder that puts the same in the place of whatever it finds. It may be for several people: their names, e-mail addresses and ids together. Words
// of names alone it does not look for.
func NewFinderAs(p Person, is string) *Finder {
	terms := termsOf(p)
	for i := range terms {
		terms[i].is = is
	}
	return finderOf(terms)
}

func finderOf(terms []term) *Finder {
	f := &Finder{terms: append(terms, shields(terms)...), others: map[rune][]int{}}
	for n, t := range f.terms {
		if first := t.words[0][0]; first < 128 {
			f.ascii[first] = append(f.ascii[first], n)
		} else {
			f.others[first] = append(f.others[first], n)
		}
		if t.kind != shield && t.kind != another && !t.spoken {
			f.sieve.add(anchorOf(t))
		}
	}
	return f
}

// replacing is one text being gone through.
type replacing struct {
	place string
	c     Context
	s     setting
	d     Decide
}

// again is how many times a text is gone through at most: what stands in the place of somebody may make another name with what is beside it.
const again = 4

// text replaces the person in a text, and tells where they were.
func (f *Finder) text(text string, r replacing) (string, []Find) {
	if !r.c.AnyCase && !mayHold(&f.sieve, text) {
		return text, nil
	}
	var finds []Find
	for round := range again {
		hits := f.hits(text, r.c, r.s)
		if round > 0 {
			hits = slices.DeleteFunc(hits, func(h hit) bool { return !h.certain })
		}
		if len(hits) == 0 {
			break
		}
		replaced, in := false, written{text: text}
		var b strings.Builder
		done := 0
		for _, h := range hits {
			is := in.fitting(h, r.s)
			if len(finds) < mostFinds || !told(finds, h) {
				finds = append(finds, Find{
					Place: r.place, Kind: h.kind, Certain: h.certain, Longer: h.longer,
					Lead: lead(text[:h.from]), Was: text[h.from:h.to], Is: is, Tail: tail(text[h.to:]),
				})
			}
			if h.certain || r.d != nil && r.d(r.place, h.kind) {
				b.WriteString(text[done:h.from])
				b.WriteString(is)
				done, replaced = h.to, true
			}
		}
		if !replaced {
			break
		}
		text = b.String() + text[done:]
	}
	return text, finds
}

// mostFinds is how many finds in one text are told. Beyond that it is the first of each kind alone: a text may consist of nothing but finds.
const mostFinds = 50

// told tells whether one like this is among the finds.
func told(finds []Find, h hit) bool {
	return slices.ContainsFunc(finds, func(f Find) bool { return f.Kind == h.kind && f.Certain == h.certain })
}

// besideRunes is how much of what stands beside a find is shown.
const besideRunes = 40

// lead gives the end of what stands before a find.
func lead(text string) string {
	if len(text) <= besideRunes {
		return text
	}
	at := len(text)
	for range besideRunes {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		if at -= size; at == 0 {
			return text
		}
	}
	return "…" + text[at:]
}

// tail gives the beginning of what stands behind a find.
func tail(text string) string {
	n := 0
	for at := range text {
		if n == besideRunes {
			return text[:at] + "…"
		}
		n++
	}
	return text
}
