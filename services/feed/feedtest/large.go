package feedtest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// LargeRows is how many rows the benchmarks of much data are to have: BENCH_ROWS, or what the caller takes for enough.
func LargeRows(t testing.TB, otherwise int) int {
	t.Helper()
	text := os.Getenv("BENCH_ROWS")
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("BENCH_ROWS is %q, and should be a number of rows", text)
	}
	return n
}

// NewLarge makes a workspace of many rows out of the events in the file that BENCH_EVENTS names (our own form, one a line, with gzip), or of
// invented ones with the same unevenness: they are repeated with other times, actors and projects. There are seven types, a fifth of the rows are
// failures or denied, and metadata have 200 to 2,000 bytes. All rollups are there, the words are not. The member has 20 of 80 projects.
func NewLarge(t testing.TB, rows int) *Bulk {
	t.Helper()
	b := &Bulk{World: New(t)}
	b.Root, b.Member = b.User(t, "root", true), b.User(t, "member", false)
	ws := b.Workspace(t, "large", "Europe/Berlin")
	b.Workspaces = []models.Workspace{ws}
	b.World.Member(t, ws, b.Member, models.Member)
	base := largeBase(t)
	b.exec(t, `CREATE TABLE large_base (n int, actor int, action text, kind text, name text, project int, at timestamptz)`)
	if _, err := b.DB.Pool.CopyFrom(t.Context(), pgx.Identifier{"large_base"}, []string{"n", "actor", "action", "kind", "name", "project", "at"}, pgx.CopyFromRows(base)); err != nil {
		t.Fatal(err)
	}
	remake := b.withoutIndexes(t)
	b.exec(t, `INSERT INTO actors (workspace_id, external_id, type, name) SELECT $1::uuid, 'actor-' || n, CASE WHEN n % 40 = 0 THEN 'agent' ELSE 'user' END, 'Actor ' || n FROM generate_series(0, 1482) n`, ws.ID)
	b.exec(t, `INSERT INTO projects (workspace_id, external_id, name) SELECT $1::uuid, 'project-' || n, 'Project ' || n FROM generate_series(0, 79) n`, ws.ID)
	b.exec(t, largeRows, ws.ID, rows, (rows+len(base)-1)/len(base))
	remake()
	for _, sql := range []string{
		`DROP TABLE large_base`,
		`INSERT INTO workspace_heads (workspace_id, seq) SELECT workspace_id, max(seq) FROM activities GROUP BY 1`,
		`UPDATE journal_head SET last_id = (SELECT max(id) FROM activities)`,
		fmt.Sprintf(`UPDATE actors SET user_id = %d WHERE external_id = 'actor-7'`, b.Member.ID),
		fmt.Sprintf(`INSERT INTO project_members (workspace_id, project_id, actor_id) SELECT p.workspace_id, p.id, a.id
			FROM projects p JOIN actors a USING (workspace_id) WHERE a.user_id = %d AND substr(p.external_id, 9)::int %% 4 = 0`, b.Member.ID),
		`INSERT INTO daily_counts SELECT c.* FROM workspaces w CROSS JOIN LATERAL count_days(w.id, 1, 1000000000, w.time_zone) AS c`,
		`INSERT INTO hourly_counts SELECT c.* FROM workspaces w CROSS JOIN LATERAL count_hours(w.id, 1, 1000000000, w.time_zone) AS c`,
		`VACUUM ANALYZE`,
	} {
		b.exec(t, sql)
	}
	return b
}

// largeBase reads or invents the events that are repeated: number, actor, action, type, name, project and time.
func largeBase(t testing.TB) [][]any {
	t.Helper()
	if path := os.Getenv("BENCH_EVENTS"); path != "" {
		return largeBaseOf(t, path)
	}
	r := rand.New(rand.NewPCG(5, 2026)) //nolint:gosec // the same each time
	at := time.Date(2012, 5, 19, 21, 0, 0, 0, time.UTC)
	base := make([][]any, 0, 44_000)
	for len(base) < 44_000 { // bursts of one actor in one project
		at = at.Add(time.Duration(r.ExpFloat64() * float64(9*time.Hour)))
		actor, project := int(r.ExpFloat64()*60)%1483, r.IntN(8)
		for range 1 + int(r.ExpFloat64()*4) {
			at = at.Add(time.Duration(r.IntN(int(time.Second))))
			kind := []string{"code", "test", "document", "configuration", "page", "picture", "file"}[int(r.ExpFloat64())%7]
			base = append(base, []any{len(base), actor, []string{"updated", "created", "deleted", "renamed"}[int(r.ExpFloat64())%4], kind, fmt.Sprintf("%s-%d", kind, r.IntN(9000)), project, at})
		}
	}
	return base
}

