package models

import (
	"maps"
	"slices"
	"strings"
)

// Went is how much of something that is no activity went with a person.
type Went struct {
	Count int64
	What  string // what it was, following the number
}

// Went gives what went elsewhere in words, by kind; what nothing went of is left out.
func (e Erasure) Went() (list []Went) {
	for _, kind := range slices.Sorted(maps.Keys(e.Elsewhere)) {
		n := e.Elsewhere[kind]
		if n <= 0 {
			continue
		}
		words, known := wentWords[kind]
		if !known {
			words[0] = "of " + strings.ReplaceAll(kind, "_", " ")
			words[1] = words[0]
		}
		if n == 1 {
			list = append(list, Went{n, words[0]})
		} else {
			list = append(list, Went{n, words[1]})
		}
	}
	return list
}

// wentWords say what it was: one of it, and many. The keys are those of services/erasure.
var wentWords = map[string][2]string{
	"sessions": {"session ended", "sessions ended"}, "tokens": {"personal token ended", "personal tokens ended"}, "exports": {"file of an export deleted", "files of exports deleted"},
	"views": {"saved view of theirs deleted", "saved views of theirs deleted"}, "others_views": {"saved view of others lost the name", "saved views of others lost the name"},
	"invitations": {"invitation withdrawn", "invitations withdrawn"}, "memberships": {"membership ended", "memberships ended"}, "projects": {"access to a project ended", "accesses to projects ended"},
	"project_names": {"project lost the name", "projects lost the name"}, "rejected": {"rejected event lost the name", "rejected events lost the name"},
	"archived": {"line of an archive lost the name", "lines of archives lost the name"},
	"words":    {"word of the vocabulary lost the name", "words of the vocabulary lost the name"},
}
