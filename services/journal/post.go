package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// writer is the elected one. It lives as long as its connection.
type writer struct {
	journal *Journal
	conn    *pgx.Conn
	fence   int64
	marks   [2]mark
	room    int  // how many rows the next batch may have: fewer while they are large
	lagging bool // whether journal_head says that bulk events wait, or may say so
	left    bool // the connection is another one's now, who does not come to an end
	filling
}

// post posts batches until ctx or the connection ends. When an error leaves the connection whole, the batch is tried again with backoff.
func (w *writer) post(ctx context.Context) error {
	backoff := retryAtFirst
	for {
		more, err := w.postBatch(ctx)
		if err == nil && more {
			err = w.turnBeside(ctx)
		}
		if err == nil && !more {
			more, err = w.index(ctx)
		}
		if err == nil && !more {
			more, err = w.rezone(ctx)
		}
		if err == nil && !more {
			more, err = w.turn(ctx)
		}
		switch {
		case err != nil && w.over(ctx, err):
			return err
		case err != nil:
			w.journal.log.Warn("a batch could not be posted and is tried again", "error", err, "in", backoff)
			w.room = max(fewest, w.room/2) // it may have been too much at once, for a slow disk
			if !pause(ctx, backoff) {
				return ctx.Err()
			}
			backoff = min(2*backoff, retryAtMost)
			continue
		}
		backoff = retryAtFirst
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.journal.woken:
		case <-time.After(lookEvery):
		}
	}
}

// over tells whether an error ends the writer.
func (w *writer) over(ctx context.Context, err error) bool {
	return w.left || errors.Is(err, errDeposed) || ctx.Err() != nil || w.conn.IsClosed()
}

// batch is what one transaction posts.
type batch struct {
	tx       pgx.Tx
	rows     []row
	marks    [2]mark   // behind these rows
	more     bool      // more is waiting
	large    bool      // the rows are large
	bulk     bool      // more is waiting in the bulk lane, as far as that was looked at
	postedAt time.Time // the transaction's time: recorded_at of its rows
	heads    heads
	rejected int
}

// heads are the numbers given so far.
type heads struct {
	id  int64               // of the whole database
	seq map[uuid.UUID]int64 // of each workspace; one that is missing does not exist
}

func (h heads) clone() heads {
	seq := make(map[uuid.UUID]int64, len(h.seq))
	for k, v := range h.seq {
		seq[k] = v
	}
	return heads{id: h.id, seq: seq}
}

// postBatch posts what waits, up to the bounds of a batch, in one transaction, and tells whether more is waiting. While nothing waits it
// only reads: no transaction number and no log is used up.
func (w *writer) postBatch(ctx context.Context) (more bool, err error) {
	tx, err := w.conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // no-op after the commit
	b := &batch{tx: tx}
	if err := w.read(ctx, b); err != nil {
		return false, err
	}
	if len(b.rows) == 0 && !w.lagging {
		w.marks = b.marks
		return b.more, nil
	}
	// From here on nobody else posts before this transaction ends, and nobody posted since the rows were read.
	err = tx.QueryRow(ctx, `SELECT last_id FROM journal_head WHERE fence = $1 FOR UPDATE`, w.fence).Scan(&b.heads.id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, errDeposed
	} else if err != nil {
		return false, err
	}
	if len(b.rows) > 0 {
		if err := w.write(ctx, b); err != nil {
			return false, err
		}
	} else if _, err := tx.Exec(ctx, `UPDATE journal_head SET lag = '0'`); err != nil {
		return false, fmt.Errorf("save the head: %w", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return false, err
	}
	w.marks, w.lagging = b.marks, b.bulk
	w.room = min(batchRows, 2*w.room)
	if b.large {
		w.room = max(fewest, 2*len(b.rows))
	}
	return b.more, nil
}

// bulk is the lane that backpressure is about.
const bulk = 1

// read takes from the first lane, and fills up from the bulk lane.
func (w *writer) read(ctx context.Context, b *batch) error {
	var fence int64
	var snap string
	if err := b.tx.QueryRow(ctx, `SELECT fence, now(), pg_current_snapshot()::text FROM journal_head`).Scan(&fence, &b.postedAt, &snap); err != nil {
		return err
	}
	if fence != w.fence {
		return errDeposed
	}
	now, err := parseSnapshot(snap)
	if err != nil {
		return err
	}
	b.bulk = w.lagging
	for lane := range w.marks {
		b.marks[lane] = w.marks[lane]
		room := w.room - len(b.rows)
		if room <= 0 || b.large {
			b.more = true
			break
		}
		in, next, err := look{b.tx, int16(lane), room}.read(ctx, w.marks[lane], now)
		if err != nil {
			return err
		}
		b.rows, b.marks[lane] = append(b.rows, in.rows...), next
		b.more, b.large = b.more || in.more, b.large || in.large
		if lane == bulk {
			b.bulk = in.more
		}
	}
	return nil
}

// write posts the rows of the batch, updates the rollups and the heads, and empties the inbox.
func (w *writer) write(ctx context.Context, b *batch) error {
	if err := b.lockHeads(ctx); err != nil {
		return err
	}
	before := b.heads.clone()
	good, err := w.decode(ctx, b)
	if err != nil {
		return err
	}
	if err := w.append(ctx, b, good); err != nil {
		return err
	}
	if err := b.rollUp(ctx, before); err != nil {
		return err
	}
	if err := removeFromInbox(ctx, b.tx, b.rows); err != nil {
		return err
	}
	if b.rejected > 0 {
		w.journal.log.Warn("events were rejected", "events", b.rejected)
	}
	return b.saveHeads(ctx, before)
}

// lockHeads reads the head of each workspace in the batch; a workspace's first event makes it.
func (b *batch) lockHeads(ctx context.Context) error {
	asked := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, r := range b.rows {
		if !asked[r.workspace] {
			asked[r.workspace] = true
			ids = append(ids, r.workspace)
		}
	}
	_, err := b.tx.Exec(ctx, `INSERT INTO workspace_heads (workspace_id) SELECT id FROM workspaces w WHERE id = ANY ($1)
		AND NOT EXISTS (SELECT FROM workspace_heads h WHERE h.workspace_id = w.id)`, ids)
	if err != nil {
		return fmt.Errorf("make heads: %w", err)
	}
	rows, err := b.tx.Query(ctx, `SELECT workspace_id, seq FROM workspace_heads WHERE workspace_id = ANY ($1)`, ids)
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	defer rows.Close()
	b.heads.seq = make(map[uuid.UUID]int64, len(ids))
	for rows.Next() {
		var id uuid.UUID
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return fmt.Errorf("read heads: %w", err)
		}
		b.heads.seq[id] = seq
	}
	return rows.Err()
}

