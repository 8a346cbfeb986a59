package erasure

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/journal"
	"daybook/services/proof"
)

// Bounds of what is replaced in one turn and by one record, activities and bytes of what they say, and of how many activities one statement reads.
const (
	mostErased = 300
	mostBytes  = 1 << 20
	readAtOnce = 200
)

// stretch goes through the next activities of a workspace: at most so many are looked at, and no more than there is time for.
func (s *Service) stretch(ctx context.Context, tx pgx.Tx, g *going, p *part, most int64) error {
	d := s.decisionsOf(g)
	l := newLooking(p.workspace, g.terms.Workspaces[p.workspace], d.verdict)
	found := batch{most: mostAtOnce(most)}
	for last := min(p.head, p.done+most); p.done < last && !found.ended; {
		to := min(last, p.done+readAtOnce)
		subjects, err := proof.Subjects(ctx, tx, p.workspace, p.done+1, to)
		if err != nil {
			return err
		}
		if err := g.readDecided(ctx, tx, d, p.workspace, subjects); err != nil {
			return err
		}
		if p.done = found.look(g, l, subjects); !found.ended {
			p.done = to
		}
	}
	if err := g.keep(ctx, tx, found.open, d); err != nil {
		return err
	}
	if err := s.erase(ctx, tx, g, p.workspace, found.rows); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE erasure_workspaces SET done_seq = $3 WHERE erasure_id = $1 AND workspace_id = $2`, g.ID, p.workspace, p.done); err != nil {
		return fmt.Errorf("save how far an erasure is: %w", err)
	}
	return g.save(ctx, tx)
}

// mostAtOnce is how many activities are replaced in a turn that is to look at so many: fewer where turns take long.
func mostAtOnce(most int64) int { return int(min(mostErased, most)) }

// batch is what was found in the activities of a turn.
type batch struct {
	most  int // of rows
	rows  []replaced
	bytes int
	open  []place
	ended bool // the turn is over, or this is as much as is replaced in one
}

// look looks at activities until the turn ends, at one of them at least, and gives the number of the last one.
func (b *batch) look(g *going, l *looking, subjects []proof.Subject) (last int64) {
	for _, each := range subjects {
		last = each.Activity.Seq
		f := l.in(each)
		b.open = append(b.open, l.open(f, activityTarget, strconv.FormatInt(last, 10))...)
		if f.changed {
			b.rows = append(b.rows, replaced{was: each, found: f})
			b.bytes += sizeOf(each)
		}
		if b.ended = len(b.rows) >= b.most || b.bytes >= mostBytes || g.isOver(); b.ended {
			break
		}
	}
	return last
}

// sizeOf is about how much an activity says.
func sizeOf(s proof.Subject) int {
	size := len(s.Activity.Description) + len(s.Activity.Metadata)
	for _, c := range s.Activity.Changes {
		size += len(c.Before) + len(c.After)
	}
	return size
}

// readDecided reads what was decided of places in activities, if anything can have been.
func (g *going) readDecided(ctx context.Context, tx pgx.Tx, d *decisions, workspace uuid.UUID, subjects []proof.Subject) error {
	if !g.asked {
		return nil
	}
	return d.read(ctx, tx, g.ID, workspace, numbersOf(subjects))
}

func numbersOf(subjects []proof.Subject) []string {
	numbers := make([]string, len(subjects))
	for i, s := range subjects {
		numbers[i] = strconv.FormatInt(s.Activity.Seq, 10)
	}
	return numbers
}

// replaced is an activity that is to say something else.
type replaced struct {
	was   proof.Subject
	found found
}

// erase replaces what was found in activities, but for those that are held.
func (s *Service) erase(ctx context.Context, tx pgx.Tx, g *going, workspace uuid.UUID, rows []replaced) error {
	if len(rows) == 0 {
		return nil
	}
	held, err := g.heldOf(ctx, tx, workspace, rows)
	if err != nil {
		return err
	}
	e := journal.Erasing{Workspace: workspace, Erasure: g.ID, By: g.byIn(workspace)}
	for _, row := range rows {
		switch {
		case held[row.was.Activity.Seq]:
			g.Held++
			continue
		case row.found.own:
			g.Activities++
		default:
			g.Mentions++
		}
		e.Rows = append(e.Rows, journal.ErasedRow{Was: row.was, Is: row.found.is})
	}
	return s.journal.Erase(ctx, tx, e)
}

// heldOf tells which of some activities are held, and remembers by which holds.
func (g *going) heldOf(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, rows []replaced) (map[int64]bool, error) {
	seqs := make([]int64, len(rows))
	for i, row := range rows {
		seqs[i] = row.was.Activity.Seq
	}
	found, err := tx.Query(ctx, `SELECT a.seq, h.id FROM activities a CROSS JOIN LATERAL holds_on(a) h WHERE a.workspace_id = $1 AND a.seq = ANY ($2)
		AND EXISTS (SELECT FROM holds s WHERE s.workspace_id = $1 AND s.lifted_at IS NULL)`, workspace, seqs)
	if err != nil {
		return nil, fmt.Errorf("look for holds: %w", err)
	}
	defer found.Close()
	held := map[int64]bool{}
	for found.Next() {
		var seq, hold int64
		if err := found.Scan(&seq, &hold); err != nil {
			return nil, fmt.Errorf("look for holds: %w", err)
		}
		held[seq] = true
		if !slices.Contains(g.heldBy, hold) {
			g.heldBy = append(g.heldBy, hold)
		}
	}
	return held, found.Err()
}

// replaceDecided replaces places of which somebody has decided that the person is meant, and tells whether there were any.
func (s *Service) replaceDecided(ctx context.Context, tx pgx.Tx, g *going) (did bool, err error) {
	for _, p := range g.parts {
		var seqs []int64
		err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(seq ORDER BY seq), '{}') FROM (
			SELECT DISTINCT target_id::bigint AS seq FROM erasure_doubts
			 WHERE erasure_id = $1 AND workspace_id = $2 AND target = 'activity' AND replace AND replaced_at IS NULL ORDER BY 1 LIMIT $3) AS d`, g.ID, p.workspace, readAtOnce).Scan(&seqs)
		if err != nil {
			return false, fmt.Errorf("look for what was decided: %w", err)
		}
		if len(seqs) == 0 {
			continue
		}
		return true, s.replaceAt(ctx, tx, g, p.workspace, seqs)
	}
	return false, nil
}

