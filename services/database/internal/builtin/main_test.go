package builtin

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// usesVariable makes this test program a process that uses the server of the folder it names until its input ends.
const usesVariable = "BUILTIN_TEST_USES"

// removesVariable makes this test program the one that tidies up after another that was killed.
const removesVariable = "BUILTIN_TEST_REMOVES"

// root is the folder that all data folders of this process lie in.
var root string

func TestMain(m *testing.M) {
	if folder := os.Getenv(removesVariable); folder != "" {
		if RemoveAfter(os.Stdin, folder) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if data := os.Getenv(usesVariable); data != "" {
		server, err := Use(context.Background(), Options{Data: data})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Leave(context.Background())
		os.Exit(0)
	}
	life, err := makeRoot()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	code := m.Run()
	_ = life.Close()
	os.Exit(code)
}

func makeRoot() (life io.Closer, err error) {
	if root, err = os.MkdirTemp("", "daybook-builtin-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(root, 0o711); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), removesVariable+"="+root)
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if life, err = command.StdinPipe(); err != nil {
		return nil, err
	}
	return life, command.Start()
}

// startUser starts a process that uses the server, and returns when it does.
func startUser(t *testing.T, data string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), usesVariable+"="+data)
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = input.Close(); _ = command.Wait() })
	if line, _ := bufio.NewReader(output).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other process says %q", line)
	}
	return command
}

// folder is an empty data folder that the server's user can enter, also when root runs the tests (t.TempDir is closed).
func folder(t *testing.T) string {
	t.Helper()
	made, err := os.MkdirTemp(root, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(made, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(made) })
	return filepath.Join(made, "data")
}

// use uses the server until the test ends.
func use(t *testing.T, data string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := Use(ctx, Options{Data: data, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Leave(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server
}

func leave(t *testing.T, server *Server) {
	t.Helper()
	if err := server.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeNow(conn) })
	return conn
}

func ask[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var answer T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened: %s", what)
		}
		time.Sleep(10 * time.Millisecond) //nolint:forbidigo // between two looks at a condition
	}
}
