package database

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"daybook/services/database/internal/builtin"
)

// check makes sure that the server is new enough, the database UTF-8 and its sessions real.
func (d *Database) check(ctx context.Context) error {
	first, err := d.Connect(ctx, nil)
	if err != nil {
		return err
	}
	defer first.Close(context.WithoutCancel(ctx))
	var version int
	var encoding string
	var standby bool
	err = first.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery()`,
		pgx.QueryExecModeExec).Scan(&version, &encoding, &standby)
	switch {
	case err != nil:
		return d.target.unreachable(err)
	case version < builtin.OldestMajor*10000:
		return builtin.Sentence(nil, "PostgreSQL at %s is version %d, and Daybook needs %d or newer.", d.target.where(), version/10000, builtin.OldestMajor)
	case encoding != "UTF8":
		return builtin.Sentence(nil, "The database %s is encoded in %s, and Daybook needs UTF-8: make another with createdb --encoding=UTF8 --template=template0.",
			d.target.pool.ConnConfig.Database, encoding)
	case standby:
		return builtin.Sentence(nil, "PostgreSQL at %s is a standby that takes no changes: DATABASE_URL must name the primary.", d.target.where())
	}
	second, err := d.Connect(ctx, nil)
	if err != nil {
		return err
	}
	defer second.Close(context.WithoutCancel(ctx))
	return d.checkSessions(ctx, first, second)
}

// checkSessions finds out a pooler that shares sessions between clients. The second connection holds a transaction,
// and with it its session, while the first asks again: behind such a pooler one of the two finds itself in
// another session than before, or in the other's.
func (d *Database) checkSessions(ctx context.Context, first, second *pgx.Conn) error {
	key := rand.Int64()
	var before, between, after int32
	var locked, lockedToo, unlocked bool
	err := first.QueryRow(ctx, `SELECT pg_backend_pid(), pg_try_advisory_lock($1)`, pgx.QueryExecModeExec, key).Scan(&before, &locked)
	if err != nil {
		return d.target.unreachable(err)
	}
	transaction, err := second.Begin(ctx)
	if err != nil {
		return d.target.unreachable(err)
	}
	err = transaction.QueryRow(ctx, `SELECT pg_backend_pid(), pg_try_advisory_xact_lock($1)`, pgx.QueryExecModeExec, key).Scan(&between, &lockedToo)
	if err == nil {
		err = first.QueryRow(ctx, `SELECT pg_backend_pid(), pg_advisory_unlock($1)`, pgx.QueryExecModeExec, key).Scan(&after, &unlocked)
	}
	if err := errors.Join(err, transaction.Rollback(ctx)); err != nil {
		return d.target.unreachable(err)
	}
	if !locked || lockedToo || !unlocked || before != after || before == between {
		return builtin.Sentence(nil, "The connection to %s goes through a pooler that shares sessions (transaction pooling): DATABASE_URL must name PostgreSQL itself, or a pooler in session mode.", d.target.where())
	}
	return nil
}
