package export_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/export"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
)

// benchmarkIngestBeside measures how fast events are posted, sent as fast as they are taken by two senders, alone and while an export of
// everything goes out to a client that takes what it can get.
func benchmarkIngestBeside(b *testing.B, world *feedtest.Bulk) {
	ws := world.Workspace(b, "busy", "Europe/Berlin")
	admin := world.Viewer(b, world.Root, world.Workspaces[0])
	for b.Loop() {
		stop := startSending(b, world, ws)
		posted(b, world, ws, 2*time.Second) // until it runs evenly
		var alone, beside, rows float64
		for range 3 { // in turns, because machines are shared
			alone += posted(b, world, ws, 5*time.Second)
			ended := exportUntil(b, world, admin, &rows)
			beside += posted(b, world, ws, 5*time.Second)
			ended()
		}
		stop()
		b.ReportMetric(alone/3, "events/s")
		b.ReportMetric(beside/alone, "beside/alone")
		b.ReportMetric(rows/15, "exported-rows/s")
	}
}

// posted gives how many events a second are posted in a workspace.
func posted(t testing.TB, b *feedtest.Bulk, ws models.Workspace, during time.Duration) float64 {
	t.Helper()
	head := func() (n float64) {
		if err := b.DB.Pool.QueryRow(t.Context(), `SELECT coalesce(max(seq), 0)::float8 FROM workspace_heads WHERE workspace_id = $1`, ws.ID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, began := head(), time.Now()
	<-time.After(during)
	return (head() - before) / time.Since(began).Seconds()
}

// startSending has two senders send lines without end, as HTTP takes them: slowed while too much waits.
func startSending(t testing.TB, b *feedtest.Bulk, ws models.Workspace) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var senders sync.WaitGroup
	for i := range 2 {
		senders.Go(func() {
			sender := ingest.Sender{Workspace: ws, Source: ingest.TokenSource(int64(i + 1))}
			_, err := b.Ingest.SendLines(ctx, sender, &endless{}, ingest.Stream{
				Ready: func(ctx context.Context) error { return b.Journal.WaitUntilReady(ctx, time.Minute) },
				Bad:   func(_ int, err error) error { return err },
			})
			if err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	return func() {
		cancel()
		senders.Wait()
	}
}

// endless is lines without end.
type endless struct {
	left bytes.Buffer
	n    int
}

func (e *endless) Read(p []byte) (int, error) {
	for e.left.Len() < len(p) {
		e.n++
		fmt.Fprintf(&e.left, `{"id":"%s","actor":{"id":"user-%d","name":"Bilal Yilmaz"},"action":"updated","resource":{"type":"file","id":"docs/page-%d.md","name":"page-%d.md"},"project":{"id":"docs","name":"docs"},"changes":[{"field":"lines","before":%d,"after":%d}],"metadata":{"size":%d},"occurred_at":"2026-05-19T23:59:25+02:00"}`+"\n",
			uuid.NewString(), e.n%100, e.n%1000, e.n%1000, e.n, e.n+7, e.n*3)
	}
	return e.left.Read(p)
}

// exportUntil has everything exported, again and again, until it is ended.
func exportUntil(t testing.TB, b *feedtest.Bulk, v access.Viewer, rows *float64) (end func()) {
	t.Helper()
	over, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		buffer := make([]byte, 4096)
		for {
			s := streamOf(t, b.World, v, export.Order{})
			for err := error(nil); err == nil; {
				select {
				case <-over:
					_ = s.Close()
					*rows += float64(s.Rows)
					return
				default:
					_, err = s.Read(buffer)
				}
			}
			_ = s.Close()
			*rows += float64(s.Rows)
		}
	}()
	return func() {
		close(over)
		<-stopped
	}
}
