package erasure

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/proof"
)

// gate is a workspace whose journal posts through the screen.
type gate struct {
	testing.TB
	db      *database.Database
	in      *ingest.Service
	journal *journal.Journal
	s       *Service
	ws      models.Workspace
	erasure uuid.UUID
}

func newGate(t testing.TB) *gate {
	t.Helper()
	g := &gate{TB: t, db: dbtest.New(t), ws: models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "acme", Name: "Acme", TimeZone: "UTC"}, erasure: uuid.Must(uuid.NewV7())}
	if err := g.db.Gorm.Create(&g.ws).Error; err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	g.journal = journal.New(g.db, log)
	g.in = ingest.New(g.db, g.journal.Wake, time.Now, log)
	g.journal.RecordWith(g.in)
	g.s = &Service{keys: newKeys(auth.NewKeys([]byte("a secret of this test")))}
	g.journal.ScreenWith(g.s)
	g.do(`INSERT INTO erasures (id, workspace_id, state, asked_by) VALUES ($1, $2, 'done', '{}')`, g.erasure, g.ws.ID)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.journal.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return g
}

func (g *gate) do(sql string, args ...any) {
	g.Helper()
	if _, err := g.db.Pool.Exec(g.Context(), sql, args...); err != nil {
		g.Fatal(err)
	}
}

// forget makes somebody a deleted actor, known by an id and an address.
func (g *gate) forget(id, email string) {
	g.Helper()
	var actor int64
	err := g.db.Pool.QueryRow(g.Context(), `INSERT INTO actors (workspace_id, external_id, type, name, erased_at) VALUES ($1, $2, 'user', 'Deleted User', now()) RETURNING id`, g.ws.ID, fmt.Sprint("deleted-", len(id))).Scan(&actor)
	if err != nil {
		g.Fatal(err)
	}
	for _, hash := range [][]byte{g.s.keys.hashOfID(id), g.s.keys.hashOfEmail(email)} {
		g.do(`INSERT INTO forgotten (workspace_id, hash, actor_id, erasure_id) VALUES ($1, $2, $3, $4)`, g.ws.ID, hash, actor, g.erasure)
	}
}

func (g *gate) send(event string) {
	g.Helper()
	if _, err := g.in.SendOne(g.Context(), ingest.Sender{Workspace: g.ws, Source: ingest.TokenSource(1)}, []byte(event), ""); err != nil {
		g.Errorf("%s: %v", event, err)
	}
}

// said is all that was posted, as text.
func (g *gate) said() (rows []string) {
	g.Helper()
	if err := g.journal.Drain(g.Context()); err != nil {
		g.Fatal(err)
	}
	err := g.db.Gorm.Raw(`SELECT concat_ws(' | ', act.external_id, a.actor_name, a.actor_role, host(a.ip), a.user_agent, b.external_id, a.entity_id, a.entity_name, a.entity_url, a.description, a.changes, a.metadata)
		FROM activities a JOIN actors act ON act.id = a.actor_id LEFT JOIN actors b ON b.id = a.on_behalf_of_id WHERE a.workspace_id = ? ORDER BY a.seq`, g.ws.ID).Scan(&rows).Error
	if err != nil {
		g.Fatal(err)
	}
	return rows
}

// everywhere is every row of every table that could say a word, as text.
func (g *gate) everywhere() string {
	g.Helper()
	var b strings.Builder
	for _, table := range []string{"activities", "activity_words", "actors", "inbox", "rejected", "projects", "event_ids"} {
		var text string
		if err := g.db.Pool.QueryRow(g.Context(), `SELECT coalesce(string_agg(t::text, E'\n'), '') FROM `+table+` t`).Scan(&text); err != nil {
			g.Fatal(err)
		}
		b.WriteString(text)
	}
	return strings.ToLower(b.String())
}

const amara = `"actor": {"id": "amara-7f3a", "name": "Amara Okafor", "role": "lead", "email": "Amara@Example.com"}, "ip_address": "203.0.113.9", "user_agent": "Firefox"`

