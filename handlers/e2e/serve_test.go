//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"daybook/services/database/dbtest"
)

// patience is how long one step may take on a machine that is busy. Nothing waits that long unless something is broken.
const patience = 30 * time.Second

// build makes the program, once.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "daybook")
	command := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "daybook")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("building daybook: %v\n%s", err, out)
	}
	return binary
}

// server is a `daybook serve` that runs, with a data folder and an address of its own.
type server struct {
	binary string
	base   string // http://127.0.0.1:port
	env    []string
	out    *transcript
	log    *transcript
}

// serve starts a server; the test's end stops it.
func serve(t *testing.T, binary string, arguments ...string) *server {
	t.Helper()
	address := freeAddress(t)
	s := &server{binary: binary, base: "http://" + address, out: newTranscript(), log: newTranscript()}
	s.env = append(ownEnvironment(), "DAYBOOK_DATA="+dbtest.Folder(t), "DAYBOOK_LISTEN="+address)
	command := exec.Command(binary, append([]string{"serve"}, arguments...)...)
	command.Env, command.Stdout, command.Stderr = s.env, s.out, s.log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("serve ended badly: %v", err)
			}
		case <-time.After(patience):
			_ = command.Process.Kill()
			t.Error("serve did not end when it was asked to")
		}
		s.checkLog(t)
	})
	s.await(t, regexp.MustCompile(`Daybook is at (\S+)`))
	return s
}

// await waits until the server printed something.
func (s *server) await(t *testing.T, pattern *regexp.Regexp) []string {
	t.Helper()
	found := s.out.await(pattern)
	if found == nil {
		t.Fatalf("serve did not print %v within %v. It printed:\n%s\n%s", pattern, patience, s.out, s.log)
	}
	return found
}

// checkLog fails for every error in the log: a page that a person opened ended in one.
func (s *server) checkLog(t *testing.T) {
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=ERROR") {
			t.Errorf("the log: %s", strings.TrimSpace(line))
		}
	}
}

// run runs another command beside the server, on its data folder, and gives what it printed.
func (s *server) run(t *testing.T, input string, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, problem bytes.Buffer
	command := exec.CommandContext(ctx, s.binary, arguments...)
	command.Env, command.Stdin, command.Stdout, command.Stderr = s.env, strings.NewReader(input), &out, &problem
	if err := command.Run(); err != nil {
		t.Fatalf("daybook %s: %v\n%s", strings.Join(arguments, " "), err, problem.String())
	}
	return strings.TrimSpace(out.String())
}

// ownEnvironment is this one's, without what would configure another Daybook or PostgreSQL.
func ownEnvironment() []string {
	var env []string
	for _, each := range os.Environ() {
		if !strings.HasPrefix(each, "DAYBOOK_") && !strings.HasPrefix(each, "DATABASE_URL=") && !strings.HasPrefix(each, "PG") {
			env = append(env, each)
		}
	}
	return env
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// transcript keeps what a process prints, and wakes those who wait for something in it.
type transcript struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newTranscript() *transcript { return &transcript{changed: make(chan struct{})} }

func (r *transcript) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
	return r.text.Write(p)
}

func (r *transcript) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// await gives what the pattern found, or nil when it does not come.
func (r *transcript) await(pattern *regexp.Regexp) []string {
	late := time.After(patience)
	for {
		r.mu.Lock()
		found, changed := pattern.FindStringSubmatch(r.text.String()), r.changed
		r.mu.Unlock()
		if found != nil {
			return found
		}
		select {
		case <-changed:
		case <-late:
			return nil
		}
	}
}

// account is somebody of the demo, as serve prints them.
type account struct{ name, email, password string }

// accounts reads the sign-ins that the demo printed, by first name in lower case.
func (s *server) accounts(t *testing.T) map[string]account {
	t.Helper()
	found := map[string]account{}
	for _, m := range regexp.MustCompile(`(?m)^  (\S.*?) +(\S+@\S+) +password (\S+)`).FindAllStringSubmatch(s.out.String(), -1) {
		first, _, _ := strings.Cut(m[1], " ")
		found[strings.ToLower(first)] = account{name: m[1], email: m[2], password: m[3]}
	}
	if len(found) != 3 {
		t.Fatal(fmt.Sprint("the demo prints three sign-ins, not ", found))
	}
	return found
}
