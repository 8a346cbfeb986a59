package live

import (
	"time"

	"github.com/google/uuid"
)

// What the tests hold.
const (
	MostWaiting = mostWaiting
	MostOfOne   = mostOfOne
	LookEvery   = lookEvery
	LookAtLeast = lookAtLeast
)

// Listening tells whether the hub is told of what is posted.
func (h *Hub) Listening() bool { return h.listening.Load() }

// SetListening has a hub that does not run take itself for one that is told of what is posted, so that nobody looks from time to time.
func (h *Hub) SetListening(listening bool) { h.listening.Store(listening) }

// PingAfter has the connection asked whether it is there sooner than it is; before Run.
func (h *Hub) PingAfter(every, within time.Duration) { h.ping.every, h.ping.within = every, within }

// Wake wakes who waits for a workspace, as a notification does.
func (h *Hub) Wake(workspace uuid.UUID) { h.wakeOf(workspace.String() + ":7") }

// Kept is how many workspaces and readers a hub remembers.
func (h *Hub) Kept() (workspaces, readers int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiting), len(h.of)
}
