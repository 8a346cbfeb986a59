package live

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"daybook/services/database"
	"daybook/services/journal"
)

// How many may wait at once: in this process, and of one reader. Whoever comes beyond is answered at once.
const (
	mostWaiting = 2000
	mostOfOne   = 50
)

const (
	lookEvery   = 50 * time.Millisecond  // a waiting request looks no more often, however much is posted; after each vain look half as often,
	lookAtLeast = 500 * time.Millisecond // until it is this rarely: what is posted all the time is hardly what it waits for
	beatEvery   = 500 * time.Millisecond // how soon it is noticed that a client has left
	pingEvery   = 15 * time.Second       // how soon it is noticed that the listening connection is dead
	pingTime    = 5 * time.Second
	againFirst  = 100 * time.Millisecond
	againAtMost = 5 * time.Second
)

// Hub wakes who waits.
type Hub struct {
	db        *database.Database
	log       *slog.Logger
	listening atomic.Bool
	ping      struct{ every, within time.Duration }

	mu      sync.Mutex
	waiting map[uuid.UUID]map[*waiter]bool
	total   int
	of      map[string]int
	closed  chan struct{}
	closing sync.Once
}

// waiter is one request that waits.
type waiter struct{ woken chan struct{} }

// wake never blocks.
func (w *waiter) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// New makes a hub. Nobody is woken before Run.
func New(db *database.Database, log *slog.Logger) *Hub {
	h := &Hub{db: db, log: log, waiting: map[uuid.UUID]map[*waiter]bool{}, of: map[string]int{}, closed: make(chan struct{})}
	h.ping.every, h.ping.within = pingEvery, pingTime
	return h
}

// Close has everybody who waits answered at once, and whoever comes later.
func (h *Hub) Close() { h.closing.Do(func() { close(h.closed) }) }

// Waiting tells how many wait.
func (h *Hub) Waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}

// Run listens until ctx ends. Errors are logged and tried again; who waits looks when the connection is lost, and so learns what is wrong, and
// when it is back, because something may have been posted meanwhile.
func (h *Hub) Run(ctx context.Context) {
	again := againFirst
	for ctx.Err() == nil {
		err := h.listen(ctx, func() { again = againFirst })
		h.listening.Store(false)
		h.wakeAll()
		if ctx.Err() == nil {
			h.log.Warn("nobody is told of what is posted, until the connection that listens is back", "error", err, "in", again)
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
		again = min(2*again, againAtMost)
	}
}

func (h *Hub) listen(ctx context.Context, listening func()) error {
	conn, err := h.db.Connect(ctx, map[string]string{"application_name": "daybook live"})
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+journal.ChannelPosted); err != nil {
		return err
	}
	h.listening.Store(true)
	listening()
	h.wakeAll()
	for {
		until, cancel := context.WithTimeout(ctx, h.ping.every)
		posted, err := conn.WaitForNotification(until)
		quiet := until.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			h.wakeOf(posted.Payload)
		case !quiet:
			return err
		default:
			until, cancel := context.WithTimeout(ctx, h.ping.within)
			err := conn.Ping(until)
			cancel()
			if err != nil {
				return err
			}
		}
	}
}

// wakeOf wakes who waits for the workspace of a notification, "workspace:seq".
func (h *Hub) wakeOf(payload string) {
	text, _, _ := strings.Cut(payload, ":")
	workspace, err := uuid.Parse(text)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.waiting[workspace] {
		w.wake()
	}
}

func (h *Hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.waiting {
		for w := range of {
			w.wake()
		}
	}
}
