package mention

import (
	"slices"
	"strings"
	"unicode"
)

// leastPart is how many letters a word of a name has that is looked for by itself.
const leastPart = 3

// unit is a word of a name, or several that only belong together: O'Neil.
type unit struct {
	words [][]rune
	seams []seam
	upper bool     // it begins with a capital
	small [][]rune // the words without one before it
}

// partsOf gives the words of names, which may be meant where they stand alone. A word for people in general ("User") says nothing of who; nor does one without
// a capital in a name that has some: "van der".
func partsOf(names []Name) []term {
	var terms []term
	known := map[string]bool{}
	for _, name := range names {
		units := unitsOf(name.Text)
		if len(units) == 1 {
			units = partsWithoutBlanks(units[0])
		}
		if len(units) < 2 || isAddress(name.Text) {
			continue // all of it, which is sought as it is
		}
		capitals := slices.ContainsFunc(units, func(u unit) bool { return u.upper })
		first, last := units[0], units[len(units)-1]
		last.small = smallBefore(units[:len(units)-1])
		for i, u := range units {
			if capitals && !u.upper {
				continue
			}
			of := term{kind: Part, is: DeletedName, capital: capitals}
			if capitals {
				of.before, of.behind = smallBefore(units[:i]), smallBehind(units[i+1:])
			}
			switch i {
			case 0:
				of.last = &last
			case len(units) - 1:
				of.initial = first.words[0][0]
			}
			for _, t := range u.terms(of) {
				if key := t.key(); !known[key] {
					known[key], t.word = true, string(slices.Concat(t.words...))
					terms = append(terms, t)
				}
			}
		}
	}
	return terms
}

// smallBefore gives the words without a capital that end a part of a name, and smallBehind those that begin one.
func smallBefore(units []unit) (small [][]rune) {
	for i := len(units) - 1; i >= 0 && !units[i].upper; i-- {
		small = append(small, units[i].words...)
	}
	return small
}

func smallBehind(units []unit) (small [][]rune) {
	for i := 0; i < len(units) && !units[i].upper; i++ {
		small = append(small, units[i].words...)
	}
	return small
}

// partsWithoutBlanks gives what of a name in a script without blanks may stand alone: 小明 of 王小明.
func partsWithoutBlanks(u unit) (parts []unit) {
	word := u.words[0]
	for _, at := range familyEnds(word) {
		parts = append(parts, unit{words: [][]rune{word[:at]}}, unit{words: [][]rune{word[at:]}})
	}
	return parts
}

// markParts marks the usernames that are a word of a name, too: written with a capital it is that.
func markParts(terms, parts []term) {
	words := map[string]bool{}
	for _, t := range parts {
		words[t.word] = words[t.word] || len(t.words) == 1
	}
	for i := range terms {
		terms[i].part = terms[i].kind == Username && words[string(terms[i].words[0])]
	}
}

// terms are a unit as a whole, and each of its words.
func (u unit) terms(of term) (terms []term) {
	if len(u.words) > 1 {
		whole := of
		whole.words, whole.seams = u.words, u.seams
		terms = append(terms, whole)
	}
	for _, word := range u.words {
		letters := 0
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if text := string(word); letters >= leastPart && !personWords[text] || unbroken(word[0]) && len(word) > 1 {
			one := of
			one.words = [][]rune{word}
			terms = append(terms, one)
		}
	}
	return terms
}

// key tells terms of parts apart.
func (t *term) key() string {
	key := string(t.initial) + "/" + string(slices.Concat(t.words...))
	if t.last != nil {
		key += "/" + string(slices.Concat(t.last.words...))
	}
	return key
}

// unitsOf takes a name apart where its words are parted by more than a sign within a word.
func unitsOf(name string) (units []unit) {
	cells := trimmed(foldText(name))
	words, seams := wordsOf(cells)
	begins := beginnings(cells)
	for i, word := range words {
		if i > 0 && seams[i-1].free {
			of := &units[len(units)-1]
			of.words, of.seams = append(of.words, word), append(of.seams, seams[i-1])
			continue
		}
		units = append(units, unit{words: [][]rune{word}, upper: begins[i].upper})
	}
	return units
}

