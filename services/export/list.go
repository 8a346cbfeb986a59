package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
)

// job is an export with what making its file needs.
type job struct {
	models.Export
	selection feed.Frozen
	region    access.Region // what the asker might read at the start
	addresses bool
	worker    uuid.UUID
	position  json.RawMessage // of the last row that is kept; nil: none
	hash      []byte
	chunks    int
	attempts  int // pieces that failed in a row
}

const exportColumns = `id, workspace_id, kind, state, name, user_id, token_id, asked_by, query, newest, format, form, columns, zone, gzip, bom, raw,
	rows, expected, bytes, sha256, problem, created_at, started_at, ended_at, expires_at, removed_at,
	(selection->>'from')::timestamptz, (selection->>'to')::timestamptz`

const jobColumns = exportColumns + `, selection, scope, addresses, coalesce(worker, '00000000-0000-0000-0000-000000000000'), position, hash, chunks, attempts`

func exportFields(e *models.Export, askedBy *[]byte) []any {
	return []any{&e.ID, &e.WorkspaceID, &e.Kind, &e.State, &e.Name, &e.UserID, &e.TokenID, askedBy, &e.Query, &e.Newest, &e.Format, &e.Form, &e.Columns, &e.Zone,
		&e.GZIP, &e.BOM, &e.Raw, &e.Rows, &e.Expected, &e.Bytes, &e.SHA256, &e.Problem, &e.CreatedAt, &e.StartedAt, &e.EndedAt, &e.ExpiresAt,
		&e.RemovedAt, &e.From, &e.To}
}

func scanExport(row pgx.Row) (e models.Export, err error) {
	var askedBy []byte
	if err = row.Scan(exportFields(&e, &askedBy)...); err != nil {
		return e, err
	}
	return e, json.Unmarshal(askedBy, &e.AskedBy)
}

func scanJob(row pgx.Row) (j job, err error) {
	var askedBy, selection, region []byte
	fields := append(exportFields(&j.Export, &askedBy), &selection, &region, &j.addresses, &j.worker, &j.position, &j.hash, &j.chunks, &j.attempts)
	if err = row.Scan(fields...); err != nil {
		return j, err
	}
	return j, errors.Join(json.Unmarshal(askedBy, &j.AskedBy), json.Unmarshal(selection, &j.selection), json.Unmarshal(region, &j.region))
}

// theirs is the condition that an export is one that a viewer may know of: $1 the workspace, $2 their user, $3 their service token, $4 whether they
// administer it. Others have their own alone.
const theirs = `workspace_id = $1 AND ($4 OR user_id = $2 OR user_id IS NULL AND token_id = $3)`

func whose(v access.Viewer) []any {
	var user, token *int64
	if v.User != nil {
		user = &v.User.ID
	} else if v.Token != nil {
		token = &v.Token.ID
	}
	return []any{v.Workspace.ID, user, token, v.Administers()}
}

// asked tells whether an export is the viewer's own.
func asked(e models.Export, v access.Viewer) bool {
	switch {
	case e.UserID != nil:
		return v.User != nil && v.User.ID == *e.UserID
	case e.TokenID != nil:
		return v.User == nil && v.Token != nil && v.Token.ID == *e.TokenID
	}
	return false
}

// Asked tells whether an export is the viewer's own: then the file is theirs to download, too.
func Asked(e models.Export, v access.Viewer) bool { return asked(e, v) }

// mostListed bounds a page of exports.
const mostListed = 50

// Line is an export in a list.
type Line struct {
	models.Export
	Ahead int // of one that waits: those of the same person that come first
}

// Listing says which exports are listed.
type Listing struct {
	Kind   models.ExportKind // empty: all
	Before uuid.UUID         // those asked for earlier than this one; uuid.Nil: from the beginning
}

// List gives the exports of the viewer's workspace that they may know of, the latest first, and whether there are more.
func (f *Files) List(ctx context.Context, v access.Viewer, which Listing) (lines []Line, more bool, err error) {
	rows, err := f.pool.Query(ctx, `
		SELECT `+exportColumns+`, CASE state WHEN 'waiting' THEN (
			SELECT count(*) FROM exports o WHERE o.kind = 'file' AND o.state IN ('waiting', 'running') AND o.id < e.id
				AND coalesce(o.user_id, -o.token_id) = coalesce(e.user_id, -e.token_id)) ELSE 0 END
		FROM exports e WHERE `+theirs+` AND ($5 = '00000000-0000-0000-0000-000000000000'::uuid OR id < $5) AND ($6 = '' OR kind = $6) ORDER BY id DESC LIMIT $7`,
		append(whose(v), which.Before, string(which.Kind), mostListed+1)...)
	if err != nil {
		return nil, false, fmt.Errorf("list exports: %w", err)
	}
	lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		var askedBy []byte
		if err = row.Scan(append(exportFields(&l.Export, &askedBy), &l.Ahead)...); err != nil {
			return l, err
		}
		return l, json.Unmarshal(askedBy, &l.AskedBy)
	})
	if err != nil {
		return nil, false, fmt.Errorf("list exports: %w", err)
	}
	if len(lines) > mostListed {
		return lines[:mostListed], true, nil
	}
	return lines, false, nil
}

func noSuchExport() error { return models.Errorf(models.NotFound, "There is no such export here.") }

// One gives an export that the viewer may know of.
func (f *Files) One(ctx context.Context, v access.Viewer, id uuid.UUID) (models.Export, error) {
	j, err := f.one(ctx, v, id)
	return j.Export, err
}

func (f *Files) one(ctx context.Context, v access.Viewer, id uuid.UUID) (job, error) {
	j, err := scanJob(f.pool.QueryRow(ctx, `SELECT `+jobColumns+` FROM exports WHERE `+theirs+` AND id = $5`, append(whose(v), id)...))
	if errors.Is(err, pgx.ErrNoRows) {
		return j, noSuchExport()
	} else if err != nil {
		return j, fmt.Errorf("find an export: %w", err)
	}
	return j, nil
}
