package models

import (
	"time"

	"github.com/google/uuid"
)

// PurgeState says how far a purge is.
type PurgeState string

// The states of a purge. The first two are under way; there is one such purge in a workspace at most.
const (
	PurgeWaiting   PurgeState = "waiting"
	PurgeRunning   PurgeState = "running"
	PurgeDone      PurgeState = "done"
	PurgeCancelled PurgeState = "cancelled" // what was deleted by then stays deleted
	PurgeFailed    PurgeState = "failed"    // likewise
)

// Purge is the deletion, for good, of activities of a period that a filter selects.
type Purge struct {
	ID          int64
	WorkspaceID uuid.UUID
	State       PurgeState
	Query       string     // the filter without its period, as the query part of a URL
	From        *time.Time // the ends of the period, inclusive; UTC
	To          time.Time
	LastSeq     int64 // the newest activity that is looked at
	DoneSeq     int64 // up to here it is done
	Purged      int64 // activities deleted so far
	ByType      map[string]int64
	ByMonth     map[string]int64 // like 2026-01, of the workspace's zone
	AskedBy     ActorRef
	Problem     string // why it failed
	CreatedAt   time.Time
	StartedAt   *time.Time
	EndedAt     *time.Time
}

// UnderWay tells whether the purge has not ended.
func (p Purge) UnderWay() bool { return p.State == PurgeWaiting || p.State == PurgeRunning }

// Percent is how far a purge has got, of what it looks at.
func (p Purge) Percent() int {
	if p.State == PurgeDone || p.LastSeq <= 0 {
		return 100
	}
	return int(min(99, 100*p.DoneSeq/p.LastSeq))
}
