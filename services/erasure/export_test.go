package erasure

import "time"

// Hurry ends the rest after a problem.
func (s *Service) Hurry() { s.restUntil.Store(0) }

// TurnsOf sets how long its turns are.
func (s *Service) TurnsOf(d time.Duration) { s.turnTime = d }

// KeepDoubts has it keep so many doubts of an erasure.
func (s *Service) KeepDoubts(n int64) { s.mostDoubts = n }

// OwnKeys are the statements that find the next of what somebody did.
func OwnKeys() []string { return ownKeys[:] }
