package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/services/account"
	"daybook/services/database"
)

// The rollups count days of the workspace's time zone. When it is to have another one, everything is counted again beside the rollups, in
// the writer's turn while nothing waits to be posted, a stretch at a time; statistics stay those of the old zone. With the last stretch, which
// nobody can post behind, the new counts take the place of the old ones and the zone becomes the workspace's.

// rezoneRows is how many activities one turn counts, for each row that a batch may have.
const rezoneRows = 20

// rezoneDays is how many days of counts one statement of the exchange moves.
const rezoneDays = 200

// rezoning is a workspace that waits for a zone, and how far it is counted in it.
type rezoning struct {
	workspace uuid.UUID
	zone      *string // nil: none after all, and what was counted is to be cleared away
	seq, head int64
	begunIn   *string // the zone that the counts so far are in; nil: there are none
}

// rezone takes one turn at the counts of a workspace that waits for another zone, and tells whether there is more to do.
func (w *writer) rezone(ctx context.Context) (more bool, err error) {
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // no-op after the commit
	r, err := nextRezoning(ctx, tx)
	if err != nil || r == nil {
		return false, err
	}
	var head int64
	err = tx.QueryRow(ctx, `SELECT last_id FROM journal_head WHERE fence = $1 FOR UPDATE`, w.fence).Scan(&head)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, errDeposed
	} else if err != nil {
		return false, err
	}
	if r, err = nextRezoning(ctx, tx); err != nil || r == nil { // as it is now that nobody posts
		return false, err
	}
	if err := r.turn(ctx, tx, int64(w.room)*rezoneRows); err != nil {
		return false, fmt.Errorf("count in another time zone: %w", err)
	}
	return true, tx.Commit(ctx)
}

func nextRezoning(ctx context.Context, tx pgx.Tx) (*rezoning, error) {
	r := &rezoning{}
	err := tx.QueryRow(ctx, `
		SELECT w.id, w.next_time_zone, coalesce(r.seq, 0), coalesce(h.seq, 0), r.time_zone
		  FROM (SELECT id FROM workspaces WHERE next_time_zone IS NOT NULL UNION SELECT workspace_id FROM recounts) AS due
		  JOIN workspaces w USING (id) LEFT JOIN recounts r ON r.workspace_id = w.id LEFT JOIN workspace_heads h ON h.workspace_id = w.id ORDER BY w.id LIMIT 1`).Scan(&r.workspace, &r.zone, &r.seq, &r.head, &r.begunIn)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("look for a workspace that waits for another zone: %w", err)
	}
	return r, nil
}

// turn counts the next stretch, and exchanges the counts after the last.
func (r *rezoning) turn(ctx context.Context, tx pgx.Tx, rows int64) error {
	if r.zone == nil {
		return r.clear(ctx, tx)
	}
	if r.begunIn == nil || *r.begunIn != *r.zone {
		if err := r.begin(ctx, tx); err != nil {
			return err
		}
	}
	last := min(r.head, r.seq+rows)
	for _, sql := range []string{
		`INSERT INTO daily_recounts AS d SELECT * FROM count_days($1, $2, $3, $4)
		 ON CONFLICT (workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system) DO UPDATE SET count = d.count + excluded.count`,
		`INSERT INTO hourly_recounts AS h SELECT * FROM count_hours($1, $2, $3, $4)
		 ON CONFLICT (workspace_id, hour, project_id, actor_id, on_behalf_of_id, outcome, system) DO UPDATE SET count = h.count + excluded.count`,
	} {
		if _, err := tx.Exec(ctx, sql, r.workspace, r.seq+1, last, r.zone); err != nil {
			return err
		}
	}
	if last < r.head {
		_, err := tx.Exec(ctx, `UPDATE recounts SET seq = $2 WHERE workspace_id = $1`, r.workspace, last)
		return err
	}
	return r.finish(ctx, tx)
}

// begin starts from nothing, also when the zone was changed once more on the way.
func (r *rezoning) begin(ctx context.Context, tx pgx.Tx) error {
	if err := r.clear(ctx, tx); err != nil {
		return err
	}
	r.seq = 0
	_, err := tx.Exec(ctx, `INSERT INTO recounts (workspace_id, time_zone) VALUES ($1, $2)`, r.workspace, r.zone)
	return err
}

func (r *rezoning) clear(ctx context.Context, tx pgx.Tx) error {
	for _, table := range []string{"daily_recounts", "hourly_recounts", "recounts"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE workspace_id = $1`, r.workspace); err != nil {
			return err
		}
	}
	return nil
}

// finish exchanges the counts. It is one transaction, so that nobody reads counts of two zones, of statements that are bounded.
func (r *rezoning) finish(ctx context.Context, tx pgx.Tx) error {
	adopted, err := account.AdoptZone(ctx, database.PgxTx(tx), account.AwaitedZone{Workspace: r.workspace.String(), Zone: *r.zone})
	if err != nil || !adopted { // changed once more just now: the next turn begins again
		return err
	}
	for _, x := range rollups {
		if err := r.exchange(ctx, tx, x); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM recounts WHERE workspace_id = $1`, r.workspace)
	return err
}

func (r *rezoning) exchange(ctx context.Context, tx pgx.Tx, x rollup) error {
	again := map[string]string{"daily_counts": "daily_recounts", "hourly_counts": "hourly_recounts"}[x.table]
	var first *string
	ends := fmt.Sprintf(`SELECT least((SELECT min(%[1]s) FROM %[2]s WHERE workspace_id = $1), (SELECT min(%[1]s) FROM %[3]s WHERE workspace_id = $1))::date::text`, x.at, x.table, again)
	if err := tx.QueryRow(ctx, ends, r.workspace).Scan(&first); err != nil || first == nil {
		return err
	}
	within := fmt.Sprintf(`workspace_id = $1 AND %[1]s >= $2::text::date::%[2]s AND %[1]s < ($2::text::date + %[3]d)::%[2]s`, x.at, x.kind, rezoneDays)
	for from := first; from != nil; {
		for _, sql := range []string{
			`DELETE FROM ` + x.table + ` WHERE ` + within,
			`INSERT INTO ` + x.table + ` SELECT * FROM ` + again + ` WHERE ` + within,
			`DELETE FROM ` + again + ` WHERE ` + within,
		} {
			if _, err := tx.Exec(ctx, sql, r.workspace, *from); err != nil {
				return err
			}
		}
		// The next day that has any, for years may lie between.
		next := fmt.Sprintf(`SELECT least((SELECT min(%[1]s) FROM %[2]s WHERE workspace_id = $1 AND %[1]s >= ($2::text::date + %[4]d)::%[5]s),
			(SELECT min(%[1]s) FROM %[3]s WHERE workspace_id = $1 AND %[1]s >= ($2::text::date + %[4]d)::%[5]s))::date::text`, x.at, x.table, again, rezoneDays, x.kind)
		upTo := *from
		from = nil
		if err := tx.QueryRow(ctx, next, r.workspace, upTo).Scan(&from); err != nil {
			return err
		}
	}
	return nil
}
