package database_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

// backedUp is a migrated built-in database with a mark in it, backed up into a file. It is open until closed.
func backedUp(t *testing.T, data string) (d *database.Database, file string) {
	t.Helper()
	d = builtIn(t, data)
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t, d, "CREATE TABLE marks (text text); INSERT INTO marks VALUES ('backed up')")
	file = filepath.Join(filepath.Dir(data), "mine.dump")
	if err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	return d, file
}

func TestABackupIsRestoredAndTheOldDatabaseKept(t *testing.T) {
	data := dbtest.Folder(t)
	d, file := backedUp(t, data)
	do(t, d, "UPDATE marks SET text = 'changed since'")
	d.Close()
	var log logged
	if err := database.Restore(t.Context(), database.Config{Data: data, Log: log.logger()}, file); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	d = builtIn(t, data)
	if got := ask[string](t, d, "SELECT text FROM marks"); got != "backed up" {
		t.Errorf("the database holds %q", got)
	}
	if pending, err := d.Pending(t.Context()); err != nil || pending != 0 {
		t.Errorf("%d pending, %v", pending, err)
	}
	kept := ask[string](t, d, "SELECT datname FROM pg_database WHERE datname LIKE 'daybook\\_before\\_%'")
	if !strings.Contains(log.String(), kept) {
		t.Errorf("the log does not name %s:\n%s", kept, log.String())
	}
	old, err := pgx.Connect(t.Context(), strings.Replace(d.URL(), "/daybook?", "/"+kept+"?", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close(t.Context())
	var text string
	if err := old.QueryRow(t.Context(), "SELECT text FROM marks").Scan(&text); err != nil || text != "changed since" {
		t.Errorf("the old database holds %q, %v", text, err)
	}
}

func TestABackupIsRestoredIntoAnEmptyDatabaseOfAURL(t *testing.T) {
	from := dbtest.New(t)
	do(t, from, "CREATE TABLE marks (text text); INSERT INTO marks VALUES ('backed up')")
	file := filepath.Join(t.TempDir(), "mine.dump")
	if err := from.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	to := dbtest.Empty(t)
	if err := database.Restore(t.Context(), database.Config{URL: to.URL()}, file); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	if got := ask[string](t, to, "SELECT text FROM marks"); got != "backed up" {
		t.Errorf("the database holds %q", got)
	}
	mustFail(t, database.Restore(t.Context(), database.Config{URL: to.URL()}, file), "not empty", "createdb")
}

func TestABackupOverwritesNothingAndLeavesNoHalfFile(t *testing.T) {
	d := dbtest.Empty(t)
	mine := filepath.Join(t.TempDir(), "mine.dump")
	if err := os.WriteFile(mine, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := d.Backup(t.Context(), mine)
	mustFail(t, err, "exists already")
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("not fs.ErrExist: %v", err)
	}
	if content, _ := os.ReadFile(mine); string(content) != "precious" {
		t.Error("it was overwritten")
	}
	// A table that somebody holds makes pg_dump fail, or here, be interrupted.
	do(t, d, "CREATE TABLE held (id int)")
	holder, err := d.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback(t.Context()) }()
	if _, err := holder.Exec(t.Context(), "LOCK TABLE held"); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	ctx, cancel := contextUntil(t, func() bool {
		return ask[bool](t, d, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'held'::regclass)")
	})
	defer cancel()
	mustFail(t, d.Backup(ctx, filepath.Join(folder, "mine.dump")), "interrupted")
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRubbishIsNotRestored(t *testing.T) {
	data := dbtest.Folder(t)
	d, _ := backedUp(t, data)
	foreign := filepath.Join(t.TempDir(), "foreign.dump")
	other := dbtest.Empty(t)
	do(t, other, "CREATE TABLE invoices (id int)")
	if err := other.Backup(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
	_, mine := backedUp(t, dbtest.Folder(t))
	whole, err := os.ReadFile(mine)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	for name, test := range map[string]struct {
		content []byte
		says    string
	}{
		"text":      {[]byte("this is no backup"), "no backup"},
		"empty":     {nil, "no backup"},
		"cut short": {whole[:len(whole)-20], "could not be restored"},
	} {
		file := filepath.Join(t.TempDir(), "rubbish.dump")
		if err := os.WriteFile(file, test.content, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			mustFail(t, database.Restore(t.Context(), database.Config{Data: data}, file), test.says)
		})
	}
	mustFail(t, database.Restore(t.Context(), database.Config{Data: data}, foreign), "another application")
	mustFail(t, database.Restore(t.Context(), database.Config{Data: data}, filepath.Join(t.TempDir(), "missing")), "no backup file")
	d = builtIn(t, data)
	if got := ask[string](t, d, "SELECT text FROM marks"); got != "backed up" {
		t.Errorf("the database holds %q", got)
	}
	if got := ask[int](t, d, "SELECT count(*) FROM pg_database WHERE datname LIKE 'daybook%'"); got != 1 {
		t.Errorf("%d databases are left", got)
	}
}

func TestNothingIsRestoredWhileSomebodyServes(t *testing.T) {
	data := dbtest.Folder(t)
	_, file := backedUp(t, data)
	release, err := database.LockServe(data)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	mustFail(t, database.Restore(t.Context(), database.Config{Data: data}, file), "served", "stop")
}
