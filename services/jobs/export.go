package jobs

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"daybook/services/export"
)

// exportArgs: there is something to export.
type exportArgs struct{}

// Kind names it.
func (exportArgs) Kind() string { return "export" }

type exportWorker struct {
	river.WorkerDefaults[exportArgs]
	files *export.Files
}

// Work makes a piece, and calls for the next: a job that is put off for no time at all waits until somebody looks for jobs, one that is added does not.
func (w *exportWorker) Work(ctx context.Context, _ *river.Job[exportArgs]) error {
	after, more, err := w.files.Work(ctx)
	switch {
	case err != nil || !more:
		return err
	case after > 0 || ctx.Err() != nil:
		return river.JobSnooze(after)
	}
	_, err = river.ClientFromContext[pgx.Tx](ctx).Insert(ctx, exportArgs{}, nil)
	return err
}

// sweepArgs: it is time to look for files that have expired.
type sweepArgs struct{}

// Kind names it.
func (sweepArgs) Kind() string { return "export_sweep" }

type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	files *export.Files
}

// Work deletes them.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	return w.files.Sweep(ctx)
}
