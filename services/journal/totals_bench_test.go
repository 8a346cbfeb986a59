package journal

import (
	"testing"
	"time"
)

// BenchmarkTotals compares posting with and without the triggers that keep the totals of the rollups.
func BenchmarkTotals(b *testing.B) {
	run := func(triggers string, lane, fills, rows int) time.Duration {
		w := newWorld(b)
		w.do(`ALTER TABLE daily_counts ` + triggers + ` TRIGGER USER`)
		w.do(`ALTER TABLE hourly_counts ` + triggers + ` TRIGGER USER`)
		by := w.writer(nil)
		var took time.Duration
		for range fills {
			w.fill(lane, rows)
			begin := time.Now()
			w.drain(by)
			took += time.Since(begin)
		}
		return took
	}
	for b.Loop() {
		without, with := run("DISABLE", bulk, 20, 1000), run("ENABLE", bulk, 20, 1000)
		b.ReportMetric(float64(with)/float64(without), "bulk/without")
		without, with = run("DISABLE", 0, 200, 1), run("ENABLE", 0, 200, 1)
		b.ReportMetric(float64(with)/float64(without), "single/without")
		b.ReportMetric(float64(with.Milliseconds())/200, "ms/single")
	}
}
