package models

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxWordRunes is how much of a word counts. Longer ones are alike when their beginnings are.
const maxWordRunes = 64

// WordsOf takes a text apart into the words it is found by, in their order: stretches of letters and digits, without case and accents. Scripts
// that leave no blanks between words give each character as a word, so that a phrase finds what a word would.
func WordsOf(text string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, norm.NFC.String(string(word[:min(len(word), maxWordRunes)])))
			word = word[:0]
		}
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unbroken...):
			end()
			word = append(word, r)
			end()
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r):
			word = append(word, PlainLetter(unicode.ToLower(r))...)
		default:
			end()
		}
	}
	end()
	return words
}

// unbroken are the scripts that are written without blanks.
var unbroken = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// PlainLetter gives a letter that no decomposition makes plain as people type it who do not have it: ß as ss. Others are given as they are.
func PlainLetter(r rune) []rune {
	if same, ok := plainLetters[r]; ok {
		return same
	}
	return []rune{r}
}

var plainLetters = map[rune][]rune{
	'ß': []rune("ss"), 'æ': []rune("ae"), 'œ': []rune("oe"), 'ø': {'o'}, 'ł': {'l'}, 'đ': {'d'}, 'ð': {'d'}, 'þ': []rune("th"), 'ħ': {'h'}, 'ı': {'i'}, 'ŧ': {'t'}, 'ς': {'σ'},
}

// Texts gives what an activity is searched by: the names of actor and entity as they were, the entity's id, the description, and the values
// before and after each change. Each is a text of its own: a phrase never reaches from one into the next.
func (a *Activity) Texts() []string {
	texts := []string{deref(a.EntityName), a.Description, a.ActorName, deref(a.EntityID)}
	for _, c := range a.Changes {
		texts = textsIn(textsIn(texts, c.Before), c.After)
	}
	return texts
}

// textsIn adds the texts and numbers in a JSON value.
func textsIn(texts []string, value json.RawMessage) []string {
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return texts
	}
	var add func(v any)
	add = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case json.Number:
			texts = append(texts, v.String())
		case []any:
			for _, each := range v {
				add(each)
			}
		case map[string]any:
			for _, each := range v {
				add(each)
			}
		}
	}
	add(v)
	return texts
}

// NameMatcher finds names by the beginnings of their words: "am ok" finds "Amara Okafor". What is asked for is taken apart once, each name once.
type NameMatcher struct{ asked [][]string }

// MatchNames makes a matcher for several names. One without letters and digits finds nothing.
func MatchNames(asked []string) NameMatcher {
	var m NameMatcher
	for _, text := range asked {
		if words := WordsOf(text); len(words) > 0 {
			m.asked = append(m.asked, words)
		}
	}
	return m
}

// Finds tells whether a name is one of those asked for.
func (m NameMatcher) Finds(name string) bool {
	if len(m.asked) == 0 {
		return false
	}
	there := WordsOf(name)
	begins := func(asked string) bool {
		return slices.ContainsFunc(there, func(word string) bool { return strings.HasPrefix(word, asked) })
	}
	return slices.ContainsFunc(m.asked, func(words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !begins(w) })
	})
}
