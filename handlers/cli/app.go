package cli

import (
	"context"
	"time"

	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/privacy"
	"daybook/services/stats"
)

// app is everything that is open while a command runs.
type app struct {
	settings settings
	keys     auth.Keys
	db       *database.Database
	journal  *journal.Journal
	ingest   *ingest.Service
	auth     *auth.Service
	account  *account.Service
	access   *access.Service
	feed     *feed.Service
	stats    *stats.Service
	privacy  *privacy.Service
	exports  *export.Files
	erasures *erasure.Service
	stop     []func() // in reverse order
}

// open opens what a command works with.
func (c Config) open(ctx context.Context) (*app, error) {
	s, err := c.check()
	if err != nil {
		return nil, err
	}
	return open(ctx, s)
}

// open opens the database, brings it up to date and composes the services. Nothing is posted before runJournal.
func open(ctx context.Context, s settings) (*app, error) {
	db, err := database.Open(ctx, database.Config{URL: s.DatabaseURL, Data: s.Data, Log: s.log})
	if err != nil {
		return nil, err
	}
	a := &app{settings: s, db: db, stop: []func(){db.Close}}
	if err := db.Migrate(ctx); err != nil {
		a.close()
		return nil, err
	}
	if s.secret == nil && db.BuiltIn() {
		if s.secret, err = readSecret(db.Config().Data); err != nil {
			a.close()
			return nil, err
		}
	}
	a.keys = auth.NewKeys(s.secret)
	a.journal = journal.New(db, s.log)
	a.ingest = ingest.New(db, a.journal.Wake, time.Now, s.log)
	a.journal.RecordWith(a.ingest)
	a.auth = auth.New(db, a.ingest, a.keys, time.Now)
	a.account = account.New(db, a.ingest, a.auth, time.Now)
	a.access = access.New(db)
	a.feed = feed.New(db, a.keys.For("cursors"))
	a.stats = stats.New(db, a.feed)
	a.privacy = privacy.New(db, privacy.Parts{Journal: a.journal, Ingest: a.ingest, Feed: a.feed, Stats: a.stats})
	a.exports = export.NewFiles(db, export.FilesParts{Access: a.access, Auth: a.auth, Feed: a.feed, Stats: a.stats, Ingest: a.ingest},
		export.FilesConfig{Log: s.log, Now: time.Now, MaxBytes: s.exportMax})
	a.erasures = erasure.New(db, erasure.Parts{Journal: a.journal, Ingest: a.ingest, Auth: a.auth, Exports: a.exports, Keys: a.keys, Ledger: s.ledger(db), Log: s.log, Now: time.Now})
	a.account.AskForgotten(a.erasures.Forgotten)
	return a, nil
}

// runJournal takes part in posting until close.
func (a *app) runJournal(ctx context.Context) { a.inBackground(ctx, a.journal.Run) }

// inBackground runs something until close, which waits for its end: not only until ctx ends, for what is under way is finished then. Nothing
// of it may still run while the database is closed.
func (a *app) inBackground(ctx context.Context, run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(ctx)
	}()
	a.stop = append(a.stop, func() {
		cancel()
		<-done
	})
}

func (a *app) close() {
	for i := len(a.stop) - 1; i >= 0; i-- {
		a.stop[i]()
	}
	a.stop = nil
}

// with runs a command that changes something: when nobody else posts what it recorded, it does so itself before it ends, also when it fails
// halfway.
func with(ctx context.Context, c Config, do func(*app) error) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	a.runJournal(ctx)
	if err := do(a); err != nil {
		a.finishPosting(ctx)
		return err
	}
	return a.journal.Drain(ctx)
}

// finishPosting gives events that were accepted a last chance to be posted, also when ctx has ended. Those that are not are safe.
func (a *app) finishPosting(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishPosting)
	defer cancel()
	if err := a.journal.Drain(ctx); err != nil {
		a.settings.log.Warn("some events are not posted yet; they will be at the next start", "error", err)
	}
}
