package erasure_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/ingest"
	"daybook/services/privacy"
	"daybook/services/proof"
	"daybook/services/stats"
)

// forgetting is a workspace of many activities in which people are anonymised and activities are purged, and another one in which events arrive.
type forgetting struct {
	*testing.B
	*feedtest.Bulk
	erasures *erasure.Service
	purges   *privacy.Service
	owner    access.Viewer
	doer     account.Doer
	busy     models.Workspace
	rows     float64
}

// BenchmarkForgetting measures what it costs to anonymise somebody and to purge a third of many activities, and what is left for posting meanwhile.
func BenchmarkForgetting(b *testing.B) {
	rows := feedtest.LargeRows(b, 60_000)
	w := feedtest.NewLarge(b, rows)
	f := &forgetting{B: b, Bulk: w, busy: w.Workspace(b, "busy", "Europe/Berlin"), rows: float64(rows)}
	f.erasures = erasure.New(w.DB, erasure.Parts{
		Journal: w.Journal, Ingest: w.Ingest, Keys: auth.NewKeys([]byte("a secret of this test")), Ledger: filepath.Join(b.TempDir(), "ledger"),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	f.purges = privacy.New(w.DB, privacy.Parts{Journal: w.Journal, Ingest: w.Ingest, Feed: w.Feed, Stats: stats.New(w.DB, w.Feed)})
	f.owner = w.Viewer(b, w.Root, w.Workspaces[0])
	f.doer = account.Doer{Workspace: &f.owner.Workspace, Role: f.owner.Role, User: w.Root, Ref: models.UserActor(w.Root)}
	b.Run("Anonymise", f.anonymise)
	b.Run("AnonymiseBeside", f.anonymiseBeside)
	b.Run("Purge", f.purge)
	b.Run("PurgeBeside", f.purgeBeside)
}

// person is somebody with so many activities, by their place among all of them.
type person struct{ actor, rows int64 }

func (f *forgetting) person(place int) (p person) {
	f.Helper()
	err := f.DB.Pool.QueryRow(f.Context(), `SELECT actor_id, n FROM (SELECT actor_id, sum(count)::bigint AS n FROM daily_counts WHERE workspace_id = $1 GROUP BY 1) AS c JOIN actors a ON a.id = c.actor_id
		WHERE a.type = 'user' AND a.user_id IS NULL AND a.erased_at IS NULL ORDER BY n DESC, actor_id OFFSET $2 * (SELECT count(DISTINCT c.actor_id) FROM daily_counts c JOIN actors a ON a.id = c.actor_id AND a.type = 'user' AND a.erased_at IS NULL) / 100 LIMIT 1`, f.owner.Workspace.ID, place).Scan(&p.actor, &p.rows)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// busiestRows is how many activities the busiest person of a large workspace has.
const busiestRows = 11_738

// busiest is the busiest person, with as many activities as the busiest one of millions has, spread over all there are, and not
// those of others whom it was before.
func (f *forgetting) busiest(others int) (p person) {
	f.Helper()
	p = f.person(0)
	step := max(1, int64(f.rows)/busiestRows)
	f.exec(`ALTER TABLE activities DISABLE TRIGGER USER`)
	f.exec(`UPDATE activities SET actor_id = $1 WHERE workspace_id = $2 AND seq % $3 = $4 AND seq / $3 <= $5`, p.actor, f.owner.Workspace.ID, step, others, busiestRows)
	f.exec(`ALTER TABLE activities ENABLE TRIGGER USER`)
	f.seal(p)
	return f.counted(p)
}

// seal gives what somebody did the leaves that it would have, had it been posted.
func (f *forgetting) seal(p person) {
	f.Helper()
	var seqs []int64
	if err := f.DB.Pool.QueryRow(f.Context(), `SELECT array_agg(seq) FROM activities WHERE workspace_id = $1 AND actor_id = $2`, f.owner.Workspace.ID, p.actor).Scan(&seqs); err != nil {
		f.Fatal(err)
	}
	subjects, err := proof.SubjectsAt(f.Context(), f.DB.Pool, f.owner.Workspace.ID, seqs)
	if err != nil {
		f.Fatal(err)
	}
	leaves := make([][]byte, len(subjects))
	for i, s := range subjects {
		seqs[i] = s.Activity.Seq
		if leaves[i], err = proof.Leaf(s); err != nil {
			f.Fatal(err)
		}
	}
	f.exec(`ALTER TABLE activities DISABLE TRIGGER USER`)
	f.exec(`UPDATE activities a SET leaf = l.leaf FROM unnest($1::bigint[], $2::bytea[]) AS l (seq, leaf) WHERE a.workspace_id = $3 AND a.seq = l.seq`, seqs, leaves, f.owner.Workspace.ID)
	f.exec(`ALTER TABLE activities ENABLE TRIGGER USER`)
	f.exec(`VACUUM ANALYZE activities`)
}

func (f *forgetting) exec(sql string, args ...any) {
	f.Helper()
	if _, err := f.DB.Pool.Exec(f.Context(), sql, args...); err != nil {
		f.Fatal(sql, err)
	}
}

// counted counts anew what somebody did.
func (f *forgetting) counted(p person) person {
	f.Helper()
	err := f.DB.Pool.QueryRow(f.Context(), `SELECT count(*) FROM activities WHERE workspace_id = $1 AND actor_id = $2`, f.owner.Workspace.ID, p.actor).Scan(&p.rows)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// preview looks at what anonymising somebody would do.
func (f *forgetting) preview(p person) (name string, took time.Duration) {
	f.Helper()
	begun := time.Now()
	preview, err := f.erasures.Preview(f.Context(), f.doer, erasure.Target{Actor: p.actor})
	if err != nil {
		f.Fatal(preview, p, err)
	}
	return preview.Name, time.Since(begun)
}

// erase has somebody anonymised, and gives how long that took until nothing of it was left to do but tidying.
func (f *forgetting) erase(p person, name string) time.Duration {
	f.Helper()
	begun := time.Now()
	e, err := f.erasures.Anonymise(f.Context(), f.doer, erasure.Order{Target: erasure.Target{Actor: p.actor}, Confirm: name})
	for err == nil && (e.State == models.ErasureWaiting || e.State == models.ErasureRunning) {
		<-time.After(20 * time.Millisecond)
		e, err = f.erasures.One(f.Context(), f.doer, e.ID)
	}
	if err != nil || e.Activities < p.rows {
		f.Fatalf("%+v, %v: %d activities", e, err, p.rows)
	}
	return time.Since(begun)
}

// anonymise compares the busiest person with one who did little: the difference is what their activities cost, the rest is the pass for mentions.
func (f *forgetting) anonymise(b *testing.B) {
	for b.Loop() {
		much := f.busiest(0)
		little := f.counted(f.person(95))
		name, _ := f.preview(little)
		pass := f.erase(little, name)
		name, previewed := f.preview(much)
		took := f.erase(much, name)
		b.ReportMetric(float64(little.rows), "rows/little")
		b.ReportMetric(pass.Seconds(), "s/little")
		b.ReportMetric(float64(much.rows), "rows/busiest")
		b.ReportMetric(took.Seconds(), "s/busiest")
		b.ReportMetric(previewed.Seconds(), "s/preview")
		b.ReportMetric(f.rows/pass.Seconds(), "looked-at/s")
		b.ReportMetric((took-pass).Seconds()*1000/float64(much.rows-little.rows), "ms/own-row")
	}
}

func (f *forgetting) anonymiseBeside(b *testing.B) {
	for b.Loop() {
		p := f.busiest(1)
		name, _ := f.preview(p)
		f.besidePosting(b, func() {
			b.ReportMetric(f.erase(p, name).Seconds(), "s/busiest")
			b.ReportMetric(float64(p.rows), "rows/busiest")
		})
	}
}

// besidePosting measures how fast events are posted that are sent as fast as they are taken: alone, and while something is done.
func (f *forgetting) besidePosting(b *testing.B, do func()) {
	stop := f.startSending()
	defer stop()
	f.posted(2 * time.Second) // until it runs evenly
	alone := f.posted(8 * time.Second)
	before, begun := f.head(), time.Now()
	do()
	beside := (f.head() - before) / time.Since(begun).Seconds()
	alone = (alone + f.posted(8*time.Second)) / 2 // machines are shared
	b.ReportMetric(alone, "events/s")
	b.ReportMetric(beside/alone, "beside/alone")
}

func (f *forgetting) head() (n float64) {
	f.Helper()
	if err := f.DB.Pool.QueryRow(f.Context(), `SELECT coalesce(max(seq), 0)::float8 FROM workspace_heads WHERE workspace_id = $1`, f.busy.ID).Scan(&n); err != nil {
		f.Fatal(err)
	}
	return n
}

func (f *forgetting) posted(during time.Duration) float64 {
	f.Helper()
	before, begun := f.head(), time.Now()
	<-time.After(during)
	return (f.head() - before) / time.Since(begun).Seconds()
}

// startSending has two senders send lines without end, as HTTP takes them: slowed while too much waits.
func (f *forgetting) startSending() (stop func()) {
	ctx, cancel := context.WithCancel(f.Context())
	var senders sync.WaitGroup
	for i := range 2 {
		senders.Go(func() {
			sender := ingest.Sender{Workspace: f.busy, Source: ingest.TokenSource(int64(i + 1))}
			_, err := f.Ingest.SendLines(ctx, sender, &endless{}, ingest.Stream{
				Ready: func(ctx context.Context) error { return f.Journal.WaitUntilReady(ctx, time.Minute) },
				Bad:   func(_ int, err error) error { return err },
			})
			if err != nil && ctx.Err() == nil {
				f.Error(err)
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

// purge deletes a tenth of the activities while nothing else happens, purgeBeside a third while events are posted.
func (f *forgetting) purge(b *testing.B) {
	for b.Loop() {
		begun := time.Now()
		n := f.purgeFirst(f.rows / 10)
		b.ReportMetric(n, "rows")
		b.ReportMetric(n/time.Since(begun).Seconds(), "rows/s")
	}
}

func (f *forgetting) purgeBeside(b *testing.B) {
	for b.Loop() {
		f.besidePosting(b, func() {
			begun := time.Now()
			n := f.purgeFirst(f.rows / 3)
			b.ReportMetric(n, "rows")
			b.ReportMetric(time.Since(begun).Seconds(), "s")
			b.ReportMetric(n/time.Since(begun).Seconds(), "rows/s")
		})
	}
}

// purgeFirst purges about so many of the activities that occurred first.
func (f *forgetting) purgeFirst(rows float64) float64 {
	f.Helper()
	var to time.Time
	err := f.DB.Pool.QueryRow(f.Context(), `SELECT occurred_at FROM activities WHERE workspace_id = $1 AND seq >= (SELECT min(seq) FROM activities WHERE workspace_id = $1) + $2::float8::bigint ORDER BY seq LIMIT 1`,
		f.owner.Workspace.ID, rows).Scan(&to)
	if err != nil {
		f.Fatal(err)
	}
	order := privacy.Order{Filter: feed.Filter{To: feed.Bound{Text: to.Format(time.RFC3339Nano), At: to}, System: true}, Confirm: f.owner.Workspace.Slug}
	p, err := f.purges.Purge(f.Context(), f.doer, f.owner, order)
	for err == nil && p.UnderWay() {
		<-time.After(20 * time.Millisecond)
		p, err = f.purges.One(f.Context(), f.doer, p.ID)
	}
	if err != nil || p.State != models.PurgeDone {
		f.Fatalf("%+v, %v", p, err)
	}
	return float64(p.Purged)
}
