package lastvisit

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/database"
)

// How long somebody has to look away for the next look to be another visit, and how often a look is written down.
const (
	visitEnds  = 30 * time.Minute
	writeEvery = time.Minute
)

// Service remembers how far people have read.
type Service struct{ db *gorm.DB }

// New makes the service.
func New(db *database.Database) *Service { return &Service{db: db.Gorm} }

// Seen is what somebody had seen before the visit that is under way.
type Seen struct {
	Seq int64     // rows up to this one of the workspace's log; 0 at the first visit
	At  time.Time // when they looked last, before this visit; zero at the first one
}

// First tells whether nothing is known of an earlier visit.
func (s Seen) First() bool { return s.At.IsZero() }

// Visit notes that the viewer looks at the workspace's feed now, and gives what they had seen before this visit. When the last look is more
// than half an hour ago, what was the latest row then becomes what is seen. It writes once a minute at most. head is the newest row that the
// page is made of, or less than 0: then the workspace's log is asked. Programs do not visit: for a token nothing is written or known.
func (s *Service) Visit(ctx context.Context, v access.Viewer, head int64, now time.Time) (Seen, error) {
	if v.User == nil || v.Token != nil {
		return Seen{}, nil
	}
	if v.Role == access.Outsider {
		return Seen{}, models.Errorf(models.NotFound, "There is no such workspace here.")
	}
	var row seenRow
	err := s.db.WithContext(ctx).Raw(note, map[string]any{
		"user": v.User.ID, "workspace": v.Workspace.ID, "head": head, "now": now, "ends": now.Add(-visitEnds), "every": now.Add(-writeEvery),
	}).Scan(&row).Error
	if err != nil {
		return Seen{}, fmt.Errorf("note a visit: %w", err)
	}
	return row.seen(), nil
}

// Seen gives what the viewer had seen before the visit that is under way at this moment, and notes nothing.
func (s *Service) Seen(ctx context.Context, v access.Viewer, now time.Time) (Seen, error) {
	if v.User == nil || v.Token != nil {
		return Seen{}, nil
	}
	var row seenRow
	err := s.db.WithContext(ctx).Raw(before+seenBefore, map[string]any{"user": v.User.ID, "workspace": v.Workspace.ID, "ends": now.Add(-visitEnds)}).Scan(&row).Error
	if err != nil {
		return Seen{}, fmt.Errorf("look up a visit: %w", err)
	}
	return row.seen(), nil
}

// seenRow is a row of what was seen, with nulls.
type seenRow struct {
	SeenSeq int64
	SeenAt  *time.Time
}

func (r seenRow) seen() Seen {
	seen := Seen{Seq: r.SeenSeq}
	if r.SeenAt != nil {
		seen.At = *r.SeenAt
	}
	return seen
}

const before = `
	WITH before AS (
		SELECT * FROM feed_visits WHERE user_id = @user AND workspace_id = @workspace
	)`

const seenBefore = `
	SELECT CASE WHEN latest_at < CAST(@ends AS timestamptz) THEN latest_seq ELSE seen_seq END AS seen_seq,
	       CASE WHEN latest_at < CAST(@ends AS timestamptz) THEN latest_at ELSE seen_at END AS seen_at
	  FROM before`

// note answers from what was known before it, and writes the visit down where that is due: of two pages at once one writes, and both answer
// the same. What was read is never moved back, also where another process's clock is behind.
const note = before + `, head AS (
		SELECT CASE WHEN CAST(@head AS bigint) >= 0 THEN CAST(@head AS bigint) ELSE coalesce((SELECT seq FROM workspace_heads WHERE workspace_id = @workspace), 0) END AS seq
	), noted AS (
		INSERT INTO feed_visits AS v (user_id, workspace_id, latest_seq, latest_at)
		SELECT CAST(@user AS bigint), CAST(@workspace AS uuid), seq, CAST(@now AS timestamptz) FROM head
		 WHERE NOT EXISTS (SELECT FROM before WHERE latest_at > CAST(@every AS timestamptz))
		ON CONFLICT (user_id, workspace_id) DO UPDATE SET
			seen_seq   = CASE WHEN v.latest_at < CAST(@ends AS timestamptz) THEN v.latest_seq ELSE v.seen_seq END,
			seen_at    = CASE WHEN v.latest_at < CAST(@ends AS timestamptz) THEN v.latest_at ELSE v.seen_at END,
			latest_seq = greatest(v.latest_seq, excluded.latest_seq),
			latest_at  = excluded.latest_at
		WHERE v.latest_at <= CAST(@every AS timestamptz)
	)` + seenBefore
