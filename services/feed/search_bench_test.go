package feed_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// BenchmarkPage reads the newest page of several lists over three million rows (DAYBOOK_BENCH_ROWS), for an admin and a member, and prints how
// much longer each takes than the same reader's plain page.
func BenchmarkPage(b *testing.B) {
	rows := 3_000_000
	if n, err := strconv.Atoi(os.Getenv("DAYBOOK_BENCH_ROWS")); err == nil {
		rows = n
	}
	began := time.Now()
	w := feedtest.NewBulk(b, rows)
	b.Log(rows, "rows made in", time.Since(began))
	ws := w.Workspaces[0]
	for who, scope := range map[string]access.Scope{"admin": w.Viewer(b, w.Root, ws).Scope(false), "member": w.Viewer(b, w.Member, ws).Scope(false)} {
		plain := 0.0
		for _, list := range []struct {
			name string
			ask  feed.Ask
		}{
			{"plain", feed.Ask{}},
			{"folded", feed.Ask{Fold: time.UTC}},
			{"every row", wordsIn("always")},
			{"one in ten", wordsIn("often")},
			{"one in two thousand", wordsIn("seldom")},
			{"one in fifty thousand", wordsIn("rare")},
			{"a sixth, long ago", wordsIn("bygone")},
			{"none", wordsIn("unheard")},
			{"beginning", wordsIn("alw")},
			{"two words", wordsIn("often", "seldom")},
		} {
			b.Run(who+"/"+list.name, func(b *testing.B) {
				list.ask.Limit, list.ask.Hasty = pageLimit, true
				var page feed.Page
				for b.Loop() {
					var err error
					if page, err = w.Feed.Page(b.Context(), scope, list.ask); err != nil {
						b.Fatal(err)
					}
				}
				each := b.Elapsed().Seconds() / float64(b.N)
				if list.name == "plain" {
					plain = each
				}
				b.ReportMetric(each/plain, "x-plain")
				b.ReportMetric(float64(len(page.Entries)), "rows")
			})
		}
	}
}

func wordsIn(texts ...string) feed.Ask {
	var f feed.Filter
	for _, text := range texts {
		f.Words = append(f.Words, feed.Word{Text: text})
	}
	return feed.Ask{Filter: f}
}
