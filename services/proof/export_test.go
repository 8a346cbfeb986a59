package proof

import (
	"slices"

	"github.com/google/uuid"
)

// CanonicalFixed is the canonical form of the fixed part, for the test vectors.
func CanonicalFixed(s Subject) ([]byte, error) { return canonical(fixedPart(s.Activity)) }

// CanonicalContent is the canonical form of a group, for the test vectors.
func CanonicalContent(s Subject, g Group) ([]byte, error) { return canonical(content(s, g)) }

// ReplaceWith is Replace with salts that the test gives.
func ReplaceWith(was, is Subject, newSalt func() []byte) (Replacement, error) {
	return replace(was, is, newSalt)
}

// Erased is a subject as it stands after an erasure that a record tells of.
func Erased(was, is Subject, r Replacement, record uuid.UUID) Subject {
	a := *is.Activity
	a.RowKey = nil
	is.Activity, is.past = &a, &past{salts: r.Salts}
	if was.past != nil {
		is.past.links = append(is.past.links, was.past.links...)
	}
	for _, g := range r.Groups {
		is.past.links = append(is.past.links, link{Part: g.Part, N: len(was.linksOf(g.Part)) + 1, Record: record, Before: g.Before, After: g.After})
	}
	return is
}

// Without is a subject of whose past a link is left out.
func Without(s Subject, at int) Subject {
	p := &past{salts: s.past.salts, links: slices.Delete(slices.Clone(s.past.links), at, at+1)}
	s.past = p
	return s
}

// Links counts the erasures of a subject's groups.
func Links(s Subject) int { return len(s.past.links) }

// RecordOf is a record that tells of an erasure of a subject.
func RecordOf(s Subject) uuid.UUID { return s.past.links[0].Record }
