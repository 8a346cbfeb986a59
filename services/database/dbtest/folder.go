package dbtest

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// removesVariable makes a test program the one that tidies up below the folder it names, when its input ends.
const removesVariable = "DAYBOOK_DBTEST_REMOVES"

// Folder is a data folder (not made yet) for a built-in server of the test's own, for tests of that server and of whole
// `daybook` processes. The server's user can enter it also when root runs the tests, which t.TempDir does not allow. It is
// removed when the test ends; and when the test process is killed, its server is stopped and it is removed all the same.
func Folder(t testing.TB) string {
	t.Helper()
	root, err := folders()
	if err != nil {
		t.Fatal(err)
	}
	made, err := os.MkdirTemp(root, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(made) })
	if err := os.Chmod(made, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(made, "data")
}

// life is open for as long as this process lives; only its end is ever noticed.
var life io.WriteCloser //nolint:unused // held, never read

var folders = sync.OnceValues(func() (root string, err error) {
	if root, err = os.MkdirTemp("", "daybook-data-"); err != nil {
		return "", err
	}
	if err := os.Chmod(root, 0o711); err != nil {
		return "", err
	}
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), removesVariable+"="+root)
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if life, err = command.StdinPipe(); err != nil {
		return "", err
	}
	return root, command.Start()
})
