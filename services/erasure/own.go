package erasure

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"daybook/services/proof"
)

// own is how far an erasure is with what the person did themselves in a workspace, and what was done for them. It goes first, by index: the pass goes
// through everything, and would replace the few of it that there are in each stretch. It goes from the latest on, so what is posted meanwhile is left to the
// pass, and what is held is, too.
type own struct {
	list int                // the one of the lists (part.list) that is next
	at   pgtype.Timestamptz // when the last one of it that is done occurred; infinity: none is
	id   int64              // and its id
	done int64              // how many of all lists are done
}

// lists is how many lists of their own there are: of each actor what they did and what was done for them, without and with what Daybook records (system),
// for so the indexes have it.
func (p *part) lists() int { return 4 * len(p.actors) }

// hasOwn tells whether there may be more of their own.
func (p *part) hasOwn() bool { return p.own.list < p.lists() }

// ownKeys read the next of a list, the latest first, behind a place in it.
var ownKeys = [2]string{keysBy("actor_id"), keysBy("on_behalf_of_id")}

func keysBy(column string) string {
	return `SELECT seq, occurred_at, id FROM activities WHERE workspace_id = $1 AND ` + column + ` = $2 AND system = $3 AND (occurred_at, id) < ($4::timestamptz, $5::bigint)
		ORDER BY occurred_at DESC, id DESC LIMIT $6`
}

// ownKey is one of the activities of a list: its number, and its place in the list.
type ownKey struct {
	seq int64
	at  pgtype.Timestamptz
	id  int64
}

// nextOwn reads the next of their own in the list that is next.
func (p *part) nextOwn(ctx context.Context, tx pgx.Tx, most int) ([]ownKey, error) {
	n := p.own.list
	rows, err := tx.Query(ctx, ownKeys[n/2%2], p.workspace, p.actors[n/4], n%2 == 1, p.own.at, p.own.id, most)
	if err != nil {
		return nil, fmt.Errorf("look for what somebody did: %w", err)
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k ownKey, err error) {
		return k, row.Scan(&k.seq, &k.at, &k.id)
	})
	if err != nil {
		return nil, fmt.Errorf("look for what somebody did: %w", err)
	}
	return keys, nil
}

// pass notes that an activity of the list is done.
func (o *own) pass(k ownKey) { o.at, o.id, o.done = k.at, k.id, o.done+1 }

// nextList goes on to the next list.
func (o *own) nextList() {
	o.list, o.at, o.id = o.list+1, pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}, 0
}

// theirs replaces the next of the person's own, and tells whether that was anything for one turn. What is doubtful in it, the pass asks.
func (s *Service) theirs(ctx context.Context, tx pgx.Tx, g *going, p *part, most int64) (did bool, err error) {
	d := s.decisionsOf(g)
	l := newLooking(p.workspace, g.terms.Workspaces[p.workspace], d.verdict)
	found := batch{most: mostAtOnce(most)}
	for p.hasOwn() && !found.ended {
		keys, err := p.nextOwn(ctx, tx, min(readAtOnce, found.most))
		if err != nil {
			return false, err
		}
		if len(keys) == 0 {
			p.own.nextList()
			continue
		}
		if err := g.lookAtOwn(ctx, tx, p, looked{keys, l, d, &found}); err != nil {
			return false, err
		}
	}
	held := g.Held
	if err := s.erase(ctx, tx, g, p.workspace, found.inOrder()); err != nil {
		return false, err
	}
	g.Held = held // the pass counts them, and has them wait
	if err := p.saveOwn(ctx, tx, g.ID); err != nil {
		return false, err
	}
	return len(found.rows) > 0 || p.hasOwn(), g.save(ctx, tx)
}

// looked is a stretch of a list, and what it is looked at with.
type looked struct {
	keys  []ownKey
	with  *looking
	d     *decisions
	found *batch
}

// lookAtOwn looks at activities of a list, until the turn ends.
func (g *going) lookAtOwn(ctx context.Context, tx pgx.Tx, p *part, w looked) error {
	seqs := make([]int64, len(w.keys))
	for i, k := range w.keys {
		seqs[i] = k.seq
	}
	subjects, err := proof.SubjectsAt(ctx, tx, p.workspace, seqs)
	if err != nil {
		return err
	}
	if err := g.readDecided(ctx, tx, w.d, p.workspace, subjects); err != nil {
		return err
	}
	bySeq := make(map[int64]proof.Subject, len(subjects))
	for _, each := range subjects {
		bySeq[each.Activity.Seq] = each
	}
	for _, k := range w.keys {
		if each, there := bySeq[k.seq]; there {
			w.found.look(g, w.with, []proof.Subject{each})
		}
		if p.own.pass(k); w.found.ended {
			break
		}
	}
	return nil
}

// inOrder gives what was found in the order of the numbers, each once: what somebody did for themselves is in two lists.
func (b *batch) inOrder() []replaced {
	slices.SortFunc(b.rows, func(x, y replaced) int { return cmp.Compare(x.was.Activity.Seq, y.was.Activity.Seq) })
	b.rows = slices.CompactFunc(b.rows, func(x, y replaced) bool { return x.was.Activity.Seq == y.was.Activity.Seq })
	return b.rows
}

func (p *part) saveOwn(ctx context.Context, tx pgx.Tx, erasure uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE erasure_workspaces SET own = $3, own_at = $4, own_id = $5, own_done = CASE WHEN $7 THEN $6 ELSE own_rows END WHERE erasure_id = $1 AND workspace_id = $2`,
		erasure, p.workspace, p.own.list, p.own.at, p.own.id, p.own.done, p.hasOwn())
	if err != nil {
		return fmt.Errorf("save how far an erasure is: %w", err)
	}
	return nil
}
