package database

import (
	"context"
	"database/sql"
	"errors"
	"reflect"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"gorm.io/gorm"
)

// Tx runs SQL in a transaction that the caller began: through GORM (database/sql) or through pgx (the journal).
// Placeholders are $1, $2, …; a slice is one argument, an array. The caller commits or rolls back.
type Tx interface {
	// Exec gives the number of rows affected.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)
	// QueryRow gives the first row. Its Scan answers an error that is sql.ErrNoRows when there is none.
	QueryRow(ctx context.Context, sql string, args ...any) Row
	// Query gives all rows. The caller closes them, and asks Err after the last.
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
}

// Row is one row of an answer. Arrays scan into slices.
type Row interface {
	Scan(dest ...any) error
}

// Rows are the rows of an answer, read in turn.
type Rows interface {
	Next() bool
	Row
	Err() error
	Close()
}

// GormTx is the transaction that tx is in. Called with a *gorm.DB that is in none, each statement commits by itself.
func GormTx(tx *gorm.DB) Tx { return gormTx{tx} }

// PgxTx is a transaction begun with pgx.
func PgxTx(tx pgx.Tx) Tx { return pgxTx{tx} }

// SQLState is the five-character code of an error that came from PostgreSQL, however deeply wrapped, or "".
func SQLState(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}

// IsUniqueViolation tells whether a row was refused because its key is taken.
func IsUniqueViolation(err error) bool {
	return SQLState(err) == "23505" || errors.Is(err, gorm.ErrDuplicatedKey)
}

type gormTx struct{ db *gorm.DB }

// The ConnPool is asked directly: GORM's own Exec rewrites placeholders and takes slices apart.
func (t gormTx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	result, err := t.db.Statement.ConnPool.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t gormTx) QueryRow(ctx context.Context, sql string, args ...any) Row {
	return sqlRow{t.db.Statement.ConnPool.QueryRowContext(ctx, sql, args...)}
}

func (t gormTx) Query(ctx context.Context, sql string, args ...any) (Rows, error) {
	rows, err := t.db.Statement.ConnPool.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

type sqlRow struct{ row *sql.Row }

func (r sqlRow) Scan(dest ...any) error { return r.row.Scan(arrays(dest)...) }

type sqlRows struct{ rows *sql.Rows }

func (r sqlRows) Next() bool             { return r.rows.Next() }
func (r sqlRows) Scan(dest ...any) error { return r.rows.Scan(arrays(dest)...) }
func (r sqlRows) Err() error             { return r.rows.Err() }
func (r sqlRows) Close()                 { _ = r.rows.Close() }

// arrays lets slices be scanned through database/sql as pgx scans them by itself.
func arrays(dest []any) []any {
	wrapped := make([]any, len(dest))
	for i, target := range dest {
		wrapped[i] = target
		if _, ok := target.(sql.Scanner); ok {
			continue
		}
		kind := reflect.TypeOf(target)
		if kind != nil && kind.Kind() == reflect.Pointer && kind.Elem().Kind() == reflect.Slice && kind.Elem().Elem().Kind() != reflect.Uint8 {
			types := pgtype.NewMap()
			types.RegisterDefaultPgType(new([]uuid.UUID), "_uuid")
			wrapped[i] = types.SQLScanner(target)
		}
	}
	return wrapped
}

type pgxTx struct{ tx pgx.Tx }

func (t pgxTx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (t pgxTx) QueryRow(ctx context.Context, sql string, args ...any) Row {
	return t.tx.QueryRow(ctx, sql, args...)
}

func (t pgxTx) Query(ctx context.Context, sql string, args ...any) (Rows, error) {
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}
