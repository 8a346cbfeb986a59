package database_test

import (
	"io"
	"testing"

	"daybook/services/database/dbtest"
)

func TestTwoProcessesMigrateAtOnce(t *testing.T) {
	d := dbtest.Empty(t)
	others := []migrator{startMigrator(t, d.URL()), startMigrator(t, d.URL())}
	for _, other := range others {
		if err := other.input.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
	for _, other := range others {
		said, _ := io.ReadAll(other.output)
		if err := other.command.Wait(); err != nil {
			t.Errorf("the other process: %v: %s", err, said)
		}
	}
	if pending, err := d.Pending(t.Context()); err != nil || pending != 0 {
		t.Fatalf("%d pending, %v", pending, err)
	}
	if twice := ask[int](t, d, "SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version"); twice != 0 {
		t.Fatalf("%d migrations were applied twice", twice)
	}
}

func TestMigratingAgainChangesNothing(t *testing.T) {
	d := dbtest.New(t)
	before := ask[int](t, d, "SELECT count(*) FROM goose_db_version")
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := ask[int](t, d, "SELECT count(*) FROM goose_db_version"); after != before {
		t.Fatalf("%d rows became %d", before, after)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	d := dbtest.New(t)
	do(t, d, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	_, err := d.Pending(t.Context())
	mustFail(t, err, "newer Daybook", "99999")
	mustFail(t, d.Migrate(t.Context()), "newer Daybook")
}

func TestPendingCountsEachMissingMigration(t *testing.T) {
	d := dbtest.New(t)
	do(t, d, "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)")
	if pending, err := d.Pending(t.Context()); err != nil || pending != 1 {
		t.Fatalf("%d pending, %v", pending, err)
	}
}
