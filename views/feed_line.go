package views

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// lineStretch is a part of the line that is shown again under the box, wrong or not.
type lineStretch struct {
	text  string
	wrong bool
}

// stretches takes the line apart at its mistakes. Offsets that are none, or lie within a character, are moved to where something can be shown.
func (b FeedBar) stretches() []lineStretch {
	var out []lineStretch
	at := 0
	add := func(to int, wrong bool) {
		if to > at {
			out = append(out, lineStretch{visible(b.Line[at:to]), wrong})
			at = to
		}
	}
	wrong := slices.Clone(b.Wrong)
	slices.SortStableFunc(wrong, func(a, b LineMistake) int { return cmp.Compare(a.From, b.From) })
	for _, m := range wrong {
		add(b.boundary(m.From), false)
		add(b.boundary(m.To), true)
	}
	add(len(b.Line), false)
	return out
}

// boundary is the nearest place between two characters, at or after an offset.
func (b FeedBar) boundary(at int) int {
	at = min(max(at, 0), len(b.Line))
	for at < len(b.Line) && !utf8.RuneStart(b.Line[at]) {
		at++
	}
	return at
}

func visible(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// lineHint is what the box shows while it is empty.
const lineHint = "Search, or narrow down: actor: action: type: project: after:"
