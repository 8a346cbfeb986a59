package builtin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sys/unix"

	"daybook/services/database/internal/filelock"
)

// child is a server process that we started. done is closed when it has ended and was collected.
type child struct {
	process *os.Process
	done    chan struct{}
}

func (c *child) alive() bool {
	if c == nil {
		return false
	}
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// ensure makes the server answer, under the start lock: it starts it, or waits for one that is starting, recovering
// or going away. It waits without end while there is progress to wait for; ctx ends it.
func (s *Server) ensure(ctx context.Context) error {
	silentSince := time.Now()
	for wait := 20 * time.Millisecond; ; wait = min(wait*3/2, time.Second) {
		state, err := s.probe(ctx)
		switch {
		case err != nil:
			return err
		case state == answers:
			return nil
		case state == busy:
			silentSince = time.Now()
		case !s.currentChild().alive():
			complaint, err := s.start(ctx)
			if err != nil {
				return err
			}
			if complaint == "" {
				continue
			}
			if time.Since(silentSince) > patience {
				return Sentence(nil, "The built-in PostgreSQL in %s does not start: %s.", s.data, complaint)
			}
		}
		if time.Since(silentSince) > patience {
			return Sentence(nil, "The built-in PostgreSQL in %s runs and does not answer: see the files in %s.", s.data, filepath.Join(s.data, "log"))
		}
		select {
		case <-ctx.Done():
			return Sentence(ctx.Err(), "The built-in PostgreSQL in %s was not ready in time.", s.data)
		case <-time.After(wait):
		}
	}
}

// state is what the socket tells about the server.
type state int

const (
	silent  state = iota // nobody listens, or whoever does says nothing
	busy                 // it is starting, recovering or stopping
	answers              // it takes connections, and it is the one of our data folder
)

// probe looks at the server through its socket. The error is final: another server answers there.
func (s *Server) probe(ctx context.Context) (state, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := s.connect(ctx, Superuser)
	if pgErr := (*pgconn.PgError)(nil); errors.As(err, &pgErr) {
		switch pgErr.Code {
		case "57P03", "53300": // cannot connect now; too many connections
			return busy, nil
		}
		return silent, Sentence(err, "The built-in PostgreSQL in %s runs and refuses Daybook (SQLSTATE %s).", s.data, pgErr.Code)
	}
	if err != nil {
		return silent, nil
	}
	defer closeNow(conn)
	var folder string
	if err := conn.QueryRow(ctx, "SELECT current_setting('data_directory')").Scan(&folder); err != nil {
		return busy, nil // it went away just now
	}
	theirs, err1 := os.Stat(folder)
	ours, err2 := os.Stat(s.cluster)
	if err := errors.Join(err1, err2); err != nil || !os.SameFile(theirs, ours) {
		return silent, Sentence(err, "Another PostgreSQL, of the folder %s, answers on the socket in %s.", folder, s.socket)
	}
	return answers, nil
}

func (s *Server) currentChild() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}

// start runs the server until it answers or ends. complaint is why it ended, when that may pass by itself: PostgreSQL
// believes that another server still uses the cluster, or the last one's children are still going away.
func (s *Server) start(ctx context.Context) (complaint string, err error) {
	s.collect()
	if err := s.writeAccess(); err != nil {
		return "", err
	}
	s.pruneLogs()
	// A plain file, and outside the folder that the server's user may write: it outlives us, as the server does.
	file, err := s.createStartLog()
	if err != nil {
		return "", Sentence(err, "The data folder %s cannot be written.", s.data)
	}
	defer file.Close()
	command := s.account.command(s.programs.Path("postgres"), s.arguments()...)
	command.Stdout, command.Stderr = file, file
	if err := command.Start(); err != nil {
		return "", Sentence(err, "PostgreSQL (%s) could not be started as the user %s.", command.Path, s.account.name)
	}
	started := &child{command.Process, make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(started.done)
	}()
	s.mu.Lock()
	s.child = started
	s.mu.Unlock()
	for {
		select {
		case <-started.done:
			return s.complaint(file)
		case <-ctx.Done():
			return "", Sentence(ctx.Err(), "The built-in PostgreSQL in %s was not ready in time.", s.data)
		case <-time.After(20 * time.Millisecond):
		}
		if state, err := s.probe(ctx); err != nil || state == answers {
			return "", err
		}
	}
}

