package jobs_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/erasure"
	"daybook/services/jobs"
)

// TestAnErasureComesToItsEnd: what PostgreSQL has to do is done by a job.
func TestAnErasureComesToItsEnd(t *testing.T) {
	p := newPlace(t)
	log, keys := slog.New(slog.NewTextHandler(t.Output(), nil)), auth.NewKeys([]byte("a secret of thirty-two characters"))
	erasures := erasure.New(p.DB, erasure.Parts{
		Journal: p.Journal, Ingest: p.Ingest, Auth: auth.New(p.DB, p.Ingest, keys, time.Now), Keys: keys, Ledger: filepath.Join(t.TempDir(), "ledger"), Log: log, Now: time.Now,
	})
	p.works(jobs.Parts{Exports: p.files(log), Erasures: erasures})
	actor, err := erasures.ActorCalled(t.Context(), p.ws.ID, "a")
	if err != nil {
		t.Fatal(err)
	}
	e, err := erasures.Anonymise(t.Context(), account.CommandLine(&p.ws), erasure.Order{Target: erasure.Target{Actor: actor}, Confirm: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for ends := time.Now().Add(20 * time.Second); e.State != models.ErasureDone && e.State != models.ErasureOpen; {
		if e, err = erasures.One(t.Context(), account.CommandLine(nil), e.ID); err != nil || time.Now().After(ends) {
			t.Fatalf("%+v, %v", e, err)
		}
		select {
		case <-t.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	if e.State != models.ErasureDone || e.EndedAt == nil || e.Activities != 700 {
		t.Errorf("%+v", e)
	}
}
