package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/words"
)

const (
	lockKey      = 0x64617962 // the advisory lock that elects the writer ("dayb")
	lookEvery    = 250 * time.Millisecond
	retryAtFirst = 100 * time.Millisecond
	// A writer whose process is frozen or cut off loses its connection, and with it the lock, after this long.
	silence = 5 * time.Second
	// One that only waits to try again must not.
	retryAtMost = silence / 2
)

// Channels that PostgreSQL notifies.
const (
	channelInbox  = "daybook_inbox"  // something waits for the writer
	ChannelPosted = "daybook_posted" // something was posted; the payload is "workspace:seq"
)

// Journal posts events when this process is the elected writer, and waits for its turn otherwise.
type Journal struct {
	db      *database.Database
	record  *ingest.Service
	log     *slog.Logger
	woken   chan struct{} // holds one token while there may be something to do
	writing atomic.Bool   // whether this process is the writer
	status  statusCache
	chores  atomic.Pointer[[]Chore]
	screen  atomic.Pointer[Screen]
	choring choring // the writer's alone

	choreLimit time.Duration
}

// New makes a journal. Nothing is posted before Run. Acts of its own (an actor linked by e-mail) are recorded through RecordWith.
func New(db *database.Database, log *slog.Logger) *Journal {
	return &Journal{db: db, log: log, woken: make(chan struct{}, 1), choreLimit: choreLimit}
}

// RecordWith gives the journal the ingest service, which itself needs Journal.Wake.
func (j *Journal) RecordWith(s *ingest.Service) { j.record = s }

// Wake tells the writer, wherever it is, that something was committed to the inbox. It never blocks.
func (j *Journal) Wake() {
	select {
	case j.woken <- struct{}{}:
	default:
	}
}

// Run takes part in electing the writer and posts whenever elected, until ctx ends. Errors are logged and tried again.
func (j *Journal) Run(ctx context.Context) {
	go j.forwardWakes(ctx)
	backoff := retryAtFirst
	for ctx.Err() == nil {
		posted, err := j.reign(ctx)
		if posted {
			backoff = retryAtFirst
		}
		if err != nil && ctx.Err() == nil {
			j.log.Warn("the journal lost its connection and tries again", "error", err, "in", backoff)
		}
		if !pause(ctx, backoff) {
			return
		}
		backoff = min(2*backoff, retryAtMost)
	}
}

// Writing tells whether this process is the writer.
func (j *Journal) Writing() bool { return j.writing.Load() }

// settings are those of the writer's connection. A writer that is frozen between two statements loses it after silence. Nothing that
// the writer does may depend on statistics: they are never right for a table that is filled and emptied all the time, and one plan
// that reads all of it would stop posting. Every question of its has an index.
func settings() map[string]string {
	return map[string]string{
		"application_name":                    "daybook journal",
		"statement_timeout":                   "30s",
		"idle_in_transaction_session_timeout": fmt.Sprint(silence.Milliseconds()),
		"idle_session_timeout":                fmt.Sprint(silence.Milliseconds()),
		"enable_seqscan":                      "off",
		"enable_bitmapscan":                   "off",
		"enable_mergejoin":                    "off",
		"jit":                                 "off", // the price of the forbidden plans would call for it each time
		"max_parallel_workers_per_gather":     "0",
	}
}

// reign waits for the lock, and posts while it is held. It gives whether anything worked, and the error that ended it.
func (j *Journal) reign(ctx context.Context) (posted bool, err error) {
	conn, err := j.db.Connect(ctx, settings())
	if err != nil {
		return false, err
	}
	w := &writer{journal: j, conn: conn, room: batchRows, lagging: true}
	defer w.letGo()
	if err := j.waitForLock(ctx, conn); err != nil {
		return false, err
	}
	if err := conn.QueryRow(ctx, `UPDATE journal_head SET fence = fence + 1 RETURNING fence`).Scan(&w.fence); err != nil {
		return false, err
	}
	if err := words.Overlooked(ctx, conn); err != nil {
		return false, err
	}
	j.writing.Store(true)
	defer j.writing.Store(false)
	j.log.Debug("this process is the journal's writer", "fence", w.fence)
	listening, stop := context.WithCancel(ctx)
	defer stop()
	go j.listen(listening)
	return true, w.post(ctx)
}

// letGo closes the connection, unless somebody else still has it.
func (w *writer) letGo() {
	if !w.left {
		closeSoon(w.conn)
	}
}

// waitForLock returns once this connection holds the writer's lock. While it waits, it ends a writer whose process stopped in the middle of
// a statement, reading nothing of what PostgreSQL sends it or sending nothing of what PostgreSQL waits for: no timeout of the server covers that.
func (j *Journal) waitForLock(ctx context.Context, conn *pgx.Conn) error {
	var stalled stall
	since := time.Now()
	for {
		var held bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, lockKey).Scan(&held); err != nil || held {
			return err
		}
		seen, err := lookForStall(ctx, conn)
		if err != nil {
			return err
		}
		if seen != stalled {
			stalled, since = seen, time.Now()
		}
		if stalled.pid != 0 && time.Since(since) > silence {
			j.log.Warn("the journal's writer stands still in the middle of a statement; its connection is ended")
			if _, err := conn.Exec(ctx, `SELECT pg_terminate_backend($1)`, stalled.pid); err != nil {
				return err
			}
		}
		if !pause(ctx, lookEvery) {
			return ctx.Err()
		}
	}
}

// stall is a statement of the writer's that waits for the writer's process; zero is none.
type stall struct {
	pid   int32
	began time.Time
	event string
}

func lookForStall(ctx context.Context, conn *pgx.Conn) (s stall, err error) {
	err = conn.QueryRow(ctx, `
		SELECT a.pid, a.query_start, a.wait_event FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1 AND l.database = a.datid
		   AND a.datname = current_database() AND a.state <> 'idle' AND a.wait_event_type = 'Client' AND a.query_start IS NOT NULL`,
		lockKey).Scan(&s.pid, &s.began, &s.event)
	if errors.Is(err, pgx.ErrNoRows) {
		return stall{}, nil
	}
	return s, err
}

// listen forwards the notifications of processes that are not the writer, on a connection of its own. The writer looks by itself
// every lookEvery, so that a lost notification costs little.
func (j *Journal) listen(ctx context.Context) {
	conn, err := j.db.Connect(ctx, map[string]string{"application_name": "daybook journal, listening"})
	if err != nil {
		return
	}
	defer closeSoon(conn)
	if _, err := conn.Exec(ctx, "LISTEN "+channelInbox); err != nil {
		return
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return
		}
		j.Wake()
	}
}

// A process that is not the writer notifies at most once in this time.
const notifyEvery = 20 * time.Millisecond

// forwardWakes turns wakes into notifications while another process is the writer. Notifying inside the sender's transaction would make
// PostgreSQL commit one sender at a time.
func (j *Journal) forwardWakes(ctx context.Context) {
	for ctx.Err() == nil {
		if j.Writing() {
			pause(ctx, lookEvery)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-j.woken:
		}
		if j.Writing() {
			j.Wake()
			continue
		}
		if _, err := j.db.Pool.Exec(ctx, "NOTIFY "+channelInbox); err != nil {
			j.log.Debug("the writer could not be notified", "error", err)
		}
		pause(ctx, notifyEvery)
	}
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func closeSoon(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// errDeposed ends a writer that another one followed.
var errDeposed = errors.New("another writer was elected")
