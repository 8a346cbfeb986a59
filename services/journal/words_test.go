package journal

import "testing"

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