func TestWhoWasForgottenIsPostedAsNobody(t *testing.T) {
	g := newGate(t)
	g.forget("amara-7f3a", "amara@example.com")
	for _, event := range []string{
		`{` + amara + `, "action": "created", "resource": {"type": "file", "id": "1", "name": "Plan of Amara Okafor"}, "description": "Amara Okafor created it", "metadata": {"by": "amara-7f3a", "cc": ["AMARA@example.com"], "n": 10.50}}`,
		`{"actor": {"id": "another", "name": "Amara O.", "email": "amara@example.com"}, "action": "created"}`,
		`{"actor": {"id": "amara@example.com"}, "action": "created"}`,
		`{"actor": {"id": "bot", "type": "agent", "name": "Bot"}, "on_behalf_of": {"id": "amara-7f3a", "name": "Amara Okafor"}, "action": "sent", "description": "For Amara Okafor", "ip_address": "203.0.113.77", "user_agent": "Bot/1"}`, // the bot's own
		`{"actor": {"id": "bob", "name": "Bob"}, "action": "invited", "resource": {"type": "user", "id": "amara-7f3a", "name": "Amara Okafor", "url": "https://x.test/u/amara-7f3a"}, "description": "Bob invited Amara Okafor"}`,
		`{"actor": {"id": "as", "name": "Assistant of Amara Okafor"}, "on_behalf_of": {"id": "amara-7f3a", "name": "Amara Okafor"}, "action": "sent"}`,
		`{"actor": {"id": "hr", "name": "HR"}, "on_behalf_of": {"id": "desk", "name": "Desk of Amara Okafor"}, "action": "invited", "resource": {"type": "user", "id": "amara-7f3a", "name": "Amara Okafor"}}`,
	} {
		g.send(event)
	}
	rows := g.said()
	for i, want := range []string{
		"deleted-10 | Deleted User | 1 | Plan of Deleted User | Deleted User created it | [] | {",
		"deleted-10 | Deleted User | Created something | [] | {}",
		"deleted-10 | Deleted User | Created something | [] | {}",
		"bot | Bot | 203.0.113.77 | Bot/1 | deleted-10 | For Deleted User | [] | {}",
		"bob | Bob | deleted-10 | Deleted User | https://x.test/u/deleted-10 | Bob invited Deleted User | [] | {}",
		"as | Assistant of Deleted User | deleted-10 | Sent something | [] | {}",
		"hr | HR | desk | deleted-10 | Deleted User | ",
	} {
		if !strings.HasPrefix(rows[i], want) {
			t.Errorf("%s\ninstead of\n%s", rows[i], want)
		}
	}
	all := g.everywhere()
	for _, trace := range []string{"amara", "okafor", "7f3a", "203.0.113.9", "firefox"} {
		if at := strings.Index(all, trace); at >= 0 {
			t.Errorf("%q is there still: …%s…", trace, all[max(0, at-60):min(len(all), at+60)])
		}
	}
	if v, err := proof.VerifyWorkspace(t.Context(), g.db.Pool, g.ws.ID); err != nil || !v.OK() || v.Rows != 7 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestNobodyElseIsTakenOut(t *testing.T) {
	g := newGate(t)
	g.forget("5", "amara@example.com")
	other := models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "other", Name: "Other", TimeZone: "UTC"}
	if err := g.db.Gorm.Create(&other).Error; err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{
		`{"actor": {"id": "55", "name": "Amara Okafor", "email": "amara@example.org"}, "action": "created", "description": "5 files of amara@example.com"}`,
		`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "invoice", "id": "5", "name": "Invoice 5"}}`,
		`{"actor": {"id": "A5"}, "action": "created", "metadata": {"user_id": 5}}`,
	} {
		g.send(event)
	}
	if all := strings.Join(g.said(), "\n"); strings.Contains(strings.ToLower(all), "deleted") {
		t.Error(all)
	}
	g.send(`{"actor": {"id": "5"}, "action": "created", "description": "5 files", "metadata": {"n": 5, "user_id": 5}}`)
	if rows := g.said(); rows[3] != `deleted-1 | Deleted User | 5 files | [] | {"n": 5, "user_id": "deleted-1"}` {
		t.Error(rows[3])
	}
	in := ingest.Sender{Workspace: other, Source: ingest.TokenSource(1)}
	if _, err := g.in.SendOne(t.Context(), in, []byte(`{"actor": {"id": "5", "name": "Somebody"}, "action": "created"}`), ""); err != nil {
		t.Fatal(err)
	}
	if err := g.journal.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := g.everywhere(); !strings.Contains(all, "somebody") {
		t.Error("who was forgotten in one workspace is taken out of another one")
	}
}

