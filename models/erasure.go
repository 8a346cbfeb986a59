package models

import (
	"time"

	"github.com/google/uuid"
)

// DeletedName is what a person is called from an erasure on (seeds/activity-feed-widget.md, "GDPR Compliance").
const DeletedName = "Deleted User"

// ForgottenAddress warns of an address that somebody had who was anonymised: whoever gets it now would not see why what is sent with it is nobody's.
const ForgottenAddress = "Somebody with this address was anonymised here. What applications send with it stays anonymous."

// ErasureState says how far an erasure is.
type ErasureState string

// The states of an erasure.
const (
	ErasureWaiting ErasureState = "waiting" // to be begun
	ErasureRunning ErasureState = "running" // it goes through the activities
	ErasureOpen    ErasureState = "open"    // all that is certain is done; the rest waits for a decision, or for a hold to be lifted
	ErasureTidying ErasureState = "tidying" // PostgreSQL clears away what was replaced
	ErasureDone    ErasureState = "done"
)

// Erasure is the anonymising of a person. It does not say who it was.
type Erasure struct {
	ID          uuid.UUID
	WorkspaceID *uuid.UUID // where it was asked for; nil: of a user, wherever they are known
	UserID      *int64     // whose record was emptied
	ActorIDs    []int64    // who the person is, or was: now called DeletedName
	State       ErasureState
	AskedBy     ActorRef
	Activities  int64            // the person's own that were emptied so far
	Mentions    int64            // activities of others in which the person was replaced so far
	Held        int64            // activities left as they are because of a hold
	HeldBy      []HeldBy         // these holds, as far as the reader may know of them
	Doubts      int64            // places that wait for a decision
	Elsewhere   map[string]int64 // what went elsewhere, by kind: sessions, tokens, exports, views, …
	DoneSeq     int64            // how far it has got: activities looked at, their own twice, of TotalSeq, over all workspaces
	TotalSeq    int64
	Problem     string // why it does not get on; of one that is done: why nothing of it was done
	CreatedAt   time.Time
	StartedAt   *time.Time
	EndedAt     *time.Time
}

// HeldBy is a hold that keeps an erasure waiting.
type HeldBy struct {
	ID          int64
	WorkspaceID uuid.UUID
	Name        string
}

// UnderWay tells whether it goes on by itself.
func (e Erasure) UnderWay() bool { return e.State != ErasureOpen && e.State != ErasureDone }

// Undone tells whether it ended before it had begun: its problem says why.
func (e Erasure) Undone() bool { return e.State == ErasureDone && e.Problem != "" }

// Advice says what follows from its problem.
func (e Erasure) Advice() string {
	if e.Undone() {
		return ""
	}
	return "It is tried again by itself. What was done by then stays done."
}

// Percent is how far it has got.
func (e Erasure) Percent() int {
	switch {
	case e.State == ErasureOpen || e.State == ErasureDone:
		return 100
	case e.TotalSeq <= 0:
		return 0
	}
	return int(min(99, 100*e.DoneSeq/e.TotalSeq))
}

// ErasurePreview says what anonymising somebody would do.
type ErasurePreview struct {
	Name       string   // who it is, as they are called now; to be typed to confirm
	ActorIDs   []int64  // who they are in the workspace, or in all of them
	UserID     *int64   // their record as a user, which is emptied too
	Workspaces []string // names of those that it goes through
	Activities int64    // their own, exactly
	Mentions   int64    // activities of others in which they are replaced without asking, of those looked at
	Doubts     int64    // places that somebody will have to decide, of those looked at
	Looked     int64    // activities looked at for mentions, the newest ones first, of Of
	Of         int64
	Held       int64           // of their own, and of Mentions, those under a hold, as far as looked at
	Holds      []string        // names of these holds
	Samples    []MentionSample // a few mentions, the certain ones first
	Sessions   int64
	Tokens     int64
	Exports    int64 // files that are deleted
	Archives   int64 // files of retention that are gone through
	Views      int64 // saved views of theirs, which go, and of others, in which they are replaced
}

// MentionSample shows a mention before and after.
type MentionSample struct {
	WorkspaceID uuid.UUID
	Seq         int64
	UUID        uuid.UUID
	OccurredAt  time.Time
	Place       string // JSON pointer, like /metadata/notified/0
	Lead        string // the text before it, shortened
	Was, Is     string // what is replaced, and by what
	Tail        string // the text after it, shortened
	Certain     bool
}

// Doubt is a place that somebody has to decide.
type Doubt struct {
	ID        int64
	Target    string // what it is in: activity, rejected, project, …
	TargetID  string
	Kind      string         // name, part (of a name), email, id, username
	Sample    *MentionSample // nil: the place has gone meanwhile
	Replace   *bool          // nil: undecided
	DecidedAt *time.Time
}
