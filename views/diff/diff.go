// Package diff finds what changed between two lists, and between two texts word by word. Its cost is bounded: what differs too much is not
// compared any further, and a reader is better served by both versions whole then.
//
// It imports nothing of ours.
package diff

import "slices"

// Kind says what became of a stretch.
type Kind int

// The kinds.
const (
	Kept Kind = iota
	Removed
	Added
)

// Edit is a stretch of items that were all kept, removed or added.
type Edit[T any] struct {
	Kind  Kind
	Items []T
}

// mostSteps bounds the edits that are looked for. Time and memory grow with its square, and a text with more edits reads better whole.
const mostSteps = 600

// Lists gives the edits that make one list of another, as few as there can be: those that were kept or removed are the one list, in order, those
// that were kept or added the other. Where items change places with others, what was removed comes first. It gives false when the lists
// differ by more than a few hundred items.
func Lists[T comparable](before, after []T) ([]Edit[T], bool) {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	a, b := before[head:len(before)-tail], after[head:len(after)-tail]
	trace, ok := search(a, b)
	if !ok {
		return nil, false
	}
	edits := join(nil, Kept, before[:head])
	for _, s := range path(trace, len(a), len(b)) {
		switch s.kind {
		case Kept, Removed:
			edits = join(edits, s.kind, a[s.at:s.at+s.n])
		case Added:
			edits = join(edits, s.kind, b[s.at:s.at+s.n])
		}
	}
	return ordered(join(edits, Kept, before[len(before)-tail:])), true
}

// search is the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): it gives, for each number of edits
// d, how far along a the paths on the diagonals −d … d have come with them. Diagonal k of step d stands at index k+d.
func search[T comparable](a, b []T) (trace [][]int32, ok bool) {
	for d := 0; d <= min(mostSteps, len(a)+len(b)); d++ {
		row := make([]int32, 2*d+1)
		for k := -d; k <= d; k += 2 {
			x := from(trace, d, k)
			if x < 0 {
				row[k+d] = -1
				continue
			}
			y := x - k
			if x > len(a) || y > len(b) || y < 0 {
				row[k+d] = -1 // beyond the edge: no path goes on from there
				continue
			}
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			row[k+d] = int32(x)
			if x == len(a) && y == len(b) {
				return append(trace, row), true
			}
		}
		trace = append(trace, row)
	}
	return nil, false
}

// from gives where a path of d edits enters diagonal k: by adding, from the diagonal above, or by removing, from the one below, whichever has come
// further. It is -1 when neither leads there.
func from(trace [][]int32, d, k int) int {
	if d == 0 {
		return 0
	}
	adding, removing := reached(trace, d-1, k+1), reached(trace, d-1, k-1)
	if removing >= 0 {
		removing++
	}
	return max(adding, removing)
}

func reached(trace [][]int32, d, k int) int {
	if k < -d || k > d {
		return -1
	}
	return int(trace[d][k+d])
}

// step is a stretch of the path: of before when it was kept or removed, of after when it was added.
type step struct {
	kind  Kind
	at, n int
}

// path follows the trace back from the end.
func path(trace [][]int32, x, y int) []step {
	var steps []step
	for d := len(trace) - 1; d >= 0; d-- {
		k := x - y
		enters := from(trace, d, k)
		if n := x - enters; n > 0 {
			steps = append(steps, step{Kept, enters, n})
			x, y = enters, y-n
		}
		if d == 0 {
			break
		}
		if reached(trace, d-1, k+1) == enters {
			y--
			steps = append(steps, step{Added, y, 1})
		} else {
			x--
			steps = append(steps, step{Removed, x, 1})
		}
	}
	slices.Reverse(steps)
	return steps
}

// join adds a stretch, to the last one if that is of its kind.
func join[T any](edits []Edit[T], kind Kind, items []T) []Edit[T] {
	if len(items) == 0 {
		return edits
	}
	if last := len(edits) - 1; last >= 0 && edits[last].Kind == kind {
		edits[last].Items = append(edits[last].Items[:len(edits[last].Items):len(edits[last].Items)], items...)
		return edits
	}
	return append(edits, Edit[T]{kind, items})
}

// ordered puts, between two stretches that were kept, what was removed before what was added.
func ordered[T any](edits []Edit[T]) []Edit[T] {
	var out []Edit[T]
	for i := 0; i < len(edits); {
		if edits[i].Kind == Kept {
			out = append(out, edits[i])
			i++
			continue
		}
		end := i
		for end < len(edits) && edits[end].Kind != Kept {
			end++
		}
		for _, kind := range []Kind{Removed, Added} {
			for _, e := range edits[i:end] {
				if e.Kind == kind {
					out = join(out, kind, e.Items)
				}
			}
		}
		i = end
	}
	return out
}
