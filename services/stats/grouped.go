package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/feed"
)

// kind says what a line of an answer counts.
type kind int16

const (
	inBucket kind = iota // of one bucket, and one key of the stack
	ofType
	ofAction
	ofOutcome
	ofActor
	ofProject
	looked // how many rows were looked at (n), and whether there are more
)

// part is one scan, and what is counted of it.
type part struct {
	table table
	kinds []kind
}

// tally is what is wanted of a range.
type tally struct {
	of     []time.Time // borders of buckets; nil: the range of the filter is one, also without ends
	kinds  []kind
	hourly bool // from the rollup by hour, which knows outcomes alone
	stack  Stack
	top    int // lines of rankings
	keys   int // of the stack
}

// line is a line of an answer.
type line struct {
	kind     kind
	bucket   int // from 1
	word     string
	id       int64 // of an actor or a project
	n        int64
	troubles int64
	created  int64
	inAll    int64 // lines of this kind, where they are cut at the top
	other    bool  // of a bucket: what is of none of the keys
}

// columns lists what a kind needs to know of a row.
func (k kind) columns() []string {
	switch k {
	case ofActor:
		return []string{"actor_id"}
	case ofProject:
		return []string{"project_id"}
	}
	return []string{"entity_type", "action", "outcome"} // with what was created, and what failed
}

// column is what a kind is grouped by, beside the bucket.
func (k kind) column(stack Stack) string {
	switch k {
	case ofType:
		return "entity_type"
	case ofAction:
		return "action"
	case ofOutcome:
		return "outcome"
	case ofActor:
		return "actor_id"
	case ofProject:
		return "project_id"
	}
	switch stack {
	case ByType:
		return "entity_type"
	case ByAction:
		return "action"
	case ByOutcome:
		return "outcome"
	}
	return ""
}

// count carries a tally out in one statement: from rollups and, at the ends, rows, or, where these cannot tell, from rows, of which it looks at
// CountedRows at most. The questions are those of one filter and scope. Those of several zones have lines of their own for what they have in common.
func (s *Service) count(ctx context.Context, t tally, questions ...question) ([]line, error) {
	if len(questions) == 0 || questions[0].scope.Empty() || t.of != nil && (len(t.of) < 2 || !t.of[0].Before(t.of[len(t.of)-1])) {
		return nil, nil
	}
	if !questions[0].sel.InCube() {
		return s.countRows(ctx, questions[0], t)
	}
	w := &feed.Where{}
	var groups []string
	for _, q := range questions {
		for _, p := range q.parts(t) {
			groups = append(groups, p.group(q.from(w, p.table, q.cut(t)), t.stack))
		}
	}
	return s.read(ctx, t, w, "", groups)
}

// parts shares out what is counted among the rollups.
func (q question) parts(t tally) []part {
	if t.hourly {
		return []part{{q.hours(), t.kinds}}
	}
	var parts []part
	for _, k := range t.kinds {
		from := q.least(k.columns()...)
		at := slices.IndexFunc(parts, func(p part) bool { return p.table == from })
		if at < 0 {
			at, parts = len(parts), append(parts, part{table: from})
		}
		parts[at].kinds = append(parts[at].kinds, k)
	}
	return parts
}

// cut cuts what a tally wants at the days or hours of the question's zone.
func (q question) cut(t tally) cut {
	switch {
	case t.of == nil:
		return cutRange(q.zone, q.filter.From, q.filter.To)
	case t.hourly:
		return cutHours(t.of)
	}
	return cutDays(t.of)
}

// countRows counts by looking at rows. If these were not all, it is errOver.
func (s *Service) countRows(ctx context.Context, q question, t tally) ([]line, error) {
	f, starts := q.filter, []time.Time{q.filter.From.At}
	if t.of != nil {
		f, starts = during(f, Range{From: t.of[0], To: t.of[len(t.of)-1]}), t.of[:len(t.of)-1]
	}
	w, found, err := s.feed.Matching(ctx, q.scope, f, CountedRows, "id, occurred_at, actor_id, project_id, entity_type, action, outcome")
	if err != nil {
		return nil, err
	}
	with := "found AS MATERIALIZED (" + found + "), matched AS (SELECT DISTINCT ON (id) * FROM found WHERE hit), "
	of := fmt.Sprintf("SELECT %s AS bucket, %s FROM matched", cut{starts: starts}.ofRow(w), cube.rows)
	lines, err := s.read(ctx, t, w, with, []string{part{cube, t.kinds}.group(of, t.stack)})
	if err == nil && slices.ContainsFunc(lines, func(l line) bool { return l.kind == looked && (l.inAll > 0 || l.n > CountedRows) }) {
		return nil, errOver
	}
	return lines, err
}

