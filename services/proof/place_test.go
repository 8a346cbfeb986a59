package proof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/proof"
)

// place is a workspace on a database of its own, whose journal posts.
type place struct {
	t       testing.TB
	db      *database.Database
	in      *ingest.Service
	journal *journal.Journal
	ws      models.Workspace
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, db: dbtest.New(t), ws: models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "acme", Name: "Acme", TimeZone: "Canada/Newfoundland"}}
	if err := p.db.Gorm.Create(&p.ws).Error; err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	p.journal = journal.New(p.db, log)
	p.in = ingest.New(p.db, p.journal.Wake, time.Now, log)
	p.journal.RecordWith(p.in)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.journal.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// send sends an event, given as the members beside actor and action, as a service token does.
func (p *place) send(members string) {
	p.t.Helper()
	text := `{"action": "created", "actor": {"id": "u1", "name": "Amara"}` + members + `}`
	if _, err := p.in.SendOne(p.t.Context(), ingest.Sender{Workspace: p.ws, Source: ingest.TokenSource(1)}, []byte(text), ""); err != nil {
		p.t.Errorf("%.200s: %v", text, err)
	}
}

// inbox puts an event into the inbox as it is, past every check.
func (p *place) inbox(event string) {
	p.t.Helper()
	_, err := p.db.Pool.Exec(p.t.Context(), `INSERT INTO sources (kind, key) VALUES ('token', '9') ON CONFLICT DO NOTHING`)
	if err == nil {
		_, err = p.db.Pool.Exec(p.t.Context(), `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 0, $1, $2, max(id), $3::text::jsonb FROM sources`, p.ws.ID, uuid.New(), event)
	}
	if err != nil {
		p.t.Errorf("%s: %v", event, err)
	}
	p.journal.Wake()
}

// columns lists the columns of activities as PostgreSQL knows them.
func (p *place) columns() []string {
	p.t.Helper()
	var names []string
	err := p.db.Pool.QueryRow(p.t.Context(), `SELECT array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name = 'activities'`).Scan(&names)
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

// stored reads what was posted, as PostgreSQL gives it back, in order.
func (p *place) stored() (out []proof.Subject) {
	p.t.Helper()
	if err := p.journal.Drain(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	rows, err := p.db.Pool.Query(p.t.Context(), `
		SELECT a.seq, a.uuid, a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_name, a.entity_url, a.project_id, a.description,
		       a.changes, a.metadata, a.outcome, a.system, a.source_id, a.correlation_id, a.ip, a.user_agent, a.occurred_at, a.recorded_at, a.row_key, a.leaf, act.external_id, b.external_id
		  FROM activities a JOIN actors act ON act.id = a.actor_id LEFT JOIN actors b ON b.id = a.on_behalf_of_id
		 WHERE a.workspace_id = $1 ORDER BY seq`, p.ws.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		a := &models.Activity{WorkspaceID: p.ws.ID}
		s := proof.Subject{Activity: a}
		err := rows.Scan(&a.Seq, &a.UUID, &a.ActorName, &a.ActorRole, &a.Action, &a.EntityType, &a.EntityID, &a.EntityName, &a.EntityURL, &a.ProjectID, &a.Description,
			&a.Changes, &a.Metadata, &a.Outcome, &a.System, &a.SourceID, &a.CorrelationID, &a.IP, &a.UserAgent, &a.OccurredAt, &a.RecordedAt, &a.RowKey, &a.Leaf, &s.ActorID, &s.OnBehalfOf)
		if err != nil {
			p.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// check makes sure that so many activities were posted and that each leaf is the one of what is stored.
func (p *place) check(want int) []proof.Subject {
	p.t.Helper()
	got := p.stored()
	if len(got) != want {
		var rejected string
		_ = p.db.Pool.QueryRow(p.t.Context(), `SELECT coalesce(string_agg(reason || ' ' || event::text, E'\n'), '') FROM rejected`).Scan(&rejected)
		p.t.Fatalf("%d activities instead of %d; rejected: %s", len(got), want, rejected)
	}
	for _, s := range got {
		if ok, err := proof.Verify(s); !ok || err != nil {
			text, _ := json.Marshal(s)
			p.t.Errorf("the leaf of %s does not verify: %v", text, err)
		}
	}
	return got
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func nested(levels int) string {
	return fmt.Sprint(strings.Repeat(`{"a":`, levels-1), `{}`, strings.Repeat(`}`, levels-1))
}
