package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func try(t *testing.T, path string, mode Mode) *Lock {
	t.Helper()
	lock, err := Try(path, mode)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

func TestSharedLocksGoTogetherAndExclusiveOnesDoNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	first, second := try(t, path, Shared), try(t, path, Shared)
	if first == nil || second == nil {
		t.Fatal("two shared locks exclude each other")
	}
	if try(t, path, Exclusive) != nil {
		t.Fatal("an exclusive lock beside shared ones")
	}
	first.Release()
	second.Release()
	second.Release()
	alone := try(t, path, Exclusive)
	if alone == nil || try(t, path, Shared) != nil {
		t.Fatal("the exclusive lock is not alone")
	}
	alone.Release()
}

func TestWaitingEndsWithTheLockOrTheContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	held := try(t, path, Exclusive)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := Wait(ctx, path, Exclusive)
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	go func() {
		lock, err := Wait(t.Context(), path, Exclusive)
		lock.Release()
		ended <- err
	}()
	held.Release()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestALockOfARemovedFileIsWorthNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	held := try(t, path, Exclusive)
	defer held.Release()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	fresh := try(t, path, Exclusive)
	if fresh == nil {
		t.Fatal("the new file is locked by the old one's holder")
	}
	fresh.Release()
}

func TestALinkIsNotFollowed(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target"), filepath.Join(folder, "a.lock")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Try(link, Exclusive); err == nil {
		t.Fatal("the link was followed")
	}
}
