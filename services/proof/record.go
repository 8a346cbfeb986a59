package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// Recorded is the action of the activities that tell of erasures, and Started that of the one that tells who had somebody anonymised. Daybook's own part of
// that name records both.
const (
	Recorded = "erased"
	Started  = "anonymise_started"
)

// StartOf is the id of the activity that tells who began an erasure.
func StartOf(erasure uuid.UUID) uuid.UUID { return uuid.NewSHA1(erasure, []byte(Started)) }

// records knows which records of erasures hold good: those that are as they were recorded, that say what was erased under their id (how many activities and
// groups, and the digest of it all), and whose erasure was begun on the record. Each is looked at once.
type records struct {
	from      Querier
	workspace uuid.UUID
	source    int64                // of Daybook's own part that erases
	known     map[uuid.UUID]string // what is wrong with a record; nothing when it holds good
	begun     map[uuid.UUID]bool   // erasures
	waits     int64                // records that hold good and are not posted yet
}

func recordsOf(ctx context.Context, from Querier, workspace uuid.UUID) (*records, error) {
	r := &records{from: from, workspace: workspace, known: map[uuid.UUID]string{}, begun: map[uuid.UUID]bool{}}
	err := from.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM sources WHERE kind = 'daybook' AND key = 'erasure'`).Scan(&r.source)
	if err != nil {
		return nil, fmt.Errorf("find who records erasures: %w", err)
	}
	return r, nil
}

// isRecord tells whether an activity is one that tells of an erasure: of what applications send, none is.
func (r *records) isRecord(a *models.Activity) bool {
	return a.Action == Recorded && a.SourceID == r.source
}

// flaw says what of an activity is not as it was recorded, nothing when all of it is: its leaf stands for it, and each erasure of it is told of by a
// record that holds good.
func (r *records) flaw(ctx context.Context, s Subject) (string, error) {
	if flaw := flawInWords(s); flaw != "" {
		return flaw, nil
	}
	return r.flawBeyond(ctx, s)
}

// flawBeyond is the part of it that leaves say nothing of.
func (r *records) flawBeyond(ctx context.Context, s Subject) (string, error) {
	if flaw, err := r.flawOfErasures(ctx, s); err != nil || flaw != "" || !r.isRecord(s.Activity) {
		return flaw, err
	}
	return r.flawOfRecord(ctx, s.Activity.UUID)
}

// flawOfErasures says which record of its erasures does not hold good.
func (r *records) flawOfErasures(ctx context.Context, s Subject) (string, error) {
	if s.past == nil {
		return "", nil
	}
	for _, l := range s.past.links {
		flaw, err := r.flawOfRecord(ctx, l.Record)
		if err != nil {
			return "", err
		}
		if flaw != "" {
			return fmt.Sprintf("the record %s tells of its erasure, and %s", l.Record, flaw), nil
		}
	}
	return "", nil
}

// flawOfRecord says why a record does not hold good; nothing when it does.
func (r *records) flawOfRecord(ctx context.Context, id uuid.UUID) (string, error) {
	if flaw, ok := r.known[id]; ok {
		return flaw, nil
	}
	r.known[id] = "it tells of itself" // which none can
	flaw, err := r.look(ctx, id)
	r.known[id] = flaw
	return flaw, err
}

// saying is what a record says.
type saying struct {
	Erasure uuid.UUID
	Rows    int
	Groups  map[Group]int
	Digest  string
}

func (r *records) look(ctx context.Context, id uuid.UUID) (flaw string, err error) {
	text, flaw, err := r.said(ctx, id)
	if err != nil || flaw != "" {
		return flaw, err
	}
	var said saying
	if json.Unmarshal(text, &said) != nil {
		return "nobody can read what it says", nil //nolint:nilerr // that is the flaw
	}
	if begun, err := r.isBegun(ctx, said.Erasure); err != nil {
		return "", err
	} else if !begun {
		return fmt.Sprintf("nothing tells who began the erasure %s", said.Erasure), nil
	}
	if late, err := r.isLate(ctx, id, said.Erasure); err != nil {
		return "", err
	} else if late {
		return fmt.Sprintf("the erasure %s was done before", said.Erasure), nil
	}
	is, err := r.erased(ctx, id)
	if err == nil && (said.Digest != is.Digest || said.Rows != is.Rows || !maps.Equal(said.Groups, is.Groups)) {
		return "what it says is not what is kept of what was erased", nil
	}
	return "", err
}

// said is what a record says, if there is such a record and it is as it was recorded. Until it is posted it waits in the inbox, and it may be posted
// while we look.
func (r *records) said(ctx context.Context, id uuid.UUID) (said []byte, flaw string, err error) {
	for _, look := range []func(context.Context, uuid.UUID) ([]byte, string, error){r.posted, r.waiting, r.posted} {
		if said, flaw, err = look(ctx, id); said != nil || flaw != "" || err != nil {
			return said, flaw, err
		}
	}
	return nil, "there is no such record", nil
}

// posted is what the record says that was posted; nothing when there is none.
func (r *records) posted(ctx context.Context, id uuid.UUID) (said []byte, flaw string, err error) {
	s, err := r.find(ctx, r.workspace, id)
	if s == nil || err != nil {
		return nil, "", err
	}
	if !r.isRecord(s.Activity) {
		return nil, "it is no record of an erasure", nil
	}
	if flaw = flawInWords(*s); flaw != "" {
		return nil, flaw, nil
	}
	flaw, err = r.flawOfErasures(ctx, *s) // who asked for it may have been anonymised too
	return s.Activity.Metadata, flaw, err
}

// stillWaits is the condition that a row i of the inbox may be one that the writer has not come to yet. What was posted a minute later than it came passed it
// by: whatever was put where the writer has been already stays there for ever, and is in no list of records.
const stillWaits = `(SELECT i.received_at < clock_timestamp() + interval '1 minute' AND h.posted_at < i.received_at + interval '1 minute' FROM journal_head h)`

// waiting is what the record says that waits in the inbox; nothing when there is none.
func (r *records) waiting(ctx context.Context, id uuid.UUID) (said []byte, flaw string, err error) {
	var fresh bool
	err = r.from.QueryRow(ctx, `SELECT max(i.event ->> 'metadata'), coalesce(bool_and(`+stillWaits+`), true) FROM inbox i
		WHERE i.workspace_id = $1 AND i.uuid = $2 AND i.event ->> 'action' = $3 AND i.source_id = $4`, r.workspace, id, Recorded, r.source).Scan(&said, &fresh)
	if err != nil {
		return nil, "", fmt.Errorf("find the record of an erasure that waits: %w", err)
	}
	if !fresh {
		return nil, "it is in the inbox, and what came after it is posted", nil
	}
	if said != nil {
		r.waits++
	}
	return said, "", nil
}

// isLate tells of a record that was posted whether its erasure had ended before. Clocks may differ a little.
func (r *records) isLate(ctx context.Context, id, erasure uuid.UUID) (late bool, err error) {
	err = r.from.QueryRow(ctx, `SELECT coalesce((SELECT a.occurred_at > e.ended_at + interval '1 minute' FROM activities a CROSS JOIN erasures e
			WHERE a.workspace_id = $1 AND a.uuid = $2 AND e.id = $3), false)
		OR EXISTS (SELECT FROM inbox i JOIN erasures e ON e.id = $3 WHERE i.workspace_id = $1 AND i.uuid = $2 AND i.received_at > e.ended_at + interval '1 minute')`,
		r.workspace, id, erasure).Scan(&late)
	if err != nil {
		return false, fmt.Errorf("find when an erasure was done: %w", err)
	}
	return late, nil
}

// find is an activity by its id; nil when there is none.
func (r *records) find(ctx context.Context, workspace, id uuid.UUID) (*Subject, error) {
	s, err := scanSubject(r.from.QueryRow(ctx, `SELECT `+subjectColumns+` WHERE a.workspace_id = $1 AND a.uuid = $2`, workspace, id))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("find what tells of an erasure: %w", err)
	}
	return &s, nil
}

// isBegun tells whether there is an erasure that goes, or went, through the workspace, and an activity that tells who began it. That one may wait still, or
// may have been purged.
func (r *records) isBegun(ctx context.Context, erasure uuid.UUID) (is bool, err error) {
	if known, ok := r.begun[erasure]; ok {
		return known, nil
	}
	var in uuid.UUID
	err = r.from.QueryRow(ctx, `SELECT coalesce(e.workspace_id, $3) FROM erasures e JOIN erasure_workspaces w ON w.erasure_id = e.id WHERE e.id = $1 AND w.workspace_id = $2`,
		erasure, r.workspace, models.BuiltInWorkspace).Scan(&in)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("find an erasure: %w", err)
	}
	for range 2 { // it may be posted while we look
		if is, err = r.isStarted(ctx, in, StartOf(erasure)); err != nil || is {
			break
		}
	}
	r.begun[erasure] = is
	return is, err
}

func (r *records) isStarted(ctx context.Context, workspace, start uuid.UUID) (is bool, err error) {
	s, err := r.find(ctx, workspace, start)
	if err != nil {
		return false, err
	}
	if s != nil {
		return s.Activity.Action == Started && s.Activity.SourceID == r.source && flawInWords(*s) == "", nil
	}
	err = r.from.QueryRow(ctx, `SELECT EXISTS (SELECT FROM tombstones WHERE workspace_id = $1 AND uuid = $2)
		OR EXISTS (SELECT FROM inbox i WHERE i.workspace_id = $1 AND i.uuid = $2 AND i.event ->> 'action' = $3 AND i.source_id = $4 AND `+stillWaits+`)`,
		workspace, start, Started, r.source).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("find the beginning of an erasure: %w", err)
	}
	return is, nil
}

// erased is what was erased under the id of a record, as the record has to say it.
func (r *records) erased(ctx context.Context, id uuid.UUID) (is saying, err error) {
	rows, err := r.from.Query(ctx, `SELECT seq, part, before, after FROM erased_groups WHERE workspace_id = $1 AND record = $2 ORDER BY seq, part COLLATE "C"`, r.workspace, id)
	if err != nil {
		return is, fmt.Errorf("read what was erased: %w", err)
	}
	var seq, last int64
	var g ReplacedGroup
	d := NewDigest()
	is.Groups = map[Group]int{}
	_, err = pgx.ForEachRow(rows, []any{&seq, &g.Part, &g.Before, &g.After}, func() error {
		d.Add(seq, g)
		if is.Groups[g.Part]++; seq != last {
			is.Rows, last = is.Rows+1, seq
		}
		return nil
	})
	if err != nil {
		return is, fmt.Errorf("read what was erased: %w", err)
	}
	is.Digest = d.String()
	return is, nil
}
