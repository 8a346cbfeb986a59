package database_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/services/database"
)

// migratesVariable makes this test program a process that migrates the database of the URL it names.
const migratesVariable = "DATABASE_TEST_MIGRATES"

func TestMain(m *testing.M) {
	if address := os.Getenv(migratesVariable); address != "" {
		os.Exit(migrateWhenTold(address))
	}
	os.Exit(m.Run())
}

func migrateWhenTold(address string) int {
	d, err := database.Open(context.Background(), database.Config{URL: address})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer d.Close()
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := d.Migrate(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// migrator is another process that migrates as soon as its input is closed.
type migrator struct {
	command *exec.Cmd
	input   io.Closer
	output  *bufio.Reader
}

func startMigrator(t *testing.T, address string) migrator {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), migratesVariable+"="+address)
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
	reader := bufio.NewReader(output)
	if line, _ := reader.ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other process says %q", line)
	}
	return migrator{command, input, reader}
}

// logged collects what is logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// builtIn opens the built-in server of a data folder until the test ends.
func builtIn(t *testing.T, data string) *database.Database {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	d, err := database.Open(ctx, database.Config{Data: data, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func ask[T any](t *testing.T, d *database.Database, sql string, args ...any) T {
	t.Helper()
	var answer T
	if err := d.Pool.QueryRow(t.Context(), sql, args...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

func do(t *testing.T, d *database.Database, sql string, args ...any) {
	t.Helper()
	if _, err := d.Pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func mustFail(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error should say %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is more than a line: %q", err)
	}
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

// contextUntil is a context that ends as soon as the condition holds.
func contextUntil(t *testing.T, condition func() bool) (context.Context, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil && !condition() {
			time.Sleep(10 * time.Millisecond) //nolint:forbidigo // between two looks at a condition
		}
		cancel()
	}()
	return ctx, func() { cancel(); <-done }
}
