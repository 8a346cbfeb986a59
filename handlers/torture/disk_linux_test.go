//go:build torture

package torture

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"daybook/services/database/dbtest"
)

// smallDisk makes this test program mount a small disk at the folder it names, and then become what its arguments say.
const smallDisk = "DAYBOOK_TORTURE_DISK"

// diskBytes is large enough for a new cluster and what the senders write, and small enough for memory.
const diskBytes = 1 << 30

// enterNamespace is called before the tests. In a process that was started in a mount namespace of its own it never returns.
func enterNamespace() {
	folder := os.Getenv(smallDisk)
	if folder == "" {
		return
	}
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err == nil {
		err = syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0711", diskBytes))
	}
	if err == nil {
		err = syscall.Exec(os.Args[1], os.Args[1:], append(os.Environ(), smallDisk+"="))
	}
	fmt.Fprintln(os.Stderr, "the small disk:", err)
	os.Exit(1)
}

// A disk of one gigabyte is filled to the last byte under 32 senders. They are told "later", or nothing; when there is room again, everything
// goes on by itself.
//
// The disk lives in a mount namespace of the process, and vanishes with it. An ordinary user gets one with a user namespace.
func TestTortureFullDisk(t *testing.T) {
	data := dbtest.Folder(t)
	folder := filepath.Dir(data)
	i := newInstall(t, "DAYBOOK_DATA="+data)
	s := i.server()
	s.wrap = func(c *exec.Cmd) { onSmallDisk(c, folder) }
	s.start()
	s.eventually("serve is ready", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("This test needs a disk that it can fill, and makes one in a mount namespace, with a user namespace unless root runs it. "+
				"This machine allows neither: %s\n%s", s.state, s.said)
		default:
		}
		status, _ := s.get("/readyz")
		return status == 200
	})
	inside := fmt.Sprintf("/proc/%d/root", s.process.Pid)
	url := "postgres:///daybook?host=" + inside + socketOf(t, inside+data) + "&user=daybook&sslmode=disable"
	to := i.through(t, url, inside+data).workspace("full")
	sending := i.send(to, s)
	for round := range 3 {
		sending.progress(2000)
		fill(t, filepath.Join(inside+folder, "ballast"))
		outages := to.ledger.outages.Load()
		// The others are soon told to wait, because nothing is posted, and never come to know what single events come to know.
		singles := i.sendSuch((*generator).single, to, s)
		i.eventually("a full disk is an outage", func() bool { return to.ledger.outages.Load() > outages+200 || t.Failed() })
		if err := os.Remove(filepath.Join(inside+folder, "ballast")); err != nil {
			t.Fatal(err)
		}
		sending.progress(500)
		singles.finish()
		t.Logf("round %d: %s", round+1, to.ledger)
	}
	sending.finish()
	i.check(url, to)
	s.stop(syscall.SIGTERM)
}

func onSmallDisk(c *exec.Cmd, folder string) {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	c.Path, c.Args = self, append([]string{self, c.Path}, c.Args[1:]...)
	c.Env = append(c.Env, smallDisk+"="+folder)
	c.SysProcAttr.Cloneflags = syscall.CLONE_NEWNS
	if os.Geteuid() != 0 {
		const sysAdmin = 21 // CAP_SYS_ADMIN, within the new user namespace alone
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		c.SysProcAttr.AmbientCaps = []uintptr{sysAdmin}
	}
}

// fill writes until there is no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size >= 512; {
		if _, err = f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
}

// socketOf reads where the server of a data folder listens, from the file that PostgreSQL keeps of it.
func socketOf(t *testing.T, data string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")[4]
}

// through is the installation for commands that reach the database by its address alone.
func (i *install) through(t *testing.T, url, data string) *install {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(data, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	other := *i
	other.env = append(slices.Clone(i.env), "DATABASE_URL="+url, "DAYBOOK_SECRET="+strings.TrimSpace(string(secret)))
	return &other
}
