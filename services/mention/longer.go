package mention

import (
	"slices"
	"strings"
	"unicode"
)

// inLonger tells whether a name may be a part of another one that a hyphen makes: Anna-Quentin Zarbel, Quentin Zarbel-Smith. In an address, or where it is written without
// blanks as in the name of a file, a hyphen makes nothing.
func (l look) inLonger(t *term, i, end int) bool {
	if l.s.url || !t.single && !slices.ContainsFunc(l.cells[i:end], func(c cell) bool { return c.r == ' ' }) {
		return false
	}
	return l.hyphen(i-1, i, i-2) || l.hyphen(end, end-1, end+1)
}

// hyphen tells whether a cell is one that joins a name to what is beyond it: there is a letter, and on one of its sides a capital. A dash parts what stands around it.
func (l look) hyphen(at, inside, beyond int) bool {
	if beyond < 0 || beyond >= len(l.cells) || l.cells[at].r != '-' || !unicode.IsLetter(l.cells[beyond].r) {
		return false
	}
	return (l.cells[inside].upper || l.cells[beyond].upper) && !strings.ContainsAny(l.written(at, at+1), "\u2013\u2014\u2015")
}

// ofOthers adds what those are called whose activity it is, or to whom it was done. It is only asked where a name was found that may be a part of that.
func (l look) ofOthers(found []hit) []hit {
	if l.c.Others == "" || !slices.ContainsFunc(found, func(h hit) bool { return h.longer }) {
		return found
	}
	for _, name := range strings.Split(l.c.Others, "\n") {
		t := term{}
		if t.words, t.seams = wordsOf(trimmed(foldText(name))); len(t.words) < 2 {
			continue
		}
		for i := range l.cells {
			if l.cells[i].r != t.words[0][0] || !l.begins(i) {
				continue
			}
			if end, loose := t.at(l.cells, i); end > 0 && !loose && l.ends(end) {
				found = append(found, hit{from: l.cells[i].from, to: l.cells[end-1].to, kind: another})
			}
		}
	}
	return found
}

// longest leaves out names that a hyphen may make a part of a longer one, where that is what somebody else is called.
func longest(found []hit, end int) []hit {
	others := func(h hit) bool { return h.kind == another && !h.turned }
	if !slices.ContainsFunc(found, others) || !slices.ContainsFunc(found, func(h hit) bool { return h.longer }) {
		return found
	}
	around := make([]int, end) // how long the longest name of somebody else is that goes on at a byte, and where it begins
	begins := make([]int, end)
	for _, h := range found {
		if !others(h) {
			continue
		}
		for i := h.from; i < h.to; i++ {
			if h.to-h.from > around[i] {
				around[i], begins[i] = h.to-h.from, h.from
			}
		}
	}
	return slices.DeleteFunc(found, func(h hit) bool {
		return h.longer && around[h.from] > h.to-h.from && around[h.to-1] == around[h.from] && begins[h.to-1] == begins[h.from]
	})
}

// genitive tells whether a name ends before a cell but for the s of what is somebody's: Zarbels. One of a single word has to be written like a name then.
func (l look) genitive(t *term, i, end int) bool {
	switch {
	case t.kind != FullName && t.kind != Part, !l.isGenitive(end):
		return false
	}
	return !t.single || l.cells[i].upper
}

func (l look) isGenitive(end int) bool { return l.cells[end].r == 's' && l.ends(end+1) }
