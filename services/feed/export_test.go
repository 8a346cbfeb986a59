package feed

import (
	"time"

	"daybook/services/access"
)

// CursorAt gives the cursor of a list at any place, for tests that start deep in it.
func (s *Service) CursorAt(scope access.Scope, f Filter, at time.Time, id int64) string {
	return s.printCursor(cursor{at: position{OccurredAt: at.UnixMicro(), ID: id}}, listName(scope, f))
}
