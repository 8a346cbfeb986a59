package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Difference is a count of a rollup that is not what the rows say.
type Difference struct {
	Workspace uuid.UUID
	Rollup    string // daily_counts, hourly_counts, daily_totals or hourly_totals
	Key       string // the rest of its key, in the table's order
	Recorded  int64  // what the rollup says; 0 when it has no such row
	Counted   int64  // what the rows say
}

func (d Difference) String() string {
	return fmt.Sprintf("%s of %s, %s: %d are recorded and %d counted", d.Rollup, d.Workspace, d.Key, d.Recorded, d.Counted)
}

// Bounds of one statement of a recount, and of what it reports.
const (
	recountRows     = 50_000 // activities
	recountDays     = 60
	mostDifferences = 1000
)

// rollup is a table of counts and the function that says what it must hold.
type rollup struct {
	table, count string
	at, kind     string // its column of time, and that one's type
	compared     []compared
}

// compared is a table that a recount is compared with: the rollup itself, or what its triggers add up (migrations/00010_totals.sql).
type compared struct {
	table, key string // the rest of its key, beside the column of time
	sums       string // that key, of the rollup's columns
	groups     string // by which they are added up
}

var rollups = []rollup{
	{"daily_counts", "count_days", "day", "date", []compared{
		itself("daily_counts", "day", "project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system"),
		{
			"daily_totals", "facet, system, id, entity_type, action, outcome",
			`CASE WHEN grouping(action) = 0 THEN 1 WHEN grouping(actor_id) = 0 THEN 2 ELSE 3 END::smallint AS facet, system, coalesce(actor_id, project_id, 0) AS id,
				coalesce(entity_type, '') AS entity_type, coalesce(action, '') AS action, coalesce(outcome, '') AS outcome`,
			"GROUPING SETS ((day, system, entity_type, action, outcome), (day, system, actor_id), (day, system, project_id))",
		},
	}},
	{"hourly_counts", "count_hours", "hour", "timestamptz", []compared{
		itself("hourly_counts", "hour", "project_id, actor_id, on_behalf_of_id, outcome, system"),
		itself("hourly_totals", "hour", "outcome, system"),
	}},
}

func itself(table, at, key string) compared { return compared{table, key, key, at + ", " + key} }

// Recount counts all activities again and compares that with the rollups, at one instant, while posting goes on. It holds a snapshot as
// long as it runs; each of its statements is bounded. The first thousand differences are given.
func (j *Journal) Recount(ctx context.Context) (differences []Difference, err error) {
	conn, err := j.db.Connect(ctx, map[string]string{"application_name": "daybook recount", "jit": "off"})
	if err != nil {
		return nil, err
	}
	defer closeSoon(conn) // and with it the temporary tables
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	stretches, err := tx.Query(ctx, `SELECT w.id, w.time_zone, coalesce(h.seq, 0) FROM workspaces w LEFT JOIN workspace_heads h ON h.workspace_id = w.id ORDER BY w.id`)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(stretches, func(row pgx.CollectableRow) (s stretch, err error) {
		return s, row.Scan(&s.workspace, &s.zone, &s.last)
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rollups {
		if err := r.prepare(ctx, tx); err != nil {
			return nil, err
		}
		for _, s := range all {
			found, err := r.recount(ctx, tx, s, mostDifferences-len(differences))
			if err != nil {
				return nil, fmt.Errorf("recount %s: %w", r.table, err)
			}
			differences = append(differences, found...)
		}
	}
	return differences, nil
}

// stretch is a workspace's journal as far as it went when the recount began.
type stretch struct {
	workspace uuid.UUID
	zone      string
	last      int64 // seq
}

func (r rollup) prepare(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE TEMPORARY TABLE re%[1]s (LIKE %[1]s); CREATE INDEX ON re%[1]s (%[2]s)`, r.table, r.at))
	return err
}

func (r rollup) recount(ctx context.Context, tx pgx.Tx, s stretch, most int) (differences []Difference, err error) {
	if _, err := tx.Exec(ctx, `TRUNCATE re`+r.table); err != nil {
		return nil, err
	}
	add := fmt.Sprintf(`INSERT INTO re%s SELECT * FROM %s($1, $2, $3, $4)`, r.table, r.count)
	for first := int64(1); first <= s.last; first += recountRows {
		if _, err := tx.Exec(ctx, add, s.workspace, first, min(s.last, first+recountRows-1), s.zone); err != nil {
			return nil, err
		}
	}
	for _, c := range r.compared {
		found, err := r.compare(ctx, tx, s, c, most-len(differences))
		if err != nil {
			return nil, err
		}
		differences = append(differences, found...)
	}
	return differences, nil
}

// compare compares a table with what was counted.
func (r rollup) compare(ctx context.Context, tx pgx.Tx, s stretch, c compared, most int) (differences []Difference, err error) {
	first := fmt.Sprintf(`SELECT least(
		(SELECT %[1]s FROM re%[2]s WHERE %[1]s >= $2::%[3]s ORDER BY %[1]s LIMIT 1),
		(SELECT min(%[1]s) FROM %[4]s WHERE workspace_id = $1 AND %[1]s >= $2::%[3]s))::timestamptz`, r.at, r.table, r.kind, c.table)
	for end := "-infinity"; len(differences) < most; {
		var from *time.Time // the next time there is, for years may lie between
		if err := tx.QueryRow(ctx, first, s.workspace, end).Scan(&from); err != nil || from == nil {
			return differences, err
		}
		at := from.UTC()
		to := at.AddDate(0, 0, recountDays)
		found, err := r.compareWithin(ctx, tx, s, c, [2]time.Time{at, to})
		if err != nil {
			return nil, err
		}
		differences, end = append(differences, found...), to.Format(time.RFC3339Nano)
	}
	return differences[:most], nil
}

// compareWithin compares what lies between two times.
func (r rollup) compareWithin(ctx context.Context, tx pgx.Tx, s stretch, c compared, ends [2]time.Time) ([]Difference, error) {
	within := fmt.Sprintf(`%[1]s >= $2::%[2]s AND %[1]s < $3::%[2]s`, r.at, r.kind)
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		SELECT concat_ws(' ', %[1]s, %[2]s), coalesce(recorded, 0), coalesce(counted, 0)
		  FROM (SELECT %[1]s, %[3]s, sum(count)::bigint AS counted FROM re%[4]s WHERE %[5]s GROUP BY %[6]s) AS c
		  FULL JOIN (SELECT %[1]s, %[2]s, count AS recorded FROM %[7]s WHERE workspace_id = $1 AND %[5]s) AS r USING (%[1]s, %[2]s)
		 WHERE coalesce(counted, 0) <> coalesce(recorded, 0) LIMIT $4`, r.at, c.key, c.sums, r.table, within, c.groups, c.table),
		s.workspace, ends[0], ends[1], mostDifferences)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Difference, error) {
		d := Difference{Workspace: s.workspace, Rollup: c.table}
		return d, row.Scan(&d.Key, &d.Recorded, &d.Counted)
	})
}
