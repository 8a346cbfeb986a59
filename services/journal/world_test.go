package journal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
	"daybook/services/proof"
)

// world is a database with a workspace and a journal that does not run yet.
type world struct {
	testing.TB
	db *database.Database
	ws models.Workspace
	j  *Journal
	in *ingest.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: dbtest.New(t)}
	w.ws = w.workspace("acme")
	w.j, w.in = w.journal()
	return w
}

func (w *world) workspace(slug string) models.Workspace {
	w.Helper()
	ws := models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: slug, TimeZone: "Canada/Newfoundland"}
	if err := w.db.Gorm.Create(&ws).Error; err != nil {
		w.Fatal(err)
	}
	return ws
}

// journal makes another journal on the same database, as another process would.
func (w *world) journal() (*Journal, *ingest.Service) {
	log := slog.New(slog.NewTextHandler(w.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	j := New(w.db, log)
	in := ingest.New(w.db, j.Wake, time.Now, log)
	j.RecordWith(in)
	return j, in
}

// run lets a journal take part until the test ends or stop is called.
func (w *world) run(j *Journal) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	w.Cleanup(stop)
	return stop
}

// writer is an elected writer that posts a batch when the test says so.
func (w *world) writer(special map[string]string) *writer {
	w.Helper()
	made := &writer{journal: w.j, conn: w.connect(special), room: batchRows, lagging: true}
	made.fence = ask[int64](w, `UPDATE journal_head SET fence = fence + 1 RETURNING fence`)
	return made
}

// connect opens a connection like the writer's, but for timeouts that would end it while the test looks at something else.
func (w *world) connect(special map[string]string) *pgx.Conn {
	w.Helper()
	params := settings()
	delete(params, "idle_in_transaction_session_timeout")
	delete(params, "idle_session_timeout")
	for k, v := range special {
		params[k] = v
	}
	conn, err := w.db.Connect(w.Context(), params)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { closeSoon(conn) })
	return conn
}

// drain posts batches until nothing waits, and gives how many it were.
func (w *world) drain(by *writer) (batches int) {
	w.Helper()
	for {
		more, err := by.postBatch(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		if !more {
			return batches + 1
		}
		batches++
	}
}

func (w *world) do(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Pool.Exec(w.Context(), sql, args...); err != nil {
		w.Fatal(err)
	}
}

func ask[T any](w *world, sql string, args ...any) (answer T) {
	w.Helper()
	if err := w.db.Pool.QueryRow(w.Context(), sql, args...).Scan(&answer); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return answer
}

// fill puts n good events into the inbox, in one transaction of its own.
func (w *world) fill(lane, n int) { w.do(fillSQL, lane, w.ws.ID, n) }

const fillSQL = `
INSERT INTO inbox (lane, workspace_id, uuid, source_id, event)
SELECT $1, $2, gen_random_uuid(), 1, jsonb_build_object('actor', jsonb_build_object('id', 'u' || n % 97, 'name', 'User ' || n % 97, 'type', 'user'),
       'action', 'created', 'entity', jsonb_build_object('type', 'file', 'id', n::text, 'name', 'File ' || n), 'project', jsonb_build_object('id', 'p' || n % 7),
       'description', 'Created File ' || n, 'outcome', 'success', 'metadata', jsonb_build_object('n', n), 'occurred_at', '2024-03-10T06:59:59.123456Z'::timestamptz + n * interval '7 minutes')
  FROM generate_series(1, $3) AS n`

// one sends a single event, and gives its id.
func (w *world) one() uuid.UUID {
	w.Helper()
	r, err := w.in.SendOne(w.Context(), w.sender(), []byte(`{"actor": {"id": "single"}, "action": "created"}`), "")
	if err != nil {
		w.Fatal(err)
	}
	return r.IDs[0]
}

func (w *world) array(n int) {
	w.Helper()
	text := "[" + strings.TrimSuffix(strings.Repeat(`{"actor": {"id": "bulk"}, "action": "created"},`, n), ",") + "]"
	if _, err := w.in.SendArray(w.Context(), w.sender(), []byte(text)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) sender() ingest.Sender {
	return ingest.Sender{Workspace: w.ws, Source: ingest.ImportSource(w.ws.ID)}
}

// eventually waits for a condition.
func (w *world) eventually(what string, holds func() bool) {
	w.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); pause(w.Context(), 2*time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("after a minute still not: %s", what)
		}
	}
}

// sound checks everything that holds of a journal with nothing waiting, and gives how many activities it has.
func (w *world) sound() (activities int64) {
	w.Helper()
	if n := ask[int64](w, `SELECT count(*) FROM inbox`); n != 0 {
		w.Errorf("%d rows are left in the inbox", n)
	}
	wrong := ask[string](w, `SELECT coalesce(string_agg(workspace_id || ': ' || last || ' ' || n, ', '), '') FROM (
		SELECT workspace_id, max(a.seq), count(DISTINCT a.seq), max(h.seq) FROM activities a JOIN workspace_heads h USING (workspace_id)
		 GROUP BY 1) AS s (workspace_id, last, n, head) WHERE last <> n OR last <> head`)
	if wrong != "" {
		w.Errorf("numbers are missing: %s", wrong)
	}
	if n := ask[int64](w, `SELECT count(*) FROM (SELECT id < lag(id) OVER (PARTITION BY workspace_id ORDER BY seq) FROM activities) AS s (falls) WHERE falls`); n != 0 {
		w.Errorf("%d ids do not ascend with seq", n)
	}
	differences, err := w.j.Recount(w.Context())
	if err != nil || len(differences) > 0 {
		w.Errorf("the recount: %v, %d differences, first %v", err, len(differences), fmt.Sprint(differences[:min(1, len(differences))]))
	}
	v, err := proof.VerifyWorkspace(w.Context(), w.db.Pool, w.ws.ID)
	if err != nil || !v.OK() {
		w.Errorf("the proof: %+v, %v", v, err)
	}
	return v.Rows
}
