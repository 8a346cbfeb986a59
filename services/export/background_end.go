package export

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// finish offers the file, in the transaction that keeps the last of it. With it goes the record that it was made.
func (f *Files) finish(ctx context.Context, tx pgx.Tx, j job, sum []byte) error {
	e, err := scanExport(tx.QueryRow(ctx, `
		UPDATE exports SET state = 'done', sha256 = $3, ended_at = $4, expires_at = $5, worker = NULL, hash = NULL
		WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING `+exportColumns, j.ID, j.worker, sum, f.now(), f.now().Add(FileLife)))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errTakenAway
	case err != nil:
		return fmt.Errorf("finish an export: %w", err)
	}
	if err := recordEnd(ctx, tx, f.record, e, e.AskedBy); err != nil {
		return err
	}
	return f.call(ctx, tx) // the same person may have another one waiting
}

// fail ends an export that cannot be made. Nothing of its file is kept.
func (f *Files) fail(ctx context.Context, j job, problem string) error {
	err := pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		e, err := scanExport(tx.QueryRow(ctx, `
			UPDATE exports SET state = 'failed', problem = $2, ended_at = $3, worker = NULL, hash = NULL
			WHERE id = $1 AND state IN ('waiting', 'running') AND (worker = $4 OR worker IS NULL) RETURNING `+exportColumns, j.ID, problem, f.now(), j.worker))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return errTakenAway
		case err != nil:
			return fmt.Errorf("end an export: %w", err)
		}
		if err := recordEnd(ctx, tx, f.record, e, e.AskedBy); err != nil {
			return err
		}
		return f.call(ctx, tx)
	})
	if errors.Is(err, errTakenAway) {
		return nil
	}
	if err != nil {
		return err
	}
	return deleteChunks(ctx, f.pool, j.ID)
}

// Remove cancels an export that is under way, and deletes the file of one that is done. The asker may, and whoever administers the workspace.
func (f *Files) Remove(ctx context.Context, d account.Doer, v access.Viewer, id uuid.UUID) (models.Export, error) {
	var e models.Export
	err := pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		var err error
		e, err = scanExport(tx.QueryRow(ctx, `SELECT `+exportColumns+` FROM exports WHERE `+theirs+` AND id = $5 FOR UPDATE`, append(whose(v), id)...))
		if errors.Is(err, pgx.ErrNoRows) {
			return noSuchExport()
		} else if err != nil {
			return fmt.Errorf("find an export: %w", err)
		}
		switch {
		case e.Kind == models.ExportStream && e.UnderWay():
			return models.Errorf(models.Conflict, "This export goes straight to whoever asked for it: they end it by breaking it off.")
		case e.UnderWay():
			return f.cancel(ctx, tx, &e, d)
		case e.Offered():
			return f.expire(ctx, tx, &e, by{d, asked(e, v)})
		}
		return models.Errorf(models.Conflict, "There is no file of this export any more.")
	})
	if err != nil {
		return e, err
	}
	return e, deleteChunks(ctx, f.pool, e.ID)
}

func (f *Files) cancel(ctx context.Context, tx pgx.Tx, e *models.Export, d account.Doer) error {
	ended, err := scanExport(tx.QueryRow(ctx, `
		UPDATE exports SET state = 'cancelled', ended_at = $2, worker = NULL, hash = NULL WHERE id = $1 RETURNING `+exportColumns, e.ID, f.now()))
	if err != nil {
		return fmt.Errorf("cancel an export: %w", err)
	}
	*e = ended
	if err := recordEnd(ctx, tx, f.record, ended, d.Ref); err != nil {
		return err
	}
	return f.call(ctx, tx)
}

// by is who does something to an export.
type by struct {
	account.Doer
	asker bool // their own
}

// expire deletes a file before its time. That somebody does away with their own is nobody's business, as it is when its time is over.
func (f *Files) expire(ctx context.Context, tx pgx.Tx, e *models.Export, who by) error {
	gone, err := scanExport(tx.QueryRow(ctx, `UPDATE exports SET state = 'expired', removed_at = $2 WHERE id = $1 RETURNING `+exportColumns, e.ID, f.now()))
	if err != nil {
		return fmt.Errorf("delete a file: %w", err)
	}
	*e = gone
	if who.asker {
		return nil
	}
	return recordRemoval(ctx, tx, f.record, gone, who.Ref)
}
