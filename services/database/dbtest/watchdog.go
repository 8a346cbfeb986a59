package dbtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"daybook/services/database/internal/builtin"
	"daybook/services/database/internal/filelock"
)

// folderVariable makes a test program a watchdog of the folder it names, instead of running tests.
const folderVariable = "DAYBOOK_DBTEST_WATCHDOG"

// grace bridges the time that `go test` compiles between two packages.
const grace = 8 * time.Second

// Before main, so that it works in every test program without a TestMain.
func init() {
	var err error
	if folder := os.Getenv(folderVariable); folder != "" {
		err = guard(folder)
	} else if folder := os.Getenv(removesVariable); folder != "" {
		err = builtin.RemoveAfter(os.Stdin, folder)
	} else {
		return
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// watch makes sure that a watchdog looks after the folder: this test program again, in a session of its own (Ctrl-C
// does not reach it) and with nothing of ours open (go test waits for its output to be closed).
func watch(folder string) error {
	lock, err := filelock.Try(watchLock(folder), filelock.Exclusive)
	if os.IsNotExist(err) {
		return nil // removed just now; asked again after the start
	}
	if err != nil || lock == nil {
		return err
	}
	lock.Release()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), folderVariable+"="+folder)
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("the watchdog: %w", err)
	}
	go func() { _ = command.Wait() }()
	return nil
}

// guard is the watchdog: it lasts until nobody has used the server for a while. Two may be started at once; one stays.
func guard(folder string) error {
	lock, err := filelock.Try(watchLock(folder), filelock.Exclusive)
	if err != nil || lock == nil {
		return err
	}
	defer lock.Release()
	return builtin.StopWhenUnused(context.Background(), folder, grace, func() error { return os.RemoveAll(folder) })
}

func watchLock(folder string) string { return filepath.Join(folder, "watchdog.lock") }
