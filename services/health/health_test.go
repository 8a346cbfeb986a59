package health_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/health"
	"daybook/services/journal"
)

func newService(t *testing.T) (*health.Service, *database.Database) {
	t.Helper()
	db := dbtest.New(t)
	j := journal.New(db, slog.New(slog.NewTextHandler(t.Output(), nil)))
	return health.New(db, j, time.Now), db
}

func do(t *testing.T, db *database.Database, sql string, args ...any) {
	t.Helper()
	if _, err := db.Pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, s *health.Service) *health.Report {
	t.Helper()
	r, err := s.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAHealthyInstance(t *testing.T) {
	s, db := newService(t)
	do(t, db, `UPDATE journal_head SET posted_at = now() - interval '3 days'`) // nobody has sent anything since: no reason to worry
	r := report(t, s)
	if len(r.Problems) != 0 || r.Stuck || r.Waiting.N != 0 || r.Oldest != nil || len(r.Rejected) != 0 {
		t.Errorf("%+v", r)
	}
	if r.PostgreSQL == "" || r.ProgramIs == "" || r.MadeWith == "" || r.Database < 1<<20 || r.LastMigration < 5 {
		t.Errorf("%+v", r)
	}
	if found := s.Attention(t.Context()); len(found) != 0 {
		t.Error(found)
	}
}

func TestWhatNeedsAttention(t *testing.T) {
	s, db := newService(t)
	ws := models.Workspace{ID: uuid.Must(uuid.NewV7()), Slug: "acme", Name: "Acme", TimeZone: "UTC"}
	if err := db.Gorm.Create(&ws).Error; err != nil {
		t.Fatal(err)
	}
	do(t, db, `INSERT INTO rejected (workspace_id, uuid, source_id, event, received_at, sqlstate, reason)
		SELECT $1, gen_random_uuid(), 1, '{}', now(), '22000', 'x' FROM generate_series(1, 10002)`, ws.ID)
	do(t, db, `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event, received_at) VALUES (0, $1, gen_random_uuid(), 1, '{}', now() - interval '3 hours')`, ws.ID)
	do(t, db, `UPDATE journal_head SET posted_at = now() - interval '2 hours'`)
	do(t, db, `UPDATE workspaces SET next_time_zone = 'Asia/Kolkata' WHERE slug = 'acme'`)
	r := report(t, s)
	if !r.Stuck || r.Waiting != (health.Count{N: 1}) || r.Oldest == nil || time.Since(*r.Oldest) < 2*time.Hour {
		t.Errorf("%+v", r)
	}
	if len(r.Rejected) != 1 || r.Rejected[0].Count != (health.Count{N: 10000, More: true}) || r.Rejected[0].Workspace.Slug != "acme" {
		t.Errorf("%+v", r.Rejected)
	}
	if len(r.Counting) != 1 || r.Counting[0].TimeZone != "Asia/Kolkata" {
		t.Errorf("%+v", r.Counting)
	}
	want := []string{"Events are accepted and not posted: the last ones appeared 2 hours ago.", "More than 10,000 events could not be posted."}
	if len(r.Problems) != 2 || r.Problems[0].Text != want[0] || r.Problems[1].Text != want[1] || r.Problems[0].Severity != health.Urgent || r.Problems[1].Severity != health.Notable {
		t.Errorf("%+v", r.Problems)
	}
	if found := s.Attention(t.Context()); len(found) != 2 {
		t.Error(found)
	}
	do(t, db, `DELETE FROM rejected`)
	if found := s.Attention(t.Context()); len(found) != 2 {
		t.Errorf("it was looked at again at once: %v", found)
	}
}
