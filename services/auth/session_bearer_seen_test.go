package auth_test

import (
	"testing"
	"time"
)

// On the page of their account people see when a program's session was last used, to the minute.
func TestTheUseOfABearerTokenIsNoted(t *testing.T) {
	p := newPlace(t)
	g := p.program(p.user("amara", nil))
	begun := p.clock()
	for _, c := range []struct{ wait, noted time.Duration }{
		{59 * time.Second, 0}, // what is noted is right to the minute
		{2 * time.Second, 61 * time.Second},
		{30 * time.Second, 61 * time.Second},
		{3 * time.Hour, 3*time.Hour + 91*time.Second},
	} {
		p.wait(c.wait)
		if g.is() == 0 {
			t.Fatal("it has ended")
		}
		if seen := ask[time.Time](p, `SELECT last_seen_at FROM sessions`); !seen.Equal(begun.Add(c.noted)) {
			t.Errorf("used at %s, noted at %s", p.clock(), seen)
		}
	}
}
