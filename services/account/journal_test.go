package account_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"daybook/models"
	"daybook/services/ingest"
	"daybook/services/journal"
)

// The journal records a link by e-mail as an act, in the transaction that makes it, and a link is made once.
func TestTheJournalRecordsALinkByEmail(t *testing.T) {
	p := newPlace(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	j := journal.New(p.db, log)
	j.RecordWith(p.in)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.Run(ctx)
	}()
	defer func() { cancel(); <-done }()
	from := ingest.Sender{Workspace: *p.acme, Source: ingest.TokenSource(1)}
	for range 2 {
		for _, id := range []string{"u1", "u2"} {
			text := fmt.Sprintf(`{"action": "created", "actor": {"id": %q, "name": "Robert", "email": "bob@example.com"}, "on_behalf_of": {"id": "u3", "email": "amara@example.com"}}`, id)
			if _, err := p.in.SendOne(t.Context(), from, []byte(text), ""); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // what was sent, and the acts that posting it recorded
			if err := j.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := ask[string](p, `SELECT string_agg(concat_ws(' ', actor_name, action, entity_type, entity_id, metadata ->> 'user_id', metadata ->> 'by', system), E'\n' ORDER BY entity_id) FROM activities WHERE action = 'linked'`)
	want := fmt.Sprintf("Daybook linked actor u1 %d email t\nDaybook linked actor u2 %d email t\nDaybook linked actor u3 %d email t", p.bob.ID, p.bob.ID, p.amara.ID)
	if got != want {
		t.Errorf("%s\ninstead of\n%s", got, want)
	}
	for id, user := range map[string]*models.User{"u1": p.bob, "u2": p.bob, "u3": p.amara} {
		if p.userOf(id) != user.ID {
			t.Errorf("%s is linked to %d", id, p.userOf(id))
		}
	}
}