// saveHeads stores the new heads and tells the readers, once for each workspace.
func (b *batch) saveHeads(ctx context.Context, before heads) error {
	var ids []uuid.UUID
	var seqs []int64
	for id, seq := range b.heads.seq {
		if seq > before.seq[id] {
			ids, seqs = append(ids, id), append(seqs, seq)
		}
	}
	_, err := b.tx.Exec(ctx, `
		WITH head AS (UPDATE journal_head SET last_id = $1, posted_at = clock_timestamp(), lag = coalesce($2::interval, lag)),
		heads AS (UPDATE workspace_heads h SET seq = n.seq FROM unnest($3::uuid[], $4::bigint[]) AS n (id, seq) WHERE h.workspace_id = n.id)
		SELECT pg_notify($5, n.id || ':' || n.seq) FROM unnest($3::uuid[], $4::bigint[]) AS n (id, seq)`,
		b.heads.id, b.lag(), ids, seqs, ChannelPosted)
	if err != nil {
		return fmt.Errorf("save heads: %w", err)
	}
	return nil
}

// lag is how long the last bulk row of the batch had waited, if more wait, else 0; nil when the batch tells nothing about the bulk lane.
func (b *batch) lag() *time.Duration {
	lag := time.Duration(0)
	switch last := b.rows[len(b.rows)-1]; {
	case b.bulk && last.lane == bulk:
		lag = max(time.Millisecond, b.postedAt.Sub(last.received))
	case b.bulk:
		return nil
	}
	return &lag
}

// rollUp adds the rows just appended to the counts of days and hours.
func (b *batch) rollUp(ctx context.Context, before heads) error {
	var ids []uuid.UUID
	var first, last []int64
	for id, seq := range b.heads.seq {
		if seq > before.seq[id] {
			ids, first, last = append(ids, id), append(first, before.seq[id]+1), append(last, seq)
		}
	}
	for _, sql := range []string{addDays, addHours} {
		if _, err := b.tx.Exec(ctx, sql, ids, first, last); err != nil {
			return fmt.Errorf("roll up: %w", err)
		}
	}
	return nil
}

const (
	addDays = `
INSERT INTO daily_counts AS d
SELECT c.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, first, last)
  JOIN workspaces w ON w.id = n.id CROSS JOIN LATERAL count_days(n.id, n.first, n.last, w.time_zone) AS c
ON CONFLICT (workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system)
DO UPDATE SET count = d.count + excluded.count`
	addHours = `
INSERT INTO hourly_counts AS h
SELECT c.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, first, last)
  JOIN workspaces w ON w.id = n.id CROSS JOIN LATERAL count_hours(n.id, n.first, n.last, w.time_zone) AS c
ON CONFLICT (workspace_id, hour, project_id, actor_id, on_behalf_of_id, outcome, system)
DO UPDATE SET count = h.count + excluded.count`
)
