package builtin

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheFirstMakesTheSecondJoinsTheLastStops(t *testing.T) {
	data := folder(t)
	first := use(t, data)
	pid := first.recordedPID()
	second := use(t, data)
	if second.recordedPID() != pid || second.currentChild() != nil {
		t.Fatal("the second started a server of its own")
	}
	conn := connect(t, second.URL(Database, Role))
	leave(t, first)
	if got := ask[int](t, conn, "SELECT 1"); got != 1 {
		t.Fatal(got)
	}
	leave(t, second)
	if second.listens(t.Context()) || second.recordedPID() != 0 {
		t.Fatal("the server still runs after the last has left")
	}
	third := use(t, data)
	if third.recordedPID() == pid {
		t.Fatal("the server was not started again")
	}
}

func TestTheClusterIsAsDesigned(t *testing.T) {
	t.Setenv("LANG", "xx_YY.strange")
	t.Setenv("LC_ALL", "nowhere")
	t.Setenv("PGOPTIONS", "-c search_path=nowhere -c statement_timeout=1")
	t.Setenv("PGDATA", "/nowhere")
	t.Setenv("PGHOST", "nowhere.invalid")
	t.Setenv("PGTZ", "Nowhere/At-All")
	server := use(t, folder(t))
	admin, err := server.ConnectAsSuperuser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeNow(admin)
	for name, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on", "listen_addresses": "",
		"server_encoding": "UTF8", "unix_socket_permissions": "0700", "log_min_error_statement": "panic",
		"log_parameter_max_length_on_error": "0", "shared_buffers": "128MB", "TimeZone": "UTC",
	} {
		if got := ask[string](t, admin, "SELECT current_setting($1)", name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := ask[string](t, admin, "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", Database); got != "UTF8 C.UTF-8 daybook" {
		t.Errorf("the database is %s", got)
	}
	if got := ask[bool](t, admin, "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR NOT rolcanlogin FROM pg_roles WHERE rolname = $1", Role); got {
		t.Error("the role may too much or too little")
	}
	if got := ask[bool](t, admin, "SELECT bool_and(auth_method = 'peer') AND count(*) = 1 FROM pg_hba_file_rules"); !got {
		t.Error("somebody comes in otherwise than as a peer")
	}
	info, err := os.Stat(filepath.Join(server.data, "run"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder: %v %v", info, err)
	}
	group, err := unix.Getpgid(server.recordedPID())
	if err != nil || group == unix.Getpgrp() {
		t.Errorf("the server is in our process group: %v", err)
	}
}

func TestManyStartAtOnce(t *testing.T) {
	data := folder(t)
	pids := make([]int, 6)
	var all sync.WaitGroup
	for i := range pids {
		all.Go(func() { pids[i] = use(t, data).recordedPID() })
	}
	all.Wait()
	for _, pid := range pids {
		if pid == 0 || pid != pids[0] {
			t.Fatalf("not one server but %v", pids)
		}
	}
}

func TestTheServerSurvivesTheCrashOfWhoStartedItAndIsTakenOver(t *testing.T) {
	data := folder(t)
	starter := startUser(t, data)
	if err := starter.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = starter.Wait()
	server := use(t, data)
	if server.currentChild() != nil {
		t.Fatal("a second server was started instead of taking the first over")
	}
	pid := server.recordedPID()
	leave(t, server)
	if syscall.Kill(pid, 0) == nil && server.listens(t.Context()) {
		t.Fatal("the server that was taken over was not stopped")
	}
}

func TestAnotherProcessKeepsTheServer(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	other := startUser(t, data)
	leave(t, server)
	if !server.listens(t.Context()) {
		t.Fatal("the server was stopped while another process uses it")
	}
	_ = other.Process.Signal(syscall.SIGKILL)
	_ = other.Wait()
	again := use(t, data)
	leave(t, again)
	if again.listens(t.Context()) {
		t.Fatal("a dead process keeps the server")
	}
}

func TestAnInterruptedFirstStartIsCompleted(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	admin, err := server.ConnectAsSuperuser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"DROP DATABASE daybook", "DROP ROLE daybook"} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	closeNow(admin)
	leave(t, server)
	left := filepath.Join(data, "postgres.new-123")
	if err := os.MkdirAll(filepath.Join(left, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	server = use(t, data)
	conn := connect(t, server.URL(Database, Role))
	if got := ask[string](t, conn, "SELECT current_user"); got != Role {
		t.Fatal(got)
	}
}

func TestALongDataPath(t *testing.T) {
	data := filepath.Join(folder(t), strings.Repeat("long/", 25), "data")
	first := use(t, data)
	if strings.HasPrefix(first.socket, data) {
		t.Fatalf("the socket lies in %s", first.socket)
	}
	t.Cleanup(func() { _ = os.RemoveAll(first.socket) })
	// Another environment leads to the same folder.
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	second := use(t, data)
	if second.currentChild() != nil || second.socket != first.socket {
		t.Fatalf("the second looks in %s, the first in %s", second.socket, first.socket)
	}
	connect(t, second.URL(Database, Role))
}
