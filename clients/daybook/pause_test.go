package daybook

import (
	"testing"
	"time"
)

// A pause is at least half of what it would be, and never less than nothing, however often something failed.
func TestBackOff(t *testing.T) {
	for _, c := range []struct {
		first, longest time.Duration
		failures       int
		want           time.Duration
	}{
		{time.Second, time.Minute, 1, time.Second},
		{time.Second, time.Minute, 6, 32 * time.Second},
		{time.Second, time.Minute, 7, time.Minute},
		{time.Second, 64 * time.Second, 7, 64 * time.Second},
		{time.Minute, time.Second, 1, time.Second},
		{10 * time.Minute, time.Hour, 3, 40 * time.Minute},
		{10 * time.Minute, time.Hour, 25, time.Hour},
		{time.Nanosecond, 1<<63 - 1, 63, 1 << 62},
		{time.Nanosecond, 1<<63 - 1, 1 << 40, 1 << 62},
		{time.Millisecond, time.Minute, 1 << 40, time.Minute},
	} {
		if got := backOff(c.first, c.longest, c.failures); got < c.want/2 || got > c.want {
			t.Errorf("from %s to %s, after %d failures: %s in place of %s", c.first, c.longest, c.failures, got, c.want)
		}
	}
}