// TestWhatIsRejectedIsScreenedToo, and its fingerprint is gone: a guess of what it said cannot be confirmed by sending it.
func TestWhatIsRejectedIsScreenedToo(t *testing.T) {
	g := newGate(t)
	g.forget("amara-7f3a", "amara@example.com")
	id := uuid.New()
	g.do(`INSERT INTO event_ids (workspace_id, uuid, mac_key, mac) VALUES ($1, $2, '\x00', '\x00')`, g.ws.ID, id)
	g.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) VALUES (0, $1, $2, 1, $3::text::jsonb)`, g.ws.ID, id,
		`{"action": "", "outcome": "success", "description": "Amara Okafor was here", "actor": {"id": "amara-7f3a", "name": "Amara Okafor", "type": "user"}}`)
	g.journal.Wake()
	g.said()
	var event string
	if err := g.db.Pool.QueryRow(t.Context(), `SELECT event::text FROM rejected`).Scan(&event); err != nil || !strings.Contains(event, "Deleted User was here") {
		t.Errorf("%s, %v", event, err)
	}
	if all := g.everywhere(); strings.Contains(all, "amara") || strings.Contains(all, `\\x00`) {
		t.Error("a trace of it is left")
	}
}

// posting is how long it takes to post an event that waits, with a screen that lets everybody through.
func (g *gate) posting() time.Duration {
	g.Helper()
	const n = 10_000
	g.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 1, $1, gen_random_uuid(), 1, jsonb_build_object('actor', jsonb_build_object('id', 'user-' || n % 97, 'name', 'User ' || n % 97, 'type', 'user'),
		'action', 'created', 'entity', jsonb_build_object('type', 'file', 'id', n::text, 'name', 'File ' || n), 'description', 'Created File ' || n, 'outcome', 'success', 'metadata', jsonb_build_object('note', repeat('word ', 60)))
		FROM generate_series(1, $2::int) n`, g.ws.ID, n)
	begun := time.Now()
	g.journal.Wake()
	if err := g.journal.Drain(g.Context()); err != nil {
		g.Fatal(err)
	}
	return time.Since(begun) / n
}

// BenchmarkScreen measures what the screen costs a batch, compared with posting it: with nobody forgotten, with somebody else, and of somebody in each tenth event.
func BenchmarkScreen(b *testing.B) {
	g := newGate(b)
	events := func() []journal.Screened {
		list := make([]journal.Screened, 1000)
		for i := range list {
			email := fmt.Sprintf("user%d@example.com", i%97)
			name := "File"
			list[i] = journal.Screened{Workspace: g.ws.ID, Event: &models.Event{
				Actor:  models.ActorRef{ID: fmt.Sprint("user-", i%97), Name: fmt.Sprint("User ", i%97), Type: models.ActorUser, Email: &email},
				Action: "created", Entity: &models.EntityRef{Type: "file", ID: &name, Name: &name}, Description: fmt.Sprint("Created File ", i), Metadata: []byte(`{"note": "` + strings.Repeat("word ", 60) + `"}`),
			}}
		}
		return list
	}
	posting := g.posting()
	measure := func(name string) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				tx, err := g.db.Pool.Begin(b.Context())
				if err == nil {
					err = g.s.Screen(b.Context(), tx, events())
				}
				if err != nil {
					b.Fatal(err)
				}
				_ = tx.Rollback(b.Context())
			}
			each := b.Elapsed() / time.Duration(b.N) / 1000
			b.ReportMetric(float64(each.Nanoseconds())/1000, "µs/event")
			b.ReportMetric(float64(each)/float64(posting), "screen/posting")
		})
	}
	measure("Nobody")
	g.forget("amara-7f3a", "amara@example.com")
	measure("Another")
	for i := range 10 {
		g.forget(fmt.Sprintf("%suser-%d", "", i), fmt.Sprintf("none%d@example.com", i))
		g.do(`UPDATE actors SET external_id = external_id || '-' || id WHERE external_id = 'deleted-6'`)
	}
	measure("ATenth")
}
