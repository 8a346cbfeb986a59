package builtin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func itoa(number int) string { return strconv.Itoa(number) }

func TestAnotherMajorVersionIsRefused(t *testing.T) {
	data := folder(t)
	leave(t, use(t, data))
	file := filepath.Join(data, "postgres", "PG_VERSION")
	if err := os.WriteFile(file, []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Use(t.Context(), Options{Data: data})
	var version *VersionError
	if !errors.As(err, &version) || version.Made != 11 || len(version.Installed) == 0 {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(data, "postgres", "base")); err != nil {
		t.Fatal("the cluster was touched")
	}
}

func TestAFolderThatIsNoClusterIsRefused(t *testing.T) {
	data := folder(t)
	if err := os.MkdirAll(filepath.Join(data, "postgres", "photos"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Use(t.Context(), Options{Data: data})
	if err == nil || !strings.Contains(err.Error(), "no PostgreSQL cluster") {
		t.Fatalf("got %v", err)
	}
}

// As root the server's user cannot enter a closed parent; as another user nobody can make a folder in it.
func TestAClosedParentIsNamed(t *testing.T) {
	parent := folder(t)
	closed := filepath.Join(parent, "closed")
	mode := os.FileMode(0o700)
	if os.Geteuid() != 0 {
		mode = 0o500
	}
	if err := errors.Join(os.MkdirAll(parent, 0o711), os.Mkdir(closed, mode)); err != nil {
		t.Fatal(err)
	}
	_, err := Use(t.Context(), Options{Data: filepath.Join(closed, "data")})
	if err == nil || !strings.Contains(err.Error(), closed) || !strings.Contains(err.Error(), "DAYBOOK_DATA") {
		t.Fatalf("got %v", err)
	}
	if os.Geteuid() == 0 && !strings.Contains(err.Error(), "folder "+closed+":") {
		t.Fatalf("it does not name the folder in the way: %v", err)
	}
}

func TestNoProgramsIsOneSentenceWithACommand(t *testing.T) {
	err := NoPrograms("the built-in server")
	if !errors.Is(err, ErrNoPrograms) || strings.Count(err.Error(), "\n") != 0 || !strings.Contains(err.Error(), "install") {
		t.Fatalf("got %v", err)
	}
}

func TestThePathComesFirst(t *testing.T) {
	installed := ServerPrograms(t.Context())
	if len(installed) == 0 {
		t.Fatal("PostgreSQL's programs are needed for these tests")
	}
	bin := t.TempDir()
	for _, name := range []string{"postgres", "initdb", "pg_dump", "pg_restore"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) 99.1 (of a test)'\n", name)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	found := ServerPrograms(t.Context())
	if len(found) != len(installed)+1 || found[0] != (Programs{bin, 99}) {
		t.Fatalf("found %v", found)
	}
}

func TestTheServersLogHoldsNoStatementsAndNoValues(t *testing.T) {
	server := use(t, folder(t))
	conn := connect(t, server.URL(Database, Role))
	for _, sql := range []string{
		"SELECT 'sec' || 'retive'::uuid", "SELECT 'secretive'::uuid", "INSERT INTO secretive VALUES (1)",
		"DO $$ BEGIN RAISE EXCEPTION 'secretive'; END $$", "DO $$ BEGIN RAISE WARNING 'secretive'; END $$",
	} {
		_, _ = conn.Exec(t.Context(), sql)
	}
	_, _ = conn.Exec(t.Context(), "SELECT $1::text::uuid", "secretive")
	leave(t, server)
	var text strings.Builder
	for _, name := range Matching(filepath.Join(server.data, "log"), "*") {
		content, err := os.ReadFile(filepath.Join(server.data, "log", name))
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	if text.Len() == 0 || strings.Contains(text.String(), "secretive") || strings.Contains(text.String(), "STATEMENT") {
		t.Fatalf("the log says:\n%s", text.String())
	}
}

func TestOldLogsAreRemovedAndNothingElse(t *testing.T) {
	server := use(t, folder(t))
	logs := filepath.Join(server.data, "log")
	for i := range 12 {
		name := fmt.Sprintf("postgresql-202001%02d-000000.log", i+1)
		if err := os.WriteFile(filepath.Join(logs, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(logs, "mine.log"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	server.pruneLogs()
	if got := Matching(logs, "postgresql-*.log"); len(got) != keptLogs || got[0] != "postgresql-20200107-000000.log" {
		t.Fatalf("kept %v", got)
	}
	if got := Matching(logs, "mine.log"); len(got) != 1 {
		t.Fatal("a file of somebody else was removed")
	}
}

func TestWaitingForASilentServerEndsWithTheContext(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	_ = server
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Use(ctx, Options{Data: data}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}
