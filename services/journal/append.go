package journal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/proof"
	"daybook/services/words"
)

// append appends events to the activities. When the database finds an error in the data of some event, they are halved until the
// guilty one stands alone, and that one is rejected: it never blocks those behind it.
func (w *writer) append(ctx context.Context, b *batch, good []posting) error {
	if len(good) == 0 {
		return nil
	}
	failed := w.try(ctx, b, good)
	refusal := refusalIn(failed)
	if failed == nil || refusal == nil {
		return failed
	}
	if len(good) == 1 {
		return b.reject(ctx, good[0].row, refusal)
	}
	if refusal.state == "23505" { // most likely their ids were posted before: one question tells, and saves halving
		rest, err := b.rejectPosted(ctx, good)
		if err != nil {
			return err
		}
		if len(rest) < len(good) {
			return w.append(ctx, b, rest)
		}
	}
	for _, half := range [][]posting{good[:len(good)/2], good[len(good)/2:]} {
		if err := w.append(ctx, b, half); err != nil {
			return err
		}
	}
	return nil
}

// try appends events under a savepoint: all of them, or none and no number is used up.
func (w *writer) try(ctx context.Context, b *batch, good []posting) error {
	before := b.heads.clone()
	save, err := b.tx.Begin(ctx)
	if err != nil {
		return err
	}
	if err := w.appendAll(ctx, save, b, good); err != nil {
		b.heads = before
		if refusalIn(err) == nil {
			return err
		}
		if lost := save.Rollback(ctx); lost != nil {
			return lost
		}
		return err
	}
	return save.Commit(ctx)
}

// posting is an event on its way to become an activity.
type posting struct {
	row     row
	event   models.Event
	decoded bool     // event is what the row says
	refusal *refusal // why it cannot become one, as far as that is known
}

// appendAll resolves actors and projects, numbers the events, makes their leaves and copies them into the table.
func (w *writer) appendAll(ctx context.Context, tx pgx.Tx, b *batch, ps []posting) error {
	actors, err := account.ResolveActors(ctx, tx, actorsOf(ps))
	if err != nil {
		return err
	}
	projects, err := account.ResolveProjects(ctx, tx, projectsOf(ps))
	if err != nil {
		return err
	}
	activities := make([]models.Activity, 0, len(ps))
	values := make([][]any, 0, len(ps))
	for _, p := range ps {
		a := activityOf(p, actors, projects)
		b.heads.id++
		b.heads.seq[a.WorkspaceID]++
		a.ID, a.Seq, a.RecordedAt = b.heads.id, b.heads.seq[a.WorkspaceID], b.postedAt.UTC()
		if err := seal(&a, p.event); err != nil {
			return err
		}
		activities, values = append(activities, a), append(values, columnsOf(a))
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"activities"}, columnNames, pgx.CopyFromRows(values)); err != nil {
		return fmt.Errorf("append activities: %w", err)
	}
	if err := words.Append(ctx, tx, activities); err != nil {
		return err
	}
	return w.recordLinks(ctx, tx, actors)
}

func actorsOf(ps []posting) []account.Named {
	named := make([]account.Named, 0, len(ps)+8)
	for _, p := range ps {
		named = append(named, account.Named{Workspace: p.row.workspace, Ref: p.event.Actor, LinkByEmail: p.event.LinkByEmail})
		if o := p.event.OnBehalfOf; o != nil {
			named = append(named, account.Named{Workspace: p.row.workspace, Ref: *o, LinkByEmail: p.event.LinkByEmail})
		}
	}
	return named
}

func projectsOf(ps []posting) map[account.ActorKey]models.ProjectRef {
	named := map[account.ActorKey]models.ProjectRef{}
	for _, p := range ps {
		if ref := p.event.Project; ref != nil {
			key := account.ActorKey{Workspace: p.row.workspace, ExternalID: ref.ID}
			if ref.Name == "" {
				named[key] = models.ProjectRef{ID: ref.ID, Name: named[key].Name}
			} else {
				named[key] = *ref
			}
		}
	}
	return named
}

