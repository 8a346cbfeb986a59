package cli_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"daybook/services/database"
)

// withSomebodyForgotten has a workspace of nine files and what a few people did, one of whom was anonymised, and another workspace of one file.
func withSomebodyForgotten(t *testing.T) (*machine, *database.Database) {
	m := withAcme(t).set("DAYBOOK_ERASURE_LEDGER", filepath.Join(t.TempDir(), "ledger.ndjson"))
	m.must("workspace", "create", "--slug", "other", "--name", "Other")
	m.must("import", "--workspace", "acme", file(t, "a.ndjson", strings.Join(lines(0, 9), "\n")))
	m.must("import", "--workspace", "acme", file(t, "b.ndjson", people))
	m.must("import", "--workspace", "other", file(t, "c.ndjson", lines(0, 1)[0]))
	m.must("user", "anonymise", "--workspace", "acme", "--actor", "zq71xk9v", "--yes")
	return m, m.open()
}

// behindItsBack does what triggers refuse.
func behindItsBack(t *testing.T, d *database.Database, sql string, args ...any) {
	t.Helper()
	if _, err := d.Pool.Exec(t.Context(), `ALTER TABLE activities DISABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	if tag, err := d.Pool.Exec(t.Context(), sql, args...); err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s: %v, %v", sql, tag, err)
	}
	if _, err := d.Pool.Exec(t.Context(), `ALTER TABLE activities ENABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
}

// says makes sure that a command printed this.
func (a answer) says(t testing.TB, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.out, part) {
			t.Errorf("it does not say %q:\n%s", part, a.out)
		}
	}
}

// Everything is as it was recorded, also what was erased and what was purged; beside a server as without.
func TestVerifyActivitiesFindsNothingWrong(t *testing.T) {
	m, d := withSomebodyForgotten(t)
	purge := ask[int64](t, d, `INSERT INTO purges (workspace_id, state, query, to_at, selection, last_seq, asked_by) SELECT id, 'running', '', now(), '{}', 9, '{}' FROM workspaces WHERE slug = 'acme' RETURNING id`)
	gone := ask[int64](t, d, `SELECT purge_activities(workspace_id, array_agg(seq), $1) FROM activities WHERE entity_type = 'file' AND entity_id IN ('2', '3', '8') AND workspace_id = (SELECT id FROM workspaces WHERE slug = 'acme') GROUP BY workspace_id`, purge)
	if gone != 3 {
		t.Fatalf("%d were purged", gone)
	}
	if _, err := d.Pool.Exec(t.Context(), `UPDATE purges SET state = 'done' WHERE id = $1`, purge); err != nil {
		t.Fatal(err)
	}
	rows := ask[int64](t, d, `SELECT count(*) FROM activities WHERE workspace_id = (SELECT id FROM workspaces WHERE slug = 'acme')`)
	records := ask[string](t, d, `SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM activities WHERE action = 'erased'`)
	for range 2 {
		a := m.run("verify", "activities")
		if a.code != 0 || a.err != "" {
			t.Errorf("exit %d: %s%s", a.code, a.out, a.err)
		}
		a.says(t, fmt.Sprintf("acme: %d activities, 2 of them partly erased, 3 purged; all as recorded.\n", rows), "records of erasures: "+records+"\n", "daybook: ", "other: ")
		if n := strings.Count(a.out, "all as recorded"); n != 3 {
			t.Errorf("%d journals are told of: %s", n, a.out)
		}
		if one := m.must("verify", "activities", "--workspace", "other"); !regexp.MustCompile(`^other: \d+ activities, 0 of them partly erased, 0 purged; all as recorded\.\n  newest: \d+, leaf [0-9a-f]{64}\n$`).MatchString(one) {
			t.Errorf("%q", one)
		}
		m.serve()
	}
	m.run("verify", "activities", "--workspace", "nowhere").refused(t, 1, "no workspace")
	m.run("verify").refused(t, 2, "activities", "counts")
}

