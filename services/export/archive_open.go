package export

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
)

// mayArchive refuses whoever is neither an owner of the workspace nor an instance admin.
func mayArchive(d account.Doer) error {
	if d.Role < access.Owner || d.Workspace == nil {
		return models.Errorf(models.Forbidden, "Only owners of the workspace and instance admins may see archives of what was deleted.")
	}
	return nil
}

// mostArchives bounds a list of archives.
const mostArchives = 50

// Archives lists the archives of the doer's workspace, the latest first, those before one; uuid.Nil is the beginning.
func (f *Files) Archives(ctx context.Context, d account.Doer, before uuid.UUID) (list []models.Archive, more bool, err error) {
	if err := mayArchive(d); err != nil {
		return nil, false, err
	}
	rows, err := f.pool.Query(ctx, `SELECT `+archiveColumns+` FROM archives WHERE workspace_id = $1 AND ($2 = '00000000-0000-0000-0000-000000000000'::uuid OR id < $2) ORDER BY id DESC LIMIT $3`,
		d.Workspace.ID, before, mostArchives+1)
	if err != nil {
		return nil, false, fmt.Errorf("list archives: %w", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.Archive, error) { return scanArchive(row) })
	if err != nil {
		return nil, false, fmt.Errorf("list archives: %w", err)
	}
	if len(list) > mostArchives {
		return list[:mostArchives], true, nil
	}
	return list, false, nil
}

// Archive gives one of the doer's workspace.
func (f *Files) Archive(ctx context.Context, d account.Doer, id uuid.UUID) (models.Archive, error) {
	if err := mayArchive(d); err != nil {
		return models.Archive{}, err
	}
	a, err := scanArchive(f.pool.QueryRow(ctx, `SELECT `+archiveColumns+` FROM archives WHERE workspace_id = $1 AND id = $2`, d.Workspace.ID, id))
	if errors.Is(err, pgx.ErrNoRows) {
		return a, models.Errorf(models.NotFound, "There is no such archive here.")
	} else if err != nil {
		return a, fmt.Errorf("find an archive: %w", err)
	}
	return a, nil
}

// ArchiveFile is an archive that somebody may download.
type ArchiveFile struct {
	models.Archive
	files   *Files
	session string
	reader  job
}

// OpenArchive gives an archive to download: to whoever may see archives, and read everything of the workspace.
func (f *Files) OpenArchive(ctx context.Context, d account.Doer, v access.Viewer, id uuid.UUID) (ArchiveFile, error) {
	a, err := f.Archive(ctx, d, id)
	if err != nil {
		return ArchiveFile{}, err
	}
	scope := v.Scope(true)
	switch {
	case v.Workspace.ID != d.Workspace.ID || scope.Empty():
		return ArchiveFile{}, models.Errorf(models.Forbidden, "Whoever downloads an archive has to be able to read: the token needs the scope %s.", models.ScopeRead)
	case a.State == models.ArchiveRemoved:
		return ArchiveFile{}, models.Errorf(models.Gone, "This archive was deleted.")
	case a.State == models.ArchiveRewriting:
		return ArchiveFile{}, models.Errorf(models.Conflict, "Somebody is being taken out of this archive. Try again in a while.")
	case a.State != models.ArchiveDone:
		return ArchiveFile{}, models.Errorf(models.Conflict, "The archive is not complete yet.")
	}
	x := ArchiveFile{Archive: a, files: f, session: v.SessionID, reader: job{region: regionOf(scope, a.WorkspaceID), addresses: true}}
	by := askerOf(v)
	x.reader.WorkspaceID, x.reader.UserID, x.reader.TokenID = a.WorkspaceID, by.user, by.token
	return x, nil
}

// Sum is the SHA-256 of the file, in hexadecimal digits.
func (x ArchiveFile) Sum() string { return hex.EncodeToString(x.SHA256) }

// Name is what the file is called where it is downloaded to.
func (x ArchiveFile) Name(slug string) string {
	return fmt.Sprintf("%s-archive-%d-%s.ndjson.gz", slug, x.PurgeID, x.CreatedAt.UTC().Format("2006-01-02"))
}

// Taken records that somebody downloads the archive.
func (x ArchiveFile) Taken(ctx context.Context, by models.ActorRef) error {
	return pgx.BeginFunc(ctx, x.files.pool, func(tx pgx.Tx) error {
		return recordArchive(ctx, tx, x.files.record, x.Archive, archiveAct{by: by, action: "downloaded"})
	})
}

