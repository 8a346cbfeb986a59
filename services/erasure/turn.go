package erasure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
)

// ready finds erasures that can go on now: those under way, unless a purge is at work in one of their workspaces, and those that wait for a hold that
// was lifted meanwhile.
const ready = `(e.state IN ('waiting', 'running') AND NOT EXISTS (
		SELECT FROM erasure_workspaces w JOIN purges p ON p.workspace_id = w.workspace_id AND p.state IN ('waiting', 'running') WHERE w.erasure_id = e.id)
	OR e.state = 'open' AND e.held > 0 AND EXISTS (SELECT FROM holds h WHERE h.id = ANY (e.held_by) AND h.lifted_at IS NOT NULL))`

// pauseAfterProblem is how long an erasure rests that cannot get on because of something outside of the database.
const pauseAfterProblem = 15 * time.Second

// due tells whether there is an erasure to go on with.
func (s *Service) due(ctx context.Context, tx pgx.Tx) (is bool, err error) {
	if s.now().UnixNano() < s.restUntil.Load() {
		return false, nil
	}
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasures e WHERE e.state <> 'done' AND `+ready+`)`).Scan(&is); err != nil {
		return false, fmt.Errorf("look for an erasure: %w", err)
	}
	return is, nil
}

// going is an erasure that is gone on with.
type going struct {
	models.Erasure
	sealed  []byte
	terms   *terms
	decided map[mentionKind]bool // kinds of doubts that were decided all together
	heldBy  []int64
	asked   bool  // whether there are any doubts, decided or not
	more    int64 // doubts beyond those that are kept, which are at most mostDoubts
	parts   []part

	firstAt     *time.Time // of one that is done again, after a restore: when it was done for the first time
	stays       [][]byte   // the records that the person was then
	withdrawnAt int64      // how much was replaced when files were withdrawn

	mostDoubts int64
	ends       time.Time
}

// turnTime is how long a turn looks at what there is, one piece at least.
const turnTime = 100 * time.Millisecond

// isOver tells whether the turn is to end.
func (g *going) isOver() bool { return !time.Now().Before(g.ends) }

type mentionKind = string

// part is a workspace that an erasure goes through.
type part struct {
	workspace  uuid.UUID
	actors     []int64
	done, head int64
	own        own

	beside      int // the kind of what stands beside activities that is next (rewriters)
	besideAfter string
}

// next locks an erasure to go on with; nil when there is none any more. One that had a problem lets others go first.
func (s *Service) next(ctx context.Context, tx pgx.Tx) (*going, error) {
	g := &going{mostDoubts: s.mostDoubts}
	var decided string
	var err error
	g.Erasure, err = scanErasure(tx.QueryRow(ctx, `SELECT `+erasureColumns+`, e.terms, e.decided::text, e.held_by, e.more_doubts, e.first_at, e.stays, e.withdrawn_at, EXISTS (SELECT FROM erasure_doubts d WHERE d.erasure_id = e.id)
		FROM erasures e WHERE e.state <> 'done' AND `+ready+` ORDER BY e.problem <> '', e.id LIMIT 1 FOR UPDATE OF e`), &g.sealed, &decided, &g.heldBy, &g.more, &g.firstAt, &g.stays, &g.withdrawnAt, &g.asked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("take up an erasure: %w", err)
	}
	if err := json.Unmarshal([]byte(decided), &g.decided); err != nil {
		return nil, fmt.Errorf("take up an erasure: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT w.workspace_id, w.actor_ids, w.done_seq, coalesce(h.seq, 0), w.own, w.own_at, w.own_id, w.own_done, w.beside, w.beside_after FROM erasure_workspaces w
		LEFT JOIN workspace_heads h ON h.workspace_id = w.workspace_id WHERE w.erasure_id = $1 ORDER BY w.workspace_id`, g.ID)
	if err != nil {
		return nil, fmt.Errorf("take up an erasure: %w", err)
	}
	g.parts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p part, err error) {
		return p, row.Scan(&p.workspace, &p.actors, &p.done, &p.head, &p.own.list, &p.own.at, &p.own.id, &p.own.done, &p.beside, &p.besideAfter)
	})
	g.ends = time.Now().Add(s.turnTime)
	if err != nil {
		return nil, fmt.Errorf("take up an erasure: %w", err)
	}
	return g, nil
}

