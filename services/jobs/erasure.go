package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"daybook/services/erasure"
)

// tidyArgs: somebody was anonymised, and PostgreSQL has to clear away what was replaced.
type tidyArgs struct{}

// Kind names it.
func (tidyArgs) Kind() string { return "erasure_tidy" }

type tidyWorker struct {
	river.WorkerDefaults[tidyArgs]
	erasures *erasure.Service
}

// Timeout is longer than clearing away takes in any table that is served.
func (*tidyWorker) Timeout(*river.Job[tidyArgs]) time.Duration { return 6 * time.Hour }

// Work clears away.
func (w *tidyWorker) Work(ctx context.Context, _ *river.Job[tidyArgs]) error {
	return w.erasures.Tidy(ctx)
}