// Read gives bytes of the file: from one on, so many. The reader ends in an error when the archive is changed or deleted meanwhile, and when whoever reads
// may not any more.
func (x ArchiveFile) Read(ctx context.Context, from, bytes int64) (io.ReadCloser, error) {
	if x.files.streams.areOver() {
		return nil, errStopped
	}
	by := asker{x.reader.UserID, x.reader.TokenID}.key()
	if !x.files.downloads.begin(by) {
		refused := models.Errorf(models.TooMany, "You are downloading %d files already. Wait until one has ended.", mostDownloads)
		refused.RetryAfter = unheard
		return nil, refused
	}
	end := sync.OnceFunc(func() { x.files.downloads.end(by) })
	return &archiveReader{ctx: ctx, file: x, at: from, left: bytes, permit: x.files.permit(x.session, x.reader), end: end}, nil
}

// archiveReader reads the bytes of an archive from one on, a chunk at a time.
type archiveReader struct {
	ctx    context.Context
	file   ArchiveFile
	at     int64 // of the next byte that is fetched
	left   int64 // to be read, ready included
	next   int   // the chunk that is fetched next, or one before it
	ready  []byte
	permit permit
	end    func()
}

// Read gives what is there next.
func (r *archiveReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	if r.file.files.streams.areOver() {
		return 0, errStopped
	}
	if err := r.permit.mayGoOn(r.ctx, nil); err != nil {
		return 0, err
	}
	if len(r.ready) == 0 {
		if err := r.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	r.left -= int64(n)
	return n, nil
}

// fetch reads the chunk that the next byte is in, from that byte on, of the archive as it was when it was opened.
func (r *archiveReader) fetch() error {
	var chunk []byte
	err := r.file.files.pool.QueryRow(r.ctx, `
		SELECT c.n + 1, substring(c.bytes FROM ($3 - c.starts_at + 1)::int) FROM archive_chunks c JOIN archives a ON a.id = c.archive_id
		WHERE c.archive_id = $1 AND c.n >= $2 AND c.starts_at + length(c.bytes) > $3 AND a.state = 'done' AND a.sha256 = $4 ORDER BY c.n LIMIT 1`,
		r.file.ID, r.next, r.at, r.file.SHA256).Scan(&r.next, &chunk)
	if errors.Is(err, pgx.ErrNoRows) {
		return errFileGone
	} else if err != nil {
		return fmt.Errorf("read an archive: %w", err)
	}
	r.ready = chunk[:min(int64(len(chunk)), r.left)]
	r.at += int64(len(r.ready))
	return nil
}

// Close ends the reading.
func (r *archiveReader) Close() error {
	r.ready, r.left = nil, 0
	r.end()
	return nil
}

// RemoveArchive deletes an archive for good, unless something in it is held. That it was there, and its sum, stays recorded.
func (f *Files) RemoveArchive(ctx context.Context, d account.Doer, id uuid.UUID) error {
	a, err := f.Archive(ctx, d, id)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE archives SET state = 'removed', stale_from = NULL, removed_at = clock_timestamp() WHERE id = $1 AND state IN ('done', 'rewriting')`, id)
		switch {
		case err != nil:
			return fmt.Errorf("delete an archive: %w", err)
		case tag.RowsAffected() == 0 && a.State == models.ArchiveRemoved:
			return models.Errorf(models.Gone, "This archive was deleted already.")
		case tag.RowsAffected() == 0:
			return models.Errorf(models.Conflict, "The archive is not complete yet. It can be deleted when its run has ended.")
		}
		if err := refuseHeld(ctx, tx, a); err != nil {
			return err
		}
		return recordArchive(ctx, tx, f.record, a, archiveAct{by: d.Ref, action: "archive_removed"})
	})
	if err != nil {
		return err
	}
	return f.deleteArchives(ctx)
}

// deleteArchives deletes what there is of archives that were removed, a bounded number of chunks at a time.
func (f *Files) deleteArchives(ctx context.Context) error {
	for {
		tag, err := f.pool.Exec(ctx, `DELETE FROM archive_chunks WHERE (archive_id, n) IN (
			SELECT c.archive_id, c.n FROM archives a JOIN archive_chunks c ON c.archive_id = a.id WHERE a.state = 'removed' AND a.chunks > 0 LIMIT $1)`, deletedAtOnce)
		if err != nil {
			return fmt.Errorf("delete an archive: %w", err)
		}
		if tag.RowsAffected() == deletedAtOnce {
			continue
		}
		if _, err = f.pool.Exec(ctx, `UPDATE archives SET chunks = 0 WHERE state = 'removed' AND chunks > 0`); err != nil {
			return fmt.Errorf("delete an archive: %w", err)
		}
		return nil
	}
}
