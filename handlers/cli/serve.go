package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"daybook/handlers"
	"daybook/handlers/web"
	"daybook/models"
	"daybook/services/database"
	"daybook/services/demo"
	"daybook/services/jobs"
	"daybook/services/lastvisit"
	"daybook/services/savedview"
)

// Serve serves until it is told to stop.
type Serve struct {
	Demo bool `help:"Fill an empty database with a demo workspace, and offer its accounts at sign-in. For this machine only."`
}

// How long requests under way, and then events that were accepted, are waited for when serving ends.
const (
	finishRequests = 10 * time.Second
	finishPosting  = 10 * time.Second
)

// Run does it.
func (s Serve) Run(ctx context.Context, c Config) error {
	config, err := c.checkServe(s.Demo)
	if err != nil {
		return err
	}
	if config.DatabaseURL == "" {
		release, err := database.LockServe(config.Data)
		if err != nil {
			return err
		}
		defer release()
	}
	a, err := open(ctx, config)
	if err != nil {
		return err
	}
	defer a.close()
	listener, err := a.listen()
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	a.inBackground(ctx, a.db.Supervise)
	a.runJournal(ctx)
	if a.db.BuiltIn() {
		a.inBackground(ctx, a.db.Nightly)
	}
	a.inBackground(ctx, a.sweep)
	work, err := jobs.New(a.db, jobs.Parts{Exports: a.exports, Erasures: a.erasures}, a.settings.log)
	if err != nil {
		return err
	}
	a.inBackground(ctx, work.Run)
	accounts, err := s.prepare(ctx, a)
	if err != nil {
		return err
	}
	return a.serve(ctx, listener, accounts)
}

// listen takes the address, so that the port is known from here on, and that it is in use is said before anything is done. Requests
// wait until serve answers them.
func (a *app) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", a.settings.Listen)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "Daybook cannot serve on %s: %v. Another address is chosen with DAYBOOK_LISTEN.", a.settings.Listen, errors.Unwrap(err))
	}
	if at, ok := listener.Addr().(*net.TCPAddr); ok && a.settings.BaseURL == "" {
		a.settings.baseURL, err = a.settings.base(a.settings.host, strconv.Itoa(at.Port))
	}
	return listener, err
}

// sweep removes what nobody needs any more, now and every hour.
func (a *app) sweep(ctx context.Context) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := a.auth.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.settings.log.Warn("expired sessions could not be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// prepare fills the demo, or makes the link that sets up an instance without an admin.
func (s Serve) prepare(ctx context.Context, a *app) ([]web.DemoAccount, error) {
	if s.Demo {
		return a.fillDemo(ctx)
	}
	isDemo, err := demo.IsDemo(ctx, a.account)
	if err != nil {
		return nil, err
	}
	if isDemo && !a.settings.loopback {
		return nil, models.Errorf(models.Invalid, "This database is a demo, which is served on this machine only, on 127.0.0.1 or ::1, not on %s.", a.settings.Listen)
	}
	secret, err := a.auth.SetupSecret(ctx)
	if err == nil && secret != "" {
		fmt.Printf("\nNobody can sign in yet. Make the first admin here, within 24 hours:\n  %s\n", a.settings.baseURL.JoinPath("setup", secret))
	}
	return nil, err
}

func (a *app) fillDemo(ctx context.Context) ([]web.DemoAccount, error) {
	fmt.Println("Preparing the demo …")
	signIns, err := demo.Filler{Database: a.db, Auth: a.auth, Ingest: a.ingest, Journal: a.journal, Keys: a.keys}.Fill(ctx, a.account, time.Now())
	if err != nil {
		return nil, err
	}
	fmt.Println("\nSign in as")
	var accounts []web.DemoAccount
	for _, s := range signIns {
		fmt.Printf("  %-16s %-28s password %s   %s\n", s.Name, s.Email, s.Password, s.Hint)
		accounts = append(accounts, web.DemoAccount{Name: s.Name, Email: s.Email, Note: s.Hint})
	}
	return accounts, nil
}

// serve answers requests until ctx ends, and then finishes what was accepted.
func (a *app) serve(ctx context.Context, listener net.Listener, accounts []web.DemoAccount) error {
	server := handlers.New(handlers.Config{
		BaseURL: a.settings.baseURL, TrustedProxies: a.settings.proxies, SendRate: a.settings.sendRate, Demo: accounts, Log: a.settings.log, Now: time.Now,
	}, handlers.Parts{
		Database: a.db, Access: a.access, Auth: a.auth, Account: a.account, Ingest: a.ingest, Journal: a.journal, Feed: a.feed, Stats: a.stats,
		Views: savedview.New(a.db, a.ingest, a.account, time.Now), Visits: lastvisit.New(a.db), Privacy: a.privacy, Exports: a.exports, Erasures: a.erasures,
	})
	fmt.Printf("\nDaybook is at %s\n", a.settings.baseURL)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.settings.log.Info("stopping: finishing what was accepted")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishRequests)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		a.settings.log.Warn("some requests did not end in time", "error", err)
	}
	a.finishPosting(ctx)
	return nil
}
