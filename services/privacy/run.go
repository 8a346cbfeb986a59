package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/export"
	"daybook/services/feed"
)

// run is what a run of retention carries out: the rules as they were when it began.
type run struct {
	Words   bool      `json:"words"` // never: the index of words says nothing about how old something is
	Version int64     `json:"version"`
	Zone    string    `json:"zone"` // whose months are counted
	Rules   []runRule `json:"rules"`
}

// runRule is a rule with the stretch of numbers that it is carried out on: From is not part of it, UpTo is. A rule that keeps for ever has none.
type runRule struct {
	models.RetentionRule
	From   int64     `json:"from"`
	UpTo   int64     `json:"up_to"`
	Before time.Time `json:"before"` // what was recorded before goes
}

func (r runRule) empty() bool { return r.KeepDays == nil || r.UpTo <= r.From }

// ends gives the stretch in which all the rules' are: behind the first, up to the last. A run without any is of nothing.
func (r run) ends() (first, last int64) {
	for i, rule := range r.Rules {
		if rule.empty() {
			continue
		}
		if last == 0 || rule.From < first {
			first = rule.From
		}
		last = max(last, r.Rules[i].UpTo)
	}
	return first, last
}

// stretch gives the next numbers to look at, so many at most. Those that no rule has to look at are passed over.
func (r run) stretch(done, rows int64) [2]int64 {
	_, last := r.ends()
	first := last + 1
	for _, rule := range r.Rules {
		if !rule.empty() && rule.UpTo > done {
			first = min(first, max(rule.From, done)+1)
		}
	}
	return [2]int64{first, min(last, first+rows-1)}
}

// decided is the number of the rule that decides about a row, from 0; NULL: none does.
func (r run) decided(w *feed.Where) string {
	if len(r.Rules) == 0 {
		return "NULL::int"
	}
	var text strings.Builder
	text.WriteString("CASE")
	for i, rule := range r.Rules {
		fits := &feed.Where{Args: w.Args}
		if len(rule.Types) > 0 {
			fits.And("entity_type = ANY (?)", rule.Types)
		}
		if len(rule.Actions) > 0 {
			fits.And("action = ANY (?)", rule.Actions)
		}
		if len(rule.Outcomes) > 0 {
			fits.And("outcome = ANY (?::text[])", rule.Outcomes)
		}
		if rule.System != nil {
			fits.And("system = ?", *rule.System)
		}
		fmt.Fprintf(&text, " WHEN %s THEN %d", fits.String(), i)
		w.Args = fits.Args
	}
	text.WriteString(" END")
	return text.String()
}

// from gives the FROM clause with what goes, or is held, of a stretch of numbers, and the arguments. The fences (OFFSET) have it read by the primary key.
func (r run) from(workspace uuid.UUID, ends [2]int64) (string, *feed.Where) {
	w := &feed.Where{}
	var goes []string
	for i, rule := range r.Rules {
		if !rule.empty() {
			goes = append(goes, fmt.Sprintf("rule = %d AND seq > %s AND seq <= %s AND recorded_at < %s", i, w.Arg(rule.From), w.Arg(rule.UpTo), w.Arg(rule.Before)))
		}
	}
	if len(goes) == 0 {
		goes = []string{"false"}
	}
	from := fmt.Sprintf(`FROM (SELECT *, %s AS rule FROM (
			SELECT * FROM activities WHERE workspace_id = %s AND seq BETWEEN %s AND %s OFFSET 0) AS stretch OFFSET 0) AS activities
		WHERE (%s) AND %s`, r.decided(w), w.Arg(workspace), w.Arg(ends[0]), w.Arg(ends[1]), strings.Join(goes, " OR "), mayGo)
	return from, w
}

// selection is what a turn asks.
func (r run) selection(workspace uuid.UUID, ends [2]int64) (sql string, args []any) {
	from, w := r.from(workspace, ends)
	sql = standing(w.Arg(workspace)) + `SELECT seq, entity_type, to_char(occurred_at AT TIME ZONE ` + w.Arg(r.Zone) + `::text, 'YYYY-MM'), rule, ` + isHeld + ` ` + from + ` ORDER BY seq`
	return sql, w.Args
}

// runIsDue is the condition that the rules of a workspace r are to be carried out, $1 being now. It waits for a purge, and for an erasure that goes on: what
// is archived would be gone through by none. An erasure waits for a purge that is under way, so none of the two waits for ever.
const runIsDue = `r.next_run_at <= $1
	AND NOT EXISTS (SELECT FROM purges p WHERE p.workspace_id = r.workspace_id AND p.state IN ('waiting', 'running'))
	AND NOT ` + isErasing

// isErasing tells whether somebody is being anonymised in the workspace of the rules r.
const isErasing = `EXISTS (SELECT FROM erasure_workspaces w JOIN erasures e ON e.id = w.erasure_id WHERE w.workspace_id = r.workspace_id AND (e.state IN ('waiting', 'running')
		OR e.state = 'open' AND EXISTS (SELECT FROM holds h WHERE h.workspace_id = r.workspace_id AND h.lifted_at > e.looked_at)))`