// errOver says that there are more rows than are counted one by one.
var errOver = errors.New("more rows than are counted")

// group adds up what a part's table expression has, by each of its kinds.
func (p part) group(from string, stack Stack) string {
	var columns, sets, masks []string
	for _, k := range p.kinds {
		set := []string{}
		if k == inBucket {
			set = append(set, "bucket")
		}
		if c := k.column(stack); c != "" {
			set = append(set, c)
		}
		for _, c := range set {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
		sets = append(sets, "("+strings.Join(set, ", ")+")")
	}
	for i, k := range p.kinds {
		mask := 0 // has a bit for each column that is not in the set
		for _, c := range columns {
			mask <<= 1
			if !slices.Contains(strings.Split(strings.Trim(sets[i], "()"), ", "), c) {
				mask++
			}
		}
		masks = append(masks, fmt.Sprintf("WHEN %d THEN %d", mask, k))
	}
	one := func(fallback string, of ...string) string { // the column that the set has
		of = slices.DeleteFunc(of, func(c string) bool { return !slices.Contains(columns, c) })
		return "coalesce(" + strings.Join(append(of, fallback), ", ") + ")"
	}
	sum := func(column, where string) string {
		if !strings.Contains(p.table.columns, column) {
			return "0::bigint"
		}
		return "coalesce(sum(count) FILTER (WHERE " + where + "), 0)::bigint"
	}
	return fmt.Sprintf(`SELECT CASE grouping(%s) %s END::smallint AS kind, %s AS bucket, %s AS word, %s AS id, sum(count)::bigint AS n, %s AS troubles, %s AS created
		FROM (%s) AS counted GROUP BY GROUPING SETS (%s) HAVING sum(count) > 0`,
		strings.Join(columns, ", "), strings.Join(masks, " "), one("0", "bucket"), one("''", "entity_type", "action", "outcome"), one("0", "actor_id", "project_id"),
		sum("outcome", "outcome <> 'success'"), sum("action", "action = 'created'"), from, strings.Join(sets, ", "))
}

// read brings what was grouped into lines: it finds the keys of the stack, makes one person of merged actors, and cuts rankings at the top.
func (s *Service) read(ctx context.Context, t tally, w *feed.Where, with string, groups []string) ([]line, error) {
	rowsLooked := ""
	if with != "" {
		rowsLooked = fmt.Sprintf(" UNION ALL SELECT %d::smallint, 0, '', 0, (SELECT count(*) FROM matched), 0, 0, (SELECT count(*) FROM found WHERE cut), false", looked)
	}
	sql := fmt.Sprintf(`WITH %[1]sgrouped AS MATERIALIZED (%[2]s),
		keys AS (SELECT word FROM grouped WHERE kind = %[3]d AND word <> '' GROUP BY word ORDER BY sum(n) DESC, word COLLATE "C" LIMIT %[7]d),
		people AS (SELECT coalesce(a.merged_into, a.id) AS id, sum(n)::bigint AS n FROM grouped JOIN actors a ON a.id = grouped.id WHERE kind = %[4]d GROUP BY 1)
		SELECT %[3]d::smallint AS kind, bucket, coalesce(keys.word, '') AS word, 0::bigint AS id, sum(n)::bigint AS n, sum(troubles)::bigint, 0::bigint, 0::bigint, keys.word IS NULL
		  FROM grouped LEFT JOIN keys ON keys.word = grouped.word WHERE kind = %[3]d GROUP BY bucket, keys.word
		UNION ALL SELECT kind, 0, word, 0, n, troubles, created, 0, false FROM grouped WHERE kind NOT IN (%[3]d, %[4]d, %[5]d)
		UNION ALL (SELECT %[4]d::smallint, 0, '', id, people.n, 0, 0, count(*) OVER (), false FROM people JOIN actors USING (id) ORDER BY people.n DESC, actors.name COLLATE "C", id LIMIT %[6]d)
		UNION ALL (SELECT kind, 0, '', grouped.id, n, 0, 0, count(*) OVER (), bool_or(grouped.id = 0) OVER () FROM grouped LEFT JOIN projects p ON p.id = grouped.id WHERE kind = %[5]d
			ORDER BY n DESC, coalesce(p.name, '') COLLATE "C", grouped.id LIMIT %[6]d)%[8]s`,
		with, strings.Join(groups, " UNION ALL "), inBucket, ofActor, ofProject, max(t.top, 1), t.keys, rowsLooked)
	rows, err := s.pool.Query(ctx, sql, w.Args...)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	lines, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (l line, err error) {
		err = r.Scan(&l.kind, &l.bucket, &l.word, &l.id, &l.n, &l.troubles, &l.created, &l.inAll, &l.other)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	return lines, nil
}
