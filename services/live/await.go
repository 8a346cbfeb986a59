package live

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Wish says what a request waits for.
type Wish struct {
	Who       string // names the reader
	Workspace uuid.UUID
	For       time.Duration
	Left      func() bool // whether the client has left; nil: it never does
}

// Await looks, and looks again whenever something was posted in the workspace, until look has found something, the time is up, the client has
// left or the hub is closed. Where too many wait already it comes back soon. That nothing was found is no error. Whoever was woken looks before they go.
func (h *Hub) Await(ctx context.Context, wish Wish, look func(context.Context) (found bool, err error)) error {
	w := h.enter(wish) // before the first look: what is posted from here on wakes
	if w == nil {
		return h.glance(ctx, wish, look)
	}
	defer h.leave(wish, w)
	up := time.NewTimer(wish.For)
	defer up.Stop()
	last := false
	for pace := lookEvery; ; pace = min(2*pace, lookAtLeast) {
		select {
		case <-w.woken:
		default:
		}
		looked := time.Now()
		if found, err := look(ctx); found || err != nil {
			return err
		}
		if last || !h.sleep(ctx, wish, w, up.C) {
			return nil
		}
		last = !h.pause(ctx, jittered(pace)-time.Since(looked), up.C)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// glance is for whom there is no place: it looks, and once more a little later. Somebody who asks again at once would else ask all the time.
func (h *Hub) glance(ctx context.Context, wish Wish, look func(context.Context) (found bool, err error)) error {
	found, err := look(ctx)
	if found || err != nil || wish.For <= 0 || !h.pause(ctx, min(wish.For, lookAtLeast), nil) {
		return err
	}
	_, err = look(ctx)
	return err
}

// sleep waits until there may be something new; false when nobody waits for it any more.
func (h *Hub) sleep(ctx context.Context, wish Wish, w *waiter, up <-chan time.Time) bool {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for beats := 1; ; beats++ {
		select {
		case <-w.woken:
			return true
		case <-beat.C:
			if wish.Left != nil && wish.Left() {
				return false
			}
			if !h.listening.Load() && beats%2 == 0 { // nobody wakes us
				return true
			}
		case <-up:
			return false
		case <-h.closed:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// jittered keeps those who were woken together from looking together ever after.
func jittered(pace time.Duration) time.Duration { return pace + rand.N(pace/2) }

// pause keeps somebody from looking all the time where a lot is posted.
func (h *Hub) pause(ctx context.Context, d time.Duration, up <-chan time.Time) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-up:
	case <-h.closed:
	case <-ctx.Done():
	}
	return false
}

func (h *Hub) enter(wish Wish) *waiter {
	select {
	case <-h.closed:
		return nil
	default:
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if wish.For <= 0 || h.total >= mostWaiting || h.of[wish.Who] >= mostOfOne {
		return nil
	}
	w := &waiter{woken: make(chan struct{}, 1)}
	if h.waiting[wish.Workspace] == nil {
		h.waiting[wish.Workspace] = map[*waiter]bool{}
	}
	h.waiting[wish.Workspace][w] = true
	h.total++
	h.of[wish.Who]++
	return w
}

func (h *Hub) leave(wish Wish, w *waiter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.waiting[wish.Workspace], w)
	if len(h.waiting[wish.Workspace]) == 0 {
		delete(h.waiting, wish.Workspace)
	}
	h.total--
	if h.of[wish.Who]--; h.of[wish.Who] == 0 {
		delete(h.of, wish.Who)
	}
}
