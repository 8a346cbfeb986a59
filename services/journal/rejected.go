package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
)

// Rejected is an event that could not be posted, and why.
type Rejected struct {
	ID         int64
	UUID       uuid.UUID
	Source     models.Origin // Kind and Key are set
	Event      json.RawMessage
	ReceivedAt time.Time
	RejectedAt time.Time
	SQLState   string
	Reason     string
}

// mostRejected bounds a page of rejected events.
const mostRejected = 200

const rejectedColumns = `SELECT r.id, r.uuid, s.kind, s.key, r.event::text, r.received_at, r.rejected_at, r.sqlstate, r.reason, r.source_id
	FROM rejected r LEFT JOIN sources s ON s.id = r.source_id WHERE r.workspace_id = $1`

// Rejected lists the events of the doer's workspace that could not be posted, the latest first, those before an id; 0 is the beginning.
func (j *Journal) Rejected(ctx context.Context, d account.Doer, before int64, limit int) ([]Rejected, error) {
	if err := d.Administers(); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > mostRejected {
		limit = 50
	}
	rows, err := j.db.Pool.Query(ctx, rejectedColumns+` AND ($2 = 0::bigint OR r.id < $2) ORDER BY r.id DESC LIMIT $3`, d.Workspace.ID, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list rejected events: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Rejected, error) {
		r, _, err := scanRejected(row)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("list rejected events: %w", err)
	}
	return list, nil
}

func scanRejected(row pgx.Row) (r Rejected, source int64, err error) {
	var kind, key *string
	var event string
	err = row.Scan(&r.ID, &r.UUID, &kind, &key, &event, &r.ReceivedAt, &r.RejectedAt, &r.SQLState, &r.Reason, &source)
	if r.Event = json.RawMessage(event); kind != nil && key != nil {
		r.Source = models.Origin{Kind: *kind, Key: *key}
	}
	return r, source, err
}

// Retry puts a rejected event back into the inbox, under its own id. When nothing has changed it will be rejected again.
func (j *Journal) Retry(ctx context.Context, d account.Doer, id int64) error {
	err := j.settle(ctx, d, id, "retried", func(tx pgx.Tx, r Rejected, source int64) error {
		return j.record.PutBack(ctx, database.PgxTx(tx), ingest.PutBack{Workspace: d.Workspace.ID, UUID: r.UUID, Source: source, Event: r.Event, Received: r.ReceivedAt})
	})
	if err == nil {
		j.Wake()
	}
	return err
}

// Dismiss forgets a rejected event. Its id stays taken.
func (j *Journal) Dismiss(ctx context.Context, d account.Doer, id int64) error {
	return j.settle(ctx, d, id, "dismissed", func(pgx.Tx, Rejected, int64) error { return nil })
}

// settle takes an event out of those that are rejected. What is recorded says nothing of its content.
func (j *Journal) settle(ctx context.Context, d account.Doer, id int64, action string, do func(pgx.Tx, Rejected, int64) error) error {
	if err := d.Administers(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, j.db.Pool, func(tx pgx.Tx) error {
		r, source, err := scanRejected(tx.QueryRow(ctx, rejectedColumns+` AND r.id = $2 FOR UPDATE OF r`, d.Workspace.ID, id))
		if errors.Is(err, pgx.ErrNoRows) {
			return models.Errorf(models.NotFound, "There is no such rejected event here, or it was retried or dismissed already.")
		} else if err != nil {
			return fmt.Errorf("find a rejected event: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM rejected WHERE id = $1`, id); err != nil {
			return fmt.Errorf("settle a rejected event: %w", err)
		}
		if err := do(tx, r, source); err != nil {
			return err
		}
		name := r.UUID.String()
		return j.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: d.Workspace.ID, Part: "journal", Event: models.Event{
			Actor: d.Ref, Action: action, Entity: &models.EntityRef{Type: "rejected_event", ID: &name},
			Changes: []models.Change{{Field: "rejected", Before: fmt.Appendf(nil, "%q", r.SQLState), After: []byte("null")}},
		}})
	})
}
