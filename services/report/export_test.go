package report

import "time"

// WaitAtMost sets how long a report waits for others to end.
func (s *Service) WaitAtMost(d time.Duration) { s.waitAtMost = d }
