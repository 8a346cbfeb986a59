package feed

import (
	"time"

	"daybook/services/access"
)

// CursorAt gives the cursor of a list at any place, for tests that start deep in it.
func (s *Service) CursorAt(scope access.Scope, f Filter, at time.Time, id int64) string {
	return s.printCursor(cursor{at: position{OccurredAt: at.UnixMicro(), ID: id}}, listName(scope, f))
}

// Impatient gives the same service, which looks at no more than so many rows for a hasty page.
func (s *Service) Impatient(rows int) *Service {
	other := *s
	other.patience = rows
	return &other
}
