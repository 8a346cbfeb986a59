package words

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database"
)

// FillRows is how many activities one step of filling in should index.
const FillRows = 1000

// Filled is what a step of filling in did.
type Filled struct {
	More  bool  // there may be more to do
	Empty int   // how many activities could not be indexed: no word finds them
	Why   error // why one of those could not
}

// Fill indexes the newest of the activities that have no words yet, looking at most at so many. It runs in the journal writer's turn. An activity
// whose data PostgreSQL refuses as words is left with none; every other error is the caller's, and nothing is done.
func Fill(ctx context.Context, tx pgx.Tx, most int) (done Filled, err error) {
	var workspace uuid.UUID
	var missing int64
	err = tx.QueryRow(ctx, `SELECT workspace_id, words_missing FROM workspace_heads WHERE words_missing > 0 ORDER BY workspace_id LIMIT 1`).Scan(&workspace, &missing)
	if errors.Is(err, pgx.ErrNoRows) {
		return done, nil
	} else if err != nil {
		return done, fmt.Errorf("look for activities without words: %w", err)
	}
	rest := max(0, missing-int64(most))
	activities, err := without(ctx, tx, workspace, rest, missing)
	if err != nil {
		return done, err
	}
	if err := done.index(ctx, tx, activities); err != nil {
		return done, err
	}
	if _, err := tx.Exec(ctx, `UPDATE workspace_heads SET words_missing = $2 WHERE workspace_id = $1`, workspace, rest); err != nil {
		return done, fmt.Errorf("note what has words: %w", err)
	}
	done.More = true
	return done, nil
}

// without reads the activities of a workspace behind one number, up to another one, that have no words.
func without(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, behind, last int64) ([]models.Activity, error) {
	rows, err := tx.Query(ctx, `SELECT workspace_id, seq, actor_name, entity_id, entity_name, description, changes, metadata
		FROM activities a WHERE workspace_id = $1 AND seq > $2 AND seq <= $3
		AND NOT EXISTS (SELECT FROM activity_words w WHERE w.workspace_id = a.workspace_id AND w.seq = a.seq)`, workspace, behind, last)
	if err != nil {
		return nil, fmt.Errorf("read activities without words: %w", err)
	}
	activities, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (a models.Activity, err error) {
		var metadata []byte
		err = r.Scan(&a.WorkspaceID, &a.Seq, &a.ActorName, &a.EntityID, &a.EntityName, &a.Description, &a.Changes, &metadata)
		a.Metadata = metadata
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("read activities without words: %w", err)
	}
	return activities, nil
}

// index indexes activities. When the data of some of them is refused they are halved until the guilty one stands alone.
func (f *Filled) index(ctx context.Context, tx pgx.Tx, activities []models.Activity) error {
	if len(activities) == 0 {
		return nil
	}
	err := pgx.BeginFunc(ctx, tx, func(save pgx.Tx) error { return Append(ctx, save, activities) })
	if err == nil || !refused(err) {
		return err
	}
	if len(activities) == 1 {
		f.Empty, f.Why = f.Empty+1, err
		a := activities[0]
		if _, err := tx.Exec(ctx, `INSERT INTO activity_words (workspace_id, seq, words) VALUES ($1, $2, '')`, a.WorkspaceID, a.Seq); err != nil {
			return fmt.Errorf("leave an activity without words: %w", err)
		}
		return nil
	}
	half := len(activities) / 2
	if err := f.index(ctx, tx, activities[:half]); err != nil {
		return err
	}
	return f.index(ctx, tx, activities[half:])
}

// refused tells whether an error speaks of the data: a data exception, or a limit of PostgreSQL.
func refused(err error) bool {
	state := database.SQLState(err)
	return len(state) == 5 && (state[:2] == "22" || state[:2] == "54")
}

// Overlooked notes the workspaces whose newest activity has no words: a writer of a Daybook without this index was elected meanwhile. A writer
// asks before it posts anything.
func Overlooked(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `UPDATE workspace_heads h SET words_missing = seq WHERE words_missing < seq
		AND EXISTS (SELECT FROM activities a WHERE a.workspace_id = h.workspace_id AND a.seq = h.seq) -- it was not purged
		AND NOT EXISTS (SELECT FROM activity_words w WHERE w.workspace_id = h.workspace_id AND w.seq = h.seq)`)
	if err != nil {
		return fmt.Errorf("look for activities without words: %w", err)
	}
	return nil
}
