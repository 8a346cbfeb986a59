package privacy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/stats"
)

// RetentionPreview says what rules would delete now.
type RetentionPreview struct {
	Rows        int64
	Held        int64              // that would go as well, but for a hold
	ByRule      []int64            // what each rule would delete
	Counts      []stats.MonthCount // of Rows, by month and type, of the workspace's zone, in this order
	First, Last *time.Time         // the days of the oldest and the newest; nil when there are none
	Looked, Of  int64              // activities that were looked at, the first ones; of so many that are old enough for one of the rules. All of them, but in large workspaces
	Zone        string
}

// Complete tells whether everything was counted.
func (p RetentionPreview) Complete() bool { return p.Looked >= p.Of }

// PreviewRetention counts what rules would delete now, that are saved or not; nil are those that are saved. Where there is too much to look at in time, it
// says up to where it was counted.
func (s *Service) PreviewRetention(ctx context.Context, d account.Doer, rules []models.RetentionRule) (p RetentionPreview, err error) {
	if err := mayRetain(d); err != nil {
		return p, err
	}
	if err := models.CheckRules(rules); err != nil {
		return p, err
	}
	o := runOrder{workspace: d.Workspace.ID, run: run{Zone: d.Workspace.TimeZone}}
	if err := s.pool.QueryRow(ctx, headSQL, d.Workspace.ID).Scan(&o.head); err != nil {
		return p, fmt.Errorf("read the head: %w", err)
	}
	if rules == nil {
		o.run.Rules, err = s.savedMarks(ctx, d.Workspace.ID)
	} else {
		o.run.Rules, err = s.freshMarks(ctx, d.Workspace.ID, rules)
	}
	if err != nil {
		return p, err
	}
	if err := s.bound(ctx, s.pool, &o); err != nil {
		return p, err
	}
	p.ByRule, p.Zone = make([]int64, len(o.run.Rules)), o.run.Zone
	return p, s.countRun(ctx, o, &p)
}

// savedMarks are the rules of a workspace, each from where on there may be something to delete: what is held stands before where it is done.
func (s *Service) savedMarks(ctx context.Context, workspace uuid.UUID) ([]runRule, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+ruleColumns+`, least(done_seq, again_from - 1, held_from - 1) FROM retention_rules WHERE workspace_id = $1 ORDER BY position`, workspace)
	if err != nil {
		return nil, fmt.Errorf("read the rules of retention: %w", err)
	}
	rules, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r runRule, err error) {
		return r, row.Scan(append(ruleFields(&r.RetentionRule), &r.From)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the rules of retention: %w", err)
	}
	return rules, nil
}

// freshMarks are rules that begin with the first activity there is.
func (s *Service) freshMarks(ctx context.Context, workspace uuid.UUID, rules []models.RetentionRule) ([]runRule, error) {
	var first int64
	err := s.pool.QueryRow(ctx, `SELECT seq FROM activities WHERE workspace_id = $1 ORDER BY seq LIMIT 1`, workspace).Scan(&first)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("find the first activity: %w", err)
	}
	marked := make([]runRule, len(rules))
	for i, r := range rules {
		marked[i] = runRule{RetentionRule: r, From: max(0, first-1)}
	}
	return marked, nil
}

// previewTime is how long it is counted, less than a request may take.
const previewTime = 12 * time.Second

// countRun counts what a run would delete, in statements that are bounded, as the run itself would find it.
func (s *Service) countRun(ctx context.Context, o runOrder, p *RetentionPreview) error {
	places := map[[2]string]int{}
	begun := time.Now()
	done, last := o.run.ends()
	for p.Of = o.run.rows(last); done < last && time.Since(begun) < previewTime; {
		ends := o.run.stretch(done, walkRows)
		if err := s.countStretch(ctx, o, ends, p, places); err != nil {
			return err
		}
		done = ends[1]
		p.Looked = o.run.rows(done)
	}
	p.Counts = sorted(p.Counts)
	for i := range p.Counts {
		c := &p.Counts[i]
		if p.Rows += c.Count; p.First == nil || c.First.Before(*p.First) {
			p.First = &c.First
		}
		if p.Last == nil || c.Last.After(*p.Last) {
			p.Last = &c.Last
		}
	}
	return nil
}

// rows is how many numbers are in the stretches of the rules, up to one; what is in several counts once.
func (r run) rows(upTo int64) (n int64) {
	stretches := slices.Clone(r.Rules)
	slices.SortFunc(stretches, func(a, b runRule) int { return cmp.Compare(a.From, b.From) })
	done := int64(0)
	for _, rule := range stretches {
		if end := min(rule.UpTo, upTo); !rule.empty() && end > max(rule.From, done) {
			n += end - max(rule.From, done)
			done = end
		}
	}
	return n
}

func (s *Service) countStretch(ctx context.Context, o runOrder, ends [2]int64, p *RetentionPreview, places map[[2]string]int) error {
	from, w := o.run.from(o.workspace, ends)
	sql := standing(w.Arg(o.workspace)) + `SELECT to_char(day, 'YYYY-MM'), entity_type, rule, count(*) FILTER (WHERE NOT held), count(*) FILTER (WHERE held),
			coalesce(min(day) FILTER (WHERE NOT held), min(day)), coalesce(max(day) FILTER (WHERE NOT held), max(day))
		FROM (SELECT entity_type, rule, (occurred_at AT TIME ZONE ` + w.Arg(o.run.Zone) + `::text)::date AS day, ` + isHeld + ` AS held ` + from + `) AS r GROUP BY 1, 2, 3`
	rows, err := s.pool.Query(ctx, sql, w.Args...)
	if err != nil {
		return fmt.Errorf("count what would go: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c stats.MonthCount
		var rule int
		var held int64
		if err := rows.Scan(&c.Month, &c.Type, &rule, &c.Count, &held, &c.First, &c.Last); err != nil {
			return fmt.Errorf("count what would go: %w", err)
		}
		p.Held += held
		if c.Count == 0 {
			continue
		}
		p.ByRule[rule] += c.Count
		p.Counts = merge(p.Counts, places, c)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("count what would go: %w", err)
	}
	return nil
}

// merge adds a count to those of the same month and type; places says where they are.
func merge(counts []stats.MonthCount, places map[[2]string]int, c stats.MonthCount) []stats.MonthCount {
	at, ok := places[[2]string{c.Month, c.Type}]
	if !ok {
		places[[2]string{c.Month, c.Type}] = len(counts)
		return append(counts, c)
	}
	of := &counts[at]
	of.Count += c.Count
	of.First, of.Last = earlier(of.First, c.First), later(of.Last, c.Last)
	return counts
}
