package proof

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"

	"github.com/google/uuid"
)

// Flaw is something that is not as it was recorded.
type Flaw struct {
	First, Last int64     // the number of an activity, or the numbers of those that are missing
	UUID        uuid.UUID // of the activity; zero when there is none
	What        string    // what is wrong with it
}

// String is a sentence for whoever checks.
func (f Flaw) String() string {
	switch {
	case f.UUID != uuid.Nil:
		return fmt.Sprintf("Activity %d (%s): %s.", f.First, f.UUID, f.What)
	case f.First == f.Last:
		return fmt.Sprintf("Activity %d is missing, and no purge took it.", f.First)
	}
	return fmt.Sprintf("Activities %d to %d are missing, and no purge took them.", f.First, f.Last)
}

// flawOf says what an activity is not as its leaf, and what is kept of erasures, have it; nothing when it is.
func flawOf(s Subject) (string, error) {
	if flaw, err := s.flawOfPast(); err != nil || flaw != "" {
		return flaw, err
	}
	leaf, err := Leaf(s)
	if err == nil && !bytes.Equal(leaf, s.Activity.Leaf) {
		return "what it says is not what its leaf stands for", nil
	}
	return "", err
}

// flawOfPast says where what is kept of erasures contradicts itself: a row has either a key or a past, and from what stood in a group first each erasure
// leads to the next one, and the last to what stands there now.
func (s Subject) flawOfPast() (string, error) {
	hasKey := len(s.Activity.RowKey) > 0
	switch {
	case s.past == nil && !hasKey:
		return "it has neither a row key nor salts, so that nothing of it can be checked", nil
	case s.past == nil:
		return "", nil
	case hasKey || len(s.past.links) == 0 || len(s.past.salts) == 0:
		return "its row key, its salts and what is kept of its erasures do not belong together", nil
	}
	for _, g := range Groups {
		links := s.linksOf(g)
		for i, l := range links {
			if l.N != i+1 || i > 0 && !bytes.Equal(l.Before, links[i-1].After) {
				return fmt.Sprintf("the erasures of its group %s do not follow from each other", g), nil
			}
		}
		if len(links) == 0 {
			continue
		}
		now, err := Commit(s, g)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(now, links[len(links)-1].After) {
			return fmt.Sprintf("its group %s does not say what its erasure left there", g), nil
		}
	}
	return "", nil
}

// flawInWords is flawOf, for which content that has no canonical form is a flaw like another: it is none that was recorded.
func flawInWords(s Subject) string {
	flaw, err := flawOf(s)
	if err != nil {
		return "it holds something that nobody can have recorded"
	}
	return flaw
}

// flawsOf begins to look for the flaws of many activities, on all processors. What it gives waits for the end.
func flawsOf(subjects []Subject) (wait func() []string) {
	flaws := make([]string, len(subjects))
	var all sync.WaitGroup
	for part, parts := 0, runtime.GOMAXPROCS(0); part < parts; part++ {
		all.Go(func() {
			for i := part; i < len(subjects); i += parts {
				flaws[i] = flawInWords(subjects[i])
			}
		})
	}
	return func() []string {
		all.Wait()
		return flaws
	}
}
