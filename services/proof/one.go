package proof

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
)

// Checker holds single activities against their leaves.
type Checker struct{ db *database.Database }

// NewChecker makes it.
func NewChecker(db *database.Database) *Checker { return &Checker{db: db} }

// Check computes the leaf of one activity again, from its content as it is stored now, and compares it with the one stored. The row key, without which
// nobody can, does not leave this package.
func (c *Checker) Check(ctx context.Context, workspace uuid.UUID, seq int64) (models.Standing, error) {
	s, err := scanSubject(c.db.Pool.QueryRow(ctx, `SELECT `+subjectColumns+` WHERE a.workspace_id = $1 AND a.seq = $2`, workspace, seq))
	if err != nil {
		return models.Altered, fmt.Errorf("check an activity: %w", err)
	}
	if s.Activity.RowKey == nil {
		return models.Erased, nil
	}
	if same, err := Verify(s); err != nil || !same {
		return models.Altered, nil //nolint:nilerr // content that has no canonical form is none that was recorded
	}
	return models.Intact, nil
}
