package health

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/journal"
)

// Report is the state of the instance at a moment.
type Report struct {
	At time.Time

	PostedAt time.Time     // when the journal posted its last batch
	Lag      time.Duration // how long events wait; 0: they do not
	Stuck    bool          // something has waited for more than a minute and nothing was posted meanwhile
	Writing  bool          // the journal's writer is this process; else it is another one, or none
	Waiting  Count         // events in the inbox
	Oldest   *time.Time    // when the oldest of them came; nil: there are none

	Rejected []Rejected // by workspace, those that have any

	Counting []Counting // workspaces whose statistics are being counted anew in another time zone

	Database      int64 // bytes
	Storage       database.Storage
	ProgramIs     string // the version of this program, and of what it was made with
	MadeWith      string
	PostgreSQL    string
	LastMigration int64

	Problems []Problem // the worst first
}

// Count is a number that was counted up to a bound.
type Count struct {
	N    int64
	More bool // there are more than N
}

// Rejected says how many events of a workspace could not be posted.
type Rejected struct {
	Workspace models.Workspace // ID, Slug and Name are set
	Count
}

// Counting is a workspace on its way to another time zone.
type Counting struct {
	Workspace models.Workspace // ID, Slug and Name are set
	TimeZone  string
}

// Bounds of what is counted for a report.
const (
	mostWaiting  = 100_000
	mostRejected = 10_000
)

// Service makes reports.
type Service struct {
	db      *database.Database
	journal *journal.Journal
	now     func() time.Time
	banner  banner
}

// New makes the service.
func New(db *database.Database, j *journal.Journal, now func() time.Time) *Service {
	return &Service{db: db, journal: j, now: now}
}

// Report looks at everything now.
func (s *Service) Report(ctx context.Context) (*Report, error) {
	r := &Report{At: s.now(), Writing: s.journal.Writing(), Storage: s.db.Storage(), ProgramIs: Version(), MadeWith: runtime.Version()}
	st, err := s.journal.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the journal's state: %w", err)
	}
	r.PostedAt, r.Lag, r.Stuck = st.PostedAt, st.Lag, st.Stuck
	for _, look := range []func(context.Context, *Report) error{s.inbox, s.rejected, s.counting, s.versions} {
		if err := look(ctx, r); err != nil {
			return nil, err
		}
	}
	r.Problems = problems(r)
	return r, nil
}

func (s *Service) inbox(ctx context.Context, r *Report) error {
	err := s.db.Pool.QueryRow(ctx, `SELECT count(*), min(received_at) FROM (SELECT received_at FROM inbox LIMIT $1) AS t`, mostWaiting+1).Scan(&r.Waiting.N, &r.Oldest)
	if err != nil {
		return fmt.Errorf("count the inbox: %w", err)
	}
	r.Waiting = upTo(r.Waiting.N, mostWaiting)
	return nil
}

func (s *Service) rejected(ctx context.Context, r *Report) error {
	rows, err := s.db.Pool.Query(ctx, `
		SELECT w.id, w.slug, w.name, n.count
		  FROM workspaces w CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT FROM rejected WHERE workspace_id = w.id LIMIT $1) AS t) AS n
		 WHERE n.count > 0 ORDER BY n.count DESC, w.name, w.id`, mostRejected+1)
	if err != nil {
		return fmt.Errorf("count rejected events: %w", err)
	}
	r.Rejected, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x Rejected, err error) {
		err = row.Scan(&x.Workspace.ID, &x.Workspace.Slug, &x.Workspace.Name, &x.N)
		x.Count = upTo(x.N, mostRejected)
		return x, err
	})
	if err != nil {
		return fmt.Errorf("count rejected events: %w", err)
	}
	return nil
}

func (s *Service) counting(ctx context.Context, r *Report) error {
	rows, err := s.db.Pool.Query(ctx, `SELECT id, slug, name, next_time_zone FROM workspaces WHERE next_time_zone IS NOT NULL ORDER BY name, id`)
	if err != nil {
		return fmt.Errorf("find what is counted anew: %w", err)
	}
	r.Counting, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Counting, err error) {
		err = row.Scan(&c.Workspace.ID, &c.Workspace.Slug, &c.Workspace.Name, &c.TimeZone)
		return c, err
	})
	if err != nil {
		return fmt.Errorf("find what is counted anew: %w", err)
	}
	return nil
}

func (s *Service) versions(ctx context.Context, r *Report) error {
	err := s.db.Pool.QueryRow(ctx, `SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database()),
		(SELECT max(version_id) FROM goose_db_version WHERE is_applied)`).Scan(&r.PostgreSQL, &r.Database, &r.LastMigration)
	if err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	return nil
}

func upTo(n, most int64) Count { return Count{N: min(n, most), More: n > most} }
