package auth

import (
	"context"
	"sync"
)

// turns lets those who sign in to the same account at the same time do so one after the other. Each attempt counts as a failure until its password
// turns out to be right, so several at once would keep each other out. Other processes have turns of their own.
type turns struct {
	mu sync.Mutex
	of map[string]*turn
}

// turn is of an account; whoever has put something into it is at it.
type turn struct {
	taken chan struct{}
	here  int // at it, and waiting for it
}

func newTurns() *turns { return &turns{of: map[string]*turn{}} }

// take waits for the turn, or until the context ends. What it gives ends the turn.
func (t *turns) take(ctx context.Context, account []byte) (leave func(), err error) {
	key := string(account)
	mine := t.enter(key)
	select {
	case mine.taken <- struct{}{}:
		return func() { <-mine.taken; t.leave(key) }, nil
	case <-ctx.Done():
		t.leave(key)
		return nil, ctx.Err()
	}
}

func (t *turns) enter(key string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of[key] == nil {
		t.of[key] = &turn{taken: make(chan struct{}, 1)}
	}
	t.of[key].here++
	return t.of[key]
}

func (t *turns) leave(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of[key].here--; t.of[key].here == 0 {
		delete(t.of, key)
	}
}