func activityOf(p posting, actors map[account.ActorKey]account.Resolved, projects map[account.ActorKey]int64) models.Activity {
	ev := p.event
	actor := actors[account.ActorKey{Workspace: p.row.workspace, ExternalID: ev.Actor.ID}]
	a := models.Activity{
		WorkspaceID: p.row.workspace, UUID: p.row.uuid, ActorID: actor.ID, ActorName: ev.Actor.Name, ActorRole: ev.Actor.Role,
		Action: ev.Action, Description: ev.Description, Changes: ev.Changes, Metadata: ev.Metadata, Outcome: ev.Outcome, System: ev.System,
		SourceID: p.row.source, CorrelationID: ev.CorrelationID, UserAgent: ev.UserAgent, OccurredAt: p.row.received.UTC(),
	}
	if a.ActorName == "" {
		a.ActorName = actor.Name
	}
	if ev.OnBehalfOf != nil {
		id := actors[account.ActorKey{Workspace: p.row.workspace, ExternalID: ev.OnBehalfOf.ID}].ID
		a.OnBehalfOfID = &id
	}
	if ev.Project != nil {
		id := projects[account.ActorKey{Workspace: p.row.workspace, ExternalID: ev.Project.ID}]
		a.ProjectID = &id
	}
	if e := ev.Entity; e != nil {
		a.EntityType, a.EntityID, a.EntityName, a.EntityURL = e.Type, e.ID, e.Name, e.URL
	}
	if ev.IP != nil {
		ip := netip.MustParseAddr(*ev.IP) // check looked at it
		a.IP = &ip
	}
	if ev.OccurredAt != nil {
		a.OccurredAt = ev.OccurredAt.UTC().Truncate(time.Microsecond)
	}
	if a.Changes == nil {
		a.Changes = []models.Change{}
	}
	if a.Metadata == nil {
		a.Metadata = json.RawMessage("{}")
	}
	return a
}

// seal gives the activity its row key and its leaf. Content that has no canonical form is refused.
func seal(a *models.Activity, ev models.Event) error {
	a.RowKey = make([]byte, 32)
	_, _ = rand.Read(a.RowKey) // never fails (crypto/rand)
	s := proof.Subject{Activity: a, ActorID: ev.Actor.ID}
	if ev.OnBehalfOf != nil {
		s.OnBehalfOf = &ev.OnBehalfOf.ID
	}
	leaf, err := proof.Leaf(s)
	if err != nil {
		return refused("22023", "no leaf: %v", err)
	}
	a.Leaf = leaf
	return nil
}

var columnNames = []string{
	"id", "workspace_id", "seq", "uuid", "actor_id", "on_behalf_of_id", "actor_name", "actor_role", "action", "entity_type", "entity_id",
	"entity_name", "entity_url", "project_id", "description", "changes", "metadata", "outcome", "system", "source_id", "correlation_id",
	"ip", "user_agent", "occurred_at", "recorded_at", "row_key", "leaf",
}

func columnsOf(a models.Activity) []any {
	return []any{
		a.ID, a.WorkspaceID, a.Seq, a.UUID, a.ActorID, a.OnBehalfOfID, a.ActorName, a.ActorRole, a.Action, a.EntityType, a.EntityID,
		a.EntityName, a.EntityURL, a.ProjectID, a.Description, a.Changes, a.Metadata, string(a.Outcome), a.System, a.SourceID, a.CorrelationID,
		a.IP, a.UserAgent, a.OccurredAt, a.RecordedAt, a.RowKey, a.Leaf,
	}
}

// recordLinks records each actor that was linked to a member by its e-mail just now.
func (w *writer) recordLinks(ctx context.Context, tx pgx.Tx, actors map[account.ActorKey]account.Resolved) error {
	for key, r := range actors {
		if r.Linked == nil {
			continue
		}
		id := key.ExternalID
		err := w.journal.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: key.Workspace, Part: "journal", Event: models.Event{
			Actor:  models.Itself,
			Action: "linked", Entity: &models.EntityRef{Type: "actor", ID: &id, Name: &r.Name},
			Metadata: json.RawMessage(fmt.Sprintf(`{"user_id": %d, "by": "email"}`, *r.Linked)),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
