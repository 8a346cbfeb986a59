package builtin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// port is only part of the socket's name: there is no TCP.
const port = "5432"

// longestSocket is how long the path of a socket may be everywhere (Linux allows 107 bytes, macOS 103).
const longestSocket = 100

// prepareSocket makes the 0700 folder for the socket: <data>/run, or when that path is too long for a socket, a folder in the
// run-time directory. In that case <data>/run is a link to it, so that processes with other environments find the same one.
func (s *Server) prepareSocket() error {
	inside := filepath.Join(s.data, "run")
	if len(socketPath(inside)) <= longestSocket {
		s.socket = inside
		return s.account.own(inside)
	}
	if target, err := os.Readlink(inside); err == nil && s.account.own(target) == nil {
		s.socket = target
		return nil
	}
	outside := filepath.Join(runtimeFolder(), fmt.Sprintf("daybook-%d-%s", s.account.uid, hash(s.data)))
	if len(socketPath(outside)) > longestSocket {
		return Sentence(nil, "The path %s is too long for a socket: set DAYBOOK_DATA to a folder with a shorter path.", outside)
	}
	if err := s.account.own(outside); err != nil {
		return Sentence(err, "The folder %s for PostgreSQL's socket cannot be used: it has to belong to the user %s alone.", outside, s.account.name)
	}
	s.socket = outside
	temporary := inside + ".new-" + strconv.Itoa(os.Getpid())
	if err := errors.Join(os.Symlink(outside, temporary), os.Rename(temporary, inside)); err != nil {
		return Sentence(err, "The data folder %s cannot be written.", s.data)
	}
	return nil
}

func runtimeFolder() string {
	if os.Geteuid() == 0 {
		if info, err := os.Stat("/run"); err == nil && info.IsDir() {
			return "/run"
		}
		return os.TempDir()
	}
	if folder := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(folder) {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
	}
	return os.TempDir()
}

func socketPath(folder string) string { return filepath.Join(folder, ".s.PGSQL."+port) }

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
