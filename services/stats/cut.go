package stats

import (
	"time"

	"daybook/services/feed"
)

// cut is buckets of time as they are read: from a rollup, where its days or hours are whole and belong to one bucket, and from rows elsewhere.
type cut struct {
	starts []time.Time // of the buckets; those of rows are told by it
	runs   []span      // of the rollup: dates (midnight UTC), or keys of hours; a zero time is an open end
	keys   []time.Time // of the rollup, from which on the bucket is the first, the second, …
	ragged []span      // of rows
}

// cutRange cuts a range, inclusive at both ends, for the cube, as one bucket. Where an end is open, so is that of the run.
func cutRange(zone *time.Location, from, to feed.Bound) cut {
	st := split(zone, from, to)
	c := cut{starts: []time.Time{from.At}, keys: []time.Time{{}}, ragged: st.ragged}
	if run, ok := st.days(); ok {
		c.runs = []span{run}
	}
	return c
}

// cutDays cuts buckets for the cube. Where one begins at a border of days that is not clean, the days at both sides are counted by rows.
func cutDays(of []time.Time) cut {
	c := cut{starts: of[:len(of)-1]}
	for i, from := range c.starts {
		to := of[i+1]
		key := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
		if from.Before(to) {
			st := split(from.Location(), boundAt(from), boundAt(to.Add(-tick)))
			if run, ok := st.days(); ok {
				c.runs, key = extend(c.runs, run), run.from
			}
			for _, r := range st.ragged {
				c.ragged = extend(c.ragged, r)
			}
		}
		c.keys = append(c.keys, key)
	}
	// A bucket without a whole day takes no day: those of its neighbours are told apart by their own keys.
	return c.inOrder()
}

// cutHours cuts buckets for the hourly rollup.
func cutHours(of []time.Time) cut {
	c := cut{starts: of[:len(of)-1]}
	for i, from := range c.starts {
		to := of[i+1]
		first, after := wholeHours(Range{From: from, To: to})
		c.keys = append(c.keys, first)
		if !first.Before(after) {
			c.ragged = extendBy(c.ragged, from, to)
			continue
		}
		c.runs = extend(c.runs, span{first, after})
		c.ragged = extendBy(extendBy(c.ragged, from, first), after, to)
	}
	return c.inOrder()
}

// inOrder makes the keys those of an ordered array: one that is beyond its successor is that of the successor.
func (c cut) inOrder() cut {
	for i := len(c.keys) - 2; i >= 0; i-- {
		if c.keys[i].After(c.keys[i+1]) {
			c.keys[i] = c.keys[i+1]
		}
	}
	return c
}

// ofKey gives the expression of the bucket, from 1, of a row of a rollup.
func (c cut) ofKey(w *feed.Where, t table) string {
	if len(c.keys) == 1 {
		return "1"
	}
	return "width_bucket(" + t.key + ", " + w.Arg(c.keys) + "::" + t.kind + "[])"
}

// ofRow gives the expression of the bucket, from 1, of a row of activities.
func (c cut) ofRow(w *feed.Where) string {
	if len(c.starts) == 1 {
		return "1"
	}
	return "width_bucket(occurred_at, " + w.Arg(c.starts) + "::timestamptz[])"
}

func extendBy(spans []span, from, to time.Time) []span {
	if from.Before(to) {
		return extend(spans, span{from, to})
	}
	return spans
}

// extend adds a span, to the last one if it goes on there.
func extend(spans []span, s span) []span {
	if n := len(spans); n > 0 && spans[n-1].to.Equal(s.from) {
		spans[n-1].to = s.to
		return spans
	}
	return append(spans, s)
}

func boundAt(t time.Time) feed.Bound { return feed.Bound{Text: "set", At: t.UTC()} }

func dateOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err) // split made it
	}
	return at
}
