package torture

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take on a busy machine before the test gives up on it.
const patience = 90 * time.Second

func TestMain(m *testing.M) {
	enterNamespace() // returns but in the process that a full disk is made for
	if _, err := built(); err == nil && inMemory {
		useMemory() // after the build: programs may be forbidden to run there
	}
	code := m.Run()
	if folder, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(folder))
	}
	os.Exit(code)
}

// built is the path of the real program, built once.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "daybook-torture-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "daybook")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "daybook").CombinedOutput()
	if err != nil {
		return program, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

// install is what the processes of one installation share: a data folder or a database, and where they listen.
type install struct {
	*testing.T
	program string
	env     []string
}

func newInstall(t *testing.T, env ...string) *install {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	i := &install{T: t, program: program}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "DATABASE_URL" && !strings.HasPrefix(name, "DAYBOOK_") && !strings.HasPrefix(name, "PG") {
			i.env = append(i.env, v)
		}
	}
	i.env = append(append(i.env, "DAYBOOK_SEND_RATE=0", "DAYBOOK_LOG=warn"), env...)
	return i
}

// command prepares a run of the program. It dies with the test process where the system can do that.
func (i *install) command(args ...string) (*exec.Cmd, *transcript) {
	c := exec.Command(i.program, args...)
	c.Env, c.Dir = i.env, "/"
	c.SysProcAttr = dieWithUs(&syscall.SysProcAttr{})
	c.WaitDelay = 5 * time.Second
	said := &transcript{}
	c.Stdout, c.Stderr = said, said
	return c, said
}

// run runs a command that must succeed, and gives what it printed.
func (i *install) run(args ...string) string {
	i.Helper()
	c, said := i.command(args...)
	if err := c.Run(); err != nil {
		i.Fatalf("daybook %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return strings.TrimSpace(said.String())
}

// transcript keeps the end of what a process said.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() > 256<<10 {
		t.text.Next(t.text.Len() - 128<<10)
	}
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// server is one place to serve at, and the process that does so now.
type server struct {
	*install
	address string
	wrap    func(*exec.Cmd) // changes how the process is started; may be nil
	process *os.Process
	said    *transcript
	ended   chan struct{}
	state   *os.ProcessState
}

func (i *install) server() *server {
	i.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		i.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	s := &server{install: i, address: l.Addr().String()}
	i.Cleanup(func() {
		if i.Failed() && s.said != nil {
			said := strings.Split(s.said.String(), "\n")
			i.Logf("the end of what serve on %s said:\n%s", s.address, strings.Join(said[max(0, len(said)-40):], "\n"))
		}
		s.signal(syscall.SIGCONT)
		s.signal(syscall.SIGKILL)
	})
	return s
}

// start starts a process, and returns at once.
func (s *server) start() {
	s.Helper()
	c, said := s.command("serve")
	c.Env = append(c.Env, "DAYBOOK_LISTEN="+s.address)
	if s.wrap != nil {
		s.wrap(c)
	}
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	ended := make(chan struct{})
	s.process, s.said, s.ended = c.Process, said, ended
	go func() {
		_ = c.Wait()
		s.state = c.ProcessState
		close(ended)
	}()
}

// ready waits until the process answers that everything is well.
func (s *server) ready() {
	s.Helper()
	s.eventually("serve is ready", func() bool {
		select {
		case <-s.ended:
			s.Fatalf("serve ended: %s\n%s", s.state, s.said)
		default:
		}
		status, _ := s.get("/readyz")
		return status == http.StatusOK
	})
}

func (s *server) get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		return 0, ""
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	var text bytes.Buffer
	_, _ = text.ReadFrom(answer.Body)
	return answer.StatusCode, text.String()
}

// writing tells whether the process says that it is the journal's writer.
func (s *server) writing() bool {
	_, text := s.get("/metrics")
	return strings.Contains(text, "\ndaybook_journal_writer 1\n")
}

func (s *server) signal(sig os.Signal) {
	if s.process != nil {
		_ = s.process.Signal(sig)
	}
}

// stop signals, and waits for the end.
func (s *server) stop(sig os.Signal) {
	s.Helper()
	s.signal(sig)
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.Fatalf("serve does not end after %s", sig)
	}
}

// eventually waits for a condition.
func (i *install) eventually(what string, holds func() bool) {
	i.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			i.Fatalf("after %s still not: %s", patience, what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// postmaster is the built-in PostgreSQL of a data folder, or nil when none is recorded or it is gone.
func postmaster(data string) *os.Process {
	text, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		return nil
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return nil
	}
	p, err := os.FindProcess(pid)
	if err != nil || p.Signal(syscall.Signal(0)) != nil {
		return nil
	}
	return p
}