func (s *Server) createStartLog() (*os.File, error) {
	path := filepath.Join(s.data, "postgres-start.log")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return filelock.Create(path)
}

// complaint reads why the server ended at once.
func (s *Server) complaint(file *os.File) (string, error) {
	output, _ := io.ReadAll(io.NewSectionReader(file, 0, 64<<10))
	text := complaintIn(output)
	for _, passing := range []string{"lock file", "shared memory block"} {
		if bytes.Contains(output, []byte(passing)) {
			return text, nil
		}
	}
	if text == "it gave no reason" {
		return "", Sentence(nil, "The built-in PostgreSQL in %s ended at once: see the newest file in %s.", s.data, filepath.Join(s.data, "log"))
	}
	return "", Sentence(nil, "The built-in PostgreSQL in %s does not start: %s.", s.data, text)
}

// collect takes the end of a dead server from the kernel when we are the first process of a container: an orphan comes
// to us then, and PostgreSQL takes an uncollected one for alive.
func (s *Server) collect() {
	pid := s.recordedPID()
	if own := s.currentChild(); os.Getpid() != 1 || pid == 0 || own != nil && own.process.Pid == pid {
		return
	}
	_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
}

// recordedPID is the process that PostgreSQL wrote down as the cluster's, or 0. It may be long dead.
func (s *Server) recordedPID() int {
	text, err := os.ReadFile(filepath.Join(s.cluster, "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid < 2 {
		return 0
	}
	return pid
}

// stop ends the server with what PostgreSQL calls a fast shutdown: connections are ended, everything is on disk, and the
// next start has nothing to recover. Only a server that answers on our socket, or our child, is ever signalled.
func (s *Server) stop(ctx context.Context) error {
	own := s.currentChild()
	state, err := s.probe(ctx)
	if err != nil || state == silent && !own.alive() {
		return err
	}
	var process *os.Process
	if own.alive() {
		process = own.process
	} else if pid := s.recordedPID(); pid != 0 {
		process, _ = os.FindProcess(pid)
	}
	if process == nil {
		return nil
	}
	if err := process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return Sentence(err, "The built-in PostgreSQL in %s could not be stopped.", s.data)
	}
	for wait := 10 * time.Millisecond; !s.gone(own, process); wait = min(wait*3/2, 200*time.Millisecond) {
		select {
		case <-ctx.Done():
			return Sentence(ctx.Err(), "The built-in PostgreSQL in %s is still stopping; it will end by itself.", s.data)
		case <-time.After(wait):
		}
	}
	s.log.Info("the built-in PostgreSQL has stopped", "folder", s.data)
	return nil
}

// gone tells whether the server has ended: our child, when we have collected it; another's, when its lock file is gone,
// or its process, because a server that was killed leaves its lock file behind.
func (s *Server) gone(own *child, process *os.Process) bool {
	if own != nil && own.process == process {
		return !own.alive()
	}
	s.collect()
	_, err := os.Stat(filepath.Join(s.cluster, "postmaster.pid"))
	return err != nil || errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// run runs one of PostgreSQL's programs to its end and gives what it said: its error output, and its output too unless that
// goes to out. ctx ends it.
func run(ctx context.Context, command *exec.Cmd, out io.Writer) ([]byte, error) {
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if out != nil {
		command.Stdout = out
	}
	if err := command.Start(); err != nil {
		return []byte("could not run " + command.Path), err
	}
	ended := context.AfterFunc(ctx, func() { _ = command.Process.Signal(syscall.SIGTERM) })
	defer ended()
	err := command.Wait()
	return said.Bytes(), err
}
