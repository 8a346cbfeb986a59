package database

import (
	"bytes"
	"context"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/services/database/internal/builtin"
)

// restoring is the name of a database that is being restored, until it takes the place of the old one.
const restoring = builtin.Database + "_restoring"

// Restore puts what Backup wrote in the place of the database.
//
// With the built-in server nobody may serve. The backup goes into a new database first; when that is complete it is renamed, and the
// old one is kept on the server as daybook_before_<UTC time>, which the log tells. With a URL the database must be empty,
// and takes the backup in one transaction. On every error the database is as it was before.
func Restore(ctx context.Context, config Config, file string) error {
	config, err := config.completed()
	if err != nil {
		return err
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return builtin.Sentence(err, "There is no backup file %s that this user can read.", file)
	}
	if config.URL == "" {
		release, err := LockServe(config.Data)
		if err != nil {
			return err
		}
		defer release()
	}
	d, err := Open(ctx, config)
	if err != nil {
		return err
	}
	defer d.Close()
	programs, err := d.programs(ctx)
	if err != nil {
		return err
	}
	if err := recognise(ctx, programs, file); err != nil {
		return err
	}
	if d.server == nil {
		return d.restoreInto(ctx, programs, file)
	}
	return d.restoreBeside(ctx, programs, file)
}

// recognise looks into the file before anything is touched.
func recognise(ctx context.Context, programs builtin.Programs, file string) error {
	var list bytes.Buffer
	reason, err := builtin.Tool{Path: programs.Path("pg_restore"), Args: []string{"--list", file}, Output: &list}.Run(ctx)
	switch {
	case err != nil && strings.Contains(reason, "unsupported version"):
		return builtin.Sentence(err, "The backup %s was made by a newer PostgreSQL than the programs in %s (version %d): install the newer ones.", file, programs.Folder, programs.Major)
	case err != nil:
		return builtin.Sentence(err, "The file %s is no backup made by daybook backup (%s). Nothing was changed.", file, reason)
	case !strings.Contains(list.String(), " TABLE public "+migrationsTable+" "):
		return builtin.Sentence(nil, "The file %s is a backup of another application: it has no migrations of Daybook in it. Nothing was changed.", file)
	}
	return nil
}

func (d *Database) restoreInto(ctx context.Context, programs builtin.Programs, file string) error {
	var tables int
	err := d.Pool.QueryRow(ctx, `SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`).Scan(&tables)
	if err != nil {
		return d.target.broken(ctx, err, "The database could not be read")
	}
	if tables > 0 {
		name := d.target.pool.ConnConfig.Database
		return builtin.Sentence(nil, "The database %s is not empty, and a backup is only restored into an empty one: make another (createdb --encoding=UTF8 --template=template0 NAME) and name it in DATABASE_URL. Nothing was changed.", name)
	}
	if err := load(ctx, programs, d.target.environment(), file, "--single-transaction"); err != nil {
		return err
	}
	d.config.Log.Info("the backup was restored", "file", file)
	return nil
}

func load(ctx context.Context, programs builtin.Programs, environment []string, file string, more ...string) error {
	args := append([]string{"--exit-on-error", "--no-owner", "--no-password"}, more...)
	// The database is named by PGDATABASE; without an empty --dbname pg_restore would write a script instead.
	reason, err := builtin.Tool{Path: programs.Path("pg_restore"), Args: append(args, "--dbname=", file), Environment: environment}.Run(ctx)
	if err != nil {
		return builtin.Sentence(err, "The backup %s could not be restored: %s. The database is as it was.", file, reason)
	}
	return nil
}

func (d *Database) restoreBeside(ctx context.Context, programs builtin.Programs, file string) error {
	admin, err := d.server.ConnectAsSuperuser(ctx)
	if err != nil {
		return d.target.unreachable(err)
	}
	defer admin.Close(context.WithoutCancel(ctx))
	drop := func(ctx context.Context) error {
		_, err := admin.Exec(ctx, `DROP DATABASE IF EXISTS `+restoring+` WITH (FORCE)`)
		return err
	}
	if err = drop(ctx); err == nil { // what an interrupted restore left behind
		_, err = admin.Exec(ctx, `CREATE DATABASE `+restoring+` OWNER `+builtin.Role+` TEMPLATE template0 ENCODING 'UTF8'`)
	}
	if err != nil {
		return d.target.broken(ctx, err, "A database to restore into could not be made")
	}
	kept := aside + time.Now().UTC().Format("20060102_150405")
	if err = d.fill(ctx, programs, file); err == nil {
		d.Pool.Close()
		err = swap(ctx, admin, kept)
	}
	if err != nil {
		_ = drop(context.WithoutCancel(ctx))
		return err
	}
	d.config.Log.Info("the backup was restored; the database from before is kept on the built-in server", "file", file, "kept_as", kept)
	return nil
}

// fill restores into the new database and makes sure that it is one that this program can use.
func (d *Database) fill(ctx context.Context, programs builtin.Programs, file string) error {
	beside := &Database{config: d.config, server: d.server}
	if err := beside.open(ctx, d.server.URL(restoring, builtin.Role)); err != nil {
		return err
	}
	defer beside.Pool.Close()
	if err := load(ctx, programs, beside.target.environment(), file); err != nil {
		return err
	}
	if _, err := beside.Pending(ctx); err != nil {
		return err
	}
	conn, err := beside.Connect(ctx, map[string]string{"statement_timeout": "0"})
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `ANALYZE`); err != nil { // a backup holds no statistics
		return d.target.broken(ctx, err, "The restored database could not be analysed")
	}
	return nil
}

// swapTimeout is how long other processes are chased from the old database.
const swapTimeout = 30 * time.Second

// swap renames both databases in one transaction. A command that still uses the old one is cut off, and may be
// back before the renaming; then it is cut off again.
func swap(ctx context.Context, admin *pgx.Conn, kept string) error {
	ctx, cancel := context.WithTimeout(ctx, swapTimeout)
	defer cancel()
	for {
		_, err := admin.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ($1, $2) AND pid <> pg_backend_pid()`, builtin.Database, restoring)
		if err == nil {
			err = pgx.BeginFunc(ctx, admin, func(tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, `ALTER DATABASE `+builtin.Database+` RENAME TO `+kept); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `ALTER DATABASE `+restoring+` RENAME TO `+builtin.Database)
				return err
			})
		}
		if SQLState(err) == "55006" { // still in use
			continue
		}
		if err != nil {
			return builtin.Sentence(err, "The restored database could not take the place of the old one, which is as it was.")
		}
		return nil
	}
}
