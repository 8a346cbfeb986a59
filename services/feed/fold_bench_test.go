package feed_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/services/feed"
	"daybook/services/feed/feedtest"
)

// BenchmarkFold compares folded pages with the same reader's unfolded ones: the newest of an ordinary feed, and one that begins with a run of
// two thousand.
func BenchmarkFold(b *testing.B) {
	for _, c := range []struct {
		name  string
		sizes []int
	}{{"ordinary", slices.Repeat([]int{1, 2, 1, 3, 1, 1, 12}, 20)}, {"a run of two thousand", append(slices.Repeat([]int{1, 2, 1, 3}, 20), 2121)}} {
		w := feedtest.New(b)
		ws := w.Workspace(b, "acme", "UTC")
		scope := w.Viewer(b, w.User(b, "root", true), ws).Scope(false)
		for _, events := range slices.Collect(slices.Chunk(bursts(rand.New(rand.NewPCG(1, 1)), c.sizes...), 1000)) {
			w.Send(b, ws, events...)
		}
		unfolded := 0.0
		for _, zone := range []*time.Location{nil, time.UTC} {
			name := c.name + map[bool]string{true: ", unfolded", false: ", folded"}[zone == nil]
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if _, err := w.Feed.Page(b.Context(), scope, feed.Ask{Limit: pageLimit, Hasty: true, Fold: zone}); err != nil {
						b.Fatal(err)
					}
				}
				each := b.Elapsed().Seconds() / float64(b.N)
				if zone == nil {
					unfolded = each
				}
				b.ReportMetric(each/unfolded, "x-unfolded")
			})
		}
	}
}
