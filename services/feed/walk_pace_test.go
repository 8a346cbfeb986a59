package feed

import (
	"testing"
	"time"
)

// A walk waits while events are posted in bulk, and goes on at once when that is over.
func TestAWalkGivesWay(t *testing.T) {
	var p pace
	now := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		posted int64
		passed time.Duration
		took   time.Duration
		want   time.Duration
	}{
		{1_000_000, 0, 20 * time.Millisecond, 0}, // nothing is known yet
		{1_000_100, time.Second, 20 * time.Millisecond, 0},
		{1_000_150, 100 * time.Millisecond, 20 * time.Millisecond, 300 * time.Millisecond},
		{1_000_300, 400 * time.Millisecond, 200 * time.Millisecond, time.Second},
		{1_000_320, 1200 * time.Millisecond, 200 * time.Millisecond, 0},
		{1_000_320, 0, 200 * time.Millisecond, 0},
	} {
		now = now.Add(c.passed)
		if got := p.after(c.posted, now, c.took); got != c.want {
			t.Errorf("%d posted %s later: it waits %s, want %s", c.posted, c.passed, got, c.want)
		}
	}
}
