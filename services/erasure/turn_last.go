package erasure

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/export"
)

// last ends an erasure that has gone through everything: what stands elsewhere goes too. It stays open while something waits for a decision, or is held.
func (s *Service) last(ctx context.Context, tx pgx.Tx, g *going) error {
	if waiting, err := g.somethingWaits(ctx, tx); err != nil || waiting {
		return err
	}
	if more, err := s.archives(ctx, tx, g); err != nil || more {
		return err
	}
	if more, err := s.elsewhere(ctx, tx, g); err != nil {
		return err
	} else if more {
		return g.save(ctx, tx)
	}
	if err := g.keepHolds(ctx, tx); err != nil {
		return err
	}
	if err := s.withdrawAgain(ctx, tx, g); err != nil {
		return err
	}
	if err := g.save(ctx, tx); err != nil {
		return err
	}
	var undecided int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM erasure_doubts WHERE erasure_id = $1 AND replace IS NULL`, g.ID).Scan(&undecided); err != nil {
		return fmt.Errorf("count doubts: %w", err)
	}
	if undecided == 0 && g.more > 0 { // those that were only counted are next
		return lookAgain(ctx, database.PgxTx(tx), g.ID)
	}
	if g.Held == 0 { // no activity names them as they were recorded any more
		if err := account.ForgetIDs(ctx, database.PgxTx(tx), g.ActorIDs); err != nil {
			return err
		}
	}
	if undecided > 0 || g.Held > 0 {
		if _, err := tx.Exec(ctx, `UPDATE erasures SET state = 'open' WHERE id = $1`, g.ID); err != nil {
			return fmt.Errorf("leave an erasure open: %w", err)
		}
		return nil
	}
	return s.finish(ctx, tx, g)
}

// withdrawn is why a file was withdrawn.
const withdrawn = "Somebody who may be in it was anonymised."

// withdrawAgain withdraws the files that were made while it went through everything, or since it was left open: what was replaced since then is in them as it was.
func (s *Service) withdrawAgain(ctx context.Context, tx pgx.Tx, g *going) error {
	replaced := g.Activities + g.Mentions
	for kind, n := range g.Elsewhere {
		if kind != "exports" {
			replaced += n
		}
	}
	if replaced == g.withdrawnAt {
		return nil
	}
	for _, p := range g.parts {
		n, err := files(ctx, tx, p.workspace)
		if err != nil {
			return err
		}
		if err := export.Withdraw(ctx, tx, s.record, p.workspace, withdrawn); err != nil {
			return err
		}
		if n > 0 {
			g.Elsewhere["exports"] += n
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE erasures SET withdrawn_at = $2 WHERE id = $1`, g.ID, replaced); err != nil {
		return fmt.Errorf("note that files were withdrawn: %w", err)
	}
	return nil
}

// somethingWaits tells whether anything that was sent before the erasure began is not posted yet: it may well name the person.
func (g *going) somethingWaits(ctx context.Context, tx pgx.Tx) (waits bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM inbox i JOIN erasure_workspaces w ON w.workspace_id = i.workspace_id WHERE w.erasure_id = $1 AND i.received_at <= $2)`,
		g.ID, g.StartedAt).Scan(&waits)
	if err != nil {
		return false, fmt.Errorf("look what waits to be posted: %w", err)
	}
	return waits, nil
}

// keepHolds has it wait for holds that are themselves about the person, by an external id: as long as they stand, they say which.
func (g *going) keepHolds(ctx context.Context, tx pgx.Tx) error {
	var standing int64
	for _, p := range g.parts {
		var ids []string
		for _, id := range g.terms.Workspaces[p.workspace].Person.IDs {
			ids = append(ids, id.Text)
		}
		rows, err := tx.Query(ctx, `SELECT id FROM holds WHERE workspace_id = $1 AND lifted_at IS NULL AND entity_id = ANY ($2)`, p.workspace, ids)
		if err != nil {
			return fmt.Errorf("look for holds: %w", err)
		}
		holds, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("look for holds: %w", err)
		}
		for _, id := range holds {
			if standing++; !slices.Contains(g.heldBy, id) {
				g.heldBy = append(g.heldBy, id)
			}
		}
	}
	g.Held = max(g.Held, standing)
	return nil
}

// finish forgets whom it was about.
func (s *Service) finish(ctx context.Context, tx pgx.Tx, g *going) error {
	db := database.PgxTx(tx)
	decided, err := s.allDecisions(ctx, db, g.ID, g.terms.Decisions)
	if err != nil {
		return err
	}
	if len(decided)+len(g.decided) > 0 {
		if err := s.ledger.Write(Entry{At: s.now().UTC(), Erasure: g.ID, Decisions: decided, Kinds: g.decided}); err != nil {
			s.log.Error("the ledger of erasures cannot be written", "error", err)
			return fmt.Errorf("finish an erasure: %w", err)
		}
	}
	if err := g.keepBefore(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE erasures SET state = 'tidying', terms = NULL, held_by = '{}' WHERE id = $1`, g.ID); err != nil {
		return fmt.Errorf("finish an erasure: %w", err)
	}
	about := map[string]any{"activities": g.Activities, "mentions": g.Mentions, "elsewhere": g.Elsewhere}
	at := models.BuiltInWorkspace
	if g.WorkspaceID != nil {
		at = *g.WorkspaceID
	}
	if err := s.act(ctx, db, at, acting{erasure: g.ID, by: g.AskedBy, action: "anonymised", about: about}); err != nil {
		return err
	}
	if at != models.BuiltInWorkspace && g.UserID != nil {
		if err := s.act(ctx, db, models.BuiltInWorkspace, acting{erasure: g.ID, by: models.Itself, action: "anonymised", about: about}); err != nil {
			return err
		}
	}
	return s.call(ctx, tx)
}

// keepBefore keeps what had been decided the last time, when the erasure was done again: it may have to be done once more.
func (g *going) keepBefore(ctx context.Context, tx pgx.Tx) error {
	if len(g.terms.Decisions) == 0 {
		return nil
	}
	list, err := json.Marshal(g.terms.Decisions)
	if err != nil {
		return fmt.Errorf("keep what was decided: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO erasure_doubts (erasure_id, workspace_id, target, target_id, place, kind, replace, decided_at, replaced_at)
		SELECT $1, $2, 'before', '', $3 || key, 'name', value::boolean, clock_timestamp(), clock_timestamp() FROM jsonb_each_text($4::text::jsonb) ON CONFLICT DO NOTHING`,
		g.ID, g.parts[0].workspace, hashPrefix, string(list))
	if err != nil {
		return fmt.Errorf("keep what was decided: %w", err)
	}
	return nil
}
