package mention

import (
	"slices"
	"strings"
	"unicode"
)

// hit is a stretch of a text, in bytes, where a term is.
type hit struct {
	from, to int
	kind     Kind
	is       string
	certain  bool
	turned   bool    // a name with its parts the other way round
	local    bool    // a name before the @ of somebody's address
	longer   bool    // a name that may be a part of a longer one
	word     *string // of a part of a name: which. Pointers, as there may be very many hits to be sorted
	tags     *string // of a part of a name: the tags of HTML that are in it, which stay
}

// look is one look at a text: its cells after some escapes were seen through.
type look struct {
	text  string
	cells []cell
	c     Context
	s     setting
}

// hits finds all places of a text, those that are certain first where places overlap.
func (f *Finder) hits(text string, c Context, s setting) []hit {
	var found []hit
	written := lettersOf(nil, text)
	seeing := func(letters []letter) {
		l := look{text: text, cells: fold(nil, letters), c: c, s: s}
		found = l.ofOthers(f.match(found, l))
		if len(f.sieve.addresses) > 0 {
			found = f.matchAddresses(found, l)
		}
	}
	seeing(written)
	if escaping(text) {
		for _, how := range waysFor(text) {
			letters := written
			for range maxEscapes {
				plain, changed := unescape(letters, how)
				if !changed {
					break
				}
				seeing(plain)
				letters = plain
			}
		}
	}
	return chosen(text, found)
}

// match adds what one look finds.
func (f *Finder) match(found []hit, l look) []hit {
	for i, c := range l.cells {
		var terms []int
		if c.r < 128 {
			terms = f.ascii[c.r]
		} else {
			terms = f.others[c.r]
		}
		if len(terms) == 0 || !l.begins(i) {
			continue
		}
		for _, n := range terms {
			t := &f.terms[n]
			end, loose := t.at(l.cells, i)
			if end < 0 {
				continue
			}
			if h, ok := l.hit(t, i, end, loose); ok {
				found = append(found, h)
			}
		}
	}
	return found
}

// hit tells whether a term that matches is a word, and means the person.
func (l look) hit(t *term, i, end int, loose bool) (h hit, ok bool) {
	genitive := !l.ends(end)
	if genitive && !l.genitive(t, i, end) {
		return hit{}, false
	}
	from, certain := i, false
	if t.kind == Part {
		from, end, ok = l.judgePart(t, i, end)
	} else {
		certain, ok = l.judge(t, i, end, loose)
	}
	if certain = certain && !genitive; !ok || !certain && t.part && l.cells[i].upper {
		return hit{}, false
	}
	h = hit{from: l.cells[from].from, to: l.cells[end-1].to, kind: t.kind, is: t.is, certain: certain, turned: t.turned}
	if (t.kind == FullName || t.kind == Part) && l.beforeDomain(end) {
		h.is, h.local = deleted, true
	}
	switch {
	case t.kind == Part:
		h.word = &t.word
	case t.kind == FullName && !certain:
		h.longer = l.inLonger(t, i, end)
	case t.number:
		_, quote := l.keyBefore(t, i, end)
		h.is = quote + h.is + quote
	}
	return h, true
}

// begins tells whether a word may begin at a cell.
func (l look) begins(i int) bool {
	if i == 0 || l.cells[i].gap {
		return true
	}
	before, r := l.cells[i-1].r, l.cells[i].r
	return !wordly(before) || !wordly(r) || unbroken(r) || unbroken(before)
}

// ends tells whether a word may end before a cell.
func (l look) ends(i int) bool { return i == len(l.cells) || l.begins(i) }

// judge tells whether a term that matches is meant: for certain, perhaps, or not at all (false).
func (l look) judge(t *term, i, end int, loose bool) (certain, ok bool) {
	if t.exact && !l.asWritten(t, i, end) {
		return false, false
	}
	switch t.kind {
	case shield:
		return true, true
	case another:
		return false, !loose
	case Email:
		goesOn, elsewhere := l.addressGoesOn(i, end)
		return !goesOn && !loose, !elsewhere
	case FullName:
		return l.judgeName(t, i, end, loose)
	}
	certain, ok = l.judgeID(t, i, end)
	certain = certain && !t.unsure
	if ours := l.s.ours || i > 0 && l.cells[i-1].r == '/'; t.number && ours && l.c.Numbers != Applications {
		return false, ok && l.c.Numbers == Unknown
	}
	return certain, ok
}

