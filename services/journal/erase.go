package journal

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/proof"
	"daybook/services/words"
)

// Erasing says what takes the place of personal content, and on whose behalf.
type Erasing struct {
	Workspace uuid.UUID
	Erasure   uuid.UUID // which is under way, and goes through the workspace
	By        models.ActorRef
	Rows      []ErasedRow // a few hundred at most
}

// ErasedRow is an activity as it is (proof.Subjects) and as it is to be. The groups that differ are erased.
type ErasedRow struct{ Was, Is proof.Subject }

// Erase replaces content of activities for good, and with it their words; one activity is recorded that tells of it, without saying what it was. It
// runs in the writer's turn (Chore). What no longer stands there leaves a commitment, by which everything else goes on being proved. Numbers, ids,
// rollups and order stay; rows that do not differ are left alone.
func (j *Journal) Erase(ctx context.Context, tx pgx.Tx, e Erasing) error {
	told, err := tellOf(e)
	if err != nil || len(told.content) == 0 {
		return err
	}
	if err := told.write(ctx, tx, e); err != nil {
		return err
	}
	activities, err := told.readBack(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := words.Replace(ctx, tx, e.Workspace, activities); err != nil {
		return err
	}
	if err := ingest.Forget(ctx, database.PgxTx(tx), e.Workspace, told.ids); err != nil {
		return err
	}
	if err := CountErasure(ctx, tx, []uuid.UUID{e.Workspace}); err != nil {
		return err
	}
	return j.recordErased(ctx, tx, e, told)
}

// telling is what is erased at once: what takes its place, and what is told of it.
type telling struct {
	record  uuid.UUID // the id of the activity that tells of it
	content []replacing
	parts   []replaced
	seqs    []int64
	ids     []uuid.UUID
	sound   map[int64]bool // those that verified before
	groups  map[proof.Group]int
	digest  proof.Digest
}

// replacing and replaced are what the function erase_activities reads (migrations/00012_erasure.sql).
type (
	replacing struct {
		Seq           int64           `json:"seq"`
		ActorName     string          `json:"actor_name"`
		ActorRole     *string         `json:"actor_role"`
		IP            *netip.Addr     `json:"ip"`
		UserAgent     *string         `json:"user_agent"`
		EntityID      *string         `json:"entity_id"`
		EntityName    *string         `json:"entity_name"`
		EntityURL     *string         `json:"entity_url"`
		Description   string          `json:"description"`
		Changes       []models.Change `json:"changes"`
		Metadata      json.RawMessage `json:"metadata"`
		CorrelationID *string         `json:"correlation_id"`
		Who           string          `json:"who"`
		Entity        string          `json:"entity"`
		Text          string          `json:"text"`
		Data          string          `json:"data"`
	}
	replaced struct {
		Seq    int64       `json:"seq"`
		Part   proof.Group `json:"part"`
		Before string      `json:"before"`
		After  string      `json:"after"`
	}
)

// tellOf finds what differs. The rows are told of in the order of their numbers.
func tellOf(e Erasing) (*telling, error) {
	t := &telling{record: uuid.Must(uuid.NewV7()), sound: map[int64]bool{}, groups: map[proof.Group]int{}, digest: proof.NewDigest()}
	last := int64(0)
	for _, row := range e.Rows {
		a := row.Was.Activity
		if a.WorkspaceID != e.Workspace || a.Seq <= last {
			return nil, fmt.Errorf("activity %d is of another workspace, or out of order", a.Seq)
		}
		last = a.Seq
		r, err := proof.Replace(row.Was, row.Is)
		if err != nil {
			return nil, fmt.Errorf("erase: %w", err)
		}
		if len(r.Groups) == 0 {
			continue
		}
		t.sound[a.Seq], _ = proof.Verify(row.Was) // what has no canonical form is not sound either
		t.add(r)
	}
	return t, nil
}

func (t *telling) add(r proof.Replacement) {
	a := *r.Is
	if a.Changes == nil {
		a.Changes = []models.Change{}
	}
	if a.Metadata == nil {
		a.Metadata = json.RawMessage("{}")
	}
	t.seqs, t.ids = append(t.seqs, a.Seq), append(t.ids, a.UUID)
	salt := func(g proof.Group) string { return hex.EncodeToString(r.Salts[g]) }
	t.content = append(t.content, replacing{
		Seq: a.Seq, ActorName: a.ActorName, ActorRole: a.ActorRole, IP: a.IP, UserAgent: a.UserAgent, EntityID: a.EntityID, EntityName: a.EntityName,
		EntityURL: a.EntityURL, Description: a.Description, Changes: a.Changes, Metadata: a.Metadata, CorrelationID: a.CorrelationID,
		Who: salt(proof.Who), Entity: salt(proof.Entity), Text: salt(proof.Text), Data: salt(proof.Data),
	})
	for _, g := range r.Groups {
		t.parts = append(t.parts, replaced{Seq: a.Seq, Part: g.Part, Before: hex.EncodeToString(g.Before), After: hex.EncodeToString(g.After)})
		t.groups[g.Part]++
		t.digest.Add(a.Seq, g)
	}
}

// write replaces the content in the table.
func (t *telling) write(ctx context.Context, tx pgx.Tx, e Erasing) error {
	content, err := json.Marshal(t.content)
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	parts, err := json.Marshal(t.parts)
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT erase_activities($1, $2, $3, $4::text::jsonb, $5::text::jsonb)`, e.Workspace, e.Erasure, t.record, string(content), string(parts)).Scan(&n); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	if n != len(t.content) {
		return fmt.Errorf("erase: %d of %d activities were there", n, len(t.content))
	}
	return nil
}

// readBack reads what was written, as PostgreSQL has it now. Nothing that could be proved before is left without a proof.
func (t *telling) readBack(ctx context.Context, tx pgx.Tx, e Erasing) ([]models.Activity, error) {
	subjects, err := proof.SubjectsAt(ctx, tx, e.Workspace, t.seqs)
	if err != nil {
		return nil, err
	}
	activities := make([]models.Activity, len(subjects))
	for i, s := range subjects {
		activities[i] = *s.Activity
		if same, err := proof.Verify(s); t.sound[s.Activity.Seq] && (err != nil || !same) {
			return nil, errors.Join(fmt.Errorf("activity %d could not be proved any more", s.Activity.Seq), err)
		}
	}
	return activities, nil
}

// recordErased records what was erased: which and how much, and by whom. The digest binds the commitments before and after.
func (j *Journal) recordErased(ctx context.Context, tx pgx.Tx, e Erasing, t *telling) error {
	metadata, err := json.Marshal(map[string]any{"erasure": e.Erasure, "rows": len(t.content), "groups": t.groups, "digest": t.digest.String()})
	if err != nil {
		return fmt.Errorf("describe an erasure: %w", err)
	}
	id := e.Erasure.String()
	return j.record.Record(ctx, database.PgxTx(tx), ingest.Act{Workspace: e.Workspace, Part: "erasure", UUID: t.record, Event: models.Event{
		Actor: e.By, Action: proof.Recorded, Entity: &models.EntityRef{Type: "erasure", ID: &id}, Metadata: metadata,
	}})
}
