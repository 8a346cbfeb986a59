package mention

import (
	"slices"
	"strings"
	"unicode"
)

// term is one way in which the person may be written. Names are words with something between them, everything else is one word, whatever is in it.
type term struct {
	kind   Kind
	text   string // as it was given
	is     string // what stands in its place
	words  [][]rune
	seams  []seam
	shared bool // of a name: another bears it too
	single bool // of a name: it is one word
	tiny   bool // of a name: so short that other words look like it
	strong bool // of an id or username: nothing else looks like it
	number bool // of an id or username: a mere number
	turned bool // of a name: its parts are the other way round
	unlike bool // of a name: it is one word, and long, and nobody else's
	spoken bool // of an address: its signs may be words
	exact  bool // of what is not a name: somebody else has one that is alike, so it has to be written as it is
	unsure bool // of an id: somebody else is called so, by another name
	part   bool // of a username: it is a word of a name, too

	capital bool  // of a part of a name: it has to begin with one
	last    *unit // of the first word of a name: the last one
	initial rune  // of the last word of a name: that of the first one

	word           string   // of a part of a name: which
	before, behind [][]rune // of a part of a name: the small words that stand before and behind it there
}

// seam is what may stand between two words of a name.
type seam struct {
	written []rune // what stands between them in the name itself
	free    bool   // nothing may, too: they are parts of one word, as in O'Neil
	wrap    bool   // the name is turned round here, so that a comma may: Okafor, Amara
	tag     bool   // of an address: what stands behind a plus before its @
	sign    rune   // of an address: it is there, or said
}

// shield is the kind of what already stands in the place of somebody, and is not looked into; another that of the full name of somebody else, of which no word is
// looked into by itself.
const (
	shield  Kind = ""
	another Kind = "another"
)

// termsOf gives everything to look for.
func termsOf(p Person) []term {
	var terms []term
	words := func(kind Kind, text, is string) {
		if folded := runesOf(trimmed(foldText(text))); len(folded) > 0 && text != is {
			terms = append(terms, term{kind: kind, text: text, is: is, words: [][]rune{folded}, strong: strong(folded), number: number(folded)})
		}
	}
	for _, email := range p.Emails {
		words(Email, email, deleted)
		terms = append(append(terms, tagged(email)...), spokenOf(email)...)
	}
	for _, id := range p.IDs {
		before := len(terms)
		words(ExternalID, id.Text, id.Is)
		for i := range terms[before:] {
			t := &terms[before+i]
			t.strong, t.unsure = t.strong && !id.Thing, id.Shared
		}
		if id.Shared && strings.Contains(id.Text, "@") { // it is the other's address
			terms = terms[:before]
		}
	}
	for _, username := range p.Usernames {
		words(Username, username, deleted)
	}
	known := map[string]bool{}
	for _, t := range terms {
		known[string(t.words[0])] = true
	}
	for _, name := range p.Names {
		switch {
		case known[string(runesOf(trimmed(foldText(name.Text))))]: // who has no name is called by their id
		case isAddress(name.Text):
			words(Email, name.Text, deleted)
			terms = append(terms, spokenOf(name.Text)...)
		default:
			terms = append(terms, termsOfName(name)...)
		}
	}
	return heed(terms, p.Alike)
}

// tagged is an address with anything behind a plus, which the same person gets: amara+news@example.com.
func tagged(email string) []term {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || strings.Contains(local, "+") {
		return nil
	}
	words := [][]rune{runesOf(foldText(local)), runesOf(foldText("@" + domain))}
	return []term{{kind: Email, text: email, is: deleted, words: words, seams: []seam{{tag: true}}}}
}

// shields gives what is not looked into: whatever stands in the place of somebody.
func shields(terms []term) []term {
	known := map[string]bool{}
	var all []term
	for _, is := range append([]string{DeletedName, strings.ReplaceAll(DeletedName, " ", "+")}, replacements(terms)...) {
		if folded := runesOf(foldText(is)); len(folded) > 0 && !known[string(folded)] {
			known[string(folded)] = true
			all = append(all, term{kind: shield, words: [][]rune{folded}})
		}
	}
	return all
}

func replacements(terms []term) []string {
	var all []string
	for _, t := range terms {
		all = append(all, t.is)
	}
	return all
}

// termsOfName gives a name in all turns: Amara Okafor, and Okafor, Amara.
func termsOfName(name Name) []term {
	words, seams := wordsOf(trimmed(foldText(name.Text)))
	letters := 0
	for _, word := range words {
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters++
			}
		}
	}
	if letters == 0 || strings.EqualFold(strings.Join(strings.Fields(name.Text), " "), DeletedName) {
		return nil
	}
	plain := term{kind: FullName, text: name.Text, is: DeletedName, shared: name.Shared, words: words, seams: seams, tiny: letters < 5}
	if plain.single = len(words) == 1; plain.single {
		if unbroken(words[0][0]) { // whose parts have no blank between them
			plain.single, plain.tiny = len(words[0]) < 3, false
			return append([]term{plain}, plain.takenApart()...)
		}
		plain.unlike = name.Unlike && !name.Shared && letters >= longLength && !personWords[string(words[0])]
		return []term{plain}
	}
	terms := []term{plain}
	for at := 1; at < len(words); at++ {
		if !seams[at-1].free {
			terms = append(terms, plain.turnedAt(at))
		}
	}
	return terms
}

