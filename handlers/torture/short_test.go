//go:build !torture

package torture

import "time"

// The short form.
const (
	kills       = 3
	inMemory    = true // data folders, where there is room
	importLines = 4000
	frozenFor   = time.Duration(0) // until the other process has taken over
	mostLines   = 60               // of a request of lines
	rounds      = 3                // of batches with the same ids
)
