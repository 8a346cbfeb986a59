//go:build torture

package torture

import "time"

// The long form.
const (
	kills       = 50
	inMemory    = false // data folders, where there is room
	importLines = 200_000
	frozenFor   = 30 * time.Second
	mostLines   = 1200 // of a request of lines
	rounds      = 50   // of batches with the same ids
)