// turn does the next piece of an erasure. It runs in the writer's turn.
func (s *Service) turn(ctx context.Context, tx pgx.Tx, most int64) error {
	g, err := s.next(ctx, tx)
	if err != nil || g == nil {
		return err
	}
	if g.terms, err = s.keys.unsealed(g.sealed); errors.Is(err, errOtherSecret) {
		return s.stall(ctx, tx, g, "It was begun with another secret (DAYBOOK_SECRET) than the one there is now.")
	} else if err != nil {
		return err
	}
	switch g.State {
	case models.ErasureWaiting:
		err = s.first(ctx, tx, g)
	case models.ErasureOpen:
		err = lookAgain(ctx, database.PgxTx(tx), g.ID)
	default:
		err = s.goOn(ctx, tx, g, most)
	}
	var outside *obstacle
	if errors.As(err, &outside) && !outside.wrote {
		return s.stall(ctx, tx, g, outside.why)
	}
	return err
}

// obstacle is something outside of the activities that keeps an erasure from getting on, in a sentence for people. It has to be found before anything
// is written.
type obstacle struct {
	why   string
	wrote bool
}

func (o *obstacle) Error() string { return o.why }

// stall says why an erasure does not get on, and lets it rest.
func (s *Service) stall(ctx context.Context, tx pgx.Tx, g *going, why string) error {
	s.restUntil.Store(s.now().Add(pauseAfterProblem).UnixNano())
	s.log.Warn("an erasure does not get on", "erasure", g.ID, "problem", why)
	return say(ctx, tx, g.ID, why)
}

func say(ctx context.Context, tx pgx.Tx, id uuid.UUID, problem string) error {
	if _, err := tx.Exec(ctx, `UPDATE erasures SET problem = $2 WHERE id = $1`, id, problem); err != nil {
		return fmt.Errorf("say why an erasure does not get on: %w", err)
	}
	return nil
}

// giveUp takes note that an erasure has failed again and again. It is never given up.
func (s *Service) giveUp(ctx context.Context, tx pgx.Tx) error {
	g, err := s.next(ctx, tx)
	if err != nil || g == nil {
		return err
	}
	return s.stall(ctx, tx, g, "It failed several times in a row and is tried again; the log of the server says why.")
}

// lookAgain has an erasure go through everything once more.
func lookAgain(ctx context.Context, tx database.Tx, id uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE erasures SET state = 'running', held = 0, held_by = '{}', more_doubts = 0, looked_at = clock_timestamp() WHERE id = $1`, id)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE erasure_workspaces SET own = 0, own_at = 'infinity', own_id = 0, own_done = 0, done_seq = 0, beside = 0, beside_after = '' WHERE erasure_id = $1`, id)
	}
	if err != nil {
		return fmt.Errorf("look again for somebody: %w", err)
	}
	return nil
}

// goOn replaces what was decided, goes on with the person's own, goes through the next stretch, or ends.
func (s *Service) goOn(ctx context.Context, tx pgx.Tx, g *going, most int64) error {
	if did, err := s.replaceDecided(ctx, tx, g); err != nil || did {
		return err
	}
	for i := range g.parts {
		if p := &g.parts[i]; p.hasOwn() {
			if did, err := s.theirs(ctx, tx, g, p, most); err != nil || did || g.isOver() {
				return err
			}
		}
	}
	for i := range g.parts {
		p := &g.parts[i]
		if p.done == p.head {
			continue
		}
		if err := s.stretch(ctx, tx, g, p, most); err != nil || p.done < p.head || g.isOver() {
			return err
		}
	}
	return s.last(ctx, tx, g) // in the same turn: while events arrive all the time, the next one finds more of them
}

// save keeps how far an erasure is.
func (g *going) save(ctx context.Context, tx pgx.Tx) error {
	elsewhere, err := json.Marshal(g.Elsewhere)
	if err != nil {
		return fmt.Errorf("count what went elsewhere: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE erasures SET activities = $2, mentions = $3, held = $4, held_by = $5, more_doubts = $6, elsewhere = $7::text::jsonb, problem = '' WHERE id = $1`,
		g.ID, g.Activities, g.Mentions, g.Held, g.heldBy, g.more, string(elsewhere))
	if err != nil {
		return fmt.Errorf("save how far an erasure is: %w", err)
	}
	return nil
}

// byIn is who is said to have erased in a workspace: whoever asked, where they asked, and elsewhere Daybook itself.
func (g *going) byIn(workspace uuid.UUID) models.ActorRef {
	asked := models.BuiltInWorkspace
	if g.WorkspaceID != nil {
		asked = *g.WorkspaceID
	}
	if workspace == asked {
		return g.AskedBy
	}
	return models.Itself
}