// longLength is from how many letters on a single word that is in the name of nobody else of a workspace is no word of a language.
const longLength = 8

// turnedAt is a name with its parts the other way round: Okafor, Amara.
func (t term) turnedAt(at int) term {
	t.turned = true
	t.words, t.seams = append(slices.Clone(t.words[at:]), t.words[:at]...), append(append(slices.Clone(t.seams[at:]), seam{wrap: true}), t.seams[:at-1]...)
	return t
}

// takenApart is a name in a script without blanks with something between its parts after all. One of two letters is a doubt even so.
func (t term) takenApart() (terms []term) {
	word := t.words[0]
	for _, at := range familyEnds(word) {
		apart := t
		apart.single, apart.shared = false, t.shared || len(word) < 3
		apart.words, apart.seams = [][]rune{word[:at], word[at:]}, []seam{{free: true}}
		terms = append(terms, apart)
		apart.shared = true // nobody writes it so, but programs that put what is given first
		terms = append(terms, apart.turnedAt(1))
	}
	return terms
}

// familyEnds tells where the family's part of a name without blanks may end, in the scripts whose names have parts of few letters. Longer ones are nobody's.
func familyEnds(word []rune) []int {
	ofFew := func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }
	switch n := len(word); {
	case n < 2 || n > 6 || slices.ContainsFunc(word, func(r rune) bool { return !ofFew(r) }):
		return nil
	case n < 4:
		return []int{1}
	default:
		return []int{1, 2}
	}
}

// wordsOf takes a name apart.
func wordsOf(cells []cell) (words [][]rune, seams []seam) {
	var word, between []rune
	for i, c := range cells {
		if !wordly(c.r) {
			between = append(between, c.r)
			continue
		}
		if i == 0 || !wordly(cells[i-1].r) {
			if word != nil {
				words = append(words, word)
				seams = append(seams, seam{written: between, free: string(between) == "'" || string(between) == "-"})
			}
			word, between = nil, nil
		}
		word = append(word, c.r)
	}
	if word != nil {
		words = append(words, word)
	}
	return words, seams
}

// trimmed leaves out blanks at both ends.
func trimmed(cells []cell) []cell {
	for len(cells) > 0 && cells[0].r == ' ' {
		cells = cells[1:]
	}
	for len(cells) > 0 && cells[len(cells)-1].r == ' ' {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// strongLength is from how many characters on a mixture of letters and digits is nobody else's.
const strongLength = 8

func strong(word []rune) bool {
	return len(word) >= strongLength && slices.ContainsFunc(word, unicode.IsLetter) && slices.ContainsFunc(word, unicode.IsDigit)
}

func number(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// at matches the term to the cells from a place on. It gives where it ends, -1 when it does not match, and whether its words had nothing between them that
// parts them.
func (t *term) at(cells []cell, i int) (end int, loose bool) {
	for w, word := range t.words {
		if len(cells)-i < len(word) {
			return -1, false
		}
		for k, r := range word {
			if cells[i+k].r != r {
				return -1, false
			}
		}
		i += len(word)
		if w == len(t.seams) || w+1 == len(t.words) {
			continue
		}
		n, joined := t.seams[w].at(cells, i)
		if n < 0 {
			return -1, false
		}
		i, loose = i+n, loose || joined
	}
	return i, loose
}

// at tells how many cells are between two words, -1 when they are not what belongs there, and whether there is nothing, not even a capital.
func (s seam) at(cells []cell, i int) (n int, joined bool) {
	if n = len(s.written); n > 1 && len(cells)-i >= n && slices.Equal(runesOf(cells[i:i+n]), s.written) {
		return n, false
	}
	if i >= len(cells) {
		return -1, false
	}
	switch {
	case s.tag:
		return tagAt(cells, i), false
	case s.sign != 0:
		return spokenAt(cells, i, s.sign)
	}
	switch r := cells[i].r; {
	case r == '\'' && n == 1 && r == s.written[0] && i+1 < len(cells) && cells[i+1].r == r: // as SQL writes it
		return 2, false
	case r == ' ' || r == '.' || r == '_' || r == '-' || r == '+' || n == 1 && r == s.written[0]:
		return 1, false
	case s.wrap && r == ',':
		if i+1 < len(cells) && (cells[i+1].r == ' ' || cells[i+1].r == '+') {
			return 2, false
		}
		return 1, false
	case s.free || cells[i].gap || cells[i].upper && !cells[i-1].upper:
		return 0, false
	}
	return 0, true
}

// longestTag bounds what stands behind the plus of an address.
const longestTag = 64

// tagAt tells how long that is, with the plus; -1: it is none.
func tagAt(cells []cell, i int) int {
	if cells[i].r != '+' {
		return -1
	}
	for n := 1; n <= longestTag && i+n < len(cells); n++ {
		switch r := cells[i+n].r; {
		case r == '@':
			return n
		case !wordly(r) && !strings.ContainsRune(".-_+=", r):
			return -1
		}
	}
	return -1
}
