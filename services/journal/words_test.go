package journal

import (
	"context"
	"log/slog"
	"strings"
	"testing"
)

// TestWhatWasPostedBeforeThereWereWordsGetsThem takes the words away, as they are after an upgrade, and lets a new writer start.
func TestWhatWasPostedBeforeThereWereWordsGetsThem(t *testing.T) {
	w := newWorld(t)
	stop := w.run(w.j)
	w.fill(1, 2500)
	w.eventually("all are posted", func() bool { return ask[int64](w, `SELECT count(*) FROM activities`) == 2500 })
	const sum = `SELECT coalesce(sum(hashtext(workspace_id::text || seq || words)), 0) FROM activity_words`
	stop()
	before := ask[int64](w, sum)
	if before == 0 {
		t.Fatal("posting gave no words")
	}
	w.do(`DELETE FROM activity_words`)
	w.do(`UPDATE workspace_heads SET words_missing = seq`)
	next, _ := w.journal()
	w.run(next)
	w.fill(1, 10)
	w.eventually("all have words", func() bool {
		return ask[int64](w, `SELECT max(words_missing) FROM workspace_heads`) == 0 && ask[int64](w, `SELECT count(*) FROM activities`) == 2510
	})
	w.do(`DELETE FROM activity_words WHERE seq > 2500`)
	if after := ask[int64](w, sum); after != before {
		t.Error("they are other words than before")
	}
	w.sound()
}

// unwordly makes the index refuse words of some of the activities posted so far, with an SQLSTATE, and takes the words of all of them away.
func (w *world) unwordly(state, which string) {
	w.Helper()
	w.do(`CREATE OR REPLACE FUNCTION refuse_words() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN IF ` + which + ` AND NEW.words <> '' THEN RAISE EXCEPTION 'no' USING ERRCODE = '` + state + `'; END IF; RETURN NEW; END$$`)
	w.do(`CREATE OR REPLACE TRIGGER refuse_words BEFORE INSERT ON activity_words FOR EACH ROW EXECUTE FUNCTION refuse_words()`)
	w.do(`DELETE FROM activity_words`)
	w.do(`UPDATE workspace_heads SET words_missing = seq`)
}

// An old activity that cannot be indexed is found by no word. Those around it are, and posting does not notice.
func TestAnActivityThatCannotBeIndexedIsPassedOver(t *testing.T) {
	for _, state := range []string{"22000", "54000"} {
		w := newWorld(t)
		by := w.writer(nil)
		w.fill(bulk, 1500)
		w.drain(by)
		w.unwordly(state, `NEW.seq IN (7, 1234)`)
		by.indexed = false
		for !by.indexed {
			if _, err := by.index(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if by.room != batchRows {
			t.Errorf("a batch has room for %d", by.room)
		}
		if n := ask[int64](w, `SELECT count(*) FROM activity_words WHERE words <> ''`); n != 1498 {
			t.Errorf("%d have words", n)
		}
		if got := ask[string](w, `SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM activity_words WHERE words = ''`); got != "7 1234" {
			t.Errorf("%s have none", got)
		}
	}
}

// While the index cannot be filled, for whatever reason, everything is posted as fast as ever, and it is said once.
func TestPostingDoesNotWaitForTheIndex(t *testing.T) {
	w := newWorld(t)
	var log strings.Builder
	w.j.log = slog.New(slog.NewTextHandler(&log, nil))
	by := w.writer(nil)
	w.fill(bulk, 500)
	w.drain(by)
	w.unwordly("53100", `NEW.seq <= 500`) // a full disk
	by.indexed = false
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- by.post(ctx) }()
	for i := range 3 {
		w.fill(bulk, 100)
		w.j.Wake()
		w.eventually("all are posted", func() bool { return ask[int](w, `SELECT count(*) FROM activities`) == 600+100*i })
	}
	w.do(`DROP TRIGGER refuse_words ON activity_words`)
	w.eventually("all have words", func() bool { return ask[int64](w, `SELECT max(words_missing) FROM workspace_heads`) == 0 })
	stop()
	if err := <-done; err == nil {
		t.Error("the writer ended by itself")
	}
	if by.room != batchRows {
		t.Errorf("a batch has room for %d", by.room)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, log.String())
	}
	w.sound()
}
