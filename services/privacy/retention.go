package privacy

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
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
)

// RetentionOrder says how long activities are to be kept.
type RetentionOrder struct {
	Version int64 // of the rules that the doer saw; 0: there were none
	Hour    int   // of the workspace's zone
	Rules   []models.RetentionRule
	Confirm string // the workspace's slug, typed, where some rule deletes
}

// usualHour is when rules are carried out where nobody chose.
const usualHour = 2

// mayRetain refuses whoever is neither an owner of the workspace nor an instance admin.
func mayRetain(d account.Doer) error {
	if d.Role < access.Owner || d.Workspace == nil {
		return models.Errorf(models.Forbidden, "Only owners of the workspace and instance admins may see and change how long activities are kept.")
	}
	return nil
}

const ruleColumns = `keep_days, types, actions, outcomes, system, archive`

func ruleFields(r *models.RetentionRule) []any {
	return []any{&r.KeepDays, &r.Types, &r.Actions, &r.Outcomes, &r.System, &r.Archive}
}

// Retention gives the rules of the doer's workspace.
func (s *Service) Retention(ctx context.Context, d account.Doer) (r models.Retention, err error) {
	if err := mayRetain(d); err != nil {
		return r, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		r, err = readRetention(ctx, tx, d.Workspace.ID, "")
		return err
	})
	return r, err
}

func readRetention(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, lock string) (models.Retention, error) {
	r := models.Retention{WorkspaceID: workspace, Hour: usualHour}
	err := tx.QueryRow(ctx, `SELECT version, hour, next_run_at, last_run_at, asked_by IS NOT NULL, `+isErasing+` FROM retentions r WHERE workspace_id = $1 `+lock, workspace).
		Scan(&r.Version, &r.Hour, &r.NextRun, &r.LastRun, &r.Waiting, &r.Erasing)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, nil
	} else if err != nil {
		return r, fmt.Errorf("read the retention: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT `+ruleColumns+` FROM retention_rules WHERE workspace_id = $1 ORDER BY position`, workspace)
	if err == nil {
		r.Rules, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (rule models.RetentionRule, err error) {
			return rule, row.Scan(ruleFields(&rule)...)
		})
	}
	if err != nil {
		return r, fmt.Errorf("read the rules of retention: %w", err)
	}
	return r, nil
}

// SaveRetention changes how long activities are kept. What the rules say is carried out each night; a run by other rules that is under way ends.
func (s *Service) SaveRetention(ctx context.Context, d account.Doer, o RetentionOrder) (saved models.Retention, err error) {
	if err := mayRetain(d); err != nil {
		return saved, err
	}
	if err := o.check(d); err != nil {
		return saved, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := waitForTurn(ctx, tx); err != nil {
			return err
		}
		is, err := readRetention(ctx, tx, d.Workspace.ID, "FOR UPDATE")
		if err != nil {
			return err
		}
		if is.Version != o.Version {
			return models.FieldErrorf(models.Conflict, "version", "somebody else changed the rules meanwhile: look at them again")
		}
		if err := s.saveRetention(ctx, tx, d, is, o); err != nil {
			return err
		}
		saved, err = readRetention(ctx, tx, d.Workspace.ID, "")
		return err
	})
	return saved, err
}

func (o RetentionOrder) check(d account.Doer) error {
	errs := []error{models.CheckRules(o.Rules)}
	if o.Hour < 0 || o.Hour > 23 {
		errs = append(errs, models.FieldErrorf(models.Invalid, "hour", "must be 0 to 23"))
	}
	if (models.Retention{Rules: o.Rules}).Deletes() && o.Confirm != d.Workspace.Slug {
		errs = append(errs, models.FieldErrorf(models.Invalid, "confirm", "must be %s, the workspace's address, so that nothing is deleted by mistake", d.Workspace.Slug))
	}
	return models.JoinFields(errs...)
}

func (s *Service) saveRetention(ctx context.Context, tx pgx.Tx, d account.Doer, is models.Retention, o RetentionOrder) error {
	same := slices.EqualFunc(is.Rules, o.Rules, models.RetentionRule.Same)
	if same && is.Hour == o.Hour {
		return nil
	}
	var nextRun *time.Time
	if (models.Retention{Rules: o.Rules}).Deletes() {
		at := nextNight(s.now(), d.Workspace.TimeZone, o.Hour)
		nextRun = &at
	}
	_, err := tx.Exec(ctx, `INSERT INTO retentions (workspace_id, hour, next_run_at) VALUES ($1, $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET version = retentions.version + 1, hour = $2, next_run_at = $3, asked_by = NULL`, d.Workspace.ID, o.Hour, nextRun)
	if err != nil {
		return fmt.Errorf("save the retention: %w", err)
	}
	if !same {
		if err := s.replaceRules(ctx, tx, d, o.Rules); err != nil {
			return err
		}
	}
	return s.actOnRules(ctx, tx, d, is, o)
}

