package erasure

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// touched are the tables from which something of a person may go.
var touched = []string{
	"activities", "activity_words", "activity_salts", "erased_groups", "actors", "users", "memberships", "projects", "project_members", "sessions", "tokens", "links", "sign_in_attempts",
	"saved_views", "default_views", "feed_visits", "exports", "export_chunks", "export_choices", "purges", "holds", "rejected", "inbox", "event_ids", "vocabulary_terms",
	"workspaces", "erasures", "erasure_doubts", "archives", "archive_chunks",
}

// tidyKey is the advisory lock of whoever tidies: "tidy" in ASCII.
const tidyKey = 0x74696479

// Tidy has PostgreSQL clear away what erasures have replaced, and forget the most common values of before (VACUUM, ANALYZE). It takes as long as that
// takes. Somebody else who is at it already is left to it.
func (s *Service) Tidy(ctx context.Context) error {
	var due bool
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasures WHERE state = 'tidying')`).Scan(&due); err != nil || !due {
		return err
	}
	if s.files != nil {
		if err := s.files.ForgetFiles(ctx); err != nil {
			return err
		}
	}
	conn, err := s.db.Connect(ctx, map[string]string{"application_name": "daybook erasure", "statement_timeout": "0", "lock_timeout": "60s"})
	if err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ending)
	}()
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, tidyKey).Scan(&mine); err != nil || !mine {
		return err
	}
	rows, err := conn.Query(ctx, `SELECT id::text FROM erasures WHERE state = 'tidying'`)
	if err != nil {
		return fmt.Errorf("look for what is to be tidied: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for what is to be tidied: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.hideDoubts(ctx, conn, ids); err != nil {
		return err
	}
	for _, table := range touched {
		if _, err := conn.Exec(ctx, `VACUUM (ANALYZE) `+table); err != nil {
			return fmt.Errorf("tidy %s: %w", table, err)
		}
	}
	_, err = conn.Exec(ctx, `UPDATE erasures SET state = 'done', problem = '', ended_at = clock_timestamp() WHERE id = ANY ($1::text[]::uuid[]) AND state = 'tidying'`, ids)
	if err != nil {
		return fmt.Errorf("end an erasure: %w", err)
	}
	return nil
}
