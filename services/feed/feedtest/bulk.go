package feedtest

import (
	"context"
	"fmt"
	"testing"

	"daybook/models"
)

// Bulk is a world with many activities in its first workspace and some in each of four others, written by SQL with the cube that belongs to them.
type Bulk struct {
	*World
	Workspaces []models.Workspace
	Root       *models.User
	Member     *models.User // of the first workspace: actor-7 there, and a member of 20 projects of 60
}

// NewBulk makes it. Half of what the member did is in their own projects, one row in twenty is backdated, outcomes other than success are rare,
// every action and type is of another frequency.
func NewBulk(t testing.TB, rows int) *Bulk {
	t.Helper()
	b := &Bulk{World: New(t)}
	b.Root, b.Member = b.User(t, "root", true), b.User(t, "member", false)
	for i := range 5 {
		b.Workspaces = append(b.Workspaces, b.Workspace(t, fmt.Sprintf("ws-%d", i), Zones[i%len(Zones)]))
	}
	first := b.Workspaces[0]
	b.World.Member(t, first, b.Member, models.Member)
	remake := b.withoutIndexes(t)
	for i, ws := range b.Workspaces {
		share := 1
		if i > 0 {
			share = 40
		}
		b.fill(t, ws, rows/share, share)
	}
	remake()
	b.exec(t, bulkWords)
	for _, sql := range []string{
		fmt.Sprintf(`UPDATE actors SET user_id = %d WHERE workspace_id = '%s' AND external_id = 'actor-7'`, b.Member.ID, first.ID),
		fmt.Sprintf(`INSERT INTO project_members (workspace_id, project_id, actor_id) SELECT p.workspace_id, p.id, a.id
			FROM projects p JOIN actors a USING (workspace_id) WHERE a.user_id = %d AND substr(p.external_id, 9)::int < 20`, b.Member.ID),
		`INSERT INTO daily_counts SELECT c.* FROM workspaces w CROSS JOIN LATERAL count_days(w.id, 1, 1000000000, w.time_zone) AS c`,
		`INSERT INTO workspace_heads (workspace_id, seq) SELECT workspace_id, max(seq) FROM activities GROUP BY 1`,
		`VACUUM ANALYZE activities`, `VACUUM ANALYZE activity_words`, `ANALYZE`,
	} {
		b.exec(t, sql)
	}
	return b
}

// withoutIndexes drops the indexes of activities. They are made at once afterwards, which is several times faster.
func (b *Bulk) withoutIndexes(t testing.TB) (remake func()) {
	t.Helper()
	var indexes []string
	b.query(t, &indexes, `SELECT indexdef FROM pg_indexes WHERE tablename = 'activities' AND indexname LIKE 'activities\_%' AND indexname NOT LIKE '%\_key' AND indexname NOT LIKE '%\_pkey'`)
	b.exec(t, `DO $$ DECLARE i text; BEGIN FOR i IN SELECT indexname FROM pg_indexes WHERE tablename = 'activities' AND indexname LIKE 'activities\_%'
		AND indexname NOT LIKE '%\_key' AND indexname NOT LIKE '%\_pkey' LOOP EXECUTE 'DROP INDEX ' || i; END LOOP; END $$`)
	return func() {
		t.Helper()
		for _, sql := range indexes {
			b.exec(t, sql)
		}
	}
}

func (b *Bulk) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	conn, err := b.DB.Pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "SET statement_timeout = 0"); err != nil { // making millions of rows takes its time
		t.Fatal(err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(t.Context()), "RESET statement_timeout") }()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(sql, err)
	}
}

func (b *Bulk) query(t testing.TB, into *[]string, sql string) {
	t.Helper()
	if err := b.DB.Gorm.Raw(sql).Scan(into).Error; err != nil {
		t.Fatal(sql, err)
	}
}

