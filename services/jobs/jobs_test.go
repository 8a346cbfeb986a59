package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed/feedtest"
	"daybook/services/jobs"
	"daybook/services/stats"
)

// place is a workspace from which files are made.
type place struct {
	*feedtest.World
	*testing.T
	ws   models.Workspace
	root *models.User
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{World: feedtest.New(t), T: t}
	p.ws, p.root = p.Workspace(t, "acme", "UTC"), p.User(t, "root", true)
	var events []feedtest.Event
	for i := range 700 {
		events = append(events, feedtest.Event{"actor": feedtest.Event{"id": "a"}, "action": "created", "resource": feedtest.Event{"type": "task", "id": fmt.Sprint(i)}})
	}
	p.Send(t, p.ws, events...)
	return p
}

// process is a process that takes part, until stop.
func (p *place) process() (files *export.Files, stop func()) {
	p.Helper()
	log := slog.New(slog.NewTextHandler(p.Output(), nil))
	files = p.files(log)
	erasures := erasure.New(p.DB, erasure.Parts{Journal: p.Journal, Ingest: p.Ingest, Exports: files, Keys: auth.NewKeys([]byte("a secret of thirty-two characters")), Log: log, Now: time.Now})
	return files, p.works(jobs.Parts{Exports: files, Erasures: erasures})
}

func (p *place) files(log *slog.Logger) *export.Files {
	return export.NewFiles(p.DB, export.FilesParts{
		Access: p.Access, Auth: auth.New(p.DB, p.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now), Feed: p.Feed, Stats: stats.New(p.DB, p.Feed), Ingest: p.Ingest,
	}, export.FilesConfig{Log: log, Now: time.Now, Piece: time.Nanosecond})
}

// works does jobs until stop.
func (p *place) works(parts jobs.Parts) (stop func()) {
	p.Helper()
	work, err := jobs.New(p.DB, parts, slog.New(slog.NewTextHandler(p.Output(), nil)))
	if err != nil {
		p.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		work.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	p.Cleanup(stop)
	return stop
}

func (p *place) ask(files *export.Files) models.Export {
	p.Helper()
	v := p.Viewer(p.T, p.root, p.ws)
	e, err := files.Make(p.Context(), account.Doer{Workspace: &p.ws, Role: access.Instance, User: p.root, Ref: models.UserActor(p.root)}, v, export.Order{})
	if err != nil {
		p.Fatal(err)
	}
	return e
}

// comes waits until an export is done.
func (p *place) comes(files *export.Files, e models.Export, within time.Duration) {
	p.Helper()
	v := p.Viewer(p.T, p.root, p.ws)
	deadline, ticker := time.Now().Add(within), time.NewTicker(50*time.Millisecond)
	defer ticker.Stop()
	for ; ; <-ticker.C {
		now, err := files.One(p.Context(), v, e.ID)
		switch {
		case err != nil:
			p.Fatal(err)
		case now.State == models.ExportDone:
			return
		case time.Now().After(deadline):
			p.Fatalf("it is %s, with %d rows: %s", now.State, now.Rows, now.Problem)
		}
	}
}

// Files are made in the background, one after the other, by whichever process there is.
func TestFilesAreMade(t *testing.T) {
	p := newPlace(t)
	files, stop := p.process()
	other, _ := p.process()
	first, second := p.ask(files), p.ask(other)
	p.comes(other, first, 20*time.Second)
	p.comes(files, second, 20*time.Second)
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("stopping took %s", took)
	}
	p.comes(other, p.ask(other), 20*time.Second)
}

// An export whose process was killed is gone on with, although nobody calls for it.
func TestWhatAProcessLeftIsTakenUp(t *testing.T) {
	p := newPlace(t)
	files := export.NewFiles(p.DB, export.FilesParts{Access: p.Access, Feed: p.Feed, Stats: stats.New(p.DB, p.Feed), Ingest: p.Ingest}, export.FilesConfig{Now: time.Now})
	e := p.ask(files)
	if _, err := p.DB.Pool.Exec(t.Context(), `UPDATE exports SET state = 'running', worker = gen_random_uuid(), heartbeat_at = now() - interval '20 seconds'`); err != nil {
		t.Fatal(err)
	}
	p.process()
	p.comes(files, e, 20*time.Second)
}
