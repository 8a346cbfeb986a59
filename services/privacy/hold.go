package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
)

// HoldOrder says what is to be held: all of the criteria that are given apply; at least one is.
type HoldOrder struct {
	Name       string // as people call the matter
	Person     string // their id in the application, their e-mail address, or their name
	Project    string // likewise its id or name
	EntityType string
	EntityID   string // with a type
	From, To   *time.Time
}

// mostHolds bounds how many holds stand in a workspace: each is asked of every activity that is to go.
const mostHolds = 100

// mayHold refuses whoever is neither an owner of the workspace nor an instance admin.
func mayHold(d account.Doer) error {
	if d.Role < access.Owner || d.Workspace == nil {
		return models.Errorf(models.Forbidden, "Only owners of the workspace and instance admins may see and change legal holds.")
	}
	return nil
}

// PlaceHold holds activities from now on: nothing that deletes or anonymises touches them when it has returned.
func (s *Service) PlaceHold(ctx context.Context, d account.Doer, o HoldOrder) (models.Hold, error) {
	var h models.Hold
	if err := mayHold(d); err != nil {
		return h, err
	}
	o = o.trimmed()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		on, err := look(ctx, tx, d, o)
		if err := models.JoinFields(o.check(), err); err != nil {
			return err
		}
		if err := waitForTurn(ctx, tx); err != nil {
			return err
		}
		if h, err = insertHold(ctx, tx, d, o, on); err != nil {
			return err
		}
		return s.actOnHold(ctx, tx, h, d.Ref, "hold_placed")
	})
	return h, err
}

func (o HoldOrder) trimmed() HoldOrder {
	for _, text := range []*string{&o.Name, &o.Person, &o.Project, &o.EntityType, &o.EntityID} {
		*text = strings.TrimSpace(*text)
	}
	return o
}

func (o HoldOrder) check() error {
	var errs []error
	wrong := func(field, text string) { errs = append(errs, models.FieldErrorf(models.Invalid, field, "%s", text)) }
	if o.Name == "" {
		wrong("name", "is required: what the matter is called")
	} else if len([]rune(o.Name)) > models.MaxHoldName || strings.ContainsFunc(o.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		wrong("name", "must be 1 to 100 characters in one line")
	}
	if o.Person == "" && o.Project == "" && o.EntityType == "" && o.From == nil && o.To == nil && o.EntityID == "" {
		wrong("person", "is required, or a project, a type or a period: a hold on everything is not meant by mistake")
	}
	switch {
	case o.EntityID != "" && o.EntityType == "":
		wrong("resource_type", "is required with an id")
	case len(o.EntityID) > models.MaxIDBytes:
		wrong("resource_id", "must be at most 255 bytes")
	case o.EntityType != "" && models.CheckTermName(models.TypeTerm, o.EntityType) != nil:
		wrong("resource_type", "must be a type as applications send it, such as invoice")
	}
	if o.From != nil && o.To != nil && o.To.Before(*o.From) {
		wrong("end_date", "must not be before the start")
	}
	return models.JoinFields(errs...)
}

// waitForTurn returns when nothing that deletes or anonymises is in the middle of a piece, and lets none begin before tx ends (journal.Chore).
func waitForTurn(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `SELECT FROM journal_head FOR UPDATE`); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	return nil
}

// named are the person and the project that an order names.
type named struct{ actor, project *int64 }

const (
	// The address with which somebody signs in names them to who may see it: that of members, and to instance admins ($3) everybody's. Of who is no member any
	// more only what applications sent is known here, and nobody learns by trying what their address is.
	actorsNamed = `SELECT DISTINCT coalesce(merged_into, id), $2 IN (external_id, recorded_as) IS TRUE AS exactly FROM actors
			WHERE workspace_id = $1 AND ($2 IN (external_id, recorded_as) OR lower(recorded_name) = lower($2) OR lower(name) = lower($2) OR lower(email) = lower($2)
				OR user_id = (SELECT u.id FROM users u WHERE lower(u.email) = lower($2)
					AND ($3 OR EXISTS (SELECT FROM memberships m WHERE m.workspace_id = $1 AND m.user_id = u.id))))
			ORDER BY 2 DESC LIMIT 3`
	projectsNamed = `SELECT DISTINCT id, external_id = $2 AS exactly FROM projects
			WHERE workspace_id = $1 AND (external_id = $2 OR lower(name) = lower($2)) ORDER BY 2 DESC LIMIT 3`
)

// look finds the person and the project that an order names.
func look(ctx context.Context, tx pgx.Tx, d account.Doer, o HoldOrder) (n named, err error) {
	var errs [2]error
	n.actor, errs[0] = only(ctx, tx, "person", actorsNamed, []any{d.Workspace.ID, o.Person, d.Role >= access.Instance})
	n.project, errs[1] = only(ctx, tx, "project", projectsNamed, []any{d.Workspace.ID, o.Project})
	return n, models.JoinFields(errs[:]...)
}

