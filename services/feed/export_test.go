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

// Small has a walk begin with pieces of so many rows.
func (w *Walk) Small(rows int) { w.size.rows = rows }

// Hasty has a walk give up a statement after so long.
func (w *Walk) Hasty(longest time.Duration) { w.longest = longest }

// Rows is how many rows its next piece has at most.
func (w *Walk) Rows() int { return w.size.rows }
