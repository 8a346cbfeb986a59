package database

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"daybook/services/database/internal/builtin"
)

// notBackedUp are tables of which a backup has no rows: files of exports, which are copies that expire after days and may be larger than all the
// rest, with what lists them, and the queue that works them off.
var notBackedUp = []string{"exports", "export_chunks", "river_job", "river_leader", "river_queue", "river_client", "river_client_queue"}

// Backup writes everything in the database but notBackedUp into a file that Restore reads, also with a newer PostgreSQL. Under its name the
// file is whole or not there; a file that exists is not overwritten. It can be read by its owner alone.
func (d *Database) Backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return builtin.Sentence(fs.ErrExist, "The file %s exists already, and a backup overwrites nothing: name another file.", file)
	}
	programs, err := d.programs(ctx)
	if err != nil {
		return err
	}
	folder := filepath.Dir(file)
	unfinished, err := os.OpenFile(filepath.Join(folder, filepath.Base(file)+".unfinished-"+rand.Text()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return builtin.Sentence(err, "The folder %s cannot be written.", folder)
	}
	defer os.Remove(unfinished.Name())
	defer unfinished.Close()
	args := []string{"--format=custom", "--no-password", "--lock-wait-timeout=60s"}
	for _, table := range notBackedUp {
		args = append(args, "--exclude-table-data=public."+table)
	}
	reason, err := builtin.Tool{
		Path:        programs.Path("pg_dump"),
		Args:        args,
		Environment: d.target.environment(),
		Output:      unfinished,
	}.Run(ctx)
	if err != nil {
		return builtin.Sentence(err, "The backup failed: %s.", reason)
	}
	if err := errors.Join(unfinished.Sync(), unfinished.Close()); err != nil {
		return builtin.Sentence(err, "The backup %s could not be written to the disk.", file)
	}
	return publish(unfinished.Name(), file)
}

// publish gives the finished file its name, unless somebody else took that meanwhile.
func publish(unfinished, file string) error {
	err := os.Link(unfinished, file)
	if errors.Is(err, fs.ErrExist) {
		return builtin.Sentence(err, "The file %s exists already, and a backup overwrites nothing: name another file.", file)
	}
	if err != nil { // a file system without links
		err = os.Rename(unfinished, file)
	}
	if err == nil {
		err = builtin.SyncFolder(filepath.Dir(file))
	}
	if err != nil {
		return builtin.Sentence(err, "The backup %s could not be written to the disk.", file)
	}
	return nil
}

// programs are the client programs for this server: of its own major version where they are installed, because an older
// pg_dump refuses it and a newer pg_restore may use settings that it does not know.
func (d *Database) programs(ctx context.Context) (builtin.Programs, error) {
	if d.server != nil {
		return d.server.Programs(), nil
	}
	var version int
	if err := d.Pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return builtin.Programs{}, d.target.broken(ctx, err, "The version of PostgreSQL could not be read")
	}
	major := version / 10000
	var best builtin.Programs
	for _, found := range builtin.ClientPrograms(ctx) {
		if found.Major >= major && (best.Major == 0 || found.Major < best.Major) {
			best = found
		}
	}
	if best.Major == 0 {
		return best, builtin.Sentence(builtin.ErrNoPrograms, "PostgreSQL at %s is version %d, and its programs pg_dump and pg_restore of that version or newer are not installed here (apt-get install postgresql-client-%d).",
			d.target.where(), major, major)
	}
	return best, nil
}
