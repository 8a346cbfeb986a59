package erasure

import (
	"context"
	"fmt"
	"maps"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/database"
)

// decisions are what was decided of some places, and of kinds of them.
type decisions struct {
	keys   keys
	kinds  map[mentionKind]bool
	before map[string]bool // the last time, when the erasure is done again
	places map[place]bool
	known  map[place]bool // doubts that are kept already, decided or not
}

func (s *Service) decisionsOf(g *going) *decisions {
	return &decisions{keys: s.keys, kinds: g.decided, before: g.terms.Decisions, places: map[place]bool{}, known: map[place]bool{}}
}

// verdict is what was decided of a place.
func (d *decisions) verdict(p place) (replace, decided bool) {
	if replace, decided = d.places[p]; decided {
		return replace, true
	}
	if replace, decided = d.kinds[kindIn(p.kind, p.workspace)]; decided {
		return replace, true
	}
	if replace, decided = d.kinds[p.kind]; decided {
		return replace, true
	}
	if len(d.before) > 0 {
		replace, decided = d.before[d.keys.doubtHash(p)]
	}
	return replace, decided
}

// kindIn is a kind of the doubts of one workspace alone.
func kindIn(kind mentionKind, workspace uuid.UUID) mentionKind {
	return kind + "@" + workspace.String()
}

// read reads what was decided of the places in something: of activities with these numbers, and in names of actors, or, with no ids, of everything that is no
// activity.
func (d *decisions) read(ctx context.Context, tx pgx.Tx, erasure, workspace uuid.UUID, ids []string) error {
	rows, err := tx.Query(ctx, `SELECT target, target_id, place, kind, replace FROM erasure_doubts
		WHERE erasure_id = $1 AND workspace_id = $2 AND ($3::text[] IS NULL AND target <> 'activity' OR target = 'activity' AND target_id = ANY ($3) OR target = '`+actorTarget+`')`, erasure, workspace, ids)
	if err != nil {
		return fmt.Errorf("read what was decided: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		p := place{workspace: workspace}
		var replace *bool
		if err := rows.Scan(&p.target, &p.id, &p.path, &p.kind, &replace); err != nil {
			return fmt.Errorf("read what was decided: %w", err)
		}
		d.known[p] = true
		if replace != nil {
			d.places[p] = *replace
		}
	}
	return rows.Err()
}

// mostDoubts is how many undecided doubts are kept of an erasure. More are counted, and looked for again when these are decided.
const mostDoubts = 10_000

// keep keeps doubts that are new.
func (g *going) keep(ctx context.Context, tx pgx.Tx, open []place, d *decisions) error {
	var there int64
	fresh := make([]place, 0, len(open))
	for _, p := range open {
		if !d.known[p] {
			d.known[p] = true
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM erasure_doubts WHERE erasure_id = $1 AND replace IS NULL`, g.ID).Scan(&there); err != nil {
		return fmt.Errorf("count doubts: %w", err)
	}
	if room := max(0, g.mostDoubts-there); int64(len(fresh)) > room {
		g.more += int64(len(fresh)) - room
		fresh = fresh[:room]
	}
	workspaces, columns := make([]uuid.UUID, len(fresh)), [4][]string{}
	for i, p := range fresh {
		workspaces[i] = p.workspace
		for at, text := range [4]string{p.target, p.id, p.path, p.kind} {
			columns[at] = append(columns[at], text)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO erasure_doubts (erasure_id, workspace_id, target, target_id, place, kind)
		SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) ON CONFLICT DO NOTHING`, g.ID, workspaces, columns[0], columns[1], columns[2], columns[3])
	if err != nil {
		return fmt.Errorf("keep doubts: %w", err)
	}
	return nil
}

// allDecisions gives what was decided of every place, by hash, and adds what had been decided the last time.
func (s *Service) allDecisions(ctx context.Context, tx database.Tx, erasure uuid.UUID, before map[string]bool) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `SELECT workspace_id, target, target_id, place, kind, replace FROM erasure_doubts WHERE erasure_id = $1 AND replace IS NOT NULL`, erasure)
	if err != nil {
		return nil, fmt.Errorf("read what was decided: %w", err)
	}
	defer rows.Close()
	all := map[string]bool{}
	maps.Copy(all, before)
	for rows.Next() {
		var p place
		var replace bool
		if err := rows.Scan(&p.workspace, &p.target, &p.id, &p.path, &p.kind, &replace); err != nil {
			return nil, fmt.Errorf("read what was decided: %w", err)
		}
		all[s.keys.hashed(p)] = replace
	}
	return all, rows.Err()
}
