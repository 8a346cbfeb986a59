package report_test

import (
	"io"
	"testing"
	"time"

	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/feed/feedtest"
	"daybook/services/report"
)

// BenchmarkReport makes the report of a member of a large workspace: every activity of it is looked at.
func BenchmarkReport(b *testing.B) {
	rows := feedtest.LargeRows(b, 200_000)
	w := feedtest.NewLarge(b, rows)
	users := auth.New(w.DB, w.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now)
	reports := report.New(w.DB, report.Parts{Access: w.Access, Account: account.New(w.DB, w.Ingest, users, time.Now), Ingest: w.Ingest}, time.Now)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		made, err := reports.Own(b.Context(), w.Member)
		if err != nil {
			b.Fatal(err)
		}
		if err := made.Write(b.Context(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "activities/s")
}
