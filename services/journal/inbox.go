package journal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Bounds of one batch. A batch holds the writer for about a tenth of a second; single events wait no longer than that for a bulk batch before them.
const (
	batchRows  = 1000
	batchBytes = 8 << 20
	fewest     = 16 // rows asked for, however large they are
)

// snapshot is PostgreSQL's pg_current_snapshot(): every transaction below xmax has ended, but for those in progress.
type snapshot struct {
	xmax       uint64
	inProgress []uint64
}

// parseSnapshot reads the text form xmin:xmax:xip,xip.
func parseSnapshot(text string) (snapshot, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return snapshot{}, fmt.Errorf("snapshot %q", text)
	}
	xmax, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return snapshot{}, fmt.Errorf("snapshot %q: %w", text, err)
	}
	s := snapshot{xmax: xmax}
	for _, x := range strings.FieldsFunc(parts[2], func(r rune) bool { return r == ',' }) {
		xid, err := strconv.ParseUint(x, 10, 64)
		if err != nil {
			return snapshot{}, fmt.Errorf("snapshot %q: %w", text, err)
		}
		s.inProgress = append(s.inProgress, xid)
	}
	return s, nil
}

// mark is a place in a lane: rows up to and including (xid, id) were seen, except those of the pending transactions, which had
// not ended when the mark passed them. Reading from a mark finds every row that ever commits, and never walks over posted rows:
// neither a long transaction nor an old snapshot somewhere else makes it slower.
//
// Marks live in the writer's memory. A new writer starts from the beginning of the lane, where everything found is unposted.
type mark struct {
	xid     uint64
	id      int64
	pending []uint64
}

// row is an event in the inbox.
type row struct {
	lane      int16
	place     string // its ctid: nobody else changes or removes it, so it stays there
	xid       uint64
	id        int64
	workspace uuid.UUID
	uuid      uuid.UUID
	source    int64
	event     []byte // JSON
	received  time.Time
}

// found is what one look at a lane gave.
type found struct {
	rows  []row
	more  bool // there may be more
	large bool // the rows were too large to take as many as were asked for
}

// look is one look at a lane, in a transaction.
type look struct {
	tx    pgx.Tx
	lane  int16
	limit int // rows
}

// read reads rows from a mark on, and gives the mark behind them. now must be a snapshot taken before, in the same transaction.
func (l look) read(ctx context.Context, from mark, now snapshot) (found, mark, error) {
	var late found
	if len(from.pending) > 0 {
		var err error
		late, err = l.query(ctx, `xid = ANY ($3::text[]::xid8[])`, xidTexts(from.pending))
		if err != nil || late.more {
			return late, from, err // what remains of the pending ones is looked up again next time
		}
	}
	fresh, err := l.query(ctx, beyond, strconv.FormatUint(from.xid, 10), from.id)
	if err != nil {
		return found{}, from, err
	}
	next := markAfter(fresh.rows, fresh.more, now)
	fresh.rows = append(late.rows, fresh.rows...)
	return fresh, next, nil
}

// beyond is the condition of rows behind a mark.
const beyond = `(xid, id) > ($3::text::xid8, $4)`

// markAfter gives the mark behind rows that were just read. When everything was read, what may still come is at the snapshot's xmax or
// beyond, or in progress. Rows beyond xmax belong to another cluster's counting (a restored dump) and move no mark.
func markAfter(rows []row, more bool, now snapshot) mark {
	next := mark{xid: now.xmax}
	if last := len(rows) - 1; more && rows[last].xid < now.xmax {
		next = mark{xid: rows[last].xid, id: rows[last].id}
	}
	for _, xid := range now.inProgress {
		if xid < next.xid {
			next.pending = append(next.pending, xid)
		}
	}
	return next
}

// inboxSQL reads rows in order, as many as the limits of a batch allow and at least one. An event's text is made once, and measured
// where it was made: what is stored compressed may be a hundred times as large. (The inner LIMIT keeps PostgreSQL from making it twice.)
func inboxSQL(where string) string {
	return `
		SELECT place, xid::text, id, workspace_id, uuid, source_id, body, received_at, n
		  FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY xid, id) - octet_length(body) AS before, count(*) OVER () AS n
		          FROM (SELECT ctid::text AS place, xid, id, workspace_id, uuid, source_id, received_at, event::text AS body
		                  FROM inbox WHERE lane = $1 AND ` + where + ` ORDER BY xid, id LIMIT $2) AS next) AS sized
		 WHERE before < ` + strconv.Itoa(batchBytes) + ` ORDER BY sized.xid, sized.id`
}

func (l look) query(ctx context.Context, where string, args ...any) (out found, err error) {
	rows, err := l.tx.Query(ctx, inboxSQL(where), append([]any{l.lane, l.limit}, args...)...)
	if err != nil {
		return found{}, fmt.Errorf("read the inbox: %w", err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		r := row{lane: l.lane}
		var xid string
		if err := rows.Scan(&r.place, &xid, &r.id, &r.workspace, &r.uuid, &r.source, &r.event, &r.received, &seen); err != nil {
			return found{}, fmt.Errorf("read the inbox: %w", err)
		}
		if r.xid, err = strconv.ParseUint(xid, 10, 64); err != nil {
			return found{}, fmt.Errorf("read the inbox: %w", err)
		}
		out.rows = append(out.rows, r)
	}
	out.large = len(out.rows) < seen
	out.more = seen == l.limit || out.large
	if err := rows.Err(); err != nil {
		return found{}, fmt.Errorf("read the inbox: %w", err)
	}
	return out, nil
}

func xidTexts(xids []uint64) []string {
	texts := make([]string, 0, len(xids))
	for _, xid := range slices.Sorted(slices.Values(xids)) {
		texts = append(texts, strconv.FormatUint(xid, 10))
	}
	return texts
}

// removeFromInbox deletes posted or rejected rows, by their place: no index is walked for that, and none of its dead entries.
func removeFromInbox(ctx context.Context, tx pgx.Tx, rows []row) error {
	places := make([]string, len(rows))
	for i, r := range rows {
		places[i] = r.place
	}
	tag, err := tx.Exec(ctx, `DELETE FROM inbox WHERE ctid = ANY ($1::text[]::tid[])`, places)
	if err != nil {
		return fmt.Errorf("empty the inbox: %w", err)
	}
	if n := tag.RowsAffected(); n != int64(len(rows)) {
		return fmt.Errorf("empty the inbox: %d of %d rows were there", n, len(rows))
	}
	return nil
}
