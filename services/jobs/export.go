package jobs

import (
	"context"

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

// Work makes a piece, and comes again for the next.
func (w *exportWorker) Work(ctx context.Context, _ *river.Job[exportArgs]) error {
	after, more, err := w.files.Work(ctx)
	if err == nil && more {
		return river.JobSnooze(after)
	}
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
