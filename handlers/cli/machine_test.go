package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

// patience is for one command on a machine that is busy with other tests.
const patience = 2 * time.Minute

// built is a folder with the real program in it.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "daybook-cli-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(folder, "daybook"), "daybook").CombinedOutput()
	if err != nil {
		return folder, fmt.Errorf("%w: %s", err, out)
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	folder, err := built()
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// machine is where commands are run: with an environment of its own.
type machine struct {
	t   testing.TB
	env map[string]string
	url string // of the database, when it is not the built-in one
}

const secret = "0123456789abcdef0123456789abcdef"

// withFolder is a machine with a data folder that is not made yet, and so the built-in server.
func withFolder(t testing.TB) *machine {
	return newMachine(t, map[string]string{"DAYBOOK_DATA": dbtest.Folder(t)})
}

// withURL is a machine with an empty database of the tests' server.
func withURL(t testing.TB) *machine {
	m := newMachine(t, map[string]string{"DAYBOOK_SECRET": secret})
	m.url = dbtest.Empty(t).URL()
	m.env["DATABASE_URL"] = m.url
	return m
}

func newMachine(t testing.TB, env map[string]string) *machine {
	t.Helper()
	env["DAYBOOK_LISTEN"] = "127.0.0.1:0"
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env[name] = value
		}
	}
	return &machine{t: t, env: env}
}

// set changes the environment from here on.
func (m *machine) set(name, value string) *machine {
	m.env[name] = value
	return m
}

// command makes a command that is not started yet.
func (m *machine) command(args ...string) *exec.Cmd {
	m.t.Helper()
	folder, err := built()
	if err != nil {
		m.t.Fatal(err)
	}
	c := exec.Command(filepath.Join(folder, "daybook"), args...)
	c.Dir = m.t.TempDir()
	for name, value := range m.env {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// answer is what a command did.
type answer struct {
	out, err string
	code     int
}

// run runs a command to its end.
func (m *machine) run(args ...string) answer { m.t.Helper(); return m.feed("", args...) }

// feed runs a command with something on its standard input.
func (m *machine) feed(in string, args ...string) answer {
	m.t.Helper()
	c := m.command(args...)
	var out, err bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &out, &err
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	_ = c.Wait()
	return answer{out.String(), err.String(), c.ProcessState.ExitCode()}
}

// must runs a command that has to work, and gives its standard output.
func (m *machine) must(args ...string) string { m.t.Helper(); return m.mustFeed("", args...) }

func (m *machine) mustFeed(in string, args ...string) string {
	m.t.Helper()
	a := m.feed(in, args...)
	if a.code != 0 {
		m.t.Fatalf("daybook %s: exit %d\n%s%s", strings.Join(args, " "), a.code, a.out, a.err)
	}
	return a.out
}

// refused makes sure that a command failed with this exit code and these words on standard error.
func (a answer) refused(t testing.TB, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("exit %d instead of %d: %s%s", a.code, code, a.out, a.err)
	}
	for _, w := range words {
		if !strings.Contains(a.err, w) {
			t.Errorf("%q is not in %s", w, a.err)
		}
	}
	for _, bad := range []string{"SQLSTATE", "panic", "goroutine", "context canceled", "<nil>", "%!"} {
		if strings.Contains(a.err, bad) {
			t.Errorf("that is nothing for people: %s", a.err)
		}
	}
}

// process is a command that goes on, like serve.
type process struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string

	mu  sync.Mutex
	out bytes.Buffer
	err bytes.Buffer

	ended chan struct{}
}

// locked writes into a buffer that is read meanwhile.
type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

func (p *process) said() (out, err string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String(), p.err.String()
}

// start starts a command and stops it when the test ends.
func (m *machine) start(in io.Reader, args ...string) *process {
	m.t.Helper()
	p := &process{t: m.t, cmd: m.command(args...), ended: make(chan struct{})}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in, locked{&p.mu, &p.out}, locked{&p.mu, &p.err}
	p.cmd.WaitDelay = time.Second // an input that never ends must not keep Wait from ending
	if err := p.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	m.t.Cleanup(func() {
		if p.stop(syscall.SIGTERM); m.t.Failed() {
			out, err := p.said()
			m.t.Logf("%s:\n%s%s", strings.Join(args, " "), out, err)
		}
	})
	return p
}

var servedAt = regexp.MustCompile(`(?m)^Daybook is at (http://\S+)$`)

// serve starts serving, and returns when it answers.
func (m *machine) serve(args ...string) *process {
	m.t.Helper()
	p := m.start(nil, append([]string{"serve"}, args...)...)
	p.until(func(out, _ string) bool {
		if found := servedAt.FindStringSubmatch(out); found != nil {
			p.address = found[1]
		}
		return p.address != ""
	})
	return p
}

// until waits for what the process says.
func (p *process) until(enough func(out, err string) bool) {
	p.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); ; {
		out, err := p.said()
		if enough(out, err) {
			return
		}
		select {
		case <-p.ended:
			if out, err = p.said(); enough(out, err) {
				return
			}
			p.t.Fatalf("it ended before, exit %d:\n%s%s", p.cmd.ProcessState.ExitCode(), out, err)
		case <-ticker.C:
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("it never said so:\n%s%s", out, err)
		}
	}
}

// stop sends a signal and gives the exit code.
func (p *process) stop(signal os.Signal) int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Errorf("it did not stop")
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	return p.cmd.ProcessState.ExitCode()
}

// open opens the machine's database beside its processes.
func (m *machine) open() *database.Database {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	d, err := database.Open(ctx, database.Config{URL: m.url, Data: m.env["DAYBOOK_DATA"]})
	if err != nil {
		m.t.Fatal(err, errors.Unwrap(err))
	}
	m.t.Cleanup(d.Close)
	return d
}

func ask[T any](t testing.TB, d *database.Database, sql string, args ...any) (v T) {
	t.Helper()
	if err := d.Pool.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// waiting is how many events are not posted yet.
func waiting(t testing.TB, d *database.Database) int {
	t.Helper()
	return ask[int](t, d, `SELECT count(*) FROM inbox`)
}

// lines makes n events with ids, the first one being number from.
func lines(from, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"id": "00000000-0000-4000-8000-%012d", "actor": {"id": "u%d", "name": "U"}, "action": "created", "resource": {"type": "file", "id": "%d"}}`, from+i, (from+i)%7, from+i)
	}
	return out
}

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// logLines are the lines that are the program's log.
func logLines(text string) (out []string) {
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		if strings.Contains(s.Text(), "level=") {
			out = append(out, s.Text())
		}
	}
	return slices.Clip(out)
}

// untilRead returns once a process has read what was written into its pipe: by then it also notices an interrupt.
func (p *process) untilRead(pipe *os.File) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		left, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
		if err != nil {
			p.t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
	p.t.Fatal("nobody reads it")
}
