package journal

import (
	"testing"
	"time"

	"daybook/models"
	"daybook/services/proof"
)

// BenchmarkErase compares what it costs to erase somebody's activities with what it costs to post them.
func BenchmarkErase(b *testing.B) {
	const rows, each = 3000, 300
	for b.Loop() {
		w := newWorld(b)
		w.fill(bulk, rows)
		by := w.writer(nil)
		begun := time.Now()
		w.drain(by)
		posting := time.Since(begun)
		id := w.erasure()
		begun = time.Now()
		for first := int64(1); first <= rows; first += each {
			seqs := make([]int64, each)
			for i := range seqs {
				seqs[i] = first + int64(i)
			}
			err := w.erase(by, id, seqs, func(s *proof.Subject) { replacements[proof.Who](s, models.DeletedName) })
			if err != nil {
				b.Fatal(err)
			}
		}
		erasing := time.Since(begun)
		b.ReportMetric(float64(posting.Microseconds())/rows, "µs/posted")
		b.ReportMetric(float64(erasing.Microseconds())/rows, "µs/erased")
		b.ReportMetric(float64(erasing)/float64(posting), "erased/posted")
	}
}
