package mention

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Folded is a text as it is compared: without case, accents and ways of writing.
func Folded(text string) string { return string(runesOf(trimmed(foldText(text)))) }

// Untagged is a folded address without what stands behind a plus before its @; what is none stays as it is.
func Untagged(folded string) string {
	local, domain, _ := strings.Cut(folded, "@")
	plain, _, is := strings.Cut(local, "+")
	if !is || plain == "" || domain == "" {
		return folded
	}
	return plain + "@" + domain
}

// heed keeps what others have from being taken for the person's. What is spelled as something of theirs but for case and accents tells that theirs is only meant where it is
// written as it is; any other, like an address of theirs with something behind a plus, is not looked into.
func heed(terms []term, alike []string) []term {
	if len(alike) == 0 {
		return terms
	}
	own, theirs := map[string]bool{}, map[string]bool{}
	for _, t := range terms {
		if len(t.words) == 1 && t.kind != FullName {
			own[string(t.words[0])] = true
		}
	}
	var all []term
	for _, text := range alike {
		switch folded := Folded(text); {
		case own[folded]:
			theirs[folded] = true
		case folded != "":
			all = append(all, term{kind: shield, words: [][]rune{[]rune(folded)}})
		}
	}
	for _, t := range terms {
		t.exact = t.kind != FullName && theirs[Folded(t.text)]
		if t.exact && len(t.words) > 1 { // said, or with something behind a plus, it may as well be the other's
			continue
		}
		all = append(all, t)
	}
	return all
}

// asWritten tells whether a term stands there as it is written. In addresses case does not matter.
func (l look) asWritten(t *term, i, end int) bool {
	written, text := norm.NFC.String(l.written(i, end)), norm.NFC.String(t.text)
	return written == text || t.kind == Email && strings.EqualFold(written, text)
}

// isAddress tells of a name that it is an e-mail address.
func isAddress(name string) bool {
	return strings.Count(name, "@") == 1 && !strings.ContainsFunc(name, unicode.IsSpace)
}
