package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	Source     models.Origin
	Event      json.RawMessage
	ReceivedAt time.Time
	RejectedAt time.Time
	SQLState   string
	Reason     string // as it was kept, for those who look into the database; Why is for everybody else
	Retries    int64  // how often somebody put it back already
}

// RejectedPage is a page of rejected events, the latest first.
type RejectedPage struct {
	Events     []Rejected
	Total      int64
	Prev, Next int64 // ids to ask for the pages around with: Prev as After, Next as Before; 0: there is none
}

// RejectedAsk says which page of the rejected events is asked for.
type RejectedAsk struct {
	Before int64 // those before this id; 0: from the latest on
	After  int64 // or those after it, which stand on the page before; 0: not asked
	Limit  int   // at most mostRejected; 0: fifty
}

// mostRejected bounds a page of rejected events.
const mostRejected = 200

const rejectedColumns = `SELECT r.id, r.uuid, coalesce(s.kind, ''), coalesce(s.key, ''), coalesce(t.name, u.name, ''), t.user_id IS NOT NULL, r.event::text, r.received_at, r.rejected_at, r.sqlstate, r.reason,
	(SELECT count(*) FROM activities a WHERE a.workspace_id = r.workspace_id AND a.entity_id = r.uuid::text AND a.entity_type = 'rejected_event' AND a.system AND a.action = 'retried'), r.source_id
	FROM rejected r LEFT JOIN sources s ON s.id = r.source_id
	  LEFT JOIN tokens t ON s.kind = 'token' AND s.key = t.id::text LEFT JOIN users u ON s.kind = 'user' AND s.key = u.id::text
	 WHERE r.workspace_id = $1`

// Rejected lists the events of the doer's workspace that could not be posted.
func (j *Journal) Rejected(ctx context.Context, d account.Doer, ask RejectedAsk) (page RejectedPage, err error) {
	if err := d.Administers(); err != nil {
		return page, err
	}
	if ask.Limit <= 0 || ask.Limit > mostRejected {
		ask.Limit = 50
	}
	order := "DESC"
	if ask.After > 0 {
		order, ask.Before = "ASC", 0
	}
	rows, err := j.db.Pool.Query(ctx, rejectedColumns+` AND ($2 = 0::bigint OR r.id < $2) AND ($3 = 0::bigint OR r.id > $3) ORDER BY r.id `+order+` LIMIT $4`,
		d.Workspace.ID, ask.Before, ask.After, ask.Limit+1)
	if err != nil {
		return page, fmt.Errorf("list rejected events: %w", err)
	}
	page.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Rejected, error) {
		r, _, err := scanRejected(row)
		return r, err
	})
	if err != nil {
		return page, fmt.Errorf("list rejected events: %w", err)
	}
	page.link(ask)
	page.Total, err = j.CountRejected(ctx, d)
	return page, err
}

// link takes the row that was read only to know that there is one, and says where the pages around are.
func (p *RejectedPage) link(ask RejectedAsk) {
	more := len(p.Events) > ask.Limit
	if more {
		p.Events = p.Events[:ask.Limit]
	}
	if ask.After > 0 {
		slices.Reverse(p.Events)
	}
	if len(p.Events) == 0 {
		return
	}
	if ask.After > 0 && more || ask.Before > 0 {
		p.Prev = p.Events[0].ID
	}
	if ask.After > 0 || more {
		p.Next = p.Events[len(p.Events)-1].ID
	}
}

// CountRejected tells how many events of the doer's workspace could not be posted.
func (j *Journal) CountRejected(ctx context.Context, d account.Doer) (n int64, err error) {
	if err := d.Administers(); err != nil {
		return 0, err
	}
	if err := j.db.Pool.QueryRow(ctx, `SELECT count(*) FROM rejected WHERE workspace_id = $1`, d.Workspace.ID).Scan(&n); err != nil {
		return 0, fmt.Errorf("count rejected events: %w", err)
	}
	return n, nil
}

func scanRejected(row pgx.Row) (r Rejected, source int64, err error) {
	var event string
	err = row.Scan(&r.ID, &r.UUID, &r.Source.Kind, &r.Source.Key, &r.Source.Name, &r.Source.Personal, &event, &r.ReceivedAt, &r.RejectedAt, &r.SQLState, &r.Reason, &r.Retries, &source)
	r.Event = json.RawMessage(event)
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

// RetryAll retries some rejected events, and tells how many: those that are there no more are passed over.
func (j *Journal) RetryAll(ctx context.Context, d account.Doer, ids []int64) (int, error) {
	return j.settleAll(ctx, d, ids, j.Retry)
}

// DismissAll forgets some rejected events, and tells how many: those that are there no more are passed over.
func (j *Journal) DismissAll(ctx context.Context, d account.Doer, ids []int64) (int, error) {
	return j.settleAll(ctx, d, ids, j.Dismiss)
}

// settleAll settles each in a transaction of its own, with a record of its own: what an event has gone through is its own history.
func (j *Journal) settleAll(ctx context.Context, d account.Doer, ids []int64, settle func(context.Context, account.Doer, int64) error) (n int, err error) {
	if err := d.Administers(); err != nil {
		return 0, err
	}
	if len(ids) == 0 || len(ids) > mostRejected {
		return 0, models.FieldErrorf(models.Invalid, "ids", "must be 1 to %d of them", mostRejected)
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if err := settle(ctx, d, id); models.KindOf(err) == models.NotFound && err != nil {
			continue
		} else if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
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