// bulkWords gives every row the words "they always do", and some rows words of other frequencies: often is in every tenth, seldom in one of two
// thousand, rare in one of fifty thousand; bygone is in a sixth of all rows, none of them in the newer half.
const bulkWords = `
	INSERT INTO activity_words (workspace_id, seq, words)
	SELECT workspace_id, seq, array_to_tsvector(array_remove(ARRAY[
	       mark || 'they', mark || 'always', mark || 'do', mark || entity_id,
	       CASE WHEN seq % 10 = 0 THEN mark || 'often' END, CASE WHEN seq % 2000 = 0 THEN mark || 'seldom' END, CASE WHEN seq % 50000 = 7 THEN mark || 'rare' END,
	       CASE WHEN seq % 3 = 0 AND seq < head / 2 THEN mark || 'bygone' END], NULL))
	  FROM (SELECT workspace_id, seq, entity_id, max(seq) OVER (PARTITION BY workspace_id) AS head,
	               rtrim(translate(encode(substring(uuid_send(workspace_id) FROM 11), 'base64'), '+/', '-_'), '=') || ':' AS mark FROM activities) AS rows`

// fill gives a workspace its rows: one every 47 seconds, or every so many times that, up to the beginning of 2026.
func (b *Bulk) fill(t testing.TB, ws models.Workspace, rows, every int) {
	t.Helper()
	for _, sql := range []string{
		`INSERT INTO actors (workspace_id, external_id, type, name) SELECT $1::uuid, 'actor-' || n, 'user', 'actor-' || n FROM generate_series(0, 199) n WHERE $2::int + $3::int > 0`,
		`INSERT INTO projects (workspace_id, external_id, name) SELECT $1::uuid, 'project-' || n, 'project-' || n FROM generate_series(0, 59) n WHERE $2::int + $3::int > 0`,
		`WITH random AS (
			SELECT n, (hashint8(n) & 65535)::bigint AS a, (hashint8(n + 1000000007) & 65535)::bigint AS b, (hashint8(n + 2000000011) & 65535)::bigint AS c, (hashint8(n * 31 + 7) & 65535)::bigint AS d
			  FROM generate_series(1::bigint, $2::bigint) n
		), who AS (SELECT array_agg(id ORDER BY id) AS ids FROM actors WHERE workspace_id = $1
		), place AS (SELECT array_agg(id ORDER BY id) AS ids FROM projects WHERE workspace_id = $1)
		INSERT INTO activities (id, workspace_id, seq, uuid, actor_id, on_behalf_of_id, actor_name, action, entity_type, entity_id, project_id, description,
		       outcome, system, source_id, occurred_at, recorded_at, row_key, leaf)
		SELECT (SELECT coalesce(max(id), 0) FROM activities) + n, $1, n, lpad(to_hex(n), 32, '0')::uuid, who.ids[(1 + a * a / 65536 * 200 / 65536)::int],
		       CASE WHEN b % 20 = 0 THEN who.ids[(1 + c % 200)::int] END, 'somebody', (ARRAY['created','updated','viewed','deleted','archived'])[1 + (c * c * 5 / 65536 / 65536)::int],
		       (ARRAY['task','file','invoice','comment'])[1 + (d * d * 4 / 65536 / 65536)::int], (b % 100)::text,
		       CASE WHEN d % 5 > 0 THEN place.ids[(1 + b % 60)::int] END, 'they did what they always do, and said so in a sentence',
		       CASE WHEN c % 200 = 0 THEN 'denied' WHEN c % 50 = 0 THEN 'failure' ELSE 'success' END, a % 40 = 0, 1,
		       timestamptz '2026-01-01' - (($2 - n) * $3::int * interval '47 seconds') - CASE WHEN d % 20 = 0 THEN c * interval '5 minutes' ELSE '0' END,
		       timestamptz '2026-01-01', sha256(n::text::bytea), sha256('')
		  FROM random CROSS JOIN who CROSS JOIN place ORDER BY n`,
	} {
		b.exec(t, sql, ws.ID, rows, every)
	}
}
