package stats

import (
	"math/rand/v2"
	"testing"
	"time"

	"daybook/services/feed"
)

// TestARangeIsCutWithoutOverlapOrGap holds that every instant of a range is in exactly one of: a whole day, by its date, and a ragged end, by
// itself; and no other instant is in any.
func TestARangeIsCutWithoutOverlapOrGap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ zone, near string }{ // changes of clocks, most of them near midnight
		{"UTC", "2026-01-31T00:00:00Z"},
		{"Canada/Newfoundland", "2010-11-07T02:31:00Z"}, {"Canada/Newfoundland", "2011-03-13T03:31:00Z"}, {"Canada/Newfoundland", "2024-11-03T04:30:00Z"},
		{"Australia/Lord_Howe", "2024-04-06T15:00:00Z"}, {"Australia/Lord_Howe", "2024-10-05T15:30:00Z"},
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z"}, {"America/Sao_Paulo", "2018-02-18T02:00:00Z"},
		{"America/Havana", "2024-11-03T05:00:00Z"}, {"Asia/Kolkata", "2024-06-01T00:00:00Z"},
		{"Pacific/Apia", "2011-12-30T10:00:00Z"}, {"Pacific/Kwajalein", "1993-08-21T12:00:00Z"}, {"Africa/Monrovia", "1972-01-07T00:44:30Z"},
		{"America/Scoresbysund", "2024-03-31T01:00:00Z"}, {"Africa/Casablanca", "2024-03-10T02:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		near, err := time.Parse(time.RFC3339, c.near)
		if err != nil {
			t.Fatal(err)
		}
		for range 1500 {
			cutsRight(t, zone, boundNear(r, near), boundNear(r, near), near)
		}
	}
}

// boundNear is an end of a range within days of an instant, often at a full hour; one in eight is none.
func boundNear(r *rand.Rand, near time.Time) feed.Bound {
	if r.IntN(8) == 0 {
		return feed.Bound{}
	}
	at := near.Add(time.Duration(r.Int64N(int64(8*24*time.Hour))) - 4*24*time.Hour)
	switch r.IntN(4) {
	case 0:
		at = at.Truncate(time.Hour)
	case 1:
		at = at.Truncate(30 * time.Minute).Add(-tick)
	case 2:
		at = near.Add(time.Duration(r.IntN(7)-3) * time.Minute)
	}
	return feed.Bound{Text: "set", At: at.Truncate(tick).UTC()}
}

func cutsRight(t *testing.T, zone *time.Location, from, to feed.Bound, near time.Time) {
	t.Helper()
	st := split(zone, from, to)
	probe := func(x time.Time) {
		n, day := 0, x.In(zone).Format(time.DateOnly)
		if st.whole && (st.first == "" || day >= st.first) && (st.after == "" || day < st.after) {
			n++
		}
		for _, r := range st.ragged {
			if !x.Before(r.from) && x.Before(r.to) {
				n++
			}
		}
		want := 1
		if from.IsSet() && x.Before(from.At) || to.IsSet() && x.After(to.At) {
			want = 0
		}
		if n != want {
			t.Fatalf("%s: from %v to %v: %v (%v there) is counted %d times, not %d: %+v", zone, from, to, x, x.In(zone), n, want, st)
		}
	}
	for step := -5 * 24 * 4; step < 5*24*4; step++ {
		probe(near.Add(time.Duration(step) * 15 * time.Minute))
	}
	for _, x := range []time.Time{near, from.At, to.At} {
		for minutes := -3; minutes <= 3; minutes++ {
			probe(x.Add(time.Duration(minutes) * time.Minute))
			probe(x.Add(time.Duration(minutes) * tick))
		}
	}
}

// TestARangeAtTheEndsOfTimeIsCut holds that a programming language's zero time is a fine beginning.
func TestARangeAtTheEndsOfTimeIsCut(t *testing.T) {
	for _, name := range []string{"America/Sao_Paulo", "Pacific/Kiritimati", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		first, last := feed.Bound{Text: "set", At: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}, feed.Bound{Text: "set", At: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
		if st := split(zone, first, last); !st.whole || st.first > "0002-01-02" || st.after < "9998-12-31" {
			t.Errorf("%s: %+v", name, st)
		}
		if st := split(zone, feed.Bound{}, first); st.first != "" || st.after > "0002-01-02" {
			t.Errorf("%s: %+v", name, st)
		}
	}
}
