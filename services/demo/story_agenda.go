package demo

import (
	"container/heap"
	"time"
)

// appointment is an act that waits for its time.
type appointment struct {
	at    time.Time
	order int // of planning: decides between equal times, so that the story is always the same
	act   func()
}

// agenda is a heap of appointments, the next one first.
type agenda []appointment

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(appointment)) }
func (a agenda) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].order < a[j].order
}

func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// plan puts an act on the agenda. What would happen within a minute of now is left out: an act with many rows takes a moment, and
// nothing may lie in the future.
func (t *teller) plan(at time.Time, act func()) {
	if at.After(t.now.Add(-time.Minute)) {
		return
	}
	heap.Push(&t.agenda, appointment{at, t.serial("appointment"), act})
}

// liveThrough lets everything on the agenda happen, and what that puts on the agenda in turn.
func (t *teller) liveThrough() {
	for t.agenda.Len() > 0 {
		next := heap.Pop(&t.agenda).(appointment)
		if next.at.After(t.clock) {
			t.clock = next.at
		}
		next.act()
	}
}

// serial counts up the ids of a kind of thing.
func (t *teller) serial(kind string) int {
	t.serials[kind]++
	return t.serials[kind]
}

func (t *teller) chance(p float64) bool { return t.dice.Float64() < p }

// between gives a number from low up to and including high.
func (t *teller) between(low, high int) int { return low + t.dice.IntN(high-low+1) }

// minutes gives a duration from low to high minutes, to the second.
func (t *teller) minutes(low, high int) time.Duration {
	return time.Duration(t.between(low*60, high*60)) * time.Second
}

// times rounds a rate to a whole number, up or down by lot, so that the average is the rate.
func (t *teller) times(rate float64) int {
	n := int(rate)
	if t.chance(rate - float64(n)) {
		n++
	}
	return n
}

// pick draws one of a list, which must not be empty.
func pick[T any](t *teller, list []T) T { return list[t.dice.IntN(len(list))] }
