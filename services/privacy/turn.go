package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/journal"
)

// underWay finds a purge to go on with. One that asks for words waits while some are missing, whenever that began.
const underWay = `WHERE state IN ('waiting', 'running') AND NOT ((selection ->> 'words')::boolean
	AND EXISTS (SELECT FROM workspace_heads h WHERE h.workspace_id = purges.workspace_id AND h.words_missing > 0)) ORDER BY workspace_id LIMIT 1`

// due tells whether a purge is under way that can go on now, or a run of retention is to begin.
func (s *Service) due(ctx context.Context, tx pgx.Tx) (is bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM purges `+underWay+`) OR EXISTS (SELECT FROM retentions r WHERE `+runIsDue+`)`, s.now()).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("look for a purge: %w", err)
	}
	return is, nil
}

// next locks a purge that is under way; nil when there is none, or it was cancelled just now.
func next(ctx context.Context, tx pgx.Tx) (*models.Purge, error) {
	p, err := scanPurge(tx.QueryRow(ctx, purgeColumns+underWay+` FOR UPDATE`))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("take up a purge: %w", err)
	}
	return &p, nil
}

// turn does the next stretch of a purge, or begins a run of retention. It runs in the writer's turn.
func (s *Service) turn(ctx context.Context, tx pgx.Tx, rows int64) error {
	p, err := next(ctx, tx)
	if err != nil {
		return err
	}
	if p == nil {
		return s.beginRun(ctx, tx)
	}
	if p.State == models.PurgeWaiting {
		if _, err := tx.Exec(ctx, `UPDATE purges SET state = 'running', started_at = clock_timestamp() WHERE id = $1`, p.ID); err != nil {
			return fmt.Errorf("begin a purge: %w", err)
		}
	}
	if err := s.piece(ctx, tx, p, rows); err != nil {
		return err
	}
	if err := save(ctx, tx, p); err != nil || p.DoneSeq < p.LastSeq {
		return err
	}
	return s.end(ctx, tx, *p, ending{state: models.PurgeDone, doing: doing{by: p.AskedBy, action: "purged"}})
}

// piece deletes what is to go of the next stretch.
func (s *Service) piece(ctx context.Context, tx pgx.Tx, p *models.Purge, rows int64) error {
	found, to, err := pick(ctx, tx, p, rows)
	if err != nil {
		return err
	}
	if len(found.archived) > 0 {
		id, err := export.Keep(ctx, tx, export.Kept{Workspace: p.WorkspaceID, Purge: p.ID, Archive: p.Archive, Seqs: found.archived})
		if err != nil {
			return err
		}
		p.Archive = &id
	}
	if err := journal.Remove(ctx, tx, journal.Removal{Workspace: p.WorkspaceID, Seqs: found.seqs, Purge: p.ID}); err != nil {
		return err
	}
	p.DoneSeq, p.Purged = to, p.Purged+int64(len(found.seqs))
	return noteHeld(ctx, tx, *p, found)
}

// picked is what was found of a stretch of numbers.
type picked struct {
	seqs     []int64
	archived []int64       // those of seqs of which a copy is kept
	held     map[int]int64 // by rule, from 0: the first that is spared because of a hold; of a purge by hand the rule is -1
}

// pick finds what is to go of the next stretch of numbers, and adds it to the counts. It gives the end of the stretch.
func pick(ctx context.Context, tx pgx.Tx, p *models.Purge, rows int64) (found picked, to int64, err error) {
	var text []byte
	if err := tx.QueryRow(ctx, `SELECT selection FROM purges WHERE id = $1`, p.ID).Scan(&text); err != nil {
		return found, 0, fmt.Errorf("read what is to be purged: %w", err)
	}
	var sql string
	var args []any
	var rules []runRule
	if p.Kind == models.PurgeRetention {
		var r run
		if err = json.Unmarshal(text, &r); err == nil {
			ends := r.stretch(p.DoneSeq, rows)
			rules, to = r.Rules, ends[1]
			sql, args = r.selection(p.WorkspaceID, ends)
		}
	} else {
		var frozen feed.Frozen
		if err = json.Unmarshal(text, &frozen); err == nil {
			to = min(p.LastSeq, p.DoneSeq+rows)
			sql, args, err = selection(frozen, p.WorkspaceID, [2]int64{p.DoneSeq + 1, to})
		}
	}
	if err != nil {
		return found, 0, fmt.Errorf("read what is to be purged: %w", err)
	}
	result, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return found, 0, fmt.Errorf("find what is to be purged: %w", err)
	}
	if err := found.take(result, p, rules); err != nil {
		return found, 0, fmt.Errorf("find what is to be purged: %w", err)
	}
	return found, to, nil
}

// take reads what a selection gives.
func (f *picked) take(rows pgx.Rows, p *models.Purge, rules []runRule) error {
	defer rows.Close()
	f.held = map[int]int64{}
	for rows.Next() {
		var seq int64
		var kind, month string
		var rule int
		var held bool
		if err := rows.Scan(&seq, &kind, &month, &rule, &held); err != nil {
			return err
		}
		if held {
			if p.Held++; f.held[rule] == 0 {
				f.held[rule] = seq
			}
			continue
		}
		f.seqs = append(f.seqs, seq)
		p.ByType[kind]++
		p.ByMonth[month]++
		if rule >= 0 {
			p.ByRule[strconv.Itoa(rule)]++
			if rules[rule].Archive {
				f.archived = append(f.archived, seq)
			}
		}
	}
	return rows.Err()
}

// selection asks for what is to go of a stretch of numbers, and for what is spared because of a hold.
func selection(frozen feed.Frozen, workspace uuid.UUID, ends [2]int64) (sql string, args []any, err error) {
	from, where, err := stretchOf(frozen, workspace, ends)
	if err != nil {
		return "", nil, err
	}
	sql = standing(where.Arg(workspace)) + `SELECT seq, entity_type, to_char(occurred_at AT TIME ZONE ` + where.Arg(frozen.Zone) + `::text, 'YYYY-MM'), -1, ` + isHeld +
		from + ` AND ` + mayGo + ` ORDER BY seq`
	return sql, where.Args, nil
}

func save(ctx context.Context, tx pgx.Tx, p *models.Purge) error {
	counts := [3][]byte{}
	for i, each := range []map[string]int64{p.ByType, p.ByMonth, p.ByRule} {
		var err error
		if counts[i], err = json.Marshal(each); err != nil {
			return fmt.Errorf("count what was purged: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE purges SET done_seq = $2, purged = $3, held = $4, by_type = $5, by_month = $6, by_rule = $7, archive_id = $8 WHERE id = $1`,
		p.ID, p.DoneSeq, p.Purged, p.Held, string(counts[0]), string(counts[1]), string(counts[2]), p.Archive)
	if err != nil {
		return fmt.Errorf("save how far a purge is: %w", err)
	}
	return nil
}

// giveUp ends a purge that has failed again and again. What was deleted by then stays deleted. A run of retention that cannot even begin is put off.
func (s *Service) giveUp(ctx context.Context, tx pgx.Tx) error {
	p, err := next(ctx, tx)
	if err != nil {
		return err
	}
	if p == nil {
		return s.putOff(ctx, tx)
	}
	return s.end(ctx, tx, *p, ending{
		state: models.PurgeFailed, problem: "It failed several times in a row; the log of the server says why.",
		doing: doing{by: p.AskedBy, action: "purge_failed", outcome: models.Failure},
	})
}
