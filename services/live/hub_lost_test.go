package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/live"
)

// Between the last look of whoever waits and the moment at which the hub listens again, something may have been posted.
func TestWhoWaitsLooksWhenItListensAgain(t *testing.T) {
	h := live.New(dbtest.New(t), slog.New(slog.DiscardHandler))
	h.SetListening(true) // or they would look from time to time
	w := await(h, live.Wish{Who: "a", Workspace: uuid.New(), For: long})
	w.looksAgain(t)
	w.there.Store(true) // and nobody says so
	run(t, h)
	w.ended(t)
}

// A connection may be open and dead: nothing that is posted comes through any more, and nobody says that it is lost.
func TestAConnectionThatSaysNothingIsGivenUp(t *testing.T) {
	db := dbtest.New(t)
	between := newBetween(t, db)
	h := live.New(between.database(t), slog.New(slog.DiscardHandler))
	h.PingAfter(20*time.Millisecond, time.Second)
	run(t, h)
	told(t, db, h)
	w := await(h, live.Wish{Who: "a", Workspace: uuid.New(), For: long})
	w.looksAgain(t)
	between.swallow()
	w.there.Store(true)
	w.ended(t)
	told(t, db, h) // by another connection
}

// between is a proxy between the hub and the database.
type between struct {
	db       *database.Database
	listener net.Listener
	mu       sync.Mutex
	silent   chan struct{} // closed when nothing is forwarded any more of the connections there are
}

func newBetween(t *testing.T, db *database.Database) *between {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &between{db: db, listener: listener, silent: make(chan struct{})}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			done.Go(func() { b.forward(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		done.Wait()
	})
	return b
}

// database is the same one, by way of the proxy.
func (b *between) database(t *testing.T) *database.Database {
	t.Helper()
	address, err := url.Parse(b.db.URL())
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	q.Set("host", "127.0.0.1")
	q.Set("port", fmt.Sprint(b.listener.Addr().(*net.TCPAddr).Port))
	address.RawQuery = q.Encode()
	db, err := database.Open(t.Context(), database.Config{URL: address.String(), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// swallow has nothing come through any more on the connections that there are.
func (b *between) swallow() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.silent)
	b.silent = make(chan struct{})
}

func (b *between) forward(client net.Conn) {
	defer client.Close()
	b.mu.Lock()
	silent := b.silent
	b.mu.Unlock()
	at := b.db.Pool.Config().ConnConfig
	server, err := dial(at.Host, at.Port)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
		both.Go(func() {
			defer to.Close()
			hand(from, to, silent)
		})
	}
	both.Wait()
}

func dial(host string, port uint16) (net.Conn, error) {
	network, address := pgconn.NetworkAddress(host, port)
	return (&net.Dialer{}).DialContext(context.Background(), network, address)
}

// hand hands on what comes, until one of the two has gone.
func hand(from, to net.Conn, silent <-chan struct{}) {
	some := make([]byte, 4096)
	for {
		n, err := from.Read(some)
		if err != nil {
			return
		}
		select {
		case <-silent:
			continue
		default:
		}
		if _, err := to.Write(some[:n]); err != nil {
			return
		}
	}
}
