package ingest

import (
	"testing"

	"daybook/models"
)

// Reading alone: JSON to what the inbox stores.
func BenchmarkParse(b *testing.B) {
	text := []byte(`{"id":"3f8d6b1e-9c52-4a43-9c0e-0f6f5f1d2c3b","actor":{"id":"user-1201","name":"Bilal Yilmaz","type":"user","email":"bilal.yilmaz.1201@example.com"},"action":"updated","resource":{"type":"file","id":"docs/page-12.md","name":"page-12.md"},"project":{"id":"docs","name":"docs"},"changes":[{"field":"lines","before":12,"after":19}],"metadata":{"commit":"959403ad3ee90bdb8e666c7e41f06efc26517691","size":36},"occurred_at":"2025-05-19T23:59:25+02:00"}`)
	how := reading{rule: models.NewMinimising(models.Truncate, models.Keep, models.DefaultDeniedKeys), from: senders()[0], now: fuzzNow, index: -1}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseText(text, how); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
