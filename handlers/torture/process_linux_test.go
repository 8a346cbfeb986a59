package torture

import (
	"os"
	"syscall"
)

// dieWithUs makes the kernel kill a child when we are killed, so that nothing goes on serving after an interrupted test.
func dieWithUs(a *syscall.SysProcAttr) *syscall.SysProcAttr {
	a.Pdeathsig = syscall.SIGKILL
	return a
}

// useMemory puts data folders where a disk shared with others cannot slow them down. Whether data reaches the disk makes no difference to
// a process that is killed, only to a machine.
func useMemory() {
	const place, roomy = "/dev/shm", 2 << 30
	var space syscall.Statfs_t
	if err := syscall.Statfs(place, &space); err != nil || space.Bavail*uint64(space.Bsize) < roomy {
		return
	}
	if folder, err := os.MkdirTemp(place, "daybook-torture-"); err == nil {
		_ = os.Remove(folder) // it was only asked whether we may
		_ = os.Setenv("TMPDIR", place)
	}
}
