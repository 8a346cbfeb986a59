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
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/erasure"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/proof"
	"daybook/services/stats"
)

const secret = "a secret of thirty-two characters"

// world is a Daybook with a workspace, an owner and an instance admin.
type world struct {
	testing.TB
	db       *database.Database
	journal  *journal.Journal
	in       *ingest.Service
	auth     *auth.Service
	account  *account.Service
	erasures *erasure.Service
	ledger   string
	log      *record
	acme     models.Workspace
	owner    *models.User
	instance *models.User
}

// record keeps what was logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(line)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: dbtest.New(t), ledger: filepath.Join(t.TempDir(), "ledger", "erasures.ndjson"), log: &record{}}
	w.compose()
	w.run()
	w.acme = w.workspace("acme")
	w.owner = w.member(w.acme, "olive", models.Owner)
	w.instance = w.user("ina")
	w.do(`UPDATE users SET instance_admin = true WHERE id = $1`, w.instance.ID)
	return w
}

// compose makes the services upon the database.
func (w *world) compose() {
	w.Helper()
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	keys := auth.NewKeys([]byte(secret))
	w.journal = journal.New(w.db, log)
	w.in = ingest.New(w.db, w.journal.Wake, time.Now, log)
	w.journal.RecordWith(w.in)
	w.auth = auth.New(w.db, w.in, keys, time.Now)
	w.account = account.New(w.db, w.in, w.auth, time.Now)
	reading := feed.New(w.db, keys.For("cursors"))
	files := export.NewFiles(w.db, export.FilesParts{Auth: w.auth, Feed: reading, Stats: stats.New(w.db, reading), Ingest: w.in}, export.FilesConfig{Log: log, Now: time.Now})
	w.erasures = erasure.New(w.db, erasure.Parts{Journal: w.journal, Ingest: w.in, Auth: w.auth, Exports: files, Keys: keys, Ledger: w.ledger, Log: log, Now: time.Now})
}

// run runs the journal until the test ends.
func (w *world) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	running := w.journal
	go func() {
		defer close(done)
		running.Run(ctx)
	}()
	w.Cleanup(func() {
		cancel()
		<-done
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Pool.Exec(w.Context(), sql, args...); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

func ask[V any](w *world, sql string, args ...any) (v V) {
	w.Helper()
	if err := w.db.Pool.QueryRow(w.Context(), sql, args...).Scan(&v); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return v
}

func (w *world) workspace(slug string) models.Workspace {
	w.Helper()
	made, err := w.account.CreateWorkspace(w.Context(), account.NewWorkspace{Slug: slug, Name: "The " + slug, TimeZone: "America/St_Johns"}, models.CommandLine)
	w.must(err)
	return *made
}

// user makes somebody called Name Person, whose address is name@example.com.
func (w *world) user(name string) *models.User {
	w.Helper()
	full := string(name[0]-'a'+'A') + name[1:] + " Person"
	id := ask[int64](w, `INSERT INTO users (email, username, name, password_hash) VALUES ($1, $2, $3, 'x') RETURNING id`, name+"@example.com", name, full)
	u, err := w.account.User(w.Context(), name)
	w.must(err)
	u.ID = id
	return u
}

func (w *world) member(ws models.Workspace, name string, role models.Role) *models.User {
	w.Helper()
	u := w.user(name)
	w.join(ws, u, role)
	return u
}

func (w *world) join(ws models.Workspace, u *models.User, role models.Role) {
	w.Helper()
	w.must(w.account.AddMember(w.Context(), account.NewMember{Workspace: &ws, User: u, Role: role}, models.CommandLine))
}

// doer is somebody in a workspace, as their role is now.
func (w *world) doer(ws models.Workspace, u *models.User) account.Doer {
	w.Helper()
	d := account.CommandLine(&ws)
	role := ask[string](w, `SELECT CASE WHEN u.instance_admin THEN 'instance' ELSE coalesce((SELECT role FROM memberships WHERE user_id = u.id AND workspace_id = $2), '') END FROM users u WHERE id = $1`, u.ID, ws.ID)
	d.Role, d.User, d.Ref = roles[role], u, models.UserActor(u)
	return d
}

// send sends events, one a line, and waits until they are posted.
func (w *world) send(ws models.Workspace, events ...string) {
	w.Helper()
	for _, ev := range events {
		if _, err := w.in.SendOne(w.Context(), ingest.Sender{Workspace: ws, Source: ingest.TokenSource(1)}, []byte(ev), ""); err != nil {
			w.Fatalf("%s: %v", ev, err)
		}
	}
	w.drain()
}

func (w *world) drain() {
	w.Helper()
	w.must(w.journal.Drain(w.Context()))
}

// actor finds an actor by the id that the application has for them.
func (w *world) actor(ws models.Workspace, external string) int64 {
	w.Helper()
	return ask[int64](w, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2`, ws.ID, external)
}

// anonymise has somebody anonymised by the owner, and waits until it does not go on by itself.
func (w *world) anonymise(t erasure.Target, name string) models.Erasure {
	w.Helper()
	e, err := w.erasures.Anonymise(w.Context(), w.doer(w.acme, w.instance), erasure.Order{Target: t, Confirm: name})
	w.must(err)
	return w.settled(e.ID)
}

// settled waits until an erasure is done, or open.
func (w *world) settled(id uuid.UUID) models.Erasure {
	w.Helper()
	ends := time.Now().Add(30 * time.Second)
	for {
		e, err := w.erasures.One(w.Context(), account.CommandLine(nil), id)
		w.must(err)
		if e.State == models.ErasureTidying {
			w.must(w.erasures.Tidy(w.Context()))
			continue
		}
		if !e.UnderWay() {
			w.drain()
			return e
		}
		if time.Now().After(ends) {
			w.Fatalf("it does not come to an end: %+v\n%s", e, w.log.text.String())
		}
		select {
		case <-w.Context().Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// sound checks that everything recorded can still be proved, and that the counts are those of the activities.
func (w *world) sound() {
	w.Helper()
	w.drain()
	for _, id := range []uuid.UUID{w.acme.ID, models.BuiltInWorkspace} {
		v, err := proof.VerifyWorkspace(w.Context(), w.db.Pool, id)
		if err != nil || !v.OK() {
			w.Errorf("%s is not as it was recorded: %+v, %v", id, v, err)
		}
	}
	if differ, err := w.journal.Recount(w.Context()); err != nil || len(differ) > 0 {
		w.Errorf("the counts differ: %v %v", differ, err)
	}
}

func textOf(v any) string { return fmt.Sprint(v) }

// eventually waits for a condition.
func (w *world) eventually(is func() bool) {
	w.Helper()
	ends := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(ends) {
			w.Fatalf("it does not come\n%s", w.log.text.String())
		}
		select {
		case <-w.Context().Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// doubts are those of an erasure that nobody has decided.
func (w *world) doubts(id uuid.UUID) []models.Doubt {
	w.Helper()
	list, err := w.erasures.Doubts(w.Context(), account.CommandLine(nil), id, 0)
	w.must(err)
	return list
}
