package privacy

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"daybook/services/stats"
)

// sorted puts counts in the order of months and types.
func sorted(counts []stats.MonthCount) []stats.MonthCount {
	slices.SortFunc(counts, func(a, b stats.MonthCount) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Type, b.Type))
	})
	return counts
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// byCount gives the keys of counts, the largest first.
func byCount(counts map[string]int64) []string {
	keys := slices.Collect(maps.Keys(counts))
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys
}
