package live_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"daybook/services/live"
)

// alone gives a hub without a database, for tests whose clock stands still while anybody does anything.
func alone() *live.Hub {
	h := live.New(nil, slog.New(slog.DiscardHandler))
	h.SetListening(true)
	return h
}

// Whoever was woken looks again only after a while, or a last time when their time is up or the hub is closed.
func TestAPauseEnds(t *testing.T) {
	const soon = live.LookEvery / 5
	for name, c := range map[string]struct {
		after time.Duration
		end   func(h *live.Hub, cancel func())
		looks int
	}{
		"the hub is closed":  {long, func(h *live.Hub, _ func()) { h.Close() }, 2},
		"the context ends":   {long, func(_ *live.Hub, cancel func()) { cancel() }, 1},
		"their time runs up": {soon, func(*live.Hub, func()) {}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, ws, looks := alone(), uuid.New(), 0
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				began := time.Now()
				time.AfterFunc(soon, func() { c.end(h, cancel) })
				err := h.Await(ctx, live.Wish{Who: "a", Workspace: ws, For: c.after}, func(context.Context) (bool, error) {
					looks++
					h.Wake(ws)
					return false, nil
				})
				if took := time.Since(began); err != nil || looks != c.looks || took != soon {
					t.Errorf("%d looks in %s, %v", looks, took, err)
				}
			})
		})
	}
}

// A hub remembers nothing of those who have left.
func TestNothingIsKeptOfWhoHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, one, other := alone(), uuid.New(), uuid.New()
		kept := func(workspaces, readers int) {
			t.Helper()
			synctest.Wait()
			if w, r := h.Kept(); w != workspaces || r != readers {
				t.Errorf("%d workspaces and %d readers are kept, not %d and %d", w, r, workspaces, readers)
			}
		}
		leave := func(w *waiting, ws uuid.UUID) {
			t.Helper()
			w.there.Store(true)
			h.Wake(ws)
			w.ended(t)
		}
		a := await(h, live.Wish{Who: "a", Workspace: one, For: long})
		b := await(h, live.Wish{Who: "b", Workspace: one, For: long})
		again := await(h, live.Wish{Who: "a", Workspace: other, For: long})
		kept(2, 2)
		leave(a, one)
		kept(2, 2)
		leave(b, one)
		kept(1, 1)
		leave(again, other)
		kept(0, 0)
	})
}
