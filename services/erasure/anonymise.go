package erasure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/proof"
)

// Order asks for an erasure.
type Order struct {
	Target
	Confirm  string // the name of ErasurePreview, typed
	KeepHeld bool   // go on although some of it is under a hold: that waits until the hold is lifted
}

// Anonymise has somebody anonymised. It returns before that is done. Of somebody who is, or was, anonymised it gives the erasure there is.
func (s *Service) Anonymise(ctx context.Context, d account.Doer, o Order) (e models.Erasure, err error) {
	var id uuid.UUID
	err = s.whileTrying(ctx, d, func() error {
		return s.db.Gorm.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			d, err := d.LockRoles(tx)
			if err != nil {
				return err
			}
			id, err = s.order(ctx, database.GormTx(tx), d, o)
			return err
		})
	})
	if err != nil {
		return e, err
	}
	s.journal.Wake()
	return s.one(ctx, id)
}

func (s *Service) order(ctx context.Context, tx database.Tx, d account.Doer, o Order) (uuid.UUID, error) {
	p, err := o.findStill(ctx, tx, d)
	if err != nil {
		return uuid.Nil, err
	}
	if id, err := thereIs(ctx, tx, p); err != nil || id != uuid.Nil {
		return id, mustKnow(ctx, tx, d, id, err)
	}
	if err := p.may(ctx, tx, d); err != nil {
		return uuid.Nil, err
	}
	if squeezed(o.Confirm) != squeezed(p.shown) {
		return uuid.Nil, models.FieldErrorf(models.Invalid, "confirm", "must be %s, the name of the person, so that nobody is anonymised by mistake", p.shown)
	}
	if !o.KeepHeld {
		if err := notHeld(ctx, tx, p); err != nil {
			return uuid.Nil, err
		}
	}
	return s.begin(ctx, tx, beginning{person: p, by: d, workspace: d.Workspace, id: uuid.Must(uuid.NewV7())})
}

// findStill finds out who is meant, and keeps everybody from changing it until the transaction ends: nobody is linked to them or merged with them between
// the look and the order. The roles are locked.
func (t Target) findStill(ctx context.Context, tx database.Tx, d account.Doer) (*person, error) {
	locked := map[uuid.UUID]bool{}
	for {
		p, err := t.find(ctx, tx, d)
		if err != nil || !slices.ContainsFunc(p.workspaces, func(id uuid.UUID) bool { return !locked[id] }) {
			return p, err
		}
		if err := account.StandStill(ctx, tx, p.workspaces); err != nil {
			return nil, err
		}
		for _, id := range p.workspaces {
			locked[id] = true
		}
	}
}

