package database

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"daybook/migrations"
	"daybook/services/database/internal/builtin"
)

// migrationsTable is goose's, and how a Daybook database is told from another.
const migrationsTable = "goose_db_version"

// migrationLock is the advisory lock of whoever migrates: "daybook" in ASCII. One in one database does not disturb another.
const migrationLock = 0x646179626f6f6b

// Migrate applies the migrations that are missing, ours and those of the queue of jobs. Any number of processes may call it at once: one works and
// the others wait. It refuses a database that a newer Daybook has migrated.
func (d *Database) Migrate(ctx context.Context) error {
	// It polls: who waited inside PostgreSQL for the lock would hold up a CREATE INDEX CONCURRENTLY of who has it.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 1800))
	if err != nil {
		return builtin.Sentence(err, "The migrations could not be prepared.")
	}
	db := d.patientDB()
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return d.target.broken(ctx, err, "The database could not be brought up to date")
	}
	defer conn.Close()
	if err := locker.SessionLock(ctx, conn); err != nil {
		return d.target.broken(ctx, err, "The database could not be brought up to date")
	}
	defer func() { _ = locker.SessionUnlock(context.WithoutCancel(ctx), conn) }() // closing the connection frees it, too
	if err := d.migrateOurs(ctx); err != nil {
		return err
	}
	return d.migrateJobs(ctx)
}

func (d *Database) migrateOurs(ctx context.Context) error {
	provider, err := d.migrations()
	if err != nil {
		return err
	}
	defer provider.Close()
	done, err := provider.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) && partial.Failed != nil {
		return builtin.Sentence(err, "The database could not be brought up to date: migration %d failed (SQLSTATE %s).", partial.Failed.Source.Version, SQLState(err))
	}
	if err != nil {
		return d.target.broken(ctx, err, "The database could not be brought up to date")
	}
	for _, one := range done {
		d.config.Log.Info("migrated", "version", one.Source.Version, "took", one.Duration)
	}
	_, err = d.pending(ctx, provider)
	return err
}

// Pending counts the migrations that are not applied yet. It is an error when the database is newer than this program.
func (d *Database) Pending(ctx context.Context) (int, error) {
	provider, err := d.migrations()
	if err != nil {
		return 0, err
	}
	defer provider.Close()
	ours, err := d.pending(ctx, provider)
	if err != nil {
		return 0, err
	}
	jobs, err := d.pendingJobs(ctx)
	return ours + jobs, err
}

func (d *Database) pending(ctx context.Context, provider *goose.Provider) (int, error) {
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	var exists bool
	if err := d.Pool.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, migrationsTable).Scan(&exists); err != nil {
		return 0, d.target.broken(ctx, err, "The migrations could not be read")
	}
	if !exists {
		return len(sources), nil
	}
	var applied []int64
	err := d.Pool.QueryRow(ctx, `SELECT coalesce(array_agg(DISTINCT version_id ORDER BY version_id), '{}') FROM `+migrationsTable+
		` WHERE is_applied AND version_id > 0`).Scan(&applied)
	if err != nil {
		return 0, d.target.broken(ctx, err, "The migrations could not be read")
	}
	done := map[int64]bool{}
	for _, version := range applied {
		if version > known {
			return 0, builtin.Sentence(nil, "The database was migrated by a newer Daybook (to %d; this program knows %d): install the newer program.", applied[len(applied)-1], known)
		}
		done[version] = true
	}
	missing := 0
	for _, source := range sources {
		if !done[source.Version] {
			missing++
		}
	}
	return missing, nil
}

// migrations reads the embedded files.
func (d *Database) migrations() (*goose.Provider, error) {
	db := d.patientDB()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithTableName(migrationsTable), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		_ = db.Close()
		return nil, builtin.Sentence(err, "The migrations in this program cannot be read.")
	}
	return provider, nil
}

// patientDB opens connections of its own, without a statement timeout: building an index on a large table takes as long as it takes.
func (d *Database) patientDB() *sql.DB {
	return stdlib.OpenDB(*d.target.pool.ConnConfig, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		return applySettings(ctx, conn, map[string]string{"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"})
	}))
}

// broken tells a failed connection from a failed statement.
func (t *target) broken(ctx context.Context, err error, what string) error {
	switch state := SQLState(err); {
	case ctx.Err() != nil:
		return builtin.Sentence(errors.Join(err, ctx.Err()), "%s in time.", what)
	case state != "":
		return builtin.Sentence(err, "%s (SQLSTATE %s).", what, state)
	}
	return t.unreachable(err)
}
