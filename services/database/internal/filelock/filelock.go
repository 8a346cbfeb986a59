// Package filelock answers for locks between processes on one machine: files that the kernel unlocks when their
// holder dies, however it dies. It imports nothing of ours.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Mode says who may hold the lock at the same time.
type Mode int

const (
	// Shared is held by any number of processes, as long as nobody holds Exclusive.
	Shared Mode = unix.LOCK_SH
	// Exclusive is held by one alone.
	Exclusive Mode = unix.LOCK_EX
)

// How often a waiting process looks again. flock can wait by itself, but then no context ends the waiting.
const interval = 25 * time.Millisecond

// Lock is a lock that is held. Its zero value holds nothing.
type Lock struct{ file *os.File }

// Wait takes the lock of the file at path, which it makes when it is missing, and waits for it until ctx ends.
func Wait(ctx context.Context, path string, mode Mode) (*Lock, error) {
	for {
		lock, err := Try(path, mode)
		if lock != nil || err != nil {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(interval):
		}
	}
}

// Try takes the lock if it is free. It answers nil without an error when others hold it.
func Try(path string, mode Mode) (*Lock, error) {
	for {
		file, err := Create(path)
		if errors.Is(err, fs.ErrExist) {
			file, err = os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0)
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone again between the two
			}
		}
		if err != nil {
			return nil, fmt.Errorf("lock file: %w", err)
		}
		if err := flock(file, int(mode)|unix.LOCK_NB); err != nil {
			_ = file.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, nil
			}
			return nil, fmt.Errorf("lock file %s: %w", path, err)
		}
		if stillThere(file, path) {
			return &Lock{file}, nil
		}
		// Somebody removed the folder between our open and our lock: what we hold is a lock nobody else will ever see.
		_ = file.Close()
	}
}

// Create makes a file of mode 0600 that is not there yet. When root makes one in somebody's folder it becomes theirs:
// a command that root ran once must not lock the owner out.
func Create(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err != nil || os.Geteuid() != 0 {
		return file, err
	}
	var folder unix.Stat_t
	if err := unix.Stat(filepath.Dir(path), &folder); err == nil && folder.Uid != 0 {
		_ = file.Chown(int(folder.Uid), int(folder.Gid))
	}
	return file, nil
}

// Release gives the lock back. It may be called again, and on nil.
func (l *Lock) Release() {
	if l == nil || l.file == nil {
		return
	}
	_ = l.file.Close()
	l.file = nil
}

func flock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func stillThere(file *os.File, path string) bool {
	held, err := file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(held, now)
}
