package database

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"daybook/services/database/internal/builtin"
)

// The queue of jobs (services/jobs) is River's, and so are its tables and their migrations, which come with its version in go.mod.

// jobsTable is where River notes its migrations.
const jobsTable = "river_migration"

// JobsVersion is the newest migration of the queue that this program knows.
func JobsVersion() (int, error) {
	migrator, err := jobsMigrator(nil)
	if err != nil {
		return 0, err
	}
	return newestOf(migrator), nil
}

func newestOf(m *rivermigrate.Migrator[pgx.Tx]) int {
	all := m.AllVersions()
	return all[len(all)-1].Version
}

func jobsMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, builtin.Sentence(err, "The migrations of the queue of jobs cannot be read.")
	}
	return migrator, nil
}

// migrateJobs brings the queue's tables up to date. Whoever calls it has the lock.
func (d *Database) migrateJobs(ctx context.Context) error {
	missing, err := d.pendingJobs(ctx)
	if err != nil || missing == 0 {
		return err
	}
	migrator, err := jobsMigrator(d.Pool)
	if err != nil {
		return err
	}
	done, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return d.target.broken(ctx, err, "The tables of the queue of jobs could not be brought up to date")
	}
	for _, one := range done.Versions {
		d.config.Log.Info("migrated the queue of jobs", "version", one.Version, "took", one.Duration)
	}
	return nil
}

// pendingJobs counts the migrations of the queue that are not applied yet. It is an error when the database is newer than this program.
func (d *Database) pendingJobs(ctx context.Context) (int, error) {
	migrator, err := jobsMigrator(d.Pool)
	if err != nil {
		return 0, err
	}
	var exists bool
	if err := d.Pool.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, jobsTable).Scan(&exists); err != nil {
		return 0, d.target.broken(ctx, err, "The migrations could not be read")
	}
	all, applied, newest := len(migrator.AllVersions()), 0, 0
	if !exists {
		return all, nil
	}
	err = d.Pool.QueryRow(ctx, `SELECT count(*), coalesce(max(version), 0) FROM `+jobsTable+` WHERE line = 'main'`).Scan(&applied, &newest)
	if err != nil {
		return 0, d.target.broken(ctx, err, "The migrations could not be read")
	}
	if known := newestOf(migrator); newest > known {
		return 0, builtin.Sentence(nil, "The queue of jobs in the database was migrated by a newer Daybook (to %d; this program knows %d): install the newer program.", newest, known)
	}
	return max(0, all-applied), nil
}
