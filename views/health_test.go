package views

import (
	"testing"
	"time"
)

// How far the journal is behind is said in full, also when it ends in a nought.
func TestHowTheJournalDoes(t *testing.T) {
	for _, c := range []struct {
		page HealthPage
		word string
	}{
		{HealthPage{}, "Up to date"},
		{HealthPage{Lag: 900 * time.Millisecond}, "Up to date"},
		{HealthPage{Lag: 10 * time.Second}, "Behind by 10s"},
		{HealthPage{Lag: 130*time.Second + 300*time.Millisecond}, "Behind by 2m10s"},
		{HealthPage{Lag: time.Minute, Stuck: true}, "Stuck"},
	} {
		if word, _ := c.page.journal(); word != c.word {
			t.Errorf("%s: %q, want %q", c.page.Lag, word, c.word)
		}
	}
}
