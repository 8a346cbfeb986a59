package export

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/proof"
)

// recordEnd records that an export has ended, in the transaction that ends it: who took what out, how much of it, and the sum of its bytes. One that
// failed or was cancelled says how far it had got; of a stream these rows have gone out.
func recordEnd(ctx context.Context, tx pgx.Tx, record *ingest.Service, e models.Export, by models.ActorRef) error {
	action, outcome := "exported", models.Success
	switch e.State {
	case models.ExportFailed:
		outcome = models.Failure
	case models.ExportCancelled:
		action = "export_cancelled"
	}
	return recordAct(ctx, tx, record, e, models.Event{Actor: by, Action: action, Outcome: outcome})
}

// recordDownload records that somebody took a file that was made before.
func recordDownload(ctx context.Context, tx pgx.Tx, record *ingest.Service, e models.Export) error {
	return recordAct(ctx, tx, record, e, models.Event{Actor: e.AskedBy, Action: "downloaded", Outcome: models.Success})
}

// recordRemoval records that somebody deleted the file of somebody else.
func recordRemoval(ctx context.Context, tx pgx.Tx, record *ingest.Service, e models.Export, by models.ActorRef) error {
	return recordAct(ctx, tx, record, e, models.Event{Actor: by, Action: "export_removed", Outcome: models.Success})
}

// instant writes an end of a range, or null where it is open.
func instant(at *time.Time) any {
	if at == nil {
		return nil
	}
	return proof.Time(*at)
}

func recordAct(ctx context.Context, tx pgx.Tx, record *ingest.Service, e models.Export, ev models.Event) error {
	about := map[string]any{
		"kind": e.Kind, "filter": e.Query, "format": e.Format, "columns": nonNil(e.Columns), "zone": e.Zone, "rows": e.Rows, "bytes": e.Bytes,
		"from": instant(e.From), "to": instant(e.To), // what the days of the filter were then, in the zone of then
	}
	if len(e.SHA256) > 0 {
		about["sha256"] = hex.EncodeToString(e.SHA256)
	}
	for key, value := range map[string]string{"form": e.Form, "problem": e.Problem} {
		if value != "" {
			about[key] = value
		}
	}
	for key, set := range map[string]bool{"gzip": e.GZIP, "raw": e.Raw} {
		if set {
			about[key] = true
		}
	}
	metadata, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("describe an export: %w", err)
	}
	id := e.ID.String()
	ev.Entity = &models.EntityRef{Type: "export", ID: &id}
	if e.Name != "" {
		ev.Entity.Name = &e.Name
	}
	ev.Metadata = metadata
	return record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: e.WorkspaceID, Part: "export", Event: ev})
}
