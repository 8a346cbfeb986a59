package journal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

func TestParseSnapshot(t *testing.T) {
	for text, want := range map[string]snapshot{
		"5:9:":                          {xmax: 9},
		"5:9:5":                         {xmax: 9, inProgress: []uint64{5}},
		"5:9:5,7,8":                     {xmax: 9, inProgress: []uint64{5, 7, 8}},
		"1:18446744073709551615:99,100": {xmax: 18446744073709551615, inProgress: []uint64{99, 100}},
	} {
		if got, err := parseSnapshot(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5:9", "5:x:", "5:9:a", "5:9:5:5"} {
		if _, err := parseSnapshot(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestMarkAfter(t *testing.T) {
	rows := []row{{xid: 3, id: 7}, {xid: 5, id: 2}}
	for name, test := range map[string]struct {
		rows []row
		more bool
		now  snapshot
		want mark
	}{
		"nothing there":                   {nil, false, snapshot{xmax: 9}, mark{xid: 9}},
		"all read":                        {rows, false, snapshot{xmax: 9}, mark{xid: 9}},
		"all read, some in progress":      {rows, false, snapshot{9, []uint64{4, 8}}, mark{9, 0, []uint64{4, 8}}},
		"more waits":                      {rows, true, snapshot{xmax: 9}, mark{xid: 5, id: 2}},
		"more waits, some in progress":    {rows, true, snapshot{9, []uint64{4, 8}}, mark{5, 2, []uint64{4}}},
		"committed since the snapshot":    {[]row{{xid: 12, id: 1}}, true, snapshot{9, []uint64{6}}, mark{9, 0, []uint64{6}}},
		"of another cluster's counting":   {[]row{{xid: 1 << 50, id: 1}}, true, snapshot{xmax: 9}, mark{xid: 9}},
		"its own transaction in progress": {[]row{{xid: 5, id: 2}}, true, snapshot{9, []uint64{5}}, mark{xid: 5, id: 2}},
	} {
		if got := markAfter(test.rows, test.more, test.now); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, wanted %+v", name, got, test.want)
		}
	}
}

// look reads a lane as the writer does, and takes away what it found.
func (w *world) look(conn *pgx.Conn, from mark, limit int) (ids []int64, next mark, more bool) {
	w.Helper()
	tx, err := conn.Begin(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	var text string
	if err := tx.QueryRow(w.Context(), `SELECT pg_current_snapshot()::text`).Scan(&text); err != nil {
		w.Fatal(err)
	}
	now, err := parseSnapshot(text)
	if err != nil {
		w.Fatal(err)
	}
	in, next, err := look{tx, bulk, limit}.read(w.Context(), from, now)
	if err == nil {
		err = removeFromInbox(w.Context(), tx, in.rows)
	}
	if err == nil {
		err = tx.Commit(w.Context())
	}
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range in.rows {
		ids = append(ids, r.id)
	}
	return ids, next, in.more
}

func TestATransactionThatCommitsLateIsFound(t *testing.T) {
	w := newWorld(t)
	conn := w.connect(nil)
	late, err := w.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Exec(t.Context(), fillSQL, bulk, w.ws.ID, 3); err != nil {
		t.Fatal(err)
	}
	var xid uint64 // other tests on this server have transactions too
	if err := late.QueryRow(t.Context(), `SELECT pg_current_xact_id()::text::bigint`).Scan(&xid); err != nil {
		t.Fatal(err)
	}
	w.fill(bulk, 2)
	ids, at, more := w.look(conn, mark{}, 10)
	if len(ids) != 2 || more || !slices.Contains(at.pending, xid) {
		t.Fatalf("%v %+v %v", ids, at, more)
	}
	w.fill(bulk, 4)
	if ids, at, _ = w.look(conn, at, 10); len(ids) != 4 || !slices.Contains(at.pending, xid) {
		t.Fatalf("%v %+v", ids, at)
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Two at a time: the pending transaction stays pending until it was read to its end.
	total := 0
	for more := true; more; {
		ids, at, more = w.look(conn, at, 2)
		total += len(ids)
	}
	if total != 3 || slices.Contains(at.pending, xid) || ask[int](w, `SELECT count(*) FROM inbox`) != 0 {
		t.Errorf("%d late rows were found; the mark is %+v", total, at)
	}
}

// Writers commit, roll back and overlap as they like while one reader reads with small and large limits: it sees each committed row once.
func TestEveryCommittedRowIsReadOnce(t *testing.T) {
	w := newWorld(t)
	conn := w.connect(nil)
	var writers sync.WaitGroup
	var mu sync.Mutex
	written := 0
	for i := range 8 {
		random := rand.New(rand.NewPCG(uint64(i), 1))
		writers.Go(func() {
			for range 40 {
				n, keep := 1+random.IntN(20), random.IntN(5) > 0
				if err := w.write(random, n, keep); err != nil {
					t.Error(err)
				} else if keep {
					mu.Lock()
					written += n
					mu.Unlock()
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	random, read, at, over := rand.New(rand.NewPCG(9, 9)), 0, mark{}, false
	for more := true; more || !over; {
		select {
		case <-done:
			over = true
		default:
		}
		ids, next, waiting := w.look(conn, at, 1+random.IntN(50))
		read, at, more = read+len(ids), next, waiting || !over
	}
	if left := ask[int](w, `SELECT count(*) FROM inbox`); read != written || left != 0 {
		t.Errorf("%d were read of %d, and %d are left", read, written, left)
	}
}

func (w *world) write(random *rand.Rand, n int, keep bool) error {
	tx, err := w.db.Pool.Begin(w.Context())
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	for done := 0; done < n; {
		step := min(n-done, 1+random.IntN(10))
		if _, err := tx.Exec(w.Context(), fillSQL, bulk, w.ws.ID, step); err != nil {
			return err
		}
		done += step
	}
	if _, err := tx.Exec(w.Context(), `SELECT pg_sleep($1)`, random.Float64()/50); err != nil { // a sender that takes its time
		return err
	}
	if !keep {
		return nil
	}
	return tx.Commit(w.Context())
}

func TestRowsOfARestoredDumpArePosted(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 2500)
	w.do(`UPDATE inbox SET xid = (1000000000000 + id / 100)::text::xid8`) // as another, much older cluster counted
	by := w.writer(nil)
	for range 3 {
		if _, err := by.postBatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.fill(bulk, 10)
	}
	w.drain(by)
	if n := w.sound(); n != 2530 {
		t.Errorf("%d were posted", n)
	}
}

func TestLargeRowsAreTakenInSmallBatches(t *testing.T) {
	w := newWorld(t)
	for name, text := range map[string]string{
		"that compress well": `repeat('x', 60000)`,
		"that do not":        `(SELECT string_agg(md5(n || '/' || m), '') FROM generate_series(1, 1875) AS m)`,
	} {
		w.do(`INSERT INTO inbox (lane, workspace_id, uuid, source_id, event) SELECT 1, $1, gen_random_uuid(), 1, jsonb_build_object('actor',
			'{"id": "a", "type": "user"}'::jsonb, 'action', 'created', 'description', 'Large', 'outcome', 'success', 'metadata', jsonb_build_object('text', `+text+`))
			FROM generate_series(1, 160) AS n`, w.ws.ID)
		by := w.writer(nil)
		for more := true; more; {
			tx, err := by.conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b := &batch{tx: tx}
			err = by.read(t.Context(), b)
			_ = tx.Rollback(t.Context())
			size := 0
			for _, r := range b.rows {
				size += len(r.event)
			}
			if err != nil || size > batchBytes+models.MaxEventBytes {
				t.Fatalf("rows %s: %d bytes in a batch, %v", name, size, err)
			}
			if more, err = by.postBatch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := w.sound(); n != 320 {
		t.Errorf("%d were posted", n)
	}
}

// buffers is how many pages the writer's look at the bulk lane touches, from a mark.
func (w *world) buffers(conn *pgx.Conn, at mark) int {
	w.Helper()
	var plan []struct {
		Plan map[string]any `json:"Plan"`
	}
	sql := fmt.Sprintf(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) %s`, inboxSQL(beyond))
	if err := conn.QueryRow(w.Context(), sql, bulk, batchRows, strconv.FormatUint(at.xid, 10), at.id).Scan(&plan); err != nil {
		w.Fatal(err)
	}
	return int(plan[0].Plan["Shared Hit Blocks"].(float64) + plan[0].Plan["Shared Read Blocks"].(float64))
}

// While a snapshot is held, dead rows stay, and so do the entries of the index.
func TestAnOldSnapshotDoesNotMakeBatchesReadMore(t *testing.T) {
	w := newWorld(t)
	w.hold(pgx.RepeatableRead, `SELECT 1`)
	reader, looker, at := w.connect(nil), w.connect(nil), mark{}
	w.stays(50, looker, func() mark {
		var ids []int64
		if ids, at, _ = w.look(reader, at, batchRows+1); len(ids) != batchRows {
			t.Fatalf("%d rows were read", len(ids))
		}
		return at
	})
}

// While a transaction that wrote is open, its rows may still come.
func TestAnOpenTransactionDoesNotMakeBatchesReadMore(t *testing.T) {
	w := newWorld(t)
	w.hold(pgx.ReadCommitted, `INSERT INTO instance_settings VALUES ('held', pg_current_xact_id()::text)`)
	by := w.writer(nil)
	w.stays(12, w.connect(nil), func() mark {
		w.drain(by)
		return by.marks[bulk]
	})
	if n := w.sound(); n != 12_000 {
		t.Errorf("%d were posted", n)
	}
}

// hold leaves a transaction open until the test ends.
func (w *world) hold(level pgx.TxIsoLevel, sql string) {
	w.Helper()
	holder, err := w.db.Pool.BeginTx(w.Context(), pgx.TxOptions{IsoLevel: level})
	if err == nil {
		_, err = holder.Exec(w.Context(), sql)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = holder.Rollback(context.Background()) })
}

// stays sends thousand after thousand, and sees to it that the look at the inbox touches no more pages for the last than for the first.
func (w *world) stays(thousands int, looker *pgx.Conn, take func() mark) {
	w.Helper()
	var at mark
	var early, late, idle int
	for round := range thousands {
		w.fill(bulk, 1000)
		switch pages := w.buffers(looker, at); round {
		case 2:
			early = pages
		case thousands - 1:
			late = pages
		}
		at = take()
		idle = w.buffers(looker, at)
	}
	w.Logf("pages of a batch: %d early, %d late, %d when nothing waits", early, late, idle)
	if late > early+early/5 || idle > 8 {
		w.Errorf("a batch read %d pages early and %d late, and %d when nothing waited", early, late, idle)
	}
}