func (s *Service) replaceAt(ctx context.Context, tx pgx.Tx, g *going, workspace uuid.UUID, seqs []int64) error {
	subjects, err := proof.SubjectsAt(ctx, tx, workspace, seqs)
	if err != nil {
		return err
	}
	numbers := make([]string, len(seqs)) // of those too that were purged
	for i, seq := range seqs {
		numbers[i] = strconv.FormatInt(seq, 10)
	}
	d := s.decisionsOf(g)
	if err := d.read(ctx, tx, g.ID, workspace, numbers); err != nil {
		return err
	}
	l := newLooking(workspace, g.terms.Workspaces[workspace], d.verdict)
	found := batch{most: mostErased}
	if last := found.look(g, l, subjects); found.ended {
		numbers = numbers[:slices.Index(seqs, last)+1] // the others are next
	}
	if err := s.erase(ctx, tx, g, workspace, found.rows); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE erasure_doubts SET replaced_at = clock_timestamp() WHERE erasure_id = $1 AND workspace_id = $2 AND target = 'activity' AND target_id = ANY ($3)
		AND replace AND replaced_at IS NULL`, g.ID, workspace, numbers)
	if err != nil {
		return fmt.Errorf("note what was replaced: %w", err)
	}
	return g.save(ctx, tx)
}
