package privacy_test

import (
	"log/slog"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
	"daybook/services/export"
	"daybook/services/stats"
)

// What is purged is not kept in a file either: one that was made is gone, one that is being made ends, and one that has not begun goes on.
func TestAPurgeWithdrawsFiles(t *testing.T) {
	p := newPlace(t)
	p.files(50)
	users := auth.New(p.DB, p.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now)
	files := export.NewFiles(p.DB, export.FilesParts{Access: p.Access, Auth: users, Feed: p.Feed, Stats: stats.New(p.DB, p.Feed), Ingest: p.Ingest},
		export.FilesConfig{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: time.Now})
	var ids []string
	for range 3 {
		e, err := files.Make(t.Context(), doer(p.owner), p.owner, export.Order{})
		if err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, e.ID.String()); len(ids) == 1 {
			if _, _, err := files.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.DB.Gorm.Exec(`UPDATE exports SET state = 'running', started_at = now(), rows = 1 WHERE id = ?`, ids[1]).Error; err != nil {
		t.Fatal(err)
	}
	p.ended(p.purge(until(t, "2024-01-01")).ID)
	for i, want := range []models.ExportState{models.ExportExpired, models.ExportFailed, models.ExportWaiting} {
		if got := ask[models.ExportState](p, `SELECT state FROM exports WHERE id = $1`, ids[i]); got != want {
			t.Errorf("file %d is %s, not %s", i, got, want)
		}
	}
	if err := files.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](p, `SELECT count(*) FROM export_chunks`); n != 0 {
		t.Errorf("%d chunks are left", n)
	}
}
