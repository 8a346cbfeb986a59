package proof

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Subject is what a leaf is made of: an activity with every value as PostgreSQL gives it back, and the external ids behind its
// actor ids.
type Subject struct {
	Activity   *models.Activity
	ActorID    string  // external id of the actor
	OnBehalfOf *string // external id, or nil
	past       *past   // nil: nothing of it was ever erased
}

// past is what is kept of a row of which some group was erased: its salts, for the key that gave them is gone, and each erasure.
type past struct {
	salts map[Group][]byte
	links []link // in the order of their numbers, those of a group
}

// link is one erasure of a group: the commitment before and after it, and the activity that tells of it.
type link struct {
	Part   Group
	N      int
	Record uuid.UUID
	Before bytesInHex
	After  bytesInHex
}

type bytesInHex []byte

// UnmarshalText reads PostgreSQL's encode(…, 'hex').
func (b *bytesInHex) UnmarshalText(text []byte) (err error) {
	*b, err = hex.AppendDecode(nil, text)
	return err
}

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Subjects reads the activities of a workspace from one number to another, both included, in their order.
func Subjects(ctx context.Context, from Querier, workspace uuid.UUID, first, last int64) ([]Subject, error) {
	return subjectsWhere(ctx, from, `a.workspace_id = $1 AND a.seq BETWEEN $2 AND $3 ORDER BY a.seq`, workspace, first, last)
}

// SubjectsAt reads the activities of a workspace that have these numbers, in their order.
func SubjectsAt(ctx context.Context, from Querier, workspace uuid.UUID, seqs []int64) ([]Subject, error) {
	return subjectsWhere(ctx, from, `a.workspace_id = $1 AND a.seq = ANY ($2) ORDER BY a.seq`, workspace, seqs)
}

func subjectsWhere(ctx context.Context, from Querier, where string, args ...any) ([]Subject, error) {
	rows, err := from.Query(ctx, `SELECT `+subjectColumns+` WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read activities with their proofs: %w", err)
	}
	subjects, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Subject, error) { return scanSubject(row) })
	if err != nil {
		return nil, fmt.Errorf("read activities with their proofs: %w", err)
	}
	return subjects, nil
}

// subjectColumns are what scanSubject reads, and where from. It is one statement, so that an erasure is seen whole or not at all.
const subjectColumns = `a.id, a.workspace_id, a.seq, a.uuid, a.actor_id, a.on_behalf_of_id, a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id,
		       a.entity_name, a.entity_url, a.project_id, a.description, a.changes, a.metadata, a.outcome, a.system, a.source_id, a.correlation_id, a.ip,
		       a.user_agent, a.occurred_at, a.recorded_at, a.row_key, a.leaf, coalesce(who.external_id, ''), who.recorded_as, behalf.external_id, behalf.recorded_as,
		       (SELECT ARRAY[s.who, s.entity, s.text, s.data] FROM activity_salts s WHERE s.workspace_id = a.workspace_id AND s.seq = a.seq),
		       (SELECT jsonb_agg(jsonb_build_object('Part', e.part, 'N', e.n, 'Record', e.record, 'Before', encode(e.before, 'hex'), 'After', encode(e.after, 'hex')) ORDER BY e.n)
		          FROM erased_groups e WHERE e.workspace_id = a.workspace_id AND e.seq = a.seq)
		  FROM activities a LEFT JOIN actors who ON who.id = a.actor_id LEFT JOIN actors behalf ON behalf.id = a.on_behalf_of_id`

func scanSubject(row pgx.Row) (Subject, error) {
	a := &models.Activity{}
	s := Subject{Activity: a}
	var actorWas, behalfWas *string
	var salts [][]byte
	var links []byte
	err := row.Scan(&a.ID, &a.WorkspaceID, &a.Seq, &a.UUID, &a.ActorID, &a.OnBehalfOfID, &a.ActorName, &a.ActorRole, &a.Action, &a.EntityType, &a.EntityID,
		&a.EntityName, &a.EntityURL, &a.ProjectID, &a.Description, &a.Changes, &a.Metadata, &a.Outcome, &a.System, &a.SourceID, &a.CorrelationID, &a.IP,
		&a.UserAgent, &a.OccurredAt, &a.RecordedAt, &a.RowKey, &a.Leaf, &s.ActorID, &actorWas, &s.OnBehalfOf, &behalfWas, &salts, &links)
	if err == nil {
		s.past, err = pastOf(salts, links)
	}
	if err != nil {
		return s, err
	}
	return s.as(actorWas, behalfWas), nil
}

func pastOf(salts [][]byte, links []byte) (*past, error) {
	if salts == nil && links == nil {
		return nil, nil
	}
	p := &past{salts: map[Group][]byte{}}
	for i, salt := range salts {
		p.salts[Groups[i]] = salt
	}
	if links == nil {
		return p, nil
	}
	return p, json.Unmarshal(links, &p.links)
}

// IsErased tells whether a group of it was ever erased.
func (s Subject) IsErased(g Group) bool {
	return s.past != nil && slices.ContainsFunc(s.past.links, func(l link) bool { return l.Part == g })
}

// as gives the subject with the external ids that its actors had when it was posted, or have since it was erased: while an actor is being erased, both
// are around, and the leaf tells which one a row has. One that nothing verifies is left with what was recorded.
func (s Subject) as(actorWas, behalfWas *string) Subject {
	if actorWas == nil && behalfWas == nil {
		return s
	}
	recorded := s
	tries := []struct{ actor, behalf bool }{{true, true}, {false, true}, {true, false}, {false, false}}
	if s.IsErased(Who) { // then most likely neither
		slices.Reverse(tries)
	}
	for _, each := range tries {
		this := s
		if each.actor && actorWas != nil {
			this.ActorID = *actorWas
		}
		if each.behalf && behalfWas != nil {
			this.OnBehalfOf = behalfWas
		}
		if same, err := Verify(this); err == nil && same {
			return this
		}
		if each.actor && each.behalf {
			recorded = this
		}
	}
	return recorded
}
