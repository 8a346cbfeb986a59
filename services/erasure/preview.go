package erasure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/proof"
)

// Bounds of a preview: how long it looks for mentions, how many activities one statement reads, and how many samples it shows.
const (
	previewTime  = 5 * time.Second
	previewRows  = 1000
	mostSamples  = 12
	mostDoubtful = 4 // of the samples, while there are certain ones
)

// Preview says what anonymising somebody would do. It looks for mentions for a few seconds at most, in the newest activities first.
func (s *Service) Preview(ctx context.Context, d account.Doer, t Target) (v models.ErasurePreview, err error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return v, fmt.Errorf("look who is meant: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	db := database.PgxTx(tx)
	p, err := t.find(ctx, db, d)
	if err != nil {
		return v, err
	}
	if p.isErased() {
		return v, models.Errorf(models.Conflict, "This person was anonymised already.")
	}
	if err := s.whileTrying(ctx, d, func() error { return p.may(ctx, db, d) }); err != nil {
		return v, err
	}
	if err := p.addFormer(ctx, db); err != nil {
		return v, err
	}
	v = models.ErasurePreview{Name: p.shown, UserID: p.userID(), ActorIDs: p.actorIDs(uuid.Nil)}
	if err := p.count(ctx, db, d, &v); err != nil {
		return v, err
	}
	is := map[int64]string{}
	for _, a := range p.actors {
		is[a.ID] = "deleted-" + strconv.FormatInt(a.ID, 10)
	}
	terms, err := p.termsOf(ctx, db, is)
	if err != nil {
		return v, err
	}
	if err := tx.Commit(ctx); err != nil {
		return v, fmt.Errorf("look who is meant: %w", err)
	}
	return v, s.mentions(ctx, d, terms, &v)
}

// count counts what there is, exactly.
func (p *person) count(ctx context.Context, tx database.Tx, d account.Doer, v *models.ErasurePreview) error {
	err := tx.QueryRow(ctx, `
		SELECT (SELECT coalesce(sum(count), 0)::bigint FROM daily_counts WHERE workspace_id = ANY ($1) AND actor_id = ANY ($2)),
		       (SELECT coalesce(sum(seq), 0)::bigint FROM workspace_heads WHERE workspace_id = ANY ($1)),
		       ARRAY(SELECT name FROM workspaces WHERE id = ANY ($1) ORDER BY name),
		       (SELECT count(*) FROM sessions WHERE user_id = $3), (SELECT count(*) FROM tokens WHERE user_id = $3 AND revoked_at IS NULL),
		       (SELECT count(*) FROM exports WHERE workspace_id = ANY ($1) AND kind = 'file' AND state IN ('waiting', 'running', 'done')),
		       (SELECT count(*) FROM archives WHERE workspace_id = ANY ($1) AND state <> 'removed'),
		       (SELECT count(*) FROM saved_views WHERE user_id = $3)`,
		p.seenBy(d), p.actorIDs(uuid.Nil), p.userID()).
		Scan(&v.Activities, &v.Of, &v.Workspaces, &v.Sessions, &v.Tokens, &v.Exports, &v.Archives, &v.Views)
	if err != nil {
		return fmt.Errorf("count what would go: %w", err)
	}
	h, err := heldOf(ctx, tx, p)
	v.Held, v.Holds = h.rows, h.holds
	return err
}

// seenBy are the workspaces of which a preview says anything: how much there is in what is recorded of the whole instance is for instance admins.
func (p *person) seenBy(d account.Doer) []uuid.UUID {
	return slices.DeleteFunc(slices.Clone(p.workspaces), func(id uuid.UUID) bool { return !sees(d, id) })
}

// sees tells whether a doer may read what is in a workspace.
func sees(d account.Doer, workspace uuid.UUID) bool {
	return d.Role == access.Instance || d.Workspace != nil && d.Workspace.ID == workspace
}

// mentions looks for mentions until its time is over. What somebody may not read is not looked at.
func (s *Service) mentions(ctx context.Context, d account.Doer, t *terms, v *models.ErasurePreview) error {
	ends := time.Now().Add(previewTime)
	undecided := func(place) (bool, bool) { return false, false }
	var certain, doubtful []models.MentionSample
	for _, workspace := range inOrder(t, d) {
		l := newLooking(workspace, t.Workspaces[workspace], undecided)
		if err := s.mentionedViews(ctx, l, v); err != nil {
			return err
		}
		var head int64
		if err := s.pool.QueryRow(ctx, `SELECT coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = $1), 0)`, workspace).Scan(&head); err != nil {
			return fmt.Errorf("look for mentions: %w", err)
		}
		for ; head > 0 && time.Now().Before(ends); head -= previewRows {
			subjects, err := proof.Subjects(ctx, s.pool, workspace, max(1, head-previewRows+1), head)
			if err != nil {
				return err
			}
			v.Looked += min(head, previewRows)
			slices.Reverse(subjects)
			held := []int64{}
			for _, each := range subjects {
				f := l.in(each)
				v.Doubts += int64(len(l.open(f, activityTarget, strconv.FormatInt(each.Activity.Seq, 10))))
				if f.changed && !f.own {
					v.Mentions++
					held = append(held, each.Activity.Seq)
				}
				for _, find := range f.certain {
					if !f.own && len(certain) < mostSamples {
						certain = append(certain, sampleOf(each.Activity, find))
					}
				}
				for _, find := range f.doubtful {
					if len(doubtful) < mostSamples {
						doubtful = append(doubtful, sampleOf(each.Activity, find))
					}
				}
			}
			if err := s.countHeld(ctx, l, held, v); err != nil {
				return err
			}
		}
	}
	room := mostSamples - min(len(doubtful), mostDoubtful)
	certain = certain[:min(len(certain), room)]
	v.Samples = append(certain, doubtful[:min(len(doubtful), mostSamples-len(certain))]...)
	return nil
}

// countHeld counts activities of others in which the person would be replaced, were they not held. Those done for the person are counted already.
func (s *Service) countHeld(ctx context.Context, l *looking, seqs []int64, v *models.ErasurePreview) error {
	if len(seqs) == 0 {
		return nil
	}
	theirs := []int64{}
	for id := range l.known.Actors {
		theirs = append(theirs, id)
	}
	var n int64
	var names []string
	err := s.pool.QueryRow(ctx, `SELECT count(DISTINCT a.seq), coalesce(array_agg(DISTINCT h.name), '{}') FROM activities a CROSS JOIN LATERAL holds_on(a) h
		WHERE a.workspace_id = $1 AND a.seq = ANY ($2) AND (a.on_behalf_of_id = ANY ($3)) IS NOT TRUE
		  AND EXISTS (SELECT FROM holds s WHERE s.workspace_id = $1 AND s.lifted_at IS NULL)`, l.workspace, seqs, theirs).Scan(&n, &names)
	if err != nil {
		return fmt.Errorf("look for holds: %w", err)
	}
	v.Held += n
	for _, name := range names {
		if !slices.Contains(v.Holds, name) {
			v.Holds = append(v.Holds, name)
		}
	}
	return nil
}

// mentionedViews counts saved views of others in which the person is replaced.
func (s *Service) mentionedViews(ctx context.Context, l *looking, v *models.ErasurePreview) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("look at saved views: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	w := &writing{looking: l}
	named := map[string]bool{}
	for _, each := range rewriters {
		if each.kind != "others_views" {
			continue
		}
		_, err := each.rewrite(ctx, database.PgxTx(tx), database.Piece{Workspace: l.workspace}, func(at database.Place, text string) string {
			if w.replace(at, text) != text {
				named[at.ID] = true
			}
			return text
		})
		if err != nil {
			return err
		}
	}
	v.Views += int64(len(named))
	return nil
}

// inOrder gives the workspaces that the doer may read, their own first.
func inOrder(t *terms, d account.Doer) []uuid.UUID {
	var ids []uuid.UUID
	for id := range t.Workspaces {
		if sees(d, id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int {
		switch {
		case d.Workspace != nil && a == d.Workspace.ID:
			return -1
		case d.Workspace != nil && b == d.Workspace.ID:
			return 1
		}
		return slices.Compare(a[:], b[:])
	})
	return ids
}