// beginRun begins a run whose time has come. It reads a few rows, however many there are: numbers ascend with the time of recording, so where a rule's
// stretch ends is found by halving; and where it begins is known, for up to there the rule was carried out before.
func (s *Service) beginRun(ctx context.Context, tx pgx.Tx) error {
	var o runOrder
	var by []byte
	err := tx.QueryRow(ctx, `SELECT r.workspace_id, r.version, r.hour, r.asked_by, w.time_zone, `+headOf("r.workspace_id")+` FROM retentions r JOIN workspaces w ON w.id = r.workspace_id
		WHERE `+runIsDue+` ORDER BY r.next_run_at LIMIT 1 FOR UPDATE OF r`, s.now()).Scan(&o.workspace, &o.run.Version, &o.hour, &by, &o.run.Zone, &o.head)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	} else if err != nil {
		return fmt.Errorf("look for a run of retention: %w", err)
	}
	o.by = models.Itself
	if o.asked = by != nil; o.asked {
		if err := json.Unmarshal(by, &o.by); err != nil {
			return fmt.Errorf("read who asked for a run of retention: %w", err)
		}
	}
	if o.run.Rules, err = marks(ctx, tx, o.workspace); err != nil {
		return err
	}
	if err := s.bound(ctx, tx, &o); err != nil {
		return err
	}
	now := s.now()
	_, err = tx.Exec(ctx, `UPDATE retentions SET next_run_at = $2, last_run_at = $3, asked_by = NULL WHERE workspace_id = $1`, o.workspace, nextNight(now, o.run.Zone, o.hour), now)
	if err != nil {
		return fmt.Errorf("begin a run of retention: %w", err)
	}
	return s.insertRun(ctx, tx, o)
}

// runOrder is a run that is to begin.
type runOrder struct {
	workspace uuid.UUID
	hour      int
	head      int64
	by        models.ActorRef
	asked     bool // somebody asked for it
	run       run
}

// headOf is the newest number of a workspace.
func headOf(workspace string) string {
	return `coalesce((SELECT h.seq FROM workspace_heads h WHERE h.workspace_id = ` + workspace + `), 0)`
}

// marks reads the rules of a workspace, each from where it is done. Where a hold was lifted it goes back.
func marks(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) ([]runRule, error) {
	rows, err := tx.Query(ctx, `UPDATE retention_rules SET done_seq = least(done_seq, again_from - 1), again_from = NULL WHERE workspace_id = $1 RETURNING position, `+ruleColumns+`, done_seq`, workspace)
	if err != nil {
		return nil, fmt.Errorf("read the rules of retention: %w", err)
	}
	rules := make([]runRule, models.MaxRetentionRules)
	n := 0
	for rows.Next() {
		var at int
		var r runRule
		if err := rows.Scan(append([]any{&at}, append(ruleFields(&r.RetentionRule), &r.From)...)...); err != nil {
			rows.Close()
			return nil, fmt.Errorf("read the rules of retention: %w", err)
		}
		rules[at], n = r, n+1
	}
	return rules[:n], rows.Err()
}

// bound finds up to where each rule is to be carried out.
func (s *Service) bound(ctx context.Context, q querier, o *runOrder) error {
	ends := map[int]int64{}
	for i := range o.run.Rules {
		r := &o.run.Rules[i]
		if r.KeepDays == nil {
			continue
		}
		r.Before = s.now().UTC().Add(-time.Duration(*r.KeepDays) * 24 * time.Hour).Truncate(time.Microsecond)
		end, known := ends[*r.KeepDays]
		if !known {
			var err error
			if end, err = lastBefore(ctx, q, o.workspace, o.head, r.Before); err != nil {
				return err
			}
			ends[*r.KeepDays] = end
		}
		r.UpTo = end
	}
	return nil
}

// querier is a connection, or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// lastBefore gives the newest activity that was recorded before a time, by its number; 0: none.
func lastBefore(ctx context.Context, q querier, workspace uuid.UUID, head int64, before time.Time) (int64, error) {
	low, high := int64(0), head
	for low < high {
		middle := low + (high-low+1)/2
		var seq int64
		var recorded time.Time
		err := q.QueryRow(ctx, firstFrom, workspace, middle, high).Scan(&seq, &recorded)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			high = middle - 1
		case err != nil:
			return 0, fmt.Errorf("look how old activities are: %w", err)
		case recorded.Before(before):
			low = seq
		default:
			high = middle - 1
		}
	}
	return low, nil
}

const firstFrom = `SELECT seq, recorded_at FROM activities WHERE workspace_id = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq LIMIT 1`

