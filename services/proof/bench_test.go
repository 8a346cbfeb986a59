package proof_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/services/proof"
)

// BenchmarkVerify compares what it costs to verify activities with what it costs to read them with their proofs, and nothing more.
func BenchmarkVerify(b *testing.B) {
	const rows = 20_000
	p := newPlace(b)
	for i := range rows {
		p.inbox(fmt.Sprintf(`{"actor": {"id": "u%d", "type": "user", "name": "Amara Okafor"}, "action": "updated", "outcome": "success", "description": "moved it",
			"entity": {"type": "invoice", "id": "%d", "name": "Invoice %d"}, "changes": [{"field": "status", "before": "draft", "after": "sent"}],
			"metadata": {"total": %d.5, "lines": [1, 2, 3], "team": {"name": "Sales"}}}`, i%50, i, i, i))
	}
	if err := p.journal.Drain(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		begun := time.Now()
		for first := int64(1); first <= rows; first += 500 {
			if _, err := proof.Subjects(b.Context(), p.db.Pool, p.ws.ID, first, first+499); err != nil {
				b.Fatal(err)
			}
		}
		reading := time.Since(begun)
		begun = time.Now()
		if v, err := proof.VerifyWorkspace(b.Context(), p.db.Pool, p.ws.ID); err != nil || !v.OK() || v.Rows != rows {
			b.Fatalf("%+v, %v", v, err)
		}
		verifying := time.Since(begun)
		b.ReportMetric(rows/verifying.Seconds(), "rows/s")
		b.ReportMetric(float64(verifying)/float64(reading), "verified/read")
	}
}
