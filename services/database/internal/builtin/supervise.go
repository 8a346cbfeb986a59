package builtin

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"

	"daybook/services/database/internal/filelock"
)

// How often the server is looked after, and how long a start that failed is left alone at most.
const (
	lookEvery  = 500 * time.Millisecond
	longestTry = 15 * time.Second
	tidyEvery  = time.Minute
)

// Supervise starts the server again whenever it is dead, until ctx ends. Several processes may do so at once: the
// start lock lets one of them act.
func (s *Server) Supervise(ctx context.Context) {
	var tidied time.Time
	wait := lookEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = lookEvery
		if time.Since(tidied) > tidyEvery {
			s.pruneLogs()
			tidied = time.Now()
		}
		if s.listens(ctx) {
			continue
		}
		for pause := lookEvery; ; pause = min(pause*2, longestTry) {
			err := s.revive(ctx)
			if err == nil || ctx.Err() != nil {
				break
			}
			s.log.Error("the built-in PostgreSQL does not start", "error", err, "again_in", pause)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// listens asks the kernel whether somebody listens on the socket. That costs no sign-in, and a dead server's socket refuses.
func (s *Server) listens(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socketPath(s.socket))
	if err != nil {
		return ctx.Err() != nil // silence is no death
	}
	_ = conn.Close()
	return true
}

func (s *Server) revive(ctx context.Context) error {
	lock, err := filelock.Wait(ctx, s.startLock(), filelock.Exclusive)
	if err != nil {
		return err
	}
	defer lock.Release()
	s.mu.Lock()
	left := s.usage == nil
	s.mu.Unlock()
	if left || s.listens(ctx) {
		return nil
	}
	s.log.Warn("the built-in PostgreSQL has died and is started again", "folder", s.data)
	if err := s.prepareSocket(); err != nil {
		return err
	}
	if err := s.ensure(ctx); err != nil {
		return err
	}
	s.log.Info("the built-in PostgreSQL answers again", "folder", s.data)
	return nil
}

// keptLogs is how many files of the server's own log are kept, each of 8 MB or of a day at most.
const keptLogs = 7

// pruneLogs removes all but the newest files of the server's log. The time is in the name, so that names sort by it.
func (s *Server) pruneLogs() {
	folder := filepath.Join(s.data, "log")
	names := Matching(folder, "postgresql-????????-??????.log")
	for len(names) > keptLogs {
		_ = os.Remove(filepath.Join(folder, names[0]))
		names = names[1:]
	}
}
