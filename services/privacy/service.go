package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/stats"
)

// Service purges, by hand and by the rules of retention, and keeps legal holds.
type Service struct {
	pool    *pgxpool.Pool
	journal *journal.Journal
	record  *ingest.Service
	feed    *feed.Service
	stats   *stats.Service
	now     func() time.Time
}

// Parts are the services that this one calls.
type Parts struct {
	Journal *journal.Journal
	Ingest  *ingest.Service
	Feed    *feed.Service
	Stats   *stats.Service
	Now     func() time.Time // by which activities are old; nil: time.Now
}

// New makes the service, and gives the journal its purges to carry out.
func New(db *database.Database, p Parts) *Service {
	s := &Service{pool: db.Pool, journal: p.Journal, record: p.Ingest, feed: p.Feed, stats: p.Stats, now: p.Now}
	if s.now == nil {
		s.now = time.Now
	}
	p.Journal.TakeTurns(journal.Chore{Due: s.due, Do: s.turn, GiveUp: s.giveUp})
	return s
}

// mayPurge refuses whoever is neither an owner of the workspace nor an instance admin.
func mayPurge(d account.Doer) error {
	if d.Role < access.Owner || d.Workspace == nil {
		return models.Errorf(models.Forbidden, "Only owners of the workspace and instance admins may purge activities.")
	}
	return nil
}

const purgeFields = `id, workspace_id, kind, state, query, from_at, to_at, first_seq, last_seq, done_seq, purged, held, by_type, by_month, by_rule, archive_id,
	asked_by, problem, created_at, started_at, ended_at`

const purgeColumns = `SELECT ` + purgeFields + ` FROM purges `

func scanPurge(row pgx.Row) (p models.Purge, err error) {
	var byType, byMonth, byRule, askedBy []byte
	err = row.Scan(&p.ID, &p.WorkspaceID, &p.Kind, &p.State, &p.Query, &p.From, &p.To, &p.FirstSeq, &p.LastSeq, &p.DoneSeq, &p.Purged, &p.Held, &byType, &byMonth, &byRule,
		&p.Archive, &askedBy, &p.Problem, &p.CreatedAt, &p.StartedAt, &p.EndedAt)
	if err != nil {
		return p, err
	}
	err = errors.Join(json.Unmarshal(byType, &p.ByType), json.Unmarshal(byMonth, &p.ByMonth), json.Unmarshal(byRule, &p.ByRule), json.Unmarshal(askedBy, &p.AskedBy))
	p.To = p.To.UTC()
	if p.From != nil {
		from := p.From.UTC()
		p.From = &from
	}
	return p, err
}

// mostPurges bounds a page of purges.
const mostPurges = 50

// Purges lists the purges of the doer's workspace that somebody made, the latest first, those before an id; 0 is the beginning.
func (s *Service) Purges(ctx context.Context, d account.Doer, before int64) ([]models.Purge, error) {
	return s.listPurges(ctx, d, models.PurgeByHand, before)
}

func (s *Service) listPurges(ctx context.Context, d account.Doer, kind models.PurgeKind, before int64) ([]models.Purge, error) {
	if err := mayPurge(d); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, purgeColumns+`WHERE workspace_id = $1 AND kind = $2 AND ($3 = 0::bigint OR id < $3) ORDER BY id DESC LIMIT $4`, d.Workspace.ID, kind, before, mostPurges)
	if err != nil {
		return nil, fmt.Errorf("list purges: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Purge, error) { return scanPurge(row) })
	if err != nil {
		return nil, fmt.Errorf("list purges: %w", err)
	}
	return list, nil
}

// One gives a purge of the doer's workspace, or a run of its retention.
func (s *Service) One(ctx context.Context, d account.Doer, id int64) (models.Purge, error) {
	if err := mayPurge(d); err != nil {
		return models.Purge{}, err
	}
	p, err := scanPurge(s.pool.QueryRow(ctx, purgeColumns+`WHERE workspace_id = $1 AND id = $2`, d.Workspace.ID, id))
	if errors.Is(err, pgx.ErrNoRows) {
		return p, models.Errorf(models.NotFound, "There is no such purge here.")
	} else if err != nil {
		return p, fmt.Errorf("find a purge: %w", err)
	}
	return p, nil
}
