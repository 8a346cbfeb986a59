package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/views/diff"
)

// sides gives back what edits were made of.
func sides[T any](edits []diff.Edit[T]) (before, after []T) {
	for _, e := range edits {
		if e.Kind != diff.Added {
			before = append(before, e.Items...)
		}
		if e.Kind != diff.Removed {
			after = append(after, e.Items...)
		}
	}
	return before, after
}

// TestListsAreGivenBack: whatever the lists, the edits are made of them, and no two neighbours are of one kind.
func TestListsAreGivenBack(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		letters := 1 + r.IntN(6)
		list := func() []int {
			out := make([]int, r.IntN(40))
			for i := range out {
				out[i] = r.IntN(letters)
			}
			return out
		}
		a, b := list(), list()
		edits, ok := diff.Lists(a, b)
		if !ok {
			t.Fatalf("seed %d: %v and %v are too different", seed, a, b)
		}
		before, after := sides(edits)
		if !slices.Equal(before, a) || !slices.Equal(after, b) {
			t.Fatalf("seed %d: %v and %v became %v", seed, a, b, edits)
		}
		for i := 1; i < len(edits); i++ {
			if edits[i].Kind == edits[i-1].Kind || edits[i].Kind == diff.Removed && edits[i-1].Kind == diff.Added {
				t.Fatalf("seed %d: %v are not in order", seed, edits)
			}
		}
		if kept := keptOf(edits); kept != longestCommon(a, b) {
			t.Fatalf("seed %d: %v and %v have %d in common, kept were %d", seed, a, b, longestCommon(a, b), kept)
		}
	}
}

func keptOf[T any](edits []diff.Edit[T]) int {
	n := 0
	for _, e := range edits {
		if e.Kind == diff.Kept {
			n += len(e.Items)
		}
	}
	return n
}

// longestCommon is the plain way to count what two lists have in common, in order.
func longestCommon(a, b []int) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		left := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = left + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			left = above
		}
	}
	return row[len(b)]
}

// TestTextsAreGivenBack: to the byte, whatever they are written in.
func TestTextsAreGivenBack(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	pieces := []string{"the", "ferry", " ", "  ", "\n", ",", "été", "e\u0301", "مشروع", "船", "🏳️\u200d🌈", "👩🏽\u200d🚀", "\u202e", "\xff", "\x00", "<b>", "12.50", "\u200d"}
	compared := 0
	for range 3000 {
		text := func() string {
			var b strings.Builder
			for range r.IntN(30) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			return b.String()
		}
		a, b := text(), text()
		edits, ok := diff.Text(a, b)
		if !ok {
			continue
		}
		compared++
		before, after := sides(edits)
		if strings.Join(before, "") != a || strings.Join(after, "") != b {
			t.Fatalf("seed %d: %q and %q became %s", seed, a, b, show(edits))
		}
	}
	if compared < 500 {
		t.Errorf("only %d pairs were compared", compared)
	}
}

func show(edits []diff.Edit[string]) string {
	var b strings.Builder
	for _, e := range edits {
		fmt.Fprintf(&b, []string{"%s", "[-%s-]", "{+%s+}"}[e.Kind], strings.Join(e.Items, ""))
	}
	return b.String()
}

func TestText(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"Review the checkout on desktop, from the timetable to the ticket.", "Review the checkout on desktop and phone, from the timetable to the ticket.",
			"Review the checkout on desktop{+ and phone+}, from the timetable to the ticket."},
		{"We ship on Monday the 3rd of March, as agreed.", "We ship on Friday the 7th of March, as agreed.", "We ship on [-Monday-]{+Friday+} the [-3rd-]{+7th+} of March, as agreed."},
		{"It costs twelve thousand euros in all.", "It costs eleven hundred euros in all.", "It costs [-twelve thousand-]{+eleven hundred+} euros in all."},
		{"first line\nsecond line\n", "first line\nthird line\nsecond line\n", "first line\n{+third line\n+}second line\n"},
		{"cafe\u0301 and bar", "cafe and bar", "[-cafe\u0301-]{+cafe+} and bar"},
		{"flag 🏳️\u200d🌈 here", "flag 🏳️ here", "flag [-🏳️\u200d🌈-]{+🏳️+} here"},
		{"the same", "the same", "the same"},
	} {
		edits, ok := diff.Text(c.before, c.after)
		if got := show(edits); !ok || got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for _, c := range [][2]string{{"", "something"}, {"something", ""}, {"", ""}, {"one two three four", "alpha beta gamma delta"}} {
		if edits, ok := diff.Text(c[0], c[1]); ok {
			t.Errorf("%q have nothing in common, and became %s", c, show(edits))
		}
	}
}

// TestCostIsBounded: the largest texts that an event can hold, alike and not.
func TestCostIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	text := func(words int) string {
		var b strings.Builder
		for range words {
			fmt.Fprintf(&b, "w%d ", r.IntN(500))
		}
		return b.String()
	}
	long := text(6000)
	few := strings.Replace(strings.Replace(long, " w7 ", " changed ", 1), " w9 ", " so was this ", 1)
	for name, c := range map[string]struct {
		after string
		ok    bool
	}{"few changes": {few, true}, "nothing alike": {text(6000), false}, "half of it": {long[:len(long)/2] + text(3000), false}, "cut off": {long[:len(long)/2], false}} {
		began := time.Now()
		_, ok := diff.Text(long, c.after)
		took := time.Since(began)
		t.Logf("%s: %v", name, took)
		if ok != c.ok {
			t.Errorf("%s: compared is %v", name, ok)
		}
		if took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkNothingAlike(b *testing.B) {
	before, after := strings.Repeat("one two three ", 2300), strings.Repeat("four five six ", 2300)
	for b.Loop() {
		diff.Text(before, after)
	}
}
