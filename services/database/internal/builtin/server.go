package builtin

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"daybook/services/database/internal/filelock"
)

// Options say which server to use.
type Options struct {
	Data     string            // data folder; made when missing
	Settings map[string]string // on top of Daybook's own; tests use it to trade safety for speed
	Log      *slog.Logger
}

// Server is one process's share in the server of a data folder.
type Server struct {
	data     string
	cluster  string // <data>/postgres
	socket   string // the folder that the socket lies in
	settings map[string]string
	log      *slog.Logger
	account  account
	programs Programs

	mu    sync.Mutex
	child *child         // the server, when this process started it
	usage *filelock.Lock // shared lock of postgres.lock; nil once left
}

// patience is how long a server is waited for that neither answers nor ends, nor lets another one start.
const patience = 2 * time.Minute

// Use starts the server of the data folder, making its cluster, role and database first when they are missing, or joins
// it when it runs. Errors are sentences for an admin, and *VersionError.
func Use(ctx context.Context, options Options) (*Server, error) {
	data, err := filepath.Abs(options.Data)
	if err != nil {
		return nil, Sentence(err, "The data folder %q has no usable path.", options.Data)
	}
	s := &Server{data: data, cluster: filepath.Join(data, "postgres"), settings: options.Settings, log: options.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for {
		if err := MakeFolder(data); err != nil {
			return nil, err
		}
		lock, err := filelock.Wait(ctx, s.startLock(), filelock.Exclusive)
		if errors.Is(err, os.ErrNotExist) {
			continue // the folder was removed under our hands, which only the tests' server does
		}
		if err != nil {
			return nil, lockProblem(err, data)
		}
		defer lock.Release()
		break
	}
	usage, err := filelock.Wait(ctx, s.usageLock(), filelock.Shared)
	if err != nil {
		return nil, lockProblem(err, data)
	}
	if err := s.prepare(ctx); err != nil {
		usage.Release()
		s.giveUp(ctx)
		return nil, err
	}
	s.usage = usage
	return s, nil
}

// giveUp stops a server that we started and cannot use, still under the start lock, unless others use it.
func (s *Server) giveUp(ctx context.Context) {
	if !s.currentChild().alive() {
		return
	}
	alone, err := filelock.Try(s.usageLock(), filelock.Exclusive)
	if err != nil || alone == nil {
		return
	}
	defer alone.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.stop(ctx)
}

// prepare does everything that happens once per process, under the start lock.
func (s *Server) prepare(ctx context.Context) error {
	if err := s.choosePrograms(ctx); err != nil {
		return err
	}
	var err error
	if s.account, err = accountFor(s.cluster); err != nil {
		return err
	}
	if s.account.switched {
		if err := s.account.checkEnter(ctx, s.data, s.programs); err != nil {
			return err
		}
	}
	if err := s.create(ctx); err != nil {
		return err
	}
	if err := s.prepareSocket(); err != nil {
		return err
	}
	if err := s.account.own(filepath.Join(s.data, "log")); err != nil {
		return err
	}
	if err := s.ensure(ctx); err != nil {
		return err
	}
	return s.ensureDatabase(ctx)
}

// URL is the address of a database of this server, for a role of it. It holds no secret.
func (s *Server) URL(database, role string) string {
	query := url.Values{"host": {s.socket}, "port": {port}, "user": {role}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: query.Encode()}).String()
}

// Programs are those of the cluster's major version.
func (s *Server) Programs() Programs { return s.programs }

// Leave ends this process's use of the server, and stops the server when no other process uses it.
func (s *Server) Leave(ctx context.Context) error {
	s.mu.Lock()
	usage := s.usage
	s.usage = nil
	s.mu.Unlock()
	if usage == nil {
		return nil
	}
	defer usage.Release()
	start, err := filelock.Wait(ctx, s.startLock(), filelock.Exclusive)
	if err != nil {
		return lockProblem(err, s.data)
	}
	defer start.Release()
	usage.Release()
	alone, err := filelock.Try(s.usageLock(), filelock.Exclusive)
	if err != nil || alone == nil {
		return err
	}
	defer alone.Release()
	return s.stop(ctx)
}

func (s *Server) startLock() string { return filepath.Join(s.data, "start.lock") }
func (s *Server) usageLock() string { return filepath.Join(s.data, "postgres.lock") }

// MakeFolder makes a data folder, and as root lets the server's user pass through it.
func MakeFolder(data string) error {
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711 // the server's user passes through to its own folders, and reads nothing on the way
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o755); err != nil {
		return Sentence(err, "The data folder %s cannot be made: set DAYBOOK_DATA to a folder that this user may write.", data)
	}
	err := os.Mkdir(data, mode)
	if err != nil && !errors.Is(err, os.ErrExist) {
		return Sentence(err, "The data folder %s cannot be made: set DAYBOOK_DATA to a folder that this user may write.", data)
	}
	info, err := os.Stat(data)
	if err != nil || !info.IsDir() {
		return Sentence(err, "The data folder %s is no folder that this user may use: set DAYBOOK_DATA to another.", data)
	}
	if os.Geteuid() == 0 && info.Mode().Perm()&0o011 != 0o011 && filepath.Clean(data) != homeFolder() {
		err = os.Chmod(data, info.Mode().Perm()|0o011)
	}
	if err != nil {
		return Sentence(err, "The data folder %s cannot be opened for PostgreSQL's user (chmod 711).", data)
	}
	return nil
}

func homeFolder() string {
	home, _ := os.UserHomeDir()
	return home
}

func lockProblem(err error, data string) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Sentence(err, "Another process has been starting or stopping the database in %s for too long.", data)
	}
	return Sentence(err, "The data folder %s cannot be written by this user.", data)
}
