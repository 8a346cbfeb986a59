package builtin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"daybook/services/database/internal/filelock"
)

// StopWhenUnused waits until no process has used the server of a data folder for the time of grace, and stops it. Then
// it calls then, while nobody can start it. It is how the tests' server ends; Daybook itself leaves with Leave.
func StopWhenUnused(ctx context.Context, data string, grace time.Duration, then func() error) error {
	s := &Server{data: data, cluster: filepath.Join(data, "postgres"), log: slog.New(slog.DiscardHandler)}
	unusedSince := time.Now()
	for {
		unused, err := s.unused()
		if err != nil {
			return err
		}
		if !unused {
			unusedSince = time.Now()
		}
		if time.Since(unusedSince) > grace {
			if done, err := s.stopUnused(ctx, then); done || err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// RemoveAfter waits until life ends, which is a pipe from a test process, then stops the servers of the data folders
// <root>/*/* and removes root. The kernel closes the pipe however the process dies, so that an interrupted test leaves
// no server behind.
func RemoveAfter(life io.Reader, root string) error {
	_, _ = io.Copy(io.Discard, life)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, name := range Matching(root, "*") {
		for _, data := range Matching(filepath.Join(root, name), "*") {
			_ = StopWhenUnused(ctx, filepath.Join(root, name, data), 0, func() error { return nil })
		}
	}
	// An initdb whose starter was killed works on for a moment, and makes files as fast as they are removed.
	for {
		err := os.RemoveAll(root)
		if err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (s *Server) unused() (bool, error) {
	lock, err := filelock.Try(s.usageLock(), filelock.Exclusive)
	lock.Release()
	return lock != nil, err
}

func (s *Server) stopUnused(ctx context.Context, then func() error) (bool, error) {
	start, err := filelock.Wait(ctx, s.startLock(), filelock.Exclusive)
	if err != nil {
		return false, err
	}
	defer start.Release()
	alone, err := filelock.Try(s.usageLock(), filelock.Exclusive)
	if err != nil || alone == nil {
		return false, err
	}
	defer alone.Release()
	if _, err := os.Stat(s.cluster); errors.Is(err, os.ErrNotExist) {
		return true, then()
	}
	if s.account, err = accountFor(s.cluster); err != nil {
		return false, err
	}
	if err := s.prepareSocket(); err != nil {
		return false, err
	}
	if err := s.stop(ctx); err != nil {
		return false, err
	}
	return true, then()
}
