package builtin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSuperviseStartsADeadServerAgain(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	joined := use(t, data)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); server.Supervise(ctx) }()
	go joined.Supervise(ctx)
	defer func() { cancel(); <-done }()
	for range 2 {
		pid := server.recordedPID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another server answers", func() bool {
			state, err := server.probe(ctx)
			return err == nil && state == answers && server.recordedPID() != pid
		})
	}
	connect(t, joined.URL(Database, Role))
}

func TestADeadServerIsStartedByTheNextProcess(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	if err := syscall.Kill(server.recordedPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	other := use(t, data)
	connect(t, other.URL(Database, Role))
}

func TestOrphansOfADeadServerAreWaitedFor(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	conn := connect(t, server.URL(Database, Role))
	backend := ask[int](t, conn, "SELECT pg_backend_pid()")
	go func() {
		_, _ = conn.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 100000000000)")
	}()
	admin, err := server.ConnectAsSuperuser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the backend is busy", func() bool {
		return ask[bool](t, admin, "SELECT state = 'active' FROM pg_stat_activity WHERE pid = $1", backend)
	})
	closeNow(admin)
	if err := syscall.Kill(server.recordedPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ready := make(chan *Server)
	go func() { ready <- use(t, data) }()
	eventually(t, "PostgreSQL complains about the orphan", func() bool {
		log, _ := os.ReadFile(filepath.Join(data, "postgres-start.log"))
		return strings.Contains(string(log), "shared memory block")
	})
	select {
	case <-ready:
		t.Fatal("a server runs beside an orphan of the last")
	default:
	}
	if err := syscall.Kill(backend, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ready:
	case <-time.After(time.Minute):
		t.Fatal("it does not start after the orphan is gone")
	}
}

func TestAReusedProcessNumberIsWaitedForAndNothingRemoved(t *testing.T) {
	data := folder(t)
	server := use(t, data)
	if err := syscall.Kill(server.recordedPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-server.currentChild().done
	// Somebody else, of the same user, has the number now.
	stranger := server.account.command("/bin/sleep", "600")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Process.Kill() }()
	pidFile := filepath.Join(server.cluster, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(pidFile, []byte(itoa(stranger.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	ready := make(chan *Server)
	go func() { ready <- use(t, data) }()
	eventually(t, "PostgreSQL complains about its lock file", func() bool {
		log, _ := os.ReadFile(filepath.Join(data, "postgres-start.log"))
		return strings.Contains(string(log), "lock file")
	})
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("the stranger was killed: %v", err)
	}
	_ = stranger.Process.Kill()
	_ = stranger.Wait()
	select {
	case <-ready:
	case <-time.After(time.Minute):
		t.Fatal("it does not start after the stranger is gone")
	}
}
