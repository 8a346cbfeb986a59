package visit

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
)

// A row of a list may be twice what an event may be, which has its metadata under one name, so a list of many rows can take a lot of memory. Room is
// counted in rows of that size.
const (
	placeBytes  = 132 << 10
	mostRows    = 3000 // that are being read and written out, of all readers together
	mostOfOne   = 1000 // of one reader, those included that the client is still taking; no list has more rows
	roomFor     = 2 * time.Second
	lightAnswer = 1 << 20 // below this, in bytes, nobody counts what the client is still taking
)

// Room bounds how many rows the lists have that this process answers with at the same time. Whoever finds no room waits a moment, and is then
// told to come again.
type Room struct {
	mu    sync.Mutex
	rows  int
	of    map[string]int
	freed chan struct{} // closed, and made anew, when there may be room
}

// NewRoom makes an empty one.
func NewRoom() *Room { return &Room{of: map[string]int{}, freed: make(chan struct{})} }

// held is what a request takes up.
type held struct {
	room *Room
	who  string
	rows int // being made
	of   int // of the reader
}

// Enter takes room for so many rows, until the answer to the request is made, or Leave. When the context ends, nobody waits for room any longer.
func (r *Room) Enter(ctx context.Context, c *fiber.Ctx, rows int) error {
	h := &held{room: r, who: Of(c).Principal.Name(), rows: min(rows, mostOfOne)}
	h.of = h.rows
	timer := time.NewTimer(roomFor)
	defer timer.Stop()
	for {
		freed := h.take()
		if freed == nil {
			Of(c).held = h
			return nil
		}
		select {
		case <-freed:
			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		full := models.Errorf(models.Unavailable, "Too many long lists are being read just now. Ask again in a moment, or for fewer rows.")
		full.RetryAfter = roomFor
		return full
	}
}

// take takes the room, or tells when there may be some.
func (h *held) take() (freed <-chan struct{}) {
	r := h.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows+h.rows > mostRows || r.of[h.who]+h.of > mostOfOne {
		return r.freed
	}
	r.rows += h.rows
	r.of[h.who] += h.of
	return nil
}

// shrink leaves the reader so much of what they had, or more.
func (h *held) shrink(of int) {
	r := h.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows -= h.rows
	if r.of[h.who] += of - h.of; r.of[h.who] == 0 {
		delete(r.of, h.who)
	}
	h.rows, h.of = 0, of
	close(r.freed)
	r.freed = make(chan struct{})
}

// Leave gives the room back: there is nothing to answer with.
func Leave(c *fiber.Ctx) {
	if h := Of(c).held; h != nil {
		h.shrink(0)
		Of(c).held = nil
	}
}

// LeaveMade gives the room back of an answer that is made, as it goes out. A heavy one goes on counting for its reader until the client has it: a
// client that takes its time would have any number of them kept in memory.
func LeaveMade(c *fiber.Ctx) {
	h, response := Of(c).held, c.Response()
	if h == nil {
		return
	}
	if response.IsBodyStream() || len(response.Body()) < lightAnswer {
		Leave(c)
		return
	}
	body := response.Body()
	h.shrink((len(body) + placeBytes - 1) / placeBytes)
	Of(c).held = nil
	response.SetBodyStream(&taking{bytes.NewReader(body), h}, len(body))
}

// taking is an answer that the client is taking. It is closed when it has it, or is gone.
type taking struct {
	io.Reader
	held *held
}

// Close gives the room back.
func (t *taking) Close() error {
	t.held.shrink(0)
	return nil
}