// beforeDomain tells whether what stands before a cell is the name in an e-mail address.
func (l look) beforeDomain(end int) bool {
	return end+1 < len(l.cells) && l.cells[end].r == '@' && wordly(l.cells[end+1].r)
}

// addressGoesOn tells whether an e-mail address may be only a part of another one (goesOn), or certainly is (elsewhere).
func (l look) addressGoesOn(i, end int) (goesOn, elsewhere bool) {
	if i > 1 && strings.ContainsRune(".-_+%", l.cells[i-1].r) && wordly(l.cells[i-2].r) {
		form := l.cells[i-1].r == '+' && slices.ContainsFunc(l.cells[i:end], func(c cell) bool { return c.r == '@' && c.to-c.from > 1 })
		if !form { // where @ is %40, + is a blank
			return true, true
		}
	}
	if end+1 >= len(l.cells) || !wordly(l.cells[end+1].r) {
		return false, false
	}
	switch l.cells[end].r {
	case '-': // a longer domain, or what was joined to the address
		return true, false
	case '.':
		elsewhere = !l.cells[end+1].upper || l.cells[end-1].upper // but for the next sentence, without a blank
	}
	return elsewhere, elsewhere
}

func (l look) judgeName(t *term, i, end int, loose bool) (certain, ok bool) {
	if l.c.Namesake {
		return false, false
	}
	mine := l.c.Own || !t.shared
	switch {
	case l.s.person && l.element(i, end):
		return mine, true
	case t.single:
		certain = l.c.Own && l.exactly(t, i, end) || t.unlike && l.cells[i].upper
		return certain && !l.inLonger(t, i, end), len(t.words[0]) > 1
	case loose:
		return false, true
	case t.tiny && !strings.Contains(t.text, l.written(i, end)):
		return false, true
	}
	return mine && !l.twoOthers(i, end) && !l.inLonger(t, i, end), true
}

// twoOthers tells whether the name, turned round with a comma, is the end of one name and the beginning of another: "Bola Okafor, Amara Obi".
func (l look) twoOthers(i, end int) bool {
	if !slices.ContainsFunc(l.cells[i:end], func(c cell) bool { return c.r == ',' }) {
		return false
	}
	if i < 2 || l.cells[i-1].r != ' ' || end+1 >= len(l.cells) || l.cells[end].r != ' ' || !l.cells[end+1].upper {
		return false
	}
	start := i - 2
	for start > 0 && wordly(l.cells[start-1].r) {
		start--
	}
	return l.cells[start].upper
}

func (l look) judgeID(t *term, i, end int) (certain, ok bool) {
	whole := l.whole(i, end)
	switch {
	case l.s.person && l.element(i, end):
		bare := t.number && whole && !l.s.listed
		return !bare || !l.s.plural && !l.s.weak, true
	case l.s.id && whole:
		return t.strong, true
	case l.called(t, i, end), l.s.last && l.lastPart(i, end), t.strong:
		return true, true
	}
	if named, _ := l.keyBefore(t, i, end); named {
		return true, true
	}
	switch {
	case t.number:
		return false, l.spokenOf(i, end)
	case end-i < 2:
		return false, false
	}
	return t.kind == Username && l.c.Own && l.exactly(t, i, end) && !l.goesOn(i, end), true
}

// goesOn tells whether what is like an id is only a part of a longer one: pq-4 of feature/pq-4-1.
func (l look) goesOn(i, end int) bool {
	return i > 1 && strings.ContainsRune("-_./#", l.cells[i-1].r) && wordly(l.cells[i-2].r) || end+1 < len(l.cells) && strings.ContainsRune("-_./@", l.cells[end].r) && wordly(l.cells[end+1].r)
}

