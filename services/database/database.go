package database

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"daybook/services/database/internal/builtin"
)

// Config says which PostgreSQL to use.
type Config struct {
	URL      string       // DATABASE_URL, postgres://…; empty: the built-in server
	Data     string       // data folder; the built-in server lives in it. Empty: DefaultData
	Log      *slog.Logger // nil: no log
	MaxConns int32        // connections of the pool; 0: what the URL's pool_max_conns says, or 20
}

// Database is an open database. It is safe for concurrent use.
type Database struct {
	Pool *pgxpool.Pool // the one pool; for COPY and batches
	Gorm *gorm.DB      // GORM over the same pool

	config Config
	target *target
	server *builtin.Server // nil with a URL
	close  sync.Once
}

// Open connects to the database. With an empty URL it starts the built-in server, or joins it when another process has
// started it; that may take as long as PostgreSQL needs to recover, and only ctx ends it. It makes sure that the server is
// new enough, that the database is UTF-8 and that sessions are real ones, and changes nothing in the database.
func Open(ctx context.Context, config Config) (*Database, error) {
	config, err := config.completed()
	if err != nil {
		return nil, err
	}
	d := &Database{config: config}
	address := config.URL
	if address == "" {
		if d.server, err = useServer(ctx, config); err != nil {
			return nil, err
		}
		address = d.server.URL(builtin.Database, builtin.Role)
	}
	if err := d.open(ctx, address); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// BuiltIn tells whether this is the built-in server.
func (d *Database) BuiltIn() bool { return d.server != nil }

// Config is what the database was opened with, defaults filled in. The URL may hold a password: do not log it.
func (d *Database) Config() Config { return d.config }

// URL addresses the database for another process on this machine, also the built-in one. It may hold a password.
func (d *Database) URL() string { return d.target.url }

// Supervise restarts the built-in server whenever it dies, with growing pauses, until ctx ends; the pool recovers by itself.
// It is for the process that serves. With a URL it returns at once.
func (d *Database) Supervise(ctx context.Context) {
	if d.server != nil {
		d.server.Supervise(ctx)
	}
}

// Close closes the pool. The last process that uses the built-in server stops it. It may be called again.
func (d *Database) Close() {
	d.close.Do(func() {
		d.closePool()
		if d.server == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		if err := d.server.Leave(ctx); err != nil {
			d.config.Log.Error("leaving the built-in PostgreSQL", "error", err)
		}
	})
}

// closePool waits for connections that are in use, but not for ever: one that is never given back must not keep the process
// from ending, nor the server from being stopped.
func (d *Database) closePool() {
	if d.Pool == nil {
		return
	}
	if d.Gorm != nil {
		if db, err := d.Gorm.DB(); err == nil {
			_ = db.Close()
		}
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		d.Pool.Close()
	}()
	select {
	case <-closed:
	case <-time.After(poolTimeout):
		d.config.Log.Warn("connections are still in use", "connections", d.Pool.Stat().AcquiredConns())
	}
}

// poolTimeout is how long statements that still run are waited for at the end.
const poolTimeout = 10 * time.Second

// stopTimeout is how long a server that has much to write at its end is waited for.
const stopTimeout = time.Minute

func (d *Database) open(ctx context.Context, address string) error {
	var err error
	if d.target, err = parse(address, d.BuiltIn()); err != nil {
		return err
	}
	if d.Pool, err = newPool(ctx, d.target, d.config.MaxConns); err != nil {
		return err
	}
	if err = d.check(ctx); err == nil {
		d.Gorm, err = newGorm(d.Pool, d.config.Log)
	}
	if err != nil {
		d.Pool.Close()
	}
	return err
}

func (c Config) completed() (Config, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.URL != "" || c.Data != "" {
		return c, nil
	}
	var err error
	c.Data, err = DefaultData()
	return c, err
}
