package stats

import (
	"strings"
	"testing"
	"time"

	"daybook/models"
)

func berlin(t *testing.T, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at
		}
	}
	t.Fatal(text)
	return time.Time{}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		from, to string
		unit     Unit
		bars     int
	}{
		{"2026-03-01", "2026-03-02", Hour, 24}, {"2026-03-29", "2026-03-30", Hour, 23}, {"2026-10-24", "2026-10-26", Hour, 49},
		{"2026-03-01", "2026-03-04", Day, 3}, {"2026-01-01", "2026-04-04", Day, 93}, {"2026-01-01", "2026-04-05", Week, 14},
		{"2025-01-01", "2026-01-01", Week, 53}, {"2025-01-01", "2026-02-01", Month, 13}, {"2000-06-15", "2026-01-01", Month, 307}, {"2026-03-05 10:30", "2026-03-05 12:15", Hour, 3},
	} {
		r := Range{From: berlin(t, c.from), To: berlin(t, c.to)}
		of, err := borders(r, UnitFor(r), time.Monday)
		if err != nil || UnitFor(r) != c.unit || len(of)-1 != c.bars {
			t.Errorf("%s to %s: %d of a %s, %v", c.from, c.to, len(of)-1, UnitFor(r), err)
		}
	}
	long := Range{From: berlin(t, "1970-01-01"), To: berlin(t, "2026-01-01")}
	for _, unit := range Units {
		if _, err := borders(long, unit, time.Monday); models.KindOf(err) != models.Malformed {
			t.Error(unit, err)
		}
	}
	if of, err := borders(Range{From: long.To, To: long.To}, Day, time.Monday); err != nil || len(of) != 1 {
		t.Error(of, err)
	}
	of, err := borders(Range{From: berlin(t, "2026-07-01"), To: berlin(t, "2026-07-15")}, Week, time.Monday)
	if err != nil || len(of) != 4 || of[1].Weekday() != time.Monday || of[1].Day() != 6 {
		t.Error(of, err)
	}
	for first := time.Sunday; first <= time.Saturday; first++ { // across the night in which clocks change
		of, err := borders(Range{From: berlin(t, "2026-03-18"), To: berlin(t, "2026-04-15")}, Week, first)
		if err != nil || len(of) < 5 || len(of) > 6 {
			t.Fatal(first, of, err)
		}
		for i, at := range of[1 : len(of)-1] {
			if at.Weekday() != first || !isStartOfDay(at) || i > 0 && daysBetween(of[i], at) != 7 {
				t.Errorf("weeks from %s: %v", first, of)
			}
		}
	}
	long.From = berlin(t, "1900-01-01")
	if _, err := borders(long, Month, time.Monday); strings.Contains(err.Error(), "longer") {
		t.Error(err) // there are no longer ones
	}
	if _, err := borders(long, Week, time.Monday); !strings.Contains(err.Error(), "or for longer bars") {
		t.Error(err)
	}
}

// TestTheRangeBefore holds what a range is compared with, and what each of its bars is.
func TestTheRangeBefore(t *testing.T) {
	for _, c := range []struct {
		from, to, before string
		unit             Unit
		bars             map[int][2]string // some bars' counterparts
	}{
		{"2026-04-01", "2026-05-01", "2026-03-01", Day, map[int][2]string{0: {"2026-03-01", "2026-03-02"}, 28: {"2026-03-29", "2026-03-30"}, 29: {"2026-03-30", "2026-03-31"}}},
		{"2026-03-01", "2026-04-01", "2026-02-01", Day, map[int][2]string{27: {"2026-02-28", "2026-03-01"}, 28: {"2026-03-01", "2026-03-01"}}}, // no 29th
		{"2026-01-01", "2027-01-01", "2025-01-01", Month, map[int][2]string{0: {"2025-01-01", "2025-02-01"}, 11: {"2025-12-01", "2026-01-01"}}},
		{"2026-03-20", "2026-04-19", "2026-02-18", Day, map[int][2]string{9: {"2026-02-27", "2026-02-28"}, 29: {"2026-03-19", "2026-03-20"}}},
		{"2026-04-01", "2026-04-02", "2026-03-31", Hour, map[int][2]string{5: {"2026-03-31 05:00", "2026-03-31 06:00"}}},
		{"2026-04-10 12:00", "2026-04-20 18:00", "2026-03-31 06:00", Day, map[int][2]string{0: {"2026-03-31 06:00", "2026-04-01"}, 1: {"2026-04-01", "2026-04-02"}, 10: {"2026-04-10", "2026-04-10 12:00"}}},
		{"2026-06-03", "2026-07-15", "2026-04-22", Week, map[int][2]string{0: {"2026-04-22", "2026-04-27"}, 1: {"2026-04-27", "2026-05-04"}, 6: {"2026-06-01", "2026-06-03"}}},
	} {
		r := Range{From: berlin(t, c.from), To: berlin(t, c.to)}
		earlier := before(r)
		of, err := borders(r, c.unit, time.Monday)
		if err != nil {
			t.Fatal(err)
		}
		if !earlier.From.Equal(berlin(t, c.before)) || !earlier.To.Equal(r.From) {
			t.Errorf("before %s to %s is %v", c.from, c.to, earlier)
		}
		then := counterparts(r, earlier, of, c.unit)
		if len(then) != len(of) {
			t.Fatal(then)
		}
		for i, want := range c.bars {
			if !then[i].Equal(berlin(t, want[0])) || !then[i+1].Equal(berlin(t, want[1])) {
				t.Errorf("%s to %s: before the %d. bar is %v to %v, want %v", c.from, c.to, i+1, then[i], then[i+1], want)
			}
		}
	}
}