// only finds the one that a text names, the second argument: by its id, else by what else it is called, if nothing else is. An empty one names nobody.
func only(ctx context.Context, tx pgx.Tx, field, sql string, args []any) (*int64, error) {
	if args[1] == "" {
		return nil, nil
	}
	type match struct {
		ID      int64
		Exactly bool
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("look for a %s: %w", field, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[match])
	if err != nil {
		return nil, fmt.Errorf("look for a %s: %w", field, err)
	}
	switch {
	case len(found) == 0:
		return nil, models.FieldErrorf(models.Invalid, field, "is none of this workspace: give the id as the application sends it, or the name")
	case len(found) > 1 && !found[0].Exactly && found[0].ID != found[1].ID:
		return nil, models.FieldErrorf(models.Invalid, field, "is a name that several have: give the id as the application sends it")
	}
	return &found[0].ID, nil
}

func insertHold(ctx context.Context, tx pgx.Tx, d account.Doer, o HoldOrder, on named) (h models.Hold, err error) {
	by, err := json.Marshal(d.Ref)
	if err != nil {
		return h, fmt.Errorf("keep who holds: %w", err)
	}
	var standing int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM holds WHERE workspace_id = $1 AND lifted_at IS NULL`, d.Workspace.ID).Scan(&standing); err != nil {
		return h, fmt.Errorf("count holds: %w", err)
	}
	if standing >= mostHolds {
		return h, models.Errorf(models.Conflict, "There are %d holds here already, and more there cannot be. Lift one that is not needed any more.", standing)
	}
	var id int64
	err = tx.QueryRow(ctx, `INSERT INTO holds (workspace_id, name, actor_id, project_id, entity_type, entity_id, from_at, to_at, placed_by)
		VALUES ($1, $2, $3, $4, nullif($5, ''), nullif($6, ''), $7, $8, $9) RETURNING id`,
		d.Workspace.ID, o.Name, on.actor, on.project, o.EntityType, o.EntityID, o.From, o.To, string(by)).Scan(&id)
	if err != nil {
		return h, fmt.Errorf("place a hold: %w", err)
	}
	return scanHold(tx.QueryRow(ctx, holdColumns+`WHERE h.id = $1`, id))
}

// LiftHold ends a hold. What it held alone is treated as everything else from now on: erasures go on by themselves, retention with its next run. It gives
// the holds under which some of the same activities still are, as far as a bounded look shows.
func (s *Service) LiftHold(ctx context.Context, d account.Doer, id int64) (lifted models.Hold, others []models.Hold, err error) {
	if err := mayHold(d); err != nil {
		return lifted, nil, err
	}
	by, err := json.Marshal(d.Ref)
	if err != nil {
		return lifted, nil, fmt.Errorf("keep who lifts a hold: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := waitForTurn(ctx, tx); err != nil {
			return err
		}
		if lifted, err = findHold(ctx, tx, d, id); err != nil {
			return err
		}
		if !lifted.Stands() {
			return models.Errorf(models.Conflict, "The hold %s is lifted already.", lifted.Name)
		}
		if _, err := tx.Exec(ctx, `UPDATE holds SET lifted_at = clock_timestamp(), lifted_by = $2 WHERE id = $1`, id, string(by)); err != nil {
			return fmt.Errorf("lift a hold: %w", err)
		}
		if err := lookAgain(ctx, tx, d.Workspace.ID); err != nil {
			return err
		}
		if lifted, err = findHold(ctx, tx, d, id); err != nil {
			return err
		}
		return s.actOnHold(ctx, tx, lifted, d.Ref, "hold_lifted")
	})
	if err != nil {
		return lifted, nil, err
	}
	s.journal.Wake()
	others, err = s.overlapping(ctx, lifted)
	return lifted, others, err
}

// actOnHold records what was done to a hold. The person is told by number alone: names change, and people are forgotten.
func (s *Service) actOnHold(ctx context.Context, tx pgx.Tx, h models.Hold, by models.ActorRef, action string) error {
	metadata, err := json.Marshal(map[string]any{
		"person": h.ActorID, "project": h.ProjectID, "resource_type": h.EntityType, "resource_id": h.EntityID, "start": h.From, "end": h.To,
	})
	if err != nil {
		return fmt.Errorf("describe a hold: %w", err)
	}
	id := strconv.FormatInt(h.ID, 10)
	return s.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: h.WorkspaceID, Part: "privacy", Event: models.Event{
		Actor: by, Action: action, Entity: &models.EntityRef{Type: "hold", ID: &id, Name: &h.Name}, Metadata: metadata,
	}})
}

func findHold(ctx context.Context, tx pgx.Tx, d account.Doer, id int64) (models.Hold, error) {
	h, err := scanHold(tx.QueryRow(ctx, holdColumns+`WHERE h.workspace_id = $1 AND h.id = $2`, d.Workspace.ID, id))
	if errors.Is(err, pgx.ErrNoRows) {
		return h, models.Errorf(models.NotFound, "There is no such hold here.")
	} else if err != nil {
		return h, fmt.Errorf("find a hold: %w", err)
	}
	return h, nil
}
