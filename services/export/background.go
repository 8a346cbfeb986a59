package export

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/stats"
)

// Files makes exports in the background, and keeps their files in PostgreSQL, in chunks: so any number of processes work on them and serve them, and
// what is kept of a file and how far it reaches are always the same, whatever is killed or full meanwhile.
type Files struct {
	pool      *pgxpool.Pool
	access    *access.Service
	auth      *auth.Service
	feed      *feed.Service
	stats     *stats.Service
	record    *ingest.Service
	log       *slog.Logger
	now       func() time.Time
	maxBytes  int64
	piece     time.Duration // how long one piece of the work may take
	chunk     int           // bytes of a chunk, about
	streams   streams
	downloads downloads
	call      func(ctx context.Context, tx pgx.Tx) error // has somebody work, once the transaction commits
}

// FilesParts are the services that Files calls.
type FilesParts struct {
	Access *access.Service
	Auth   *auth.Service
	Feed   *feed.Service
	Stats  *stats.Service
	Ingest *ingest.Service
}

// FilesConfig says what Files needs to know.
type FilesConfig struct {
	Log      *slog.Logger
	Now      func() time.Time
	MaxBytes int64         // of one file; 0: DefaultMaxBytes
	Piece    time.Duration // of work at a time; 0: as long as is good
}

// DefaultMaxBytes is how large a file becomes at most, unless it is told otherwise.
const DefaultMaxBytes = 2 << 30

// pieceTime keeps a piece short enough for a process to stop soon.
const pieceTime = 15 * time.Second

// FileLife is how long a file can be downloaded.
const FileLife = 7 * 24 * time.Hour

// listLife is how long an export that has ended is listed.
const listLife = 90 * 24 * time.Hour

// NewFiles makes the service. Nothing works off what is asked for until WorkWhenCalled.
func NewFiles(db *database.Database, p FilesParts, c FilesConfig) *Files {
	f := &Files{
		pool: db.Pool, access: p.Access, auth: p.Auth, feed: p.Feed, stats: p.Stats, record: p.Ingest, log: c.Log, now: c.Now, maxBytes: c.MaxBytes, piece: c.Piece, chunk: chunkBytes,
		call: func(context.Context, pgx.Tx) error { return nil },
	}
	if f.maxBytes <= 0 {
		f.maxBytes = DefaultMaxBytes
	}
	if f.piece <= 0 {
		f.piece = pieceTime
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	return f
}

// WorkWhenCalled says how somebody is called who calls Work, soon after the transaction commits.
func (f *Files) WorkWhenCalled(call func(ctx context.Context, tx pgx.Tx) error) { f.call = call }

// mostUnderWay is how many files somebody may have waiting or being made.
const mostUnderWay = 3

// MaxNameRunes bounds the name of an export.
const MaxNameRunes = 120

// lockPeople is the class of the advisory locks under which somebody's exports are counted: "exp" in ASCII.
const lockPeople = 0x657870

// Make has a file made of what the filter selects now for the viewer, of the activities recorded so far.
func (f *Files) Make(ctx context.Context, d account.Doer, v access.Viewer, o Order) (models.Export, error) {
	o.Name = strings.TrimSpace(o.Name)
	if err := o.Check(); err != nil {
		return models.Export{}, err
	}
	if err := f.mayMake(ctx, f.pool, askerOf(v)); err != nil { // before anything is looked up
		return models.Export{}, err
	}
	e, err := f.prepare(ctx, d, v, o)
	if err != nil {
		return models.Export{}, err
	}
	err = pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		if err := lockAsker(ctx, tx, askerOf(v)); err != nil {
			return err
		}
		if err := f.mayMake(ctx, tx, askerOf(v)); err != nil {
			return err
		}
		if err := insertJob(ctx, tx, e); err != nil {
			return err
		}
		return f.call(ctx, tx)
	})
	return e.Export, err
}

// prepare looks up what is to be exported, once: whatever is renamed, merged or granted later, these rows it is.
func (f *Files) prepare(ctx context.Context, d account.Doer, v access.Viewer, o Order) (job, error) {
	if o.Filter.System && !v.ReadsAll() {
		return job{}, models.FieldErrorf(models.Forbidden, "include_system", "is for those who may read everything in the workspace")
	}
	scope := v.Scope(o.Filter.System)
	if !scope.ShowsAddresses(v.Workspace.ID) {
		if err := o.Layout.refuseAddresses(); err != nil {
			return job{}, err
		}
	}
	newest, err := f.feed.Newest(ctx) // before the names are looked up
	if err != nil {
		return job{}, err
	}
	frozen, err := f.feed.Freeze(ctx, o.Filter, scope, v.Workspace.TimeZone)
	if err != nil {
		return job{}, err
	}
	j := job{
		Export: models.Export{
			ID: uuid.Must(uuid.NewV7()), WorkspaceID: v.Workspace.ID, Kind: models.ExportFile, State: models.ExportWaiting, Name: o.Name, AskedBy: d.Ref,
			Query: o.Filter.String(), From: frozen.From, To: frozen.To, Newest: newest, Format: cmp.Or(o.Layout.Format, CSV), Form: o.Layout.Form, Columns: o.Layout.Columns,
			Zone: cmp.Or(o.Layout.Zone, "UTC"), BOM: o.Layout.BOM, Raw: o.Layout.Raw, GZIP: o.GZIP,
			CreatedAt: f.now().UTC().Truncate(time.Microsecond),
		},
		selection: frozen, region: regionOf(scope, v.Workspace.ID), addresses: scope.ShowsAddresses(v.Workspace.ID),
	}
	by := askerOf(v)
	j.UserID, j.TokenID = by.user, by.token
	j.Expected, err = f.stats.Total(ctx, scope, o.Filter)
	return j, err
}

// regionOf is the scope's part in a workspace; it may be empty.
func regionOf(scope access.Scope, workspace uuid.UUID) access.Region {
	for _, r := range scope.Regions() {
		if r.Workspace == workspace {
			return r
		}
	}
	return access.Region{Workspace: workspace}
}

func insertJob(ctx context.Context, tx pgx.Tx, j job) error {
	by, err := json.Marshal(j.AskedBy)
	if err != nil {
		return fmt.Errorf("keep who exports: %w", err)
	}
	selection, err := json.Marshal(j.selection)
	if err != nil {
		return fmt.Errorf("keep what is exported: %w", err)
	}
	region, err := json.Marshal(j.region)
	if err != nil {
		return fmt.Errorf("keep what may be exported: %w", err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO exports (id, workspace_id, kind, state, name, user_id, token_id, asked_by, query, selection, scope, addresses, newest,
			format, form, columns, zone, gzip, bom, raw, expected, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		j.ID, j.WorkspaceID, j.Kind, j.State, j.Name, j.UserID, j.TokenID, string(by), j.Query, string(selection), string(region), j.addresses, j.Newest,
		j.Format, j.Form, nonNil(j.Columns), j.Zone, j.GZIP, j.BOM, j.Raw, j.Expected, j.CreatedAt)
	if err != nil {
		return fmt.Errorf("begin an export: %w", err)
	}
	return nil
}

func nonNil(columns []string) []string {
	if columns == nil {
		return []string{}
	}
	return columns
}
