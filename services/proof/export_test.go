package proof

// CanonicalFixed is the canonical form of the fixed part, for the test vectors.
func CanonicalFixed(s Subject) ([]byte, error) { return canonical(fixedPart(s.Activity)) }

// CanonicalContent is the canonical form of a group, for the test vectors.
func CanonicalContent(s Subject, g Group) ([]byte, error) { return canonical(content(s, g)) }
