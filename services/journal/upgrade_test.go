package journal

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// wordsMigration is the SQL that makes the index of words.
func wordsMigration(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../migrations/00003_words.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, up, found := strings.Cut(string(text), "-- +goose Up\n")
	if !found {
		t.Fatal("no migration")
	}
	return up
}

// An older process is in the middle of a batch when the index of words is made. What it posts is counted among what has no words yet, and it
// posts nothing afterwards.
func TestTheIndexOfWordsDeposesAnOlderWriter(t *testing.T) {
	w := newWorld(t)
	old := w.writer(nil)
	w.fill(bulk, 10)
	w.drain(old)
	w.do(`DROP TABLE activity_words`)
	w.do(`ALTER TABLE workspace_heads DROP COLUMN words_missing`)
	batch, err := old.conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`SELECT FROM journal_head FOR UPDATE`, `SELECT FROM workspace_heads`} {
		if _, err := batch.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	migrator := w.connect(nil)
	pid := migrator.PgConn().PID()
	done := make(chan error, 1)
	go func() {
		_, err := migrator.Exec(t.Context(), wordsMigration(t)) // one implicit transaction
		done <- err
	}()
	w.eventually("the migration waits", func() bool { return ask[bool](w, `SELECT cardinality(pg_blocking_pids($1)) > 0`, pid) })
	for _, sql := range []string{`UPDATE workspace_heads SET seq = seq + 5`, `COMMIT`} {
		if _, err := old.conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := ask[int64](w, `SELECT words_missing FROM workspace_heads`); n != 15 {
		t.Errorf("%d are to get words, of 15", n)
	}
	w.fill(bulk, 10)
	if _, err := old.postBatch(t.Context()); !errors.Is(err, errDeposed) {
		t.Errorf("the old writer: %v", err)
	}
}

// While processes of two versions run, the older one may be elected again. The next writer of this version finds what it posted.
func TestWhatAnOlderWriterPostedGetsWords(t *testing.T) {
	w := newWorld(t)
	w.fill(bulk, 30)
	w.drain(w.writer(nil))
	w.do(`DELETE FROM activity_words WHERE seq > 10`) // the older one posts without
	stop := w.run(w.j)
	w.fill(bulk, 5)
	all := func(n int64) func() bool {
		return func() bool {
			return ask[int64](w, `SELECT count(*) FROM activity_words`) == n && ask[int64](w, `SELECT max(words_missing) FROM workspace_heads`) == 0
		}
	}
	w.eventually("all have words", all(35))
	stop()
	w.do(`DELETE FROM activity_words`) // before there is anything to post
	next, _ := w.journal()
	w.run(next)
	w.eventually("all have words again", all(35))
	w.sound()
}