// What somebody changed who has the database is named, each thing by itself.
func TestVerifyActivitiesNamesWhatIsWrong(t *testing.T) {
	m, d := withSomebodyForgotten(t)
	of := func(where string) (seq int64, named string) {
		seq = ask[int64](t, d, `SELECT seq FROM activities WHERE workspace_id = (SELECT id FROM workspaces WHERE slug = 'acme') AND `+where)
		return seq, fmt.Sprintf("  Activity %d (%s): ", seq, ask[string](t, d, `SELECT uuid::text FROM activities WHERE workspace_id = (SELECT id FROM workspaces WHERE slug = 'acme') AND seq = $1`, seq))
	}
	altered, namedAltered := of(`entity_type = 'file' AND entity_id = '4'`)
	deleted, _ := of(`entity_type = 'file' AND entity_id = '5'`)
	added, _ := of(`entity_type = 'file' AND entity_id = '6'`)
	own, namedOwn := of(`entity_type = 'invoice'`)
	record := ask[string](t, d, `SELECT record::text FROM erased_groups WHERE seq = $1 LIMIT 1`, own)
	_, namedRecord := of(`uuid = '` + record + `'`)
	told := ask[int64](t, d, `SELECT (metadata ->> 'rows')::bigint FROM activities WHERE uuid = $1`, record)
	head := ask[int64](t, d, `SELECT max(h.seq) FROM workspace_heads h JOIN workspaces w ON w.id = h.workspace_id WHERE slug = 'acme'`)
	check := func(parts ...string) {
		t.Helper()
		a := m.run("verify", "activities")
		a.refused(t, 1, "1 journal is not as it was recorded.")
		a.says(t, append(parts, "other: ")...)
	}

	behindItsBack(t, d, `UPDATE activities SET description = 'else' WHERE seq = $1 AND entity_type = 'file'`, altered)
	check("1 not as recorded, 0 missing.\n", namedAltered+"what it says is not what its leaf stands for.\n")

	behindItsBack(t, d, `DELETE FROM activities WHERE seq = $1 AND entity_type = 'file'`, deleted)
	check("1 not as recorded, 1 missing.\n", namedAltered, fmt.Sprintf("  Activity %d is missing, and no purge took it.\n", deleted))

	behindItsBack(t, d, `UPDATE activities SET metadata = metadata || '{"rows": 7}' WHERE uuid = $1`, record)
	check(fmt.Sprintf("%d not as recorded, 1 missing.\n", 2+told), namedRecord+"what it says is not what its leaf stands for.\n",
		namedOwn+"the record "+record+" tells of its erasure, and what it says is not what its leaf stands for.\n")

	behindItsBack(t, d, `INSERT INTO activities SELECT (jsonb_populate_record(a, jsonb_build_object('seq', $2::bigint, 'uuid', gen_random_uuid(), 'id', a.id + 1000000))).* FROM activities a WHERE seq = $1 AND entity_type = 'file'`, added, head+20)
	check(fmt.Sprintf("%d not as recorded, 1 missing.\n", 3+told), fmt.Sprintf("  Activity %d (", head+20), "): the journal never gave that number.\n")
	a := m.run("verify", "activities", "--workspace", "other")
	if a.code != 0 {
		t.Errorf("exit %d: %s%s", a.code, a.out, a.err)
	}
}

// A record that tells of what never was is named too.
func TestVerifyActivitiesNamesARecordOfNothing(t *testing.T) {
	m, d := withSomebodyForgotten(t)
	if _, err := d.Pool.Exec(t.Context(), `INSERT INTO inbox (lane, workspace_id, uuid, source_id, event)
		SELECT 0, workspace_id, '00000000-0000-4000-8000-00000000f00d', source_id, jsonb_build_object('action', 'erased', 'description', 'x', 'outcome', 'success',
			'actor', '{"id": "u", "type": "user"}'::jsonb, 'metadata', metadata) FROM activities WHERE action = 'erased' LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	m.must("import", "--workspace", "acme", file(t, "more.ndjson", lines(100, 1)[0])) // which posts it
	a := m.run("verify", "activities", "--workspace", "acme")
	a.refused(t, 1, "1 journal is not as it was recorded.")
	a.says(t, "1 not as recorded, 0 missing.\n", "(00000000-0000-4000-8000-00000000f00d): what it says is not what is kept of what was erased.\n")
}
