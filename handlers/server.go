// Package handlers is the HTTP side of Daybook: the server, the table of routes, who may pass, and how errors are answered. What a route does
// is in api (JSON) and web (pages).
package handlers

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/api"
	"daybook/handlers/api/manage"
	"daybook/handlers/api/platform"
	"daybook/handlers/api/service"
	"daybook/handlers/api/widget"
	"daybook/handlers/listing"
	"daybook/handlers/visit"
	"daybook/handlers/web"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/health"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/lastvisit"
	"daybook/services/live"
	"daybook/services/privacy"
	"daybook/services/proof"
	"daybook/services/report"
	"daybook/services/savedview"
	"daybook/services/stats"
	"daybook/services/vocabulary"
)

// Config is what the HTTP side needs to know.
type Config struct {
	BaseURL        *url.URL       // where people reach it; links are made from it, never from the Host header
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	SendRate       float64        // requests a second that a token may send; 0: any
	Demo           []web.DemoAccount
	Log            *slog.Logger
	Now            func() time.Time
}

// Parts are the services that the handlers call.
type Parts struct {
	Database *database.Database
	Access   *access.Service
	Auth     *auth.Service
	Account  *account.Service
	Ingest   *ingest.Service
	Journal  *journal.Journal
	Feed     *feed.Service
	Stats    *stats.Service
	Views    *savedview.Service
	Visits   *lastvisit.Service
	Privacy  *privacy.Service
	Exports  *export.Files
	Erasures *erasure.Service
}

// Server answers HTTP requests.
type Server struct {
	app        *fiber.App
	config     Config
	parts      Parts
	sessions   *auth.Sessions
	metrics    *metrics
	protection *http.CrossOriginProtection
	refusals   refusals
	web        *web.Web
	health     *health.Service
	reports    *report.Service
	live       *live.Hub
	routes     []route
	stop       sync.Once
	stopping   chan struct{} // closed when no more requests are taken
}

// New composes the server.
func New(config Config, parts Parts) *Server {
	s := &Server{
		config: config, parts: parts, live: live.New(parts.Database, config.Log), stopping: make(chan struct{}),
		sessions: auth.NewSessions(parts.Auth, config.BaseURL.Scheme == "https"), protection: http.NewCrossOriginProtection(),
	}
	if err := s.protection.AddTrustedOrigin(config.BaseURL.Scheme + "://" + config.BaseURL.Host); err != nil {
		config.Log.Warn("the base URL is no origin, so forms sent through a proxy that changes Host are refused", "error", err)
	}
	s.health = health.New(parts.Database, parts.Journal, config.Now)
	s.metrics = newMetrics(parts, s.live.Waiting)
	s.reports = report.New(parts.Database, report.Parts{Access: parts.Access, Account: parts.Account, Ingest: parts.Ingest}, config.Now)
	words := vocabulary.New(parts.Database, parts.Ingest)
	s.web = web.New(web.Parts{
		Account: parts.Account, Access: parts.Access, Auth: parts.Auth, Sessions: s.sessions, Feed: parts.Feed, Journal: parts.Journal, Stats: parts.Stats, Views: parts.Views,
		Visits: parts.Visits, Proof: proof.NewChecker(parts.Database), Vocabulary: words, Privacy: parts.Privacy, Health: s.health, Exports: parts.Exports, Erasures: parts.Erasures, Reports: s.reports,
	}, web.Config{Now: config.Now, Demo: config.Demo, BaseURL: config.BaseURL, Log: config.Log})
	s.app = newApp(s.unreadable)
	s.app.Use(s.observe, leaveRoom, compress, drain, oneLength, s.guard, s.ownHost, s.crossOrigin, wholePath)
	s.routes = s.allRoutes(words)
	s.register()
	return s
}

// allRoutes is the whole table. Fiber takes the first line that fits, so /projects/new comes before /projects/:id.
func (s *Server) allRoutes(words *vocabulary.Service) []route {
	p, c, room := s.parts, s.config, visit.NewRoom()
	lists := &listing.Lists{Access: p.Access, Auth: p.Auth, Feed: p.Feed, Stats: p.Stats, Live: s.live, Room: room, Now: c.Now}
	ours := api.New(api.Parts{Account: p.Account, Ingest: p.Ingest, Journal: p.Journal, Feed: p.Feed, Stats: p.Stats, Exports: p.Exports, Lists: lists}, api.Config{SendRate: c.SendRate, BaseURL: c.BaseURL, Now: c.Now})
	administration := manage.New(p.Account, p.Auth, p.Journal, c.BaseURL)
	return slices.Concat(
		projectsAndSending(s.web, administration),
		s.table(
			ours,
			widget.New(widget.Parts{Access: p.Access, Feed: p.Feed, Stats: p.Stats, Room: room}, c.Now),
			s.web,
		),
		management(administration),
		vocabularies(s.web, administration.Vocabulary(words)),
		purging(s.web, administration.Purges(p.Privacy, c.Now)),
		retaining(s.web, administration.Retention(p.Privacy, p.Exports), administration.Holds(p.Privacy, c.Now)),
		anonymising(s.web, administration.Erasures(p.Erasures)),
		reports(s.web, administration.Reports(s.reports, p.Exports)),
		accounts(s.web, administration),
		peoplePages(s.web, administration),
		statistics(s.web, ours),
		exports(s.web, ours),
		documentation(s.web),
		reference(s.web),
		dialects(platform.New(platform.Parts{Access: p.Access, Auth: p.Auth, Lists: lists}), service.New(service.Parts{Access: p.Access, Auth: p.Auth, Feed: p.Feed, Room: room})),
	)
}

// App gives the Fiber application, for tests.
func (s *Server) App() *fiber.App { return s.app }

// Serve answers requests that come in at a listener, until Shutdown, also one that came before.
func (s *Server) Serve(l net.Listener) error {
	listener := &lingering{Listener: l}
	listening, stop := context.WithCancel(context.Background())
	var hub sync.WaitGroup
	hub.Go(func() { s.live.Run(listening) })
	defer hub.Wait() // whoever closes the database then does not find it there
	defer stop()
	go func() {
		<-s.stopping
		_ = listener.Close()
	}()
	err := s.app.Listener(listener)
	select {
	case <-s.stopping:
		return nil
	default:
		return err
	}
}

// Shutdown stops taking requests and waits for those under way.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop.Do(func() { close(s.stopping) })
	s.live.Close() // who waits for something to come is answered now
	if s.parts.Exports != nil {
		s.parts.Exports.EndStreams() // their clients would be waited for
	}
	return s.app.ShutdownWithContext(ctx)
}
