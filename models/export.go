package models

import (
	"time"

	"github.com/google/uuid"
)

// ExportState says how far an export is.
type ExportState string

// The states of an export. The first two are under way.
const (
	ExportWaiting   ExportState = "waiting"
	ExportRunning   ExportState = "running"
	ExportDone      ExportState = "done"
	ExportFailed    ExportState = "failed"    // nothing of it is offered
	ExportCancelled ExportState = "cancelled" // likewise
	ExportExpired   ExportState = "expired"   // it was done, and its file has been deleted
)

// ExportKind says how an export is made.
type ExportKind string

// An export is a file that is made in the background, or streams to whoever asked.
const (
	ExportFile   ExportKind = "file"
	ExportStream ExportKind = "stream"
)

// Export is activities taken out: the rows that a filter selected for somebody at one moment.
type Export struct {
	ID          uuid.UUID
	WorkspaceID uuid.UUID
	Kind        ExportKind
	State       ExportState
	Name        string // as the asker calls it, or empty
	UserID      *int64 // who asked; with a token: whose it is
	TokenID     *int64
	AskedBy     ActorRef
	Query       string     // the filter, as the query part of a URL
	From        *time.Time // the first instant of the filter's range, and the last, as they were at the start; nil: open
	To          *time.Time
	Newest      int64  // id of the newest activity at the start
	Format      string // csv, json, ndjson
	Form        string // of the objects, where a format has several; empty: rows as the list gives them
	Columns     []string
	Zone        string
	GZIP        bool
	BOM         bool
	Raw         bool
	Rows        int64 // so far; Bytes too
	Expected    *int64
	Bytes       int64
	SHA256      []byte // of all bytes, when it is done
	Problem     string // why it failed, in a sentence
	CreatedAt   time.Time
	StartedAt   *time.Time
	EndedAt     *time.Time
	ExpiresAt   *time.Time // of the file
	RemovedAt   *time.Time // when the file was deleted before that
}

// UnderWay tells whether the export has not ended.
func (e Export) UnderWay() bool { return e.State == ExportWaiting || e.State == ExportRunning }

// Offered tells whether there is a file to download.
func (e Export) Offered() bool { return e.Kind == ExportFile && e.State == ExportDone }

// Percent is how far an export has got, or nothing when nobody counted what there is.
func (e Export) Percent() (percent int, known bool) {
	switch {
	case e.State == ExportDone:
		return 100, true
	case e.Expected == nil:
		return 0, false
	case *e.Expected <= 0:
		return 99, true
	}
	return int(min(99, 100*e.Rows / *e.Expected)), true
}