// spokenOf tells whether a number is spoken of as somebody: user 7, user #7, @7. Not so what is how much: users 7, @7.5.
func (l look) spokenOf(i, end int) bool {
	if end+1 < len(l.cells) && strings.ContainsRune(".,:-", l.cells[end].r) && unicode.IsDigit(l.cells[end+1].r) {
		return false
	}
	k := i - 1
	if k >= 0 && l.cells[k].r == '@' {
		return k == 0 || !wordly(l.cells[k-1].r)
	}
	if k >= 0 && l.cells[k].r == '#' {
		k--
	}
	if k < 1 || l.cells[k].r != ' ' {
		return false
	}
	first := k
	for first > 0 && (wordly(l.cells[first-1].r) || l.cells[first-1].r == '_') {
		first--
	}
	s := settingOf(l.written(first, k))
	return first < k && s.person && !s.plural
}

// exactly tells whether something in the person's own activity is them, and not a word that is written like them.
func (l look) exactly(t *term, i, end int) bool {
	return end-i >= 4 && l.written(i, end) == t.text && strings.ContainsFunc(t.text, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) })
}

func (l look) written(i, end int) string { return l.text[l.cells[i].from:l.cells[end-1].to] }

// whole tells whether there is nothing else in the text.
func (l look) whole(i, end int) bool {
	before, after := l.beside(i, end)
	return before < 0 && after == len(l.cells)
}

// element tells whether the stretch is the whole text, or one of several that are parted by commas and their like.
func (l look) element(i, end int) bool {
	before, after := l.beside(i, end)
	const parting = ",;|\n"
	return (before < 0 || strings.ContainsRune(parting, l.cells[before].r)) && (after == len(l.cells) || strings.ContainsRune(parting, l.cells[after].r))
}

// beside gives the cells before and after a stretch, but for blanks and marks around it.
func (l look) beside(i, end int) (before, after int) {
	before, after = i-1, end
	for before >= 0 && strings.ContainsRune(" @\"'<[(", l.cells[before].r) {
		before--
	}
	for after < len(l.cells) && strings.ContainsRune(" \"'>])", l.cells[after].r) {
		after++
	}
	return before, after
}

// called tells whether it is written as people are spoken to: @amara.
func (l look) called(t *term, i, end int) bool {
	if t.number || i == 0 || l.cells[i-1].r != '@' || i > 1 && wordly(l.cells[i-2].r) {
		return false
	}
	goesOn := end+1 < len(l.cells) && strings.ContainsRune("-_.@", l.cells[end].r) && wordly(l.cells[end+1].r)
	return !goesOn
}

// keyBefore tells whether a key that names a person stands before it in the text: user_id=5, /users/5, "owner": "5". Where it is JSON, and the value a number,
// quote is what has to stand around what is no number any more.
func (l look) keyBefore(t *term, i, end int) (named bool, quote string) {
	quoted := false
	quotes := func(k int) int {
		for k >= 0 && strings.ContainsRune("\"'\\", l.cells[k].r) {
			k, quoted = k-1, true
		}
		return k
	}
	k := quotes(i - 1)
	bare := !quoted
	if k >= 2 && l.cells[k].r == ' ' && strings.ContainsRune(":=", l.cells[k-1].r) && (quoted || strings.ContainsRune("\"'\\", l.cells[k-2].r)) {
		k--
	}
	if k < 1 || !strings.ContainsRune(":=/", l.cells[k].r) {
		return false, ""
	}
	path := l.cells[k].r == '/'
	last := quotes(k - 1)
	first := last + 1
	for first > 0 && (wordly(l.cells[first-1].r) || l.cells[first-1].r == '_' || l.cells[first-1].r == '-') {
		first--
	}
	if first > last {
		return false, ""
	}
	if bare && l.cells[k].r == ':' && last+1 < k {
		quote = l.written(last+1, k)
	}
	s := settingOf(l.written(first, last+1))
	goesOn := end+1 < len(l.cells) && strings.ContainsRune("-_.@", l.cells[end].r) && wordly(l.cells[end+1].r)
	return s.person && (!t.number && !goesOn || t.number && (path || !s.plural && !s.weak)), quote
}

// lastPart tells whether it is a part of an address, or of its query.
func (l look) lastPart(i, end int) bool {
	return i > 0 && strings.ContainsRune("/=:", l.cells[i-1].r) && (end == len(l.cells) || strings.ContainsRune("/?#&", l.cells[end].r))
}
