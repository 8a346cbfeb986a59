package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"daybook/services/database/internal/builtin"
)

// slow is from when on a statement is worth a line in the log.
const slow = 500 * time.Millisecond

func newGorm(pool *pgxpool.Pool, log *slog.Logger) (*gorm.DB, error) {
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: stdlib.OpenDBFromPool(pool)}), &gorm.Config{
		TranslateError:       true,
		PrepareStmt:          false,
		DisableAutomaticPing: true, // it was just checked
		NowFunc:              func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
		Logger:               ormLog{log},
	})
	if err != nil {
		return nil, builtin.Sentence(err, "The object mapper could not be set up.")
	}
	return db, nil
}

// ormLog writes GORM's messages to slog: statements with $1 for their values, and of errors the SQLSTATE alone, because
// PostgreSQL's messages quote values.
type ormLog struct{ log *slog.Logger }

func (l ormLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l ormLog) Info(ctx context.Context, text string, args ...any) {
	l.log.DebugContext(ctx, fmt.Sprintf(text, args...))
}

func (l ormLog) Warn(ctx context.Context, text string, args ...any) {
	l.log.WarnContext(ctx, fmt.Sprintf(text, args...))
}

func (l ormLog) Error(ctx context.Context, text string, args ...any) {
	l.log.ErrorContext(ctx, fmt.Sprintf(text, args...))
}

// ParamsFilter is GORM's hook for keeping values out of the text of a statement.
func (l ormLog) ParamsFilter(_ context.Context, text string, _ ...any) (string, []any) {
	return text, nil
}

// Trace is called after each statement. An error that callers expect (no row, a unique or foreign key, the caller gave
// up) is theirs to report, or not.
func (l ormLog) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), err error) {
	took := time.Since(begin)
	state := SQLState(err)
	expected := errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) ||
		len(state) == 5 && state[:2] == "23"
	switch {
	case err != nil && !expected:
		text, rows := statement()
		l.log.ErrorContext(ctx, "statement failed", "sqlstate", state, "kind", fmt.Sprintf("%T", err), "statement", text, "rows", rows, "took", took)
	case took > slow:
		text, rows := statement()
		l.log.WarnContext(ctx, "slow statement", "statement", text, "rows", rows, "took", took)
	}
}
