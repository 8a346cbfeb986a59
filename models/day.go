package models

import "time"

// StartOfDay gives the first instant of the day in t's zone, some days later. Where a change of clocks skips midnight it is the first
// instant that the day has, as PostgreSQL sees it too.
func StartOfDay(t time.Time, days int) time.Time {
	noon := time.Date(t.Year(), t.Month(), t.Day()+days, 12, 0, 0, 0, t.Location())
	start := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, t.Location())
	if start.Day() != noon.Day() {
		start = start.Add(time.Hour)
	}
	return start
}
