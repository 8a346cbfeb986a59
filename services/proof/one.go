package proof

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
)

// Checker holds single activities against their leaves.
type Checker struct{ db *database.Database }

// NewChecker makes it.
func NewChecker(db *database.Database) *Checker { return &Checker{db: db} }

// Check computes the leaf of one activity again, from its content as it is stored now, and compares it with the one stored. The row key, without which
// nobody can, does not leave this package. Of what was erased it looks for the record.
func (c *Checker) Check(ctx context.Context, workspace uuid.UUID, seq int64) (models.Standing, error) {
	s, err := scanSubject(c.db.Pool.QueryRow(ctx, `SELECT `+subjectColumns+` WHERE a.workspace_id = $1 AND a.seq = $2`, workspace, seq))
	if err != nil {
		return models.Altered, fmt.Errorf("check an activity: %w", err)
	}
	records, err := recordsOf(ctx, c.db.Pool, workspace)
	if err != nil {
		return models.Altered, err
	}
	switch flaw, err := records.flaw(ctx, s); {
	case err != nil:
		return models.Altered, fmt.Errorf("check an activity: %w", err)
	case flaw != "":
		return models.Altered, nil
	case s.past != nil:
		return models.Erased, nil
	}
	return models.Intact, nil
}

// Journal is one to verify: that of a workspace.
type Journal struct {
	Workspace uuid.UUID
	Name      string // its slug
}

// Journals lists all there are, also one whose workspace is gone: then its id is its name.
func (c *Checker) Journals(ctx context.Context) ([]Journal, error) {
	rows, err := c.db.Pool.Query(ctx, `SELECT coalesce(w.id, h.workspace_id), coalesce(w.slug, h.workspace_id::text) FROM workspaces w FULL JOIN workspace_heads h ON h.workspace_id = w.id ORDER BY 2`)
	if err != nil {
		return nil, fmt.Errorf("list journals: %w", err)
	}
	journals, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Journal])
	if err != nil {
		return nil, fmt.Errorf("list journals: %w", err)
	}
	return journals, nil
}

// Walk verifies one (see Walk).
func (c *Checker) Walk(ctx context.Context, j Journal, tell func(seq, head int64)) (Verification, error) {
	return Walk(ctx, c.db.Pool, j.Workspace, tell)
}
