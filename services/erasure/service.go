package erasure

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/export"
	"daybook/services/ingest"
	"daybook/services/journal"
)

// Service anonymises people.
type Service struct {
	db      *database.Database
	pool    *pgxpool.Pool
	journal *journal.Journal
	record  *ingest.Service
	auth    *auth.Service
	files   *export.Files
	keys    keys
	ledger  *Ledger
	log     *slog.Logger
	now     func() time.Time
	call    func(ctx context.Context, tx pgx.Tx) error

	mostDoubts int64
	turnTime   time.Duration
	restUntil  atomic.Int64 // when the next turn is due after a problem, in nanoseconds
}

// Parts are what the service needs.
type Parts struct {
	Journal *journal.Journal
	Ingest  *ingest.Service
	Auth    *auth.Service
	Exports *export.Files
	Keys    auth.Keys // hashes and what is looked for are kept with keys from outside the database
	Ledger  string    // the file that survives a restore
	Log     *slog.Logger
	Now     func() time.Time
}

// New makes the service, and gives the journal its erasures to carry out.
func New(db *database.Database, p Parts) *Service {
	s := &Service{
		db: db, pool: db.Pool, journal: p.Journal, record: p.Ingest, auth: p.Auth, files: p.Exports, keys: newKeys(p.Keys), ledger: &Ledger{file: p.Ledger},
		log: p.Log, now: p.Now, mostDoubts: mostDoubts, turnTime: turnTime, call: func(context.Context, pgx.Tx) error { return nil },
	}
	p.Journal.ScreenWith(s)
	p.Journal.TakeTurns(journal.Chore{Due: s.due, Do: s.turn, GiveUp: s.giveUp})
	return s
}

// TidyWhenCalled says how somebody is called who calls Tidy, soon after the transaction commits.
func (s *Service) TidyWhenCalled(call func(ctx context.Context, tx pgx.Tx) error) { s.call = call }

// Target is who is meant: one of the two.
type Target struct {
	Actor int64 // an actor of the doer's workspace, and whoever is merged with it
	User  int64 // a user, wherever they are known
}
