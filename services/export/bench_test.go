package export_test

import (
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// filesOf makes the service of a world.
func filesOf(t testing.TB, w *feedtest.World) (*export.Files, *account.Service) {
	t.Helper()
	users := auth.New(w.DB, w.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now)
	files := export.NewFiles(w.DB, export.FilesParts{Access: w.Access, Auth: users, Feed: w.Feed, Stats: stats.New(w.DB, w.Feed), Ingest: w.Ingest},
		export.FilesConfig{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: time.Now})
	return files, account.New(w.DB, w.Ingest, users, time.Now)
}

// streamOf begins an export for somebody.
func streamOf(t testing.TB, w *feedtest.World, v access.Viewer, o export.Order) *export.Stream {
	t.Helper()
	files, people := filesOf(t, w)
	d, err := people.Doer(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	s, err := files.Stream(t.Context(), d, v, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// copied is the same as the default columns of CSV, as psql is asked for it.
const copied = `SELECT a.occurred_at, a.actor_name, a.action, a.entity_type, a.entity_id, a.description, a.outcome, a.entity_name, p.name, b.name, a.changes, a.uuid, a.seq
	FROM activities a LEFT JOIN projects p ON p.id = a.project_id LEFT JOIN actors b ON b.id = a.on_behalf_of_id
	WHERE a.workspace_id = '%WS%' AND NOT a.system ORDER BY a.occurred_at DESC, a.id DESC`

// BenchmarkMuch measures exports of many rows.
func BenchmarkMuch(b *testing.B) {
	world := feedtest.NewLarge(b, feedtest.LargeRows(b, 200_000))
	b.Run("CSV", func(b *testing.B) { benchmarkCSV(b, world) })
	b.Run("IngestBeside", func(b *testing.B) { benchmarkIngestBeside(b, world) })
}

// benchmarkCSV measures an export of everything as CSV against psql's \copy of the same columns in the same order, and how far resident memory grows
// meanwhile. BENCH_ROWS says how many rows there are.
func benchmarkCSV(b *testing.B, world *feedtest.Bulk) {
	ws := world.Workspaces[0]
	admin := world.Viewer(b, world.Root, ws)
	member := world.Viewer(b, world.Member, ws)
	drainStream(b, streamOf(b, world.World, admin, export.Order{})) // everything is in memory from here on, for both
	file := filepath.Join(b.TempDir(), "copy.csv")
	for b.Loop() {
		copySpeed := copyOut(b, world, strings.ReplaceAll(copied, "%WS%", ws.ID.String()), file)
		before := resident(b)
		csv := drainStream(b, streamOf(b, world.World, admin, export.Order{}))
		b.ReportMetric(csv.speed, "csv-MB/s")
		b.ReportMetric(copySpeed, "copy-MB/s")
		b.ReportMetric(csv.speed/copySpeed, "csv/copy")
		b.ReportMetric(float64(csv.resident-before)/(1<<20), "MiB-grown")
		b.ReportMetric(float64(csv.rows)/csv.took.Seconds(), "csv-rows/s")
		whole := []string{"timestamp", "actor", "action", "resource_type", "resource_id", "description", "outcome", "resource.name", "project.name", "on_behalf_of.name", "changes", "metadata", "id", "seq"}
		wide := drainStream(b, streamOf(b, world.World, admin, export.Order{Layout: export.Layout{Columns: whole}}))
		b.ReportMetric(wide.speed/copyOut(b, world, strings.ReplaceAll(strings.Replace(copied, "a.changes,", "a.changes, a.metadata,", 1), "%WS%", ws.ID.String()), file), "csv/copy-with-metadata")
		members := drainStream(b, streamOf(b, world.World, member, export.Order{}))
		b.ReportMetric(float64(members.rows)/members.took.Seconds(), "member-rows/s")
		lines := drainStream(b, streamOf(b, world.World, admin, export.Order{Layout: export.Layout{Format: export.NDJSON}}))
		b.ReportMetric(float64(lines.rows)/lines.took.Seconds(), "ndjson-rows/s")
		failed := drainStream(b, streamOf(b, world.World, admin, export.Order{Filter: feed.Filter{Criteria: feed.Criteria{Weekdays: []time.Weekday{time.Sunday}}}}))
		b.ReportMetric(float64(failed.rows)/failed.took.Seconds(), "sundays-rows/s")
	}
}

// drained is what came out of a stream.
type drained struct {
	rows, bytes int64
	took        time.Duration
	speed       float64 // in MB/s
	resident    int64   // the most there was
}

func drainStream(t testing.TB, s *export.Stream) (d drained) {
	t.Helper()
	began := time.Now()
	buffer := make([]byte, 4096) // as the server reads
	looked := began
	for {
		n, err := s.Read(buffer)
		d.bytes += int64(n)
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if time.Since(looked) > 100*time.Millisecond {
			looked, d.resident = time.Now(), max(d.resident, resident(t))
		}
	}
	d.took, d.rows, d.resident = time.Since(began), s.Rows, max(d.resident, resident(t))
	d.speed = float64(d.bytes) / 1e6 / d.took.Seconds()
	return d
}

// copyOut has psql write the answer to a statement, and gives how many MB a second that were.
func copyOut(t testing.TB, b *feedtest.Bulk, sql, file string) float64 {
	t.Helper()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal("psql is needed to compare with")
	}
	command := exec.CommandContext(t.Context(), psql, "-X", "-q", b.DB.URL(), "-c", `\copy (`+strings.Join(strings.Fields(sql), " ")+`) to '`+file+`' csv header`)
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	took := time.Since(began)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size()) / 1e6 / took.Seconds()
}

// resident is how much memory the process has.
func resident(t testing.TB) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil { // not Linux: what Go has from the system, which is more
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.Sys)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
