package database

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"daybook/services/database/internal/builtin"
)

// Nightly backups: how many are kept, how often it is looked whether one is due, and how they are named.
const (
	keptBackups   = 7
	nightlyLook   = 10 * time.Minute
	nightlyFormat = "daybook-20060102T150405Z.dump"
	// nightlyPattern matches the files that Nightly writes, and so the only ones it ever removes.
	nightlyPattern    = "daybook-????????T??????Z.dump"
	unfinishedPattern = nightlyPattern + ".unfinished-*"
)

// Nightly backs the built-in server up every night, between two and five o'clock of the machine's time, into
// <data>/backups/daybook-<UTC time>.dump, and keeps the newest seven. A machine that is off at night is backed up some minutes
// after a start instead. Failures are logged and tried again. It returns when ctx ends, and at once with a URL.
func (d *Database) Nightly(ctx context.Context) {
	if d.server == nil {
		return
	}
	started := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(nightlyLook):
		}
		now := time.Now()
		if !nightlyDue(now, newestTime(d.config.Data), started) {
			continue
		}
		file, err := d.backUpNightly(ctx, now)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.config.Log.Error("nightly backup", "error", err, "again_in", nightlyLook)
		default:
			d.config.Log.Info("nightly backup", "file", file)
		}
	}
}

// nightlyDue decides by the age of the newest backup. now carries the machine's time zone.
func nightlyDue(now, newest, started time.Time) bool {
	age := now.Sub(newest)
	if age < 12*time.Hour {
		return false
	}
	if hour := now.Hour(); hour >= 2 && hour < 5 {
		return true
	}
	return age > 26*time.Hour && now.Sub(started) >= nightlyLook
}

func (d *Database) backUpNightly(ctx context.Context, now time.Time) (string, error) {
	folder := backupFolder(d.config.Data)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", builtin.Sentence(err, "The folder %s cannot be made.", folder)
	}
	for _, name := range builtin.Matching(folder, unfinishedPattern) {
		_ = os.Remove(filepath.Join(folder, name)) // of a process that was killed: one process serves
	}
	file := filepath.Join(folder, now.UTC().Format(nightlyFormat))
	if err := d.Backup(ctx, file); err != nil {
		return "", err
	}
	names := builtin.Matching(folder, nightlyPattern)
	for len(names) > keptBackups {
		_ = os.Remove(filepath.Join(folder, names[0]))
		names = names[1:]
	}
	return file, nil
}

func backupFolder(data string) string { return filepath.Join(data, "backups") }

// newestBackup is the path of the newest nightly backup, or "". The time is in the name, so that names sort by it.
func newestBackup(data string) string {
	names := builtin.Matching(backupFolder(data), nightlyPattern)
	if len(names) == 0 {
		return ""
	}
	return filepath.Join(backupFolder(data), names[len(names)-1])
}

func newestTime(data string) time.Time {
	newest, _ := time.Parse(nightlyFormat, filepath.Base(newestBackup(data)))
	return newest
}
