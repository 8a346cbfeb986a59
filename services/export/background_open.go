package export

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
)

// File is a finished file that somebody may download.
type File struct {
	models.Export
	files   *Files
	reader  job    // with the user and the token that read it now
	session string // by which they do, if any
}

// Open gives the file of an export to whoever asked for it, while they may still read everything that is in it. It is never half a file: one that
// is not done is a conflict, one that has expired is gone.
func (f *Files) Open(ctx context.Context, v access.Viewer, id uuid.UUID) (File, error) {
	j, err := f.one(ctx, v, id)
	if err != nil {
		return File{}, err
	}
	_, covered := v.Again(j.region, j.addresses)
	switch {
	case !asked(j.Export, v):
		return File{}, models.Errorf(models.Forbidden, "The file is for whoever asked for it. Make an export of your own.")
	case j.Kind != models.ExportFile:
		return File{}, models.Errorf(models.Gone, "This export went straight to whoever asked for it, and no file of it was kept.")
	case j.UnderWay():
		return File{}, models.Errorf(models.Conflict, "The file is not complete yet.")
	case j.State == models.ExportDone && !covered:
		return File{}, models.Errorf(models.Forbidden, "What you may read has changed since the file was made, so it is not given out any more. Make a new one.")
	case j.State == models.ExportDone && (j.ExpiresAt == nil || f.now().Before(*j.ExpiresAt)):
		x := File{Export: j.Export, files: f, reader: j, session: v.SessionID}
		x.reader.UserID, x.reader.TokenID = askerOf(v).user, askerOf(v).token
		return x, nil
	}
	return File{}, models.Errorf(models.Gone, "There is no file of this export any more.")
}

// Sum is the SHA-256 of the file, in hexadecimal digits.
func (x File) Sum() string { return hex.EncodeToString(x.SHA256) }

// MediaType is the type of the bytes, for Content-Type.
func (x File) MediaType() string { return layoutOf(x.Export).MediaType(x.GZIP) }

// oneDownload is how long somebody may take for a file, in however many parts, until that is recorded once more.
const oneDownload = time.Hour

// Downloaded records that somebody takes the file, or a part of it. Only its asker does (Open), so the time of the last record is the file's.
func (f *Files) Downloaded(ctx context.Context, x File) error {
	return pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE exports SET downloaded_at = $2 WHERE id = $1 AND (downloaded_at IS NULL OR downloaded_at <= $3)`, x.ID, f.now(), f.now().Add(-oneDownload))
		if err != nil {
			return fmt.Errorf("keep that a file is taken: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		return recordDownload(ctx, tx, f.record, x.Export)
	})
}

// FileName is what the file is called where it is downloaded to: by the name it was given, else by the workspace, and the day it was asked for.
func FileName(e models.Export, slug string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7f, strings.ContainsRune(`/\:*?"<>|`, r):
			return '-'
		}
		return r
	}, strings.Trim(e.Name, " ."))
	if name == "" {
		name = slug
	}
	name = fmt.Sprintf("%s-%s.%s", name, e.CreatedAt.UTC().Format("2006-01-02"), e.Format)
	if e.GZIP {
		name += ".gz"
	}
	return name
}
