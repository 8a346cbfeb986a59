package builtin

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// choosePrograms takes exactly the major version that made the cluster, or for a new one the first that is found.
func (s *Server) choosePrograms(ctx context.Context) error {
	installed := ServerPrograms(ctx)
	if ctx.Err() != nil {
		return Sentence(ctx.Err(), "The start of the database in %s was interrupted.", s.data)
	}
	if len(installed) == 0 {
		return NoPrograms("the built-in server")
	}
	text, err := os.ReadFile(filepath.Join(s.cluster, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(s.cluster); err == nil {
			return Sentence(nil, "The folder %s is no PostgreSQL cluster (PG_VERSION is missing): move it away, or set DAYBOOK_DATA to another folder.", s.cluster)
		}
		s.programs = installed[0]
		return nil
	}
	if err != nil {
		return Sentence(err, "The database folder %s cannot be read by this user.", s.cluster)
	}
	made, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return Sentence(err, "The file %s does not name a version of PostgreSQL.", filepath.Join(s.cluster, "PG_VERSION"))
	}
	var majors []int
	for _, programs := range installed {
		if programs.Major == made {
			s.programs = programs
			return nil
		}
		majors = append(majors, programs.Major)
	}
	return &VersionError{Folder: s.cluster, Made: made, Installed: slices.Compact(majors)}
}

// create makes the cluster beside its final place and renames it, so that a crash leaves nothing half made there.
func (s *Server) create(ctx context.Context) error {
	if _, err := os.Lstat(s.cluster); err == nil {
		return nil
	}
	// What an interrupted first start left behind never held data.
	for _, name := range Matching(s.data, filepath.Base(s.cluster)+".new-*") {
		_ = os.RemoveAll(filepath.Join(s.data, name))
	}
	s.log.Info("making the database folder", "folder", s.cluster, "postgresql", s.programs.Major)
	fresh, err := os.MkdirTemp(s.data, filepath.Base(s.cluster)+".new-")
	if err != nil {
		return Sentence(err, "The data folder %s cannot be written.", s.data)
	}
	if err := s.initialise(ctx, fresh); err != nil {
		_ = os.RemoveAll(fresh)
		return err
	}
	if err := os.Rename(fresh, s.cluster); err != nil {
		return Sentence(err, "The data folder %s cannot be written.", s.data)
	}
	return SyncFolder(s.data)
}

// locales are tried in turn. All sort by code point where the system has C.UTF-8; every one of them is UTF-8.
func (s *Server) locales() [][]string {
	locales := [][]string{{"--locale=C.UTF-8"}, {"--locale=C.utf8"}}
	if s.programs.Major >= 17 {
		locales = append(locales, []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"})
	}
	return append(locales, []string{"--locale=C", "--locale-provider=icu", "--icu-locale=und"}, []string{"--locale=C"})
}

func (s *Server) initialise(ctx context.Context, folder string) error {
	if s.account.switched {
		if err := os.Lchown(folder, s.account.uid, s.account.gid); err != nil {
			return Sentence(err, "The folder %s cannot be given to the user %s.", folder, s.account.name)
		}
	}
	var output []byte
	for _, locale := range s.locales() {
		args := append([]string{"-D", folder, "-U", Superuser, "--encoding=UTF8", "--auth-local=peer", "--auth-host=reject",
			"--data-checksums", "--no-instructions"}, locale...)
		if s.settings["fsync"] == "off" {
			args = append(args, "--no-sync")
		}
		command := s.account.command(s.programs.Path("initdb"), args...)
		var err error
		if output, err = run(ctx, command, nil); err == nil {
			return appendSettings(filepath.Join(folder, "postgresql.conf"))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !localeProblem(output) {
			break
		}
	}
	return Sentence(nil, "PostgreSQL could not make the database folder %s: %s.", s.cluster, complaintIn(output))
}

// localeProblem tells whether initdb failed for the locale, so that another may work.
func localeProblem(output []byte) bool {
	return bytes.Contains(output, []byte("locale")) || bytes.Contains(output, []byte("ICU"))
}

// complaintIn is the last complaint in the output of one of PostgreSQL's programs, without its prefix.
func complaintIn(output []byte) string {
	complaint := ""
	for line := range strings.Lines(string(output)) {
		for _, mark := range []string{"FATAL:", "PANIC:", "ERROR:", "error:", "could not"} {
			if at := strings.Index(line, mark); at >= 0 {
				complaint = strings.TrimSpace(strings.TrimPrefix(line[at:], mark))
			}
		}
	}
	if complaint == "" {
		return "it gave no reason"
	}
	return strings.TrimSuffix(complaint, ".")
}

func appendSettings(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return Sentence(err, "PostgreSQL's settings %s cannot be written.", path)
	}
	_, err = file.WriteString(firstSettings)
	return errors.Join(err, file.Sync(), file.Close())
}

// SyncFolder puts on the disk which files a folder holds.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Matching lists the names in a folder that match a pattern, sorted. (filepath.Glob would read a pattern into the
// folder's own path too.)
func Matching(folder, pattern string) []string {
	entries, _ := os.ReadDir(folder)
	var names []string
	for _, entry := range entries {
		if ok, _ := filepath.Match(pattern, entry.Name()); ok {
			names = append(names, entry.Name())
		}
	}
	return names
}