// mustKnow refuses an erasure that was asked for elsewhere to whoever may not know of it: it says who else the person is, and where.
func mustKnow(ctx context.Context, tx database.Tx, d account.Doer, id uuid.UUID, err error) error {
	if err != nil {
		return err
	}
	args, err := knower(d)
	if err != nil {
		return err
	}
	var knows bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasures e WHERE `+mayKnow+` AND e.id = $3)`, append(args, id)...).Scan(&knows); err != nil {
		return fmt.Errorf("look for an erasure: %w", err)
	}
	if !knows {
		return models.Errorf(models.Conflict, "This person was anonymised already, or is about to be.")
	}
	return nil
}

// squeezed is a name with single blanks, for nobody sees how many there are.
func squeezed(name string) string { return strings.Join(strings.Fields(name), " ") }

// thereIs finds the erasure of a person, if they are being anonymised or nothing is left of them.
func thereIs(ctx context.Context, tx database.Tx, p *person) (id uuid.UUID, err error) {
	var state models.ErasureState
	err = tx.QueryRow(ctx, `SELECT id, state FROM erasures e
		 WHERE e.user_id = $1 OR EXISTS (SELECT FROM erasure_workspaces w WHERE w.erasure_id = e.id AND w.actor_ids && $2) ORDER BY state = 'done', id DESC LIMIT 1`,
		p.userID(), p.actorIDs(uuid.Nil)).Scan(&id, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows) && p.isErased():
		return uuid.Nil, models.Errorf(models.Conflict, "This person was anonymised already.")
	case errors.Is(err, sql.ErrNoRows):
		return uuid.Nil, nil
	case err != nil:
		return uuid.Nil, fmt.Errorf("look for an erasure: %w", err)
	case state != models.ErasureDone || p.isErased():
		return id, nil
	}
	return uuid.Nil, nil
}

func notHeld(ctx context.Context, tx database.Tx, p *person) error {
	h, err := heldOf(ctx, tx, p)
	if err != nil || len(h.holds) == 0 {
		return err
	}
	return models.FieldErrorf(models.Conflict, "keep_held", "activities of %s are held (%s); lift the hold first, or let the rest go now and these when the hold is lifted",
		p.shown, strings.Join(h.holds, ", "))
}

// beginning is an erasure that is to be written down.
type beginning struct {
	person    *person
	by        account.Doer
	workspace *models.Workspace // where it was asked for, if anywhere
	id        uuid.UUID
	decisions map[string]bool // made the last time, when it is done again
	kinds     map[string]bool
	first     *time.Time // when they were anonymised for the first time, when it is done again
	stays     []Hash     // the records that they were then
}

// begin writes down what is to be done. The first turn does the first of it.
func (s *Service) begin(ctx context.Context, tx database.Tx, b beginning) (uuid.UUID, error) {
	if err := b.person.addFormer(ctx, tx); err != nil {
		return b.id, err
	}
	terms, err := s.keys.sealed(&terms{Names: b.person.names, Addresses: b.person.addresses, Decisions: b.decisions})
	if err != nil {
		return b.id, err
	}
	at := models.BuiltInWorkspace
	var workspace *uuid.UUID
	if b.workspace != nil && !b.person.isElsewhere(b.workspace.ID) {
		at = b.workspace.ID
		workspace = &at
	}
	by := refIn(b.by, at)
	asked, err := json.Marshal(by)
	if err != nil {
		return b.id, fmt.Errorf("keep who asked: %w", err)
	}
	kinds, err := json.Marshal(b.kinds)
	if err != nil || b.kinds == nil {
		kinds = []byte("{}")
	}
	_, err = tx.Exec(ctx, `INSERT INTO erasures (id, workspace_id, user_id, terms, asked_by, decided, first_at, stays) VALUES ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7, $8)`,
		b.id, workspace, b.person.userID(), terms, string(asked), string(kinds), b.first, bytesOf(b.stays))
	if err != nil {
		return b.id, fmt.Errorf("begin an erasure: %w", err)
	}
	for _, w := range b.person.workspaces {
		_, err := tx.Exec(ctx, `INSERT INTO erasure_workspaces (erasure_id, workspace_id, actor_ids, own_rows) VALUES ($1, $2, $3,
			(SELECT coalesce(sum(count), 0)::bigint FROM daily_counts WHERE workspace_id = $2 AND actor_id = ANY ($3)))`, b.id, w, b.person.actorIDs(w))
		if err != nil {
			return b.id, fmt.Errorf("begin an erasure: %w", err)
		}
	}
	return b.id, s.act(ctx, tx, at, acting{erasure: b.id, by: by, action: proof.Started, uuid: proof.StartOf(b.id)})
}

// refIn names the doer in a workspace's log.
func refIn(d account.Doer, workspace uuid.UUID) models.ActorRef {
	if d.User != nil && (d.Workspace == nil || d.Workspace.ID != workspace) {
		return models.UserActor(d.User)
	}
	return d.Ref
}

// acting is what is recorded of an erasure.
type acting struct {
	erasure uuid.UUID
	by      models.ActorRef
	action  string
	about   any
	uuid    uuid.UUID // of the record; none: any
}

func (s *Service) act(ctx context.Context, tx database.Tx, workspace uuid.UUID, a acting) error {
	id, name := a.erasure.String(), "Anonymised person"
	ev := models.Event{Actor: a.by, Action: a.action, Entity: &models.EntityRef{Type: "erasure", ID: &id, Name: &name}}
	if a.about != nil {
		text, err := json.Marshal(a.about)
		if err != nil {
			return fmt.Errorf("describe an erasure: %w", err)
		}
		ev.Metadata = text
	}
	return s.record.Record(ctx, tx, ingest.Act{Workspace: workspace, Part: "erasure", UUID: a.uuid, Event: ev})
}
