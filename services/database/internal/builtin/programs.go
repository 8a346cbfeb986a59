package builtin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// OldestMajor is the oldest PostgreSQL that Daybook runs on.
const OldestMajor = 15

// Programs is one installation of PostgreSQL's programs.
type Programs struct {
	Folder string // where initdb, postgres, pg_dump and pg_restore lie
	Major  int    // the major version, 15 or newer
}

// Path is the full path of one program.
func (p Programs) Path(name string) string { return filepath.Join(p.Folder, name) }

// ErrNoPrograms is wrapped by errors that say that PostgreSQL's programs are not installed.
var ErrNoPrograms = errors.New("PostgreSQL's programs are not installed")

// ServerPrograms lists installations that can run a server: the ones on PATH first, then the newest first.
func ServerPrograms(ctx context.Context) []Programs {
	return search(ctx, "postgres", "initdb", "pg_dump", "pg_restore")
}

// ClientPrograms lists installations that can back up and restore, in the same order as ServerPrograms.
func ClientPrograms(ctx context.Context) []Programs {
	return search(ctx, "pg_dump", "pg_restore")
}

// NoPrograms is the error for a machine without (new enough) programs; what says which, "a server", "pg_dump".
func NoPrograms(what string) error {
	return Sentence(ErrNoPrograms, "PostgreSQL %d or newer is needed for %s and was not found; install it (%s), or set DATABASE_URL to use a server elsewhere.",
		OldestMajor, what, installCommand())
}

// installCommand is the one that most readers of the sentence on this system can type.
func installCommand() string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@17"
	}
	for _, manager := range []struct{ program, command string }{
		{"/usr/bin/apt-get", "apt-get install postgresql"},
		{"/usr/bin/dnf", "dnf install postgresql-server"},
		{"/sbin/apk", "apk add postgresql"},
		{"/usr/bin/pacman", "pacman -S postgresql"},
		{"/usr/bin/zypper", "zypper install postgresql-server"},
	} {
		if _, err := os.Stat(manager.program); err == nil {
			return manager.command
		}
	}
	return "apt-get install postgresql"
}

var otherFolders = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // Red Hat, PostgreSQL's own packages
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew on ARM
	"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

func search(ctx context.Context, first string, others ...string) []Programs {
	var found []Programs
	seen := map[string]bool{}
	look := func(folders []string) []Programs {
		var here []Programs
		for _, folder := range folders {
			resolved, err := filepath.EvalSymlinks(folder)
			if err != nil || seen[resolved] {
				continue
			}
			seen[resolved] = true
			if !holds(folder, append(others, first)) {
				continue
			}
			if major := majorOf(ctx, filepath.Join(folder, first)); major >= OldestMajor {
				here = append(here, Programs{folder, major})
			}
		}
		return here
	}
	found = look(filepath.SplitList(os.Getenv("PATH")))
	var rest []string
	for _, pattern := range otherFolders {
		folders, _ := filepath.Glob(pattern)
		rest = append(rest, folders...)
	}
	elsewhere := look(rest)
	slices.SortStableFunc(elsewhere, func(a, b Programs) int { return b.Major - a.Major })
	return append(found, elsewhere...)
}

func holds(folder string, programs []string) bool {
	for _, name := range programs {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return filepath.IsAbs(folder)
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf asks the program itself: folder names lie, and PATH has no version in it. It answers 0 when it cannot tell.
func majorOf(ctx context.Context, program string) int {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, program, "--version")
	command.Env = environment()
	command.Dir = "/"
	out, err := command.Output()
	if err != nil {
		return 0
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1]))
	return major
}

// environment is what PostgreSQL's programs get to see: nothing of ours. A strange LANG, a PGDATA or a PGOPTIONS of the
// shell that started us must not matter, and messages are English because some of them are read.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

// VersionError says that the cluster was made by a major version whose programs are not installed.
type VersionError struct {
	Folder    string // the cluster
	Made      int    // major version that made it
	Installed []int  // major versions found here
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("The data in %s was made by PostgreSQL %d, and only PostgreSQL %v is installed here.", e.Folder, e.Made, e.Installed)
}
