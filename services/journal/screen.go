package journal

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Screen looks at events before they are posted, and takes out who has been forgotten.
type Screen interface {
	// Screen changes events in place, and says which. It is asked for each batch, so it has to be cheap when there is nothing to take out. Its error
	// keeps the batch from being posted; the batch is tried again.
	Screen(ctx context.Context, tx pgx.Tx, events []Screened) error
}

// Screened is an event that is about to be posted, or to be rejected.
type Screened struct {
	Workspace uuid.UUID
	Source    int64
	Event     *models.Event
	Changed   bool // to be set when Event was changed
}

// ScreenWith gives the journal its screen. There is one.
func (j *Journal) ScreenWith(s Screen) { j.screen.Store(&s) }

// screen has the events of a batch looked at. What an event that was changed said before is forgotten everywhere: were it rejected, or sent again.
func (w *writer) screen(ctx context.Context, b *batch, ps []posting) error {
	screen := w.journal.screen.Load()
	if screen == nil {
		return nil
	}
	events := make([]Screened, 0, len(ps))
	places := make([]int, 0, len(ps))
	for i := range ps {
		if ps[i].decoded {
			events, places = append(events, Screened{Workspace: ps[i].row.workspace, Source: ps[i].row.source, Event: &ps[i].event}), append(places, i)
		}
	}
	if err := (*screen).Screen(ctx, b.tx, events); err != nil {
		return fmt.Errorf("screen events: %w", err)
	}
	changed := map[uuid.UUID][]uuid.UUID{}
	for i, e := range events {
		if !e.Changed {
			continue
		}
		p := &ps[places[i]]
		text, err := json.Marshal(p.event)
		if err != nil {
			return fmt.Errorf("encode a screened event: %w", err)
		}
		p.row.event, p.refusal = text, check(&p.event) // whose reason may quote what it refuses
		changed[e.Workspace] = append(changed[e.Workspace], p.row.uuid)
	}
	for workspace, ids := range changed {
		if err := ingest.Forget(ctx, database.PgxTx(b.tx), workspace, ids); err != nil {
			return err
		}
	}
	return nil
}
