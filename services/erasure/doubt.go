package erasure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/journal"
	"daybook/services/mention"
	"daybook/services/proof"
)

// mostListed bounds a page of doubts.
const mostListed = 50

// mayRead are the doubts that a doer may read: those of their workspace; instance admins read all. $2 is the doer's workspace or null.
const mayRead = `($1 OR workspace_id = $2)`

// Doubts lists places that somebody has to decide, fifty at a time, those after an id. Who administers one workspace is asked about that one alone.
func (s *Service) Doubts(ctx context.Context, d account.Doer, id uuid.UUID, after int64) (list []models.Doubt, err error) {
	e, err := s.One(ctx, d, id)
	if err != nil {
		return nil, err
	}
	args, err := knower(d)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT id, workspace_id, target, target_id, place, kind FROM erasure_doubts
		WHERE erasure_id = $3 AND replace IS NULL AND id > $4 AND `+mayRead+` ORDER BY id LIMIT $5`, append(args, id, after, mostListed)...)
	if err != nil {
		return nil, fmt.Errorf("list doubts: %w", err)
	}
	var places []place
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d models.Doubt, err error) {
		var p place
		err = row.Scan(&d.ID, &p.workspace, &p.target, &p.id, &p.path, &p.kind)
		d.Target, d.TargetID, d.Kind = p.target, p.id, p.kind
		places = append(places, p)
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("list doubts: %w", err)
	}
	samples, err := s.samplesOf(ctx, e, places)
	if err != nil {
		return nil, err
	}
	for i, p := range places {
		if sample, there := samples[p]; there {
			list[i].Sample = &sample
		}
	}
	return list, nil
}

// samplesOf looks up what stands at some places now.
func (s *Service) samplesOf(ctx context.Context, e models.Erasure, places []place) (map[place]models.MentionSample, error) {
	samples := map[place]models.MentionSample{}
	if len(places) == 0 {
		return samples, nil
	}
	var sealed []byte
	if err := s.pool.QueryRow(ctx, `SELECT terms FROM erasures WHERE id = $1`, e.ID).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("find an erasure: %w", err)
	}
	t, err := s.keys.unsealed(sealed)
	if errors.Is(err, errOtherSecret) {
		return samples, nil
	} else if err != nil {
		return nil, err
	}
	undecided := func(place) (bool, bool) { return false, false }
	for workspace, k := range t.Workspaces {
		l := newLooking(workspace, k, undecided)
		if err := s.inActivities(ctx, l, places, samples); err != nil {
			return nil, err
		}
		if err := s.inOthers(ctx, l, places, samples); err != nil {
			return nil, err
		}
		if err := s.inArchives(ctx, l, places, samples); err != nil {
			return nil, err
		}
	}
	return samples, nil
}

func (s *Service) inActivities(ctx context.Context, l *looking, places []place, samples map[place]models.MentionSample) error {
	var seqs []int64
	for _, p := range places {
		if seq, err := strconv.ParseInt(p.id, 10, 64); err == nil && p.target == activityTarget && p.workspace == l.workspace {
			seqs = append(seqs, seq)
		}
	}
	if len(seqs) == 0 {
		return nil
	}
	subjects, err := proof.SubjectsAt(ctx, s.pool, l.workspace, slices.Compact(slices.Sorted(slices.Values(seqs))))
	if err != nil {
		return err
	}
	for _, each := range subjects {
		for _, f := range l.in(each).doubtful {
			p := place{l.workspace, activityTarget, strconv.FormatInt(each.Activity.Seq, 10), f.Place, string(f.Kind)}
			if _, there := samples[p]; !there {
				samples[p] = sampleOf(each.Activity, f)
			}
		}
	}
	return nil
}

// inOthers looks at what is no activity, as rewriting does, and writes nothing.
func (s *Service) inOthers(ctx context.Context, l *looking, places []place, samples map[place]models.MentionSample) error {
	w := &writing{looking: l, only: map[[2]string]bool{}, finds: map[place]mention.Find{}}
	for _, p := range places {
		if p.target != activityTarget && p.target != archiveTarget && p.workspace == l.workspace {
			w.only[[2]string{p.target, p.id}] = true
		}
	}
	if len(w.only) == 0 {
		return nil
	}
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("look at doubts: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	for _, each := range rewriters {
		look := func(at database.Place, text string) string {
			w.replace(at, text)
			return text
		}
		if _, err := each.rewrite(ctx, database.PgxTx(tx), database.Piece{Workspace: l.workspace}, look); err != nil {
			return err
		}
	}
	_, err = journal.RewriteRejected(ctx, tx, database.Piece{Workspace: l.workspace}, func(id int64, ev models.Event) (models.Event, bool) {
		w.event(id, ev)
		return ev, false
	})
	for p, f := range w.finds {
		samples[p] = sampleOf(&models.Activity{WorkspaceID: l.workspace}, f)
	}
	return err
}

func sampleOf(a *models.Activity, f mention.Find) models.MentionSample {
	return models.MentionSample{
		WorkspaceID: a.WorkspaceID, Seq: a.Seq, UUID: a.UUID, OccurredAt: a.OccurredAt, Place: f.Place, Lead: f.Lead, Was: f.Was, Is: f.Is, Tail: f.Tail, Certain: f.Certain,
	}
}

// Decide says of some doubts whether the person is meant, and so replaced. What was decided already stays.
func (s *Service) Decide(ctx context.Context, d account.Doer, id uuid.UUID, doubts []int64, replace bool) error {
	if len(doubts) == 0 || len(doubts) > mostDoubts {
		return models.FieldErrorf(models.Invalid, "doubts", "must be 1 to %d of them", mostDoubts)
	}
	return s.decide(ctx, d, id, func(tx pgx.Tx, by string) error {
		tag, err := tx.Exec(ctx, `UPDATE erasure_doubts SET replace = $5, decided_by = $6::text::jsonb, decided_at = clock_timestamp()
			WHERE erasure_id = $3 AND id = ANY ($4) AND replace IS NULL AND `+mayRead, d.Role == access.Instance, workspaceOf(d), id, doubts, replace, by)
		if err != nil {
			return fmt.Errorf("decide doubts: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return models.FieldErrorf(models.Conflict, "doubts", "were decided already, or are none of this erasure")
		}
		if !replace {
			return nil
		}
		return namedAgain(ctx, database.PgxTx(tx), id, doubts)
	})
}

// DecideAll says it of all doubts of a kind, also of those that were only counted, and of those that come. To replace them it goes through everything
// once more. Who administers one workspace says it of the doubts there alone, of those that come too.
func (s *Service) DecideAll(ctx context.Context, d account.Doer, id uuid.UUID, kind string, replace bool) error {
	if !slices.Contains(mention.Kinds, mention.Kind(kind)) {
		return models.FieldErrorf(models.Invalid, "kind", "must be name, part, email, id or username")
	}
	return s.decide(ctx, d, id, func(tx pgx.Tx, by string) error {
		_, err := tx.Exec(ctx, `UPDATE erasure_doubts SET replace = $5, decided_by = $6::text::jsonb, decided_at = clock_timestamp(), replaced_at = CASE WHEN $5 THEN clock_timestamp() END
			WHERE erasure_id = $3 AND kind = $4 AND replace IS NULL AND `+mayRead, d.Role == access.Instance, workspaceOf(d), id, kind, replace, by)
		if err == nil {
			if d.Role != access.Instance {
				kind = kindIn(kind, d.Workspace.ID)
			}
			_, err = tx.Exec(ctx, `UPDATE erasures SET decided = decided || jsonb_build_object($2::text, $3::boolean) WHERE id = $1`, id, kind, replace)
		}
		if err != nil {
			return fmt.Errorf("decide doubts: %w", err)
		}
		return lookAgain(ctx, database.PgxTx(tx), id)
	})
}

func workspaceOf(d account.Doer) *uuid.UUID {
	if d.Workspace == nil {
		return nil
	}
	return &d.Workspace.ID
}

// decide decides something of an erasure that waits for it, and has it go on.
func (s *Service) decide(ctx context.Context, d account.Doer, id uuid.UUID, do func(tx pgx.Tx, by string) error) error {
	e, err := s.One(ctx, d, id)
	if err != nil {
		return err
	}
	by, err := json.Marshal(refIn(d, orBuiltIn(e.WorkspaceID)))
	if err != nil {
		return fmt.Errorf("keep who decides: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var state models.ErasureState
		err := tx.QueryRow(ctx, `SELECT state FROM erasures WHERE id = $1 FOR UPDATE`, id).Scan(&state)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noErasure()
		case err != nil:
			return fmt.Errorf("find an erasure: %w", err)
		case state != models.ErasureOpen && state != models.ErasureRunning:
			return models.Errorf(models.Conflict, "Nothing of this erasure waits for a decision.")
		}
		if err := do(tx, string(by)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE erasures SET state = 'running' WHERE id = $1`, id); err != nil {
			return fmt.Errorf("go on with an erasure: %w", err)
		}
		return besideAgain(ctx, database.PgxTx(tx), id)
	})
	if err == nil {
		s.journal.Wake()
	}
	return err
}

func orBuiltIn(workspace *uuid.UUID) uuid.UUID {
	if workspace == nil {
		return models.BuiltInWorkspace
	}
	return *workspace
}
