package models

import (
	"fmt"
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

// PurgeKind says why something is purged.
type PurgeKind string

// Somebody purges what a filter selects; or the rules of retention do.
const (
	PurgeByHand    PurgeKind = "purge"
	PurgeRetention PurgeKind = "retention" // a run
)

// Purge is the deletion, for good, of activities of a period that a filter selects; or of those that are older than they are kept.
type Purge struct {
	ID          int64
	Kind        PurgeKind
	WorkspaceID uuid.UUID
	State       PurgeState
	Query       string     // the filter without its period, as the query part of a URL
	From        *time.Time // the ends of the period, inclusive; UTC
	To          time.Time  // of a retention: the latest instant before which something was recorded that goes
	FirstSeq    int64      // it begins behind this one
	LastSeq     int64      // the newest activity that is looked at
	DoneSeq     int64      // up to here it is done
	Purged      int64      // activities deleted so far
	Held        int64      // activities spared so far, because of a hold
	ByType      map[string]int64
	ByMonth     map[string]int64 // like 2026-01, of the workspace's zone
	ByRule      map[string]int64 // of a retention: by the place of the rule, from 0
	Archive     *uuid.UUID       // with what was deleted, where a rule asked for that
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
	if p.State == PurgeDone || p.LastSeq <= p.FirstSeq {
		return 100
	}
	return int(max(0, min(99, 100*(p.DoneSeq-p.FirstSeq)/(p.LastSeq-p.FirstSeq))))
}

// Name is what the purge is called where it is recorded.
func (p Purge) Name() string {
	if p.Kind == PurgeRetention {
		return fmt.Sprintf("Retention run %d", p.ID)
	}
	return fmt.Sprintf("Purge %d", p.ID)
}
