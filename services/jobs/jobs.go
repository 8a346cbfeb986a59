package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"daybook/services/database"
	"daybook/services/erasure"
	"daybook/services/export"
)

// Jobs are the jobs of a process: it asks for them, and, while Run runs, does some.
type Jobs struct {
	client *river.Client[pgx.Tx]
	files  *export.Files
	log    *slog.Logger
}

const (
	atOnce  = 2                // jobs that a process does at once
	longest = 45 * time.Second // a job: none takes more than a fraction of it
	// A job of a process that was killed is taken up again by River after so long. Exports do not wait for that (tend).
	rescueAfter = 2 * time.Minute
	// Who asks for a job says so (LISTEN); this is for a word that was lost.
	lookEvery  = 5 * time.Second
	tendEvery  = 10 * time.Second
	sweepEvery = 20 * time.Minute
	tidyEvery  = 10 * time.Minute // for a call that was lost
	stopWithin = 5 * time.Second
)

// Parts are the services whose work is done.
type Parts struct {
	Exports  *export.Files
	Erasures *erasure.Service
}

// New makes the jobs of a process, and has the services call for them.
func New(db *database.Database, p Parts, log *slog.Logger) (*Jobs, error) {
	files := p.Exports
	j := &Jobs{files: files, log: log}
	workers := river.NewWorkers()
	river.AddWorker(workers, &exportWorker{files: files})
	river.AddWorker(workers, &sweepWorker{files: files})
	river.AddWorker(workers, &tidyWorker{erasures: p.Erasures})
	client, err := river.NewClient(riverpgxv5.New(db.Pool), config(workers, log))
	if err != nil {
		return nil, fmt.Errorf("make the queue of jobs: %w", err)
	}
	j.client = client
	files.WorkWhenCalled(func(ctx context.Context, tx pgx.Tx) error {
		_, err := client.InsertTx(ctx, tx, exportArgs{}, nil)
		return err
	})
	p.Erasures.TidyWhenCalled(func(ctx context.Context, tx pgx.Tx) error {
		_, err := client.InsertTx(ctx, tx, tidyArgs{}, nil)
		return err
	})
	return j, nil
}

func config(workers *river.Workers, log *slog.Logger) *river.Config {
	return &river.Config{
		Workers:                     workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		Logger:                      slog.New(quiet{log.Handler()}),
		ErrorHandler:                &reporter{log: log},
		JobTimeout:                  longest,
		RescueStuckJobsAfter:        rescueAfter,
		FetchPollInterval:           lookEvery,
		FetchCooldown:               5 * time.Millisecond, // also how long River says nothing after it said that there is a job
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(sweepEvery), func() (river.JobArgs, *river.InsertOpts) { return sweepArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(tidyEvery), func() (river.JobArgs, *river.InsertOpts) { return tidyArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
		},
	}
}

// Run does jobs until ctx ends. Those under way end then, too, and are gone on with by whoever comes next.
func (j *Jobs) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
			j.log.Error("the queue of jobs could not be started", "error", err, "again_in", lookEvery)
			wait(ctx, lookEvery)
			continue
		}
		j.tend(ctx)
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		if err := j.client.StopAndCancel(ending); err != nil {
			j.log.Warn("a job did not end in time; it will be gone on with", "error", err)
		}
		cancel()
	}
}

// tend looks after what stands still until ctx ends. It is no job: it must happen also when whoever hands out jobs is the one that died.
func (j *Jobs) tend(ctx context.Context) {
	for ctx.Err() == nil {
		if err := j.files.Tend(ctx); err != nil && ctx.Err() == nil {
			j.log.Warn("exports that stand still could not be looked for", "sqlstate", database.SQLState(err), "error", err)
		}
		wait(ctx, tendEvery)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
