package mention

import (
	"cmp"
	"slices"
)

// chosen leaves out what overlaps: what is certain goes before what is not, a name as it is before one that is turned round, a word of one behind everything else, longer
// before shorter; what already is replaced is left out, and what somebody else is called.
func chosen(text string, found []hit) []hit {
	if len(found) == 0 {
		return nil
	}
	end := 0
	for _, h := range found {
		end = max(end, h.to)
	}
	found = straight(longest(found, end), end)
	slices.SortStableFunc(found, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.kind, b.kind), cmp.Compare(a.from, b.from), b.localFirst(a)) // shields first
	})
	taken := make([]bool, end)
	var parts []hit // which are the last
	kept := slices.DeleteFunc(found, func(h hit) bool {
		switch {
		case slices.Contains(taken[h.from:h.to], true):
			return true
		case h.kind == Part:
			parts = append(parts, h)
			return true
		}
		h.mark(taken)
		return h.kind == shield || h.kind == another
	})
	kept = append(kept, joined(text, parts)...)
	slices.SortFunc(kept, func(a, b hit) int { return cmp.Compare(a.from, b.from) })
	return kept
}

// straight leaves out doubtful names that are turned round where the same words are names as they are: "ro li, RO LI" is nobody called "li, RO".
func straight(found []hit, end int) []hit {
	names := make([]bool, end)
	for _, h := range found {
		if h.kind == FullName && !h.turned {
			h.mark(names)
		}
	}
	return slices.DeleteFunc(found, func(h hit) bool { return h.turned && !h.certain && slices.Contains(names[h.from:h.to], true) })
}

// rank is what goes before what.
func (h hit) rank() int {
	switch {
	case h.kind == Part:
		return 5
	case h.kind == another && h.turned:
		return 4
	case h.kind == another:
		return 3
	case !h.certain:
		return 2
	case h.turned:
		return 1
	}
	return 0
}

func (h hit) localFirst(other hit) int {
	switch {
	case h.local == other.local:
		return 0
	case h.local:
		return 1
	}
	return -1
}

func (h hit) mark(bytes []bool) {
	for i := h.from; i < h.to; i++ {
		bytes[i] = true
	}
}
