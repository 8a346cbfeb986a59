package handlerstest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybook/handlers"
	"daybook/handlers/web"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/lastvisit"
	"daybook/services/privacy"
	"daybook/services/savedview"
	"daybook/services/stats"
)

// World is a Daybook that serves, with its cast.
type World struct {
	T        testing.TB
	DB       *database.Database
	Server   *handlers.Server
	Account  *account.Service
	Auth     *auth.Service
	Journal  *journal.Journal
	Ingest   *ingest.Service
	Exports  *export.Files // nobody works on files but Work
	Erasures *erasure.Service
	Ledger   string // the file of erasures
	Clock    *Clock
	Log      *Log
	Address  string // where it listens: host and port
	Cast

	sessions *auth.Sessions
	client   *http.Client
	seen     int64 // the last activity that Recorded has told of
}

// Option changes how the world is made.
type Option func(*handlers.Config)

// At serves under another address than http://daybook.test.
func At(base string) Option {
	return func(c *handlers.Config) { c.BaseURL = mustURL(base) }
}

// Trusting believes the X-Forwarded-For of these networks.
func Trusting(networks ...string) Option {
	return func(c *handlers.Config) {
		for _, n := range networks {
			c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(n))
		}
	}
}

// Rate lets each token make so many requests a second.
func Rate(perSecond float64) Option {
	return func(c *handlers.Config) { c.SendRate = perSecond }
}

// Demo offers these accounts at sign-in.
func Demo(accounts ...web.DemoAccount) Option {
	return func(c *handlers.Config) { c.Demo = accounts }
}

// New makes a world, which ends with the test.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	w := Empty(t, options...)
	w.populate()
	w.Recorded()
	return w
}

// Empty makes a world without anybody in it: the instance as it is after its first start.
func Empty(t testing.TB, options ...Option) *World {
	t.Helper()
	w := &World{T: t, DB: dbtest.New(t), Clock: &Clock{}, Log: &Log{}, Cast: Cast{credentials: strangers()}}
	log := slog.New(slog.NewJSONHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := handlers.Config{BaseURL: mustURL("http://daybook.test"), Log: log, Now: w.Clock.Now}
	for _, change := range options {
		change(&config)
	}
	keys := auth.NewKeys([]byte("a secret of thirty-two characters"))
	w.Journal = journal.New(w.DB, log)
	w.Ingest = ingest.New(w.DB, w.Journal.Wake, w.Clock.Now, log)
	w.Journal.RecordWith(w.Ingest)
	w.Auth = auth.New(w.DB, w.Ingest, keys, w.Clock.Now)
	w.Account = account.New(w.DB, w.Ingest, w.Auth, w.Clock.Now)
	reading := feed.New(w.DB, keys.For("cursors"))
	w.Exports = export.NewFiles(w.DB, export.FilesParts{Access: access.New(w.DB), Auth: w.Auth, Feed: reading, Stats: stats.New(w.DB, reading), Ingest: w.Ingest},
		export.FilesConfig{Log: log, Now: w.Clock.Now, Piece: time.Minute})
	w.Ledger = filepath.Join(t.TempDir(), "erasures.ndjson")
	w.Erasures = erasure.New(w.DB, erasure.Parts{Journal: w.Journal, Ingest: w.Ingest, Auth: w.Auth, Exports: w.Exports, Keys: keys, Ledger: w.Ledger, Log: log, Now: w.Clock.Now})
	w.Account.AskForgotten(w.Erasures.Forgotten)
	w.Server = handlers.New(config, handlers.Parts{
		Database: w.DB, Access: access.New(w.DB), Auth: w.Auth, Account: w.Account, Ingest: w.Ingest, Journal: w.Journal,
		Feed: reading, Stats: stats.New(w.DB, reading), Views: savedview.New(w.DB, w.Ingest, w.Account, w.Clock.Now), Visits: lastvisit.New(w.DB),
		Exports: w.Exports, Erasures: w.Erasures,
		Privacy: privacy.New(w.DB, privacy.Parts{Journal: w.Journal, Ingest: w.Ingest, Feed: reading, Stats: stats.New(w.DB, reading), Now: w.Clock.Now}),
	})
	w.sessions = auth.NewSessions(w.Auth, config.BaseURL.Scheme == "https")
	w.client = &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
	w.post()
	w.serve()
	return w
}

// post runs the journal until the test ends.
func (w *World) post() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Journal.Run(ctx)
	}()
	w.T.Cleanup(func() {
		cancel()
		<-done
	})
}

// MakeFiles does the work on exports that wait, as jobs do.
func (w *World) MakeFiles() {
	w.T.Helper()
	for {
		_, more, err := w.Exports.Work(context.Background())
		if err != nil {
			w.T.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// serve answers on a real listener: what fasthttp does to connections is part of what is tested.
func (w *World) serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.T.Fatal(err)
	}
	w.Address = listener.Addr().String()
	done := make(chan error, 1)
	go func() { done <- w.Server.Serve(listener) }()
	w.T.Cleanup(func() {
		w.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := w.Server.Shutdown(ctx); err != nil {
			w.T.Logf("shutdown: %v", err)
		}
		if err := <-done; err != nil {
			w.T.Errorf("serving ended with %v", err)
		}
	})
}

// Exec runs SQL that no service has: what time or another process would have done.
func (w *World) Exec(sql string, args ...any) {
	w.T.Helper()
	if _, err := w.DB.Pool.Exec(context.Background(), sql, args...); err != nil {
		w.T.Fatalf("%s: %v", sql, err)
	}
}

// Ask reads one value by SQL.
func Ask[V any](w *World, sql string, args ...any) V {
	w.T.Helper()
	var v V
	if err := w.DB.Pool.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		w.T.Fatalf("%s: %v", sql, err)
	}
	return v
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// Clock is the time, plus what a test has moved it on by.
type Clock struct{ ahead atomic.Int64 }

// Now gives it.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Forward moves it on.
func (c *Clock) Forward(d time.Duration) { c.ahead.Add(int64(d)) }

// Log keeps what was logged.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String gives everything so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
