package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the user of the machine that PostgreSQL runs as.
type account struct {
	uid, gid int
	name     string
	switched bool // we are root, and the child must not be
}

// accountFor says who runs the server: whoever owns the cluster, when there is one; otherwise us, and for root (whom
// PostgreSQL refuses) the user that PostgreSQL's packages make, or nobody.
func accountFor(cluster string) (account, error) {
	info, err := os.Stat(cluster)
	if errors.Is(err, fs.ErrNotExist) {
		return newAccount()
	}
	if err != nil {
		return account{}, Sentence(err, "The database folder %s cannot be read by this user.", cluster)
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	us := os.Geteuid()
	switch {
	case owner == us && us != 0:
		return named(us, os.Getegid(), false)
	case us != 0:
		return account{}, Sentence(nil, "The database folder %s belongs to the user %s: run Daybook as that user or as root.", cluster, nameOf(owner))
	case owner == 0:
		return account{}, Sentence(nil, "The database folder %s belongs to root, and PostgreSQL refuses to run as root: give the folder to the user postgres (chown -R).", cluster)
	}
	return named(owner, int(info.Sys().(*syscall.Stat_t).Gid), true)
}

func newAccount() (account, error) {
	if os.Geteuid() != 0 {
		return named(os.Geteuid(), os.Getegid(), false)
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(found.Uid)
		gid, _ := strconv.Atoi(found.Gid)
		if uid > 0 {
			return account{uid, gid, name, true}, nil
		}
	}
	return account{}, Sentence(nil, "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor a user nobody: make one (useradd --system postgres).")
}

// named looks the name up, because peer authentication compares names.
func named(uid, gid int, switched bool) (account, error) {
	found, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return account{}, Sentence(err, "The user with the number %d has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd, or run Daybook as a user that is there.", uid)
	}
	return account{uid, gid, found.Username, switched}, nil
}

func nameOf(uid int) string {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return found.Username
	}
	return strconv.Itoa(uid)
}

// own makes a folder of mode 0700 for the server, or leaves one as it is that belongs to the server already.
func (a account) own(folder string) error {
	err := os.Mkdir(folder, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, statErr := os.Lstat(folder)
	if statErr != nil {
		return statErr
	}
	if !info.IsDir() {
		return Sentence(nil, "%s should be a folder, and is something else.", folder)
	}
	if err == nil && a.switched {
		return os.Lchown(folder, a.uid, a.gid)
	}
	if owner := int(info.Sys().(*syscall.Stat_t).Uid); owner != a.uid {
		if a.switched && owner == 0 {
			return os.Lchown(folder, a.uid, a.gid)
		}
		return Sentence(nil, "The folder %s belongs to the user %s and should belong to %s.", folder, nameOf(owner), a.name)
	}
	return os.Chmod(folder, 0o700)
}

// command prepares one of PostgreSQL's programs: as the right user with none of our groups, in a session of its own (so
// that a Ctrl-C meant for us does not reach it, nor a terminal that closes), in a folder that every user may enter.
func (a account) command(program string, args ...string) *exec.Cmd {
	command := exec.Command(program, args...)
	command.Env = environment()
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.switched {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid), Groups: []uint32{}}
	}
	return command
}

// checkEnter makes sure that the server's user can enter the data folder, and names the folder in the way when not.
// It tries instead of reading permission bits, so that access lists and name spaces count too.
func (a account) checkEnter(ctx context.Context, data string, programs Programs) error {
	if a.enters(ctx, "/", programs) != nil {
		return Sentence(nil, "The user %s cannot run %s.", a.name, programs.Path("postgres"))
	}
	if a.enters(ctx, data, programs) == nil {
		return nil
	}
	blocked := "/"
	for _, part := range strings.Split(strings.Trim(data, "/"), "/") {
		blocked = filepath.Join(blocked, part)
		if a.enters(ctx, blocked, programs) != nil {
			break
		}
	}
	return Sentence(fs.ErrPermission, "The user %s, whom PostgreSQL runs as, may not enter the folder %s: set DAYBOOK_DATA to a folder elsewhere (for root, /var/lib/daybook is usual), or allow it (chmod o+x %s).",
		a.name, blocked, blocked)
}

func (a account) enters(ctx context.Context, folder string, programs Programs) error {
	command := a.command(programs.Path("postgres"), "--version")
	command.Dir = folder
	if err := command.Run(); err != nil {
		return fmt.Errorf("entering %s: %w", folder, err)
	}
	return ctx.Err()
}