func largeBaseOf(t testing.TB, path string) (base [][]any) {
	t.Helper()
	file, err := os.Open(path) //nolint:gosec // whoever runs a benchmark names it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	actors, projects := map[string]int{}, map[string]int{}
	number := func(m map[string]int, key string) int {
		if _, ok := m[key]; !ok {
			m[key] = len(m)
		}
		return m[key]
	}
	for lines := bufio.NewScanner(z); lines.Scan(); {
		var e struct {
			Actor, Project struct{ ID string }
			Action         string
			Resource       struct{ Name string }
			OccurredAt     time.Time `json:"occurred_at"`
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		base = append(base, []any{len(base), number(actors, e.Actor.ID), e.Action, kindOf(e.Resource.Name), e.Resource.Name, number(projects, e.Project.ID), e.OccurredAt})
	}
	return base
}

// kindOf makes a type of what a file is called.
func kindOf(name string) string {
	for _, k := range []struct {
		kind string
		ends []string
	}{
		{"test", []string{"_test.go", ".snap"}}, {"code", []string{".go", ".ts", ".tsx", ".js"}}, {"document", []string{".md", ".txt", ".rst"}},
		{"configuration", []string{".yml", ".yaml", ".json", ".mod", ".sum", ".toml"}}, {"page", []string{".html", ".css", ".scss"}}, {"picture", []string{".png", ".svg", ".jpg"}},
	} {
		for _, end := range k.ends {
			if strings.HasSuffix(name, end) {
				return k.kind
			}
		}
	}
	return "file"
}

// largeRows repeats the base so many times ($3), up to so many rows ($2): each time over some hours later, with the actors and the projects moved
// on. Rows are posted in the order of their times. Metadata are pieces of one long text.
const largeRows = `
	WITH pool AS MATERIALIZED (SELECT string_agg(md5(n::text), ' ') AS text FROM generate_series(1, 2000) n),
	who AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM actors), place AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM projects),
	ordered AS (
		SELECT row_number() OVER (ORDER BY at + k * interval '3 hours 17 minutes', n, k) AS id, b.*, k, at + k * interval '3 hours 17 minutes' AS happened, hashint4(n * 1000 + k) & 65535 AS h
		  FROM large_base b CROSS JOIN generate_series(0, $3::int - 1) AS k ORDER BY 1 LIMIT $2::int
	)
	INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, on_behalf_of_id, actor_name, action, entity_type, entity_id, entity_name, project_id, description,
	       metadata, outcome, system, source_id, occurred_at, recorded_at, row_key, leaf)
	SELECT id, $1, id, lpad(to_hex(id), 32, '0')::uuid, who.ids[1 + (actor + k * 131) % 1483], CASE WHEN h % 25 = 0 THEN who.ids[1 + h % 1483] END, 'Actor ' || (actor + k * 131) % 1483,
	       action, kind, name || '-' || k, name, CASE WHEN h % 20 > 0 THEN place.ids[1 + (project + 8 * (k % 10))] END, initcap(action) || ' ' || name,
	       jsonb_build_object('note', substr(text, 1 + h % 60000, 170 + (h * 7919) % 1800)),
	       CASE WHEN h % 100 < 15 THEN 'failure' WHEN h % 100 < 20 THEN 'denied' ELSE 'success' END, h % 50 = 7, 1, happened, happened, sha256(id::text::bytea), sha256('')
	  FROM ordered CROSS JOIN who CROSS JOIN place CROSS JOIN pool`
