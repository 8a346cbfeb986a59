package privacy

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/ingest"
)

// Order asks for a purge.
type Order struct {
	Filter  feed.Filter // with an end
	Confirm string      // the workspace's slug, typed
	UpTo    int64       // the newest activity that the doer knew of (Preview.UpTo); 0: the newest there is
	Zone    string      // the zone that the doer was shown weekdays, hours and months of (Preview.Zone); empty: the doer's workspace's
}

// Purge has everything deleted that the filter selects now, of the activities recorded so far. It returns before that is done.
func (s *Service) Purge(ctx context.Context, d account.Doer, v access.Viewer, o Order) (models.Purge, error) {
	var p models.Purge
	err := s.check(ctx, d, v, o.Filter)
	if err == nil && o.Confirm != d.Workspace.Slug {
		err = models.FieldErrorf(models.Invalid, "confirm", "must be %s, the workspace's address, so that nothing is purged by mistake", d.Workspace.Slug)
	}
	if err == nil && o.UpTo < 0 {
		err = models.FieldErrorf(models.Invalid, "up_to", "must be the number that the preview gave")
	}
	if err != nil {
		return p, err
	}
	frozen, err := s.feed.Freeze(ctx, o.Filter, v.Scope(o.Filter.System), cmp.Or(o.Zone, d.Workspace.TimeZone))
	if err != nil {
		return p, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := settledZone(ctx, tx, d.Workspace.ID, frozen.Zone); err != nil {
			return err
		}
		if p, err = begin(ctx, tx, d, o, frozen); err != nil {
			return err
		}
		return s.act(ctx, tx, p, doing{by: d.Ref, action: "purge_started"})
	})
	if database.IsUniqueViolation(err) {
		return p, models.Errorf(models.Conflict, "Another purge of this workspace is under way. Wait until it has ended, or cancel it.")
	}
	if err == nil {
		s.journal.Wake()
	}
	return p, err
}

// settledZone refuses a purge while the workspace changes its time zone, or when it has changed since what was shown: other activities are of
// those hours and days now. The workspace keeps its zone until tx ends.
func settledZone(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, zone string) error {
	var now string
	var changing bool
	err := tx.QueryRow(ctx, `SELECT time_zone, next_time_zone IS NOT NULL FROM workspaces WHERE id = $1 FOR SHARE`, workspace).Scan(&now, &changing)
	switch {
	case err != nil:
		return fmt.Errorf("look which zone a workspace has: %w", err)
	case changing:
		return models.Errorf(models.Conflict, "The time zone of the workspace is being changed. Look at the preview again when that is done.")
	case now != zone:
		return models.Errorf(models.Conflict, "The time zone of the workspace is %s now, another one than in the preview. Look at the preview again.", now)
	}
	return nil
}

func begin(ctx context.Context, tx pgx.Tx, d account.Doer, o Order, frozen feed.Frozen) (p models.Purge, err error) {
	shown := o.Filter
	shown.From, shown.To = feed.Bound{}, feed.Bound{}
	selection, err := json.Marshal(frozen)
	if err != nil {
		return p, fmt.Errorf("keep what is to be purged: %w", err)
	}
	by, err := json.Marshal(d.Ref)
	if err != nil {
		return p, fmt.Errorf("keep who purges: %w", err)
	}
	var id int64
	err = tx.QueryRow(ctx, `
		INSERT INTO purges (workspace_id, query, from_at, to_at, selection, last_seq, asked_by)
		SELECT $1, $2, $3, $4, $5, CASE WHEN $6 = 0::bigint THEN head ELSE least($6, head) END, $7 FROM (`+headSQL+` AS head) AS h
		RETURNING id`, d.Workspace.ID, shown.String(), frozen.From, frozen.To, string(selection), o.UpTo, string(by)).Scan(&id)
	if err != nil {
		return p, fmt.Errorf("begin a purge: %w", err)
	}
	return scanPurge(tx.QueryRow(ctx, purgeColumns+`WHERE id = $1`, id))
}

// Cancel ends a purge that is under way. What was deleted by then stays deleted.
func (s *Service) Cancel(ctx context.Context, d account.Doer, id int64) error {
	if err := mayPurge(d); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		p, err := scanPurge(tx.QueryRow(ctx, purgeColumns+`WHERE workspace_id = $1 AND id = $2 FOR UPDATE`, d.Workspace.ID, id))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return models.Errorf(models.NotFound, "There is no such purge here.")
		case err != nil:
			return fmt.Errorf("find a purge: %w", err)
		case !p.UnderWay():
			return models.Errorf(models.Conflict, "This purge has ended already.")
		}
		return s.end(ctx, tx, p, ending{state: models.PurgeCancelled, doing: doing{by: d.Ref, action: "purge_cancelled"}})
	})
}

// ending is how a purge ends.
type ending struct {
	doing
	state   models.PurgeState
	problem string
}

func (s *Service) end(ctx context.Context, tx pgx.Tx, p models.Purge, e ending) error {
	if _, err := tx.Exec(ctx, `UPDATE purges SET state = $2, problem = $3, ended_at = clock_timestamp() WHERE id = $1`, p.ID, e.state, e.problem); err != nil {
		return fmt.Errorf("end a purge: %w", err)
	}
	if p.Kind == models.PurgeRetention {
		return s.endRun(ctx, tx, p, e)
	}
	if p.Purged > 0 {
		if err := export.Withdraw(ctx, tx, s.record, p.WorkspaceID, "Activities that may be in it were purged."); err != nil {
			return err
		}
	}
	return s.act(ctx, tx, p, e.doing)
}

// doing is what is recorded of a purge.
type doing struct {
	by      models.ActorRef
	action  string
	outcome models.Outcome
	archive *models.Archive // nil: there is none
}

// act records what was done, to what, and how much.
func (s *Service) act(ctx context.Context, tx pgx.Tx, p models.Purge, d doing) error {
	about := map[string]any{"filter": p.Query, "start": p.From, "end": p.To, "up_to": p.LastSeq}
	if p.Kind == models.PurgeRetention {
		about = map[string]any{"recorded_before": p.To, "by_rule": p.ByRule}
	}
	if d.action != "purge_started" {
		about["activities"], about["held"], about["by_type"], about["by_month"] = p.Purged, p.Held, most(p.ByType), most(p.ByMonth)
	}
	if d.archive != nil {
		about["archive"] = map[string]any{"id": d.archive.ID, "rows": d.archive.Rows, "bytes": d.archive.Bytes, "sha256": hex.EncodeToString(d.archive.SHA256)}
	}
	metadata, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("describe a purge: %w", err)
	}
	id, name := strconv.FormatInt(p.ID, 10), p.Name()
	return s.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: p.WorkspaceID, Part: "privacy", Event: models.Event{
		Actor: d.by, Action: d.action, Outcome: d.outcome, Entity: &models.EntityRef{Type: "purge", ID: &id, Name: &name}, Metadata: metadata,
	}})
}

// mostRecorded bounds what an activity tells of a purge; the record of the purge has all of it.
const mostRecorded = 200

// most gives the largest counts, and the rest together.
func most(counts map[string]int64) map[string]int64 {
	if len(counts) <= mostRecorded {
		return counts
	}
	out := map[string]int64{}
	for i, key := range byCount(counts) {
		if i < mostRecorded {
			out[key] = counts[key]
		} else {
			out["others"] += counts[key]
		}
	}
	return out
}
