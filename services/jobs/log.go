package jobs

import (
	"context"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"daybook/services/database"
)

// quiet passes on what River warns of; what it tells besides is of no use to whoever runs Daybook.
type quiet struct{ slog.Handler }

// Enabled tells whether a level is passed on.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs keeps it quiet.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup keeps it quiet.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

// reporter logs jobs that fail, by their kind and number.
type reporter struct{ log *slog.Logger }

// HandleError logs an error. River tries again by its own rules.
func (r *reporter) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	r.log.Error("a job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "sqlstate", database.SQLState(err), "error", err)
	return nil
}

// HandlePanic logs a panic.
func (r *reporter) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	r.log.Error("a job broke down", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}