// replaceRules writes the rules anew. They begin with the first activity again.
func (s *Service) replaceRules(ctx context.Context, tx pgx.Tx, d account.Doer, rules []models.RetentionRule) error {
	if _, err := tx.Exec(ctx, `DELETE FROM retention_rules WHERE workspace_id = $1`, d.Workspace.ID); err != nil {
		return fmt.Errorf("replace the rules of retention: %w", err)
	}
	for i, r := range rules {
		_, err := tx.Exec(ctx, `INSERT INTO retention_rules (workspace_id, position, `+ruleColumns+`) VALUES ($1, $2, $3, coalesce($4::text[], '{}'), coalesce($5::text[], '{}'), coalesce($6::text[], '{}'), $7, $8)`,
			d.Workspace.ID, i, r.KeepDays, r.Types, r.Actions, r.Outcomes, r.System, r.Archive)
		if err != nil {
			return fmt.Errorf("save a rule of retention: %w", err)
		}
	}
	p, err := scanPurge(tx.QueryRow(ctx, purgeColumns+`WHERE workspace_id = $1 AND kind = 'retention' AND state IN ('waiting', 'running') FOR UPDATE`, d.Workspace.ID))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	} else if err != nil {
		return fmt.Errorf("look for a run of retention: %w", err)
	}
	return s.end(ctx, tx, p, ending{state: models.PurgeCancelled, problem: "The rules were changed.", doing: doing{by: d.Ref, action: "purge_cancelled"}})
}

func (s *Service) actOnRules(ctx context.Context, tx pgx.Tx, d account.Doer, is models.Retention, o RetentionOrder) error {
	var changes []models.Change
	add := func(field string, before, after any) error {
		was, err := json.Marshal(before)
		now, err2 := json.Marshal(after)
		if string(was) != string(now) {
			changes = append(changes, models.Change{Field: field, Before: was, After: now})
		}
		return errors.Join(err, err2)
	}
	if err := errors.Join(add("rules", sentences(is.Rules), sentences(o.Rules)), add("hour", is.Hour, o.Hour)); err != nil {
		return fmt.Errorf("describe the rules of retention: %w", err)
	}
	id, name := d.Workspace.ID.String(), "Retention"
	return s.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: d.Workspace.ID, Part: "privacy", Event: models.Event{
		Actor: d.Ref, Action: "retention_changed", Entity: &models.EntityRef{Type: "retention", ID: &id, Name: &name}, Changes: changes,
	}})
}

func sentences(rules []models.RetentionRule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = r.String()
	}
	return out
}

// RunNow has the rules carried out at once, and not only at night.
func (s *Service) RunNow(ctx context.Context, d account.Doer) error {
	if err := mayRetain(d); err != nil {
		return err
	}
	by, err := json.Marshal(d.Ref)
	if err != nil {
		return fmt.Errorf("keep who asked for a run of retention: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := readRetention(ctx, tx, d.Workspace.ID, "FOR UPDATE")
		if err != nil {
			return err
		}
		var busy bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM purges WHERE workspace_id = $1 AND state IN ('waiting', 'running'))`, d.Workspace.ID).Scan(&busy); err != nil {
			return fmt.Errorf("look for a purge: %w", err)
		}
		switch {
		case !r.Deletes():
			return models.Errorf(models.Conflict, "There is no rule that deletes anything.")
		case r.Waiting, busy:
			return models.Errorf(models.Conflict, "A run, or a purge of this workspace, is under way already.")
		}
		if _, err := tx.Exec(ctx, `UPDATE retentions SET next_run_at = $2, asked_by = $3 WHERE workspace_id = $1`, d.Workspace.ID, s.now(), string(by)); err != nil {
			return fmt.Errorf("ask for a run of retention: %w", err)
		}
		id, name := d.Workspace.ID.String(), "Retention"
		return s.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: d.Workspace.ID, Part: "privacy", Event: models.Event{
			Actor: d.Ref, Action: "retention_started", Entity: &models.EntityRef{Type: "retention", ID: &id, Name: &name},
		}})
	})
	if err == nil {
		s.journal.Wake()
	}
	return err
}

// Runs lists the runs of retention of the doer's workspace, the latest first, those before an id; 0 is the beginning.
func (s *Service) Runs(ctx context.Context, d account.Doer, before int64) ([]models.Purge, error) {
	return s.listPurges(ctx, d, models.PurgeRetention, before)
}
