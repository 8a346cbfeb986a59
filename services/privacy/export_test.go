package privacy

import "github.com/google/uuid"

// Selection is what a turn asks, for the test of its plan; Due is whether there is one; FirstFrom is what halving asks.
var (
	Selection = selection
	Due       = (*Service).due
	FirstFrom = firstFrom
)

// Run is what a run of retention carries out.
type (
	Run     = run
	RunRule = runRule
)

// Stretch gives the next numbers to look at.
func (r run) Stretch(done, rows int64) [2]int64 { return r.stretch(done, rows) }

// Selection is what a turn asks.
func (r run) Selection(workspace uuid.UUID, ends [2]int64) (string, []any) {
	return r.selection(workspace, ends)
}