// beginnings are the first cells of words.
func beginnings(cells []cell) (first []cell) {
	for i, c := range cells {
		if wordly(c.r) && (i == 0 || !wordly(cells[i-1].r)) {
			first = append(first, c)
		}
	}
	return first
}

// othersOf gives full names of others, in which no part of a name is the person's.
func othersOf(names []string) (terms []term) {
	for _, name := range names {
		for _, t := range termsOfName(Name{Text: name}) {
			if t.kind = another; !t.single {
				terms = append(terms, t)
			}
		}
	}
	return terms
}

// judgePart tells whether a word of a name may be the person, and how far what means them goes: "Quentin O. Zarbel" and "Q. Zarbel" are one.
func (l look) judgePart(t *term, i, end int) (from, to int, ok bool) {
	if l.c.Namesake || !l.c.Own && l.bornByOthers(t) {
		return 0, 0, false
	}
	if to = l.toLast(t, end); to > 0 {
		return i, to, true
	}
	if t.capital && !l.cells[i].upper && !l.c.AnyCase {
		return 0, 0, false
	}
	begin := l.before(t.before, i)
	if from = l.fromInitial(t, begin); from < begin {
		return from, end, true
	}
	if to = l.toInitial(t, end); to > end {
		return begin, l.behind(t.before, to), true
	}
	return begin, l.behind(t.behind, end), true
}

// bornByOthers tells whether somebody whose activity it is, or to whom it was done, has the word in their name.
func (l look) bornByOthers(t *term) bool {
	if l.c.Others == "" {
		return false
	}
	theirs, _ := wordsOf(foldText(l.c.Others))
	return !slices.ContainsFunc(t.words, func(word []rune) bool {
		return !slices.ContainsFunc(theirs, func(their []rune) bool { return slices.Equal(word, their) })
	})
}

// mostBetween is how many names or initials may stand between the first and the last.
const mostBetween = 2

// toLast tells where the last name ends that stands behind the first one and something between; 0: nowhere.
func (l look) toLast(t *term, end int) int {
	if t.last == nil {
		return 0
	}
	family := term{words: t.last.words, seams: t.last.seams}
	at := end
	for range mostBetween {
		first := l.blanks(at)
		if first == at || first >= len(l.cells) || !unicode.IsLetter(l.cells[first].r) {
			return 0
		}
		next := first
		for next < len(l.cells) && wordly(l.cells[next].r) {
			next++
		}
		if next-first > 1 && !l.cells[first].upper {
			return 0
		}
		if at = next; at < len(l.cells) && l.cells[at].r == '.' {
			at++
		}
		if begin := l.blanks(at); begin > next {
			begin = l.blanks(l.behind(t.last.small, begin-1))
			if to, _ := family.at(l.cells, begin); to > 0 && (l.ends(to) || l.isGenitive(to)) {
				return to
			}
		}
	}
	return 0
}

// blanks gives the first cell from one on that is none.
func (l look) blanks(at int) int {
	for at < len(l.cells) && (l.cells[at].r == ' ' || l.cells[at].r == '+' || l.cells[at].r == '_') {
		at++
	}
	return at
}

// fromInitial tells where the initials before a last name begin, if the first of them is that of the first name; else where the last name does.
func (l look) fromInitial(t *term, i int) int {
	from, at := i, i
	for range mostBetween + 1 {
		k := at - 1
		for k >= 0 && at-k < 3 && strings.ContainsRune(" ._+", l.cells[k].r) {
			k--
		}
		if t.initial == 0 || k < 0 || k == at-1 || !l.cells[k].upper || k > 0 && wordly(l.cells[k-1].r) {
			break
		}
		if at = k; l.cells[k].r == t.initial {
			from = k
		}
	}
	return from
}

// toInitial tells where the initial behind a last name ends, as in "Zarbel, Q."; else where the last name does.
func (l look) toInitial(t *term, end int) int {
	at := end
	if t.initial == 0 || at >= len(l.cells) {
		return end
	}
	if l.cells[at].r == ',' {
		at++
	}
	begin := l.blanks(at)
	if begin == end || begin >= len(l.cells) || !l.cells[begin].upper || l.cells[begin].r != t.initial || !l.ends(begin+1) {
		return end
	}
	if begin+1 < len(l.cells) && l.cells[begin+1].r == '.' {
		return begin + 2
	}
	return begin + 1
}
