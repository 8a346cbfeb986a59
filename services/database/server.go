package database

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"

	"daybook/services/database/internal/builtin"
	"daybook/services/database/internal/filelock"
)

// DefaultData is the data folder unless DAYBOOK_DATA says otherwise: /var/lib/daybook for root, and
// $XDG_DATA_HOME/daybook or ~/.local/share/daybook for others.
func DefaultData() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/daybook", nil
	}
	if folder := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "daybook"), nil
	}
	home := os.Getenv("HOME")
	if home == "" {
		if us, err := user.Current(); err == nil {
			home = us.HomeDir
		}
	}
	if !filepath.IsAbs(home) {
		return "", builtin.Sentence(nil, "This user has no home folder: set DAYBOOK_DATA to a folder for Daybook's data.")
	}
	return filepath.Join(home, ".local", "share", "daybook"), nil
}

// LockServe makes sure that one data folder is served by one process. The lock lasts until release, or until the
// process ends in whatever way.
func LockServe(data string) (release func(), err error) {
	if err := builtin.MakeFolder(data); err != nil {
		return nil, err
	}
	lock, err := filelock.Try(filepath.Join(data, "serve.lock"), filelock.Exclusive)
	if err != nil {
		return nil, builtin.Sentence(err, "The data folder %s cannot be written by this user.", data)
	}
	if lock == nil {
		return nil, builtin.Sentence(nil, "Daybook is being served from the data folder %s already: stop that process first, or set DAYBOOK_DATA to another folder.", data)
	}
	return lock.Release, nil
}

// useServer starts or joins the built-in server, and tells a folder of another version apart.
func useServer(ctx context.Context, config Config) (*builtin.Server, error) {
	server, err := builtin.Use(ctx, builtin.Options{Data: config.Data, Log: config.Log})
	var version *builtin.VersionError
	if !errors.As(err, &version) {
		return server, err
	}
	newest := newestBackup(config.Data)
	if newest == "" {
		return nil, builtin.Sentence(err, "%s Install PostgreSQL %d; there is no backup in %s that could be restored instead.",
			version.Error(), version.Made, backupFolder(config.Data))
	}
	return nil, builtin.Sentence(err, "%s Install PostgreSQL %d, or move %s away and run: daybook restore %s", version.Error(), version.Made, version.Folder, newest)
}
