package erasure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
)

const erasureColumns = `e.id, e.workspace_id, e.user_id,
	ARRAY(SELECT unnest(w.actor_ids) FROM erasure_workspaces w WHERE w.erasure_id = e.id ORDER BY 1), e.state, e.asked_by::text, e.activities, e.mentions, e.held,
	(SELECT count(*) FROM erasure_doubts d WHERE d.erasure_id = e.id AND d.replace IS NULL) + e.more_doubts, e.elsewhere::text,
	(SELECT coalesce(sum(w.done_seq + least(w.own_done, w.own_rows)), 0)::bigint FROM erasure_workspaces w WHERE w.erasure_id = e.id),
	(SELECT coalesce(sum(greatest(h.seq, w.done_seq) + w.own_rows), 0)::bigint FROM erasure_workspaces w JOIN workspace_heads h ON h.workspace_id = w.workspace_id WHERE w.erasure_id = e.id),
	e.problem, e.created_at, e.started_at, e.ended_at, ` + heldBy

func scanErasure(row database.Row, more ...any) (e models.Erasure, err error) {
	var askedBy, elsewhere, heldBy string
	err = row.Scan(append([]any{&e.ID, &e.WorkspaceID, &e.UserID, &e.ActorIDs, &e.State, &askedBy, &e.Activities, &e.Mentions, &e.Held, &e.Doubts, &elsewhere,
		&e.DoneSeq, &e.TotalSeq, &e.Problem, &e.CreatedAt, &e.StartedAt, &e.EndedAt, &heldBy}, more...)...)
	if err != nil {
		return e, err
	}
	return e, errors.Join(json.Unmarshal([]byte(askedBy), &e.AskedBy), json.Unmarshal([]byte(elsewhere), &e.Elsewhere), json.Unmarshal([]byte(heldBy), &e.HeldBy))
}

// mayKnow are the erasures that a doer may know of, as a condition: $1 tells whether they administer the instance, $2 is their workspace, or null. Who
// administers a workspace knows those that were asked for there.
const mayKnow = `($1 AND ($2::uuid IS NULL OR EXISTS (SELECT FROM erasure_workspaces w WHERE w.erasure_id = e.id AND w.workspace_id = $2)) OR e.workspace_id = $2)`

func knower(d account.Doer) (args []any, err error) {
	if d.Role < access.Admin || d.Workspace == nil && d.Role < access.Instance {
		return nil, models.Errorf(models.Forbidden, "Only admins and owners of the workspace may do this.")
	}
	var workspace *uuid.UUID
	if d.Workspace != nil {
		workspace = &d.Workspace.ID
	}
	return []any{d.Role == access.Instance, workspace}, nil
}

// mostErasures bounds a page of erasures.
const mostErasures = 50

// Erasures lists those of the doer's workspace, or of the instance, the latest first, before an id; the zero id is the beginning.
func (s *Service) Erasures(ctx context.Context, d account.Doer, before uuid.UUID) (list []models.Erasure, err error) {
	args, err := knower(d)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT `+erasureColumns+` FROM erasures e WHERE `+mayKnow+` AND ($3 = '00000000-0000-0000-0000-000000000000'::uuid OR e.id < $3)
		ORDER BY e.id DESC LIMIT $4`, append(args, before, mostErasures)...)
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	defer rows.Close()
	list = []models.Erasure{}
	for rows.Next() {
		e, err := scanErasure(rows)
		if err != nil {
			return nil, fmt.Errorf("list erasures: %w", err)
		}
		list = append(list, asSeenBy(d, e))
	}
	return list, rows.Err()
}

// One gives an erasure that the doer may know of.
func (s *Service) One(ctx context.Context, d account.Doer, id uuid.UUID) (models.Erasure, error) {
	args, err := knower(d)
	if err != nil {
		return models.Erasure{}, err
	}
	e, err := scanErasure(s.pool.QueryRow(ctx, `SELECT `+erasureColumns+` FROM erasures e WHERE `+mayKnow+` AND e.id = $3`, append(args, id)...))
	if errors.Is(err, sql.ErrNoRows) {
		return e, noErasure()
	} else if err != nil {
		return e, fmt.Errorf("find an erasure: %w", err)
	}
	return asSeenBy(d, e), nil
}

func noErasure() error { return models.Errorf(models.NotFound, "There is no such erasure here.") }

// one gives an erasure, whoever asks.
func (s *Service) one(ctx context.Context, id uuid.UUID) (models.Erasure, error) {
	e, err := scanErasure(s.pool.QueryRow(ctx, `SELECT `+erasureColumns+` FROM erasures e WHERE e.id = $1`, id))
	if err != nil {
		return e, fmt.Errorf("find an erasure: %w", err)
	}
	return e, nil
}
