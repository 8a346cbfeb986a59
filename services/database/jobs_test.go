package database_test

import (
	"path/filepath"
	"testing"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

// The queue of jobs has migrations of its own, which count like ours.
func TestTheQueueIsMigrated(t *testing.T) {
	d := dbtest.New(t)
	if pending, err := d.Pending(t.Context()); err != nil || pending != 0 {
		t.Fatalf("%d pending, %v", pending, err)
	}
	do(t, d, "DELETE FROM river_migration WHERE version = (SELECT max(version) FROM river_migration)")
	if pending, err := d.Pending(t.Context()); err != nil || pending != 1 {
		t.Fatalf("%d pending, %v", pending, err)
	}
	do(t, d, "INSERT INTO river_migration (line, version) VALUES ('main', 999)")
	_, err := d.Pending(t.Context())
	mustFail(t, err, "newer Daybook", "999")
	mustFail(t, d.Migrate(t.Context()), "newer Daybook")
}

// Exports and what works them off are in no backup; the tables are.
func TestExportsAreNotBackedUp(t *testing.T) {
	data := dbtest.Folder(t)
	d := builtIn(t, data)
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t, d, `INSERT INTO workspaces (id, slug, name) VALUES ('00000000-0000-7000-8000-000000000001', 'acme', 'Acme')`)
	do(t, d, `INSERT INTO exports (id, workspace_id, kind, asked_by, query, selection, scope, newest, format)
		VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'file', '{}', '', '{}', '{}', 0, 'csv')`)
	do(t, d, `INSERT INTO export_chunks VALUES ('00000000-0000-7000-8000-000000000002', 0, 0, 'text')`)
	do(t, d, `INSERT INTO river_job (kind, args, max_attempts, priority, queue) VALUES ('export', '{}', 5, 1, 'default')`)
	file := filepath.Join(filepath.Dir(data), "mine.dump")
	if err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if err := database.Restore(t.Context(), database.Config{Data: data}, file); err != nil {
		t.Fatal(err)
	}
	d = builtIn(t, data)
	for _, table := range []string{"exports", "export_chunks", "river_job"} {
		if n := ask[int](t, d, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%s has %d rows", table, n)
		}
	}
	if n := ask[int](t, d, "SELECT count(*) FROM workspaces WHERE slug = 'acme'"); n != 1 {
		t.Error("the workspace is not restored")
	}
	if pending, err := d.Pending(t.Context()); err != nil || pending != 0 {
		t.Errorf("%d pending, %v", pending, err)
	}
}