// insertRun writes down what is to go. When there is nothing to look at, only those hear of it who asked.
func (s *Service) insertRun(ctx context.Context, tx pgx.Tx, o runOrder) error {
	first, last := o.run.ends()
	if last == 0 && !o.asked {
		return nil
	}
	before := time.Time{}
	for _, r := range o.run.Rules {
		if r.Before.After(before) {
			before = r.Before
		}
	}
	selection, err := json.Marshal(o.run)
	if err != nil {
		return fmt.Errorf("keep what is to go: %w", err)
	}
	by, err := json.Marshal(o.by)
	if err != nil {
		return fmt.Errorf("keep who asked for a run of retention: %w", err)
	}
	p, err := scanPurge(tx.QueryRow(ctx, `INSERT INTO purges (workspace_id, kind, query, to_at, selection, first_seq, last_seq, done_seq, asked_by)
		VALUES ($1, 'retention', '', $2, $3, $4, $5, $4, $6) RETURNING `+purgeFields,
		o.workspace, before, string(selection), first, last, string(by)))
	if err != nil {
		return fmt.Errorf("begin a run of retention: %w", err)
	}
	if last > 0 {
		return nil
	}
	return s.end(ctx, tx, p, ending{state: models.PurgeDone, doing: doing{by: p.AskedBy, action: "purged"}})
}

// endRun does what goes with the end of a run, however it ends.
func (s *Service) endRun(ctx context.Context, tx pgx.Tx, p models.Purge, e ending) error {
	if p.Archive != nil {
		a, err := export.Finish(ctx, tx, *p.Archive)
		if err != nil {
			return err
		}
		e.archive = &a
	}
	if p.Purged > 0 {
		// What happened may be a day ahead of when it was recorded (design.md §7.1).
		if err := export.WithdrawOlder(ctx, tx, s.record, p.WorkspaceID, p.To.Add(24*time.Hour)); err != nil {
			return err
		}
	}
	if e.state == models.PurgeDone {
		if err := markDone(ctx, tx, p); err != nil {
			return err
		}
	}
	if p.Purged == 0 && e.state == models.PurgeDone && p.AskedBy == models.Itself {
		return nil // a night on which nothing was old enough is nothing to tell of
	}
	return s.act(ctx, tx, p, e.doing)
}

// markDone remembers up to where each rule was carried out, unless the rules are others by now.
func markDone(ctx context.Context, tx pgx.Tx, p models.Purge) error {
	_, err := tx.Exec(ctx, `UPDATE retention_rules t SET done_seq = greatest(t.done_seq, (r.rule ->> 'up_to')::bigint)
		FROM purges p CROSS JOIN LATERAL jsonb_array_elements(p.selection -> 'rules') WITH ORDINALITY AS r (rule, n)
		WHERE p.id = $1 AND t.workspace_id = p.workspace_id AND t.position = r.n - 1 AND t.keep_days IS NOT NULL
		  AND EXISTS (SELECT FROM retentions o WHERE o.workspace_id = p.workspace_id AND o.version = (p.selection ->> 'version')::bigint)`, p.ID)
	if err != nil {
		return fmt.Errorf("remember up to where retention was carried out: %w", err)
	}
	return nil
}

// noteHeld remembers from where on rules have to be carried out again when a hold is lifted.
func noteHeld(ctx context.Context, tx pgx.Tx, p models.Purge, found picked) error {
	if p.Kind != models.PurgeRetention {
		return nil
	}
	for rule, seq := range found.held {
		_, err := tx.Exec(ctx, `UPDATE retention_rules SET held_from = least(held_from, $3) WHERE workspace_id = $1 AND position = $2`, p.WorkspaceID, rule, seq)
		if err != nil {
			return fmt.Errorf("note what is held: %w", err)
		}
	}
	return nil
}

// lookAgain has rules carried out again on what they spared because of a hold.
func lookAgain(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE retention_rules SET again_from = least(again_from, held_from), held_from = NULL WHERE workspace_id = $1 AND held_from IS NOT NULL`, workspace)
	if err != nil {
		return fmt.Errorf("have retention look again: %w", err)
	}
	return nil
}

// putOffBy is how long a run that cannot begin is put off.
const putOffBy = time.Hour

// putOff puts off a run that failed again and again before it began.
func (s *Service) putOff(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE retentions r SET next_run_at = $2 WHERE `+runIsDue, s.now(), s.now().Add(putOffBy))
	if err != nil {
		return fmt.Errorf("put a run of retention off: %w", err)
	}
	return nil
}

// nextNight gives when it is an hour of the zone's clock next.
func nextNight(now time.Time, zone string, hour int) time.Time {
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	here := now.In(location)
	at := time.Date(here.Year(), here.Month(), here.Day(), hour, 0, 0, 0, location)
	if !at.After(now) {
		at = time.Date(here.Year(), here.Month(), here.Day()+1, hour, 0, 0, 0, location)
	}
	return at.UTC()
}
